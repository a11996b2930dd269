//! Who is owed nothing any more: everything is there again that the runs before have lost, or Calling was given up as acknowledged.

use super::backups::Differ;
use super::guard::is_calling;
use super::owed::{Owed, owed_before};
use super::report::Report;
use super::run::Run;
use crate::change::Change;
use crate::kinds;
use crate::kinds::wire::{Seen, settings};
use crate::webex::{Error, ids};

impl Run<'_> {
    /// Records who is owed nothing any more by this run or an earlier one. What cannot be read pays nothing.
    pub(super) fn settle_debts(&self, report: &Report) -> Result<(), std::io::Error> {
        let done = self.plan.changes.iter().zip(&report.changes);
        let done = done.filter(|(_, outcome)| outcome.verdict.is_good());
        let paying: Vec<(&Change, bool)> =
            done.filter_map(|(it, _)| Some((it, pays(it)?))).collect();
        if paying.is_empty() {
            return Ok(());
        }
        let Ok(open) = owed_before(self.journal) else {
            return Ok(());
        };
        for (change, given_up) in paying.into_iter().filter(|_| !open.is_empty()) {
            let Some(now) = self.now(change) else {
                continue;
            };
            let id = ids::plain(&now.id);
            let mine: Vec<&Owed> = open.iter().filter(|it| it.id() == id).collect();
            let paid = given_up || self.has_all(change, &now, &mine).unwrap_or(false);
            if paid && !mine.is_empty() {
                self.journal.paid(&change.address, &now.id)?;
            }
        }
        Ok(())
    }

    /// The object of a change now, if it can be read.
    fn now(&self, change: &Change) -> Option<Seen> {
        let kind = kinds::find(&change.kind)?;
        let read = (kind.live.read)(self.names(), &[&change.key]);
        read.ok()?.pop().flatten()
    }

    /// Whether somebody has what these debts name, and the settings of the backup that counts: the oldest.
    fn has_all(&self, change: &Change, now: &Seen, debts: &[&Owed]) -> Result<bool, Error> {
        let names = self.names();
        let licenses = names.licenses()?;
        if debts
            .iter()
            .any(|it| !it.gone(&now.object, &licenses).is_empty())
        {
            return Ok(false);
        }
        let mut backups = debts
            .iter()
            .filter_map(|it| it.good_backup(self.journal.directory()));
        let Some((path, _)) = backups.next() else {
            return Ok(false);
        };
        let saved = self.options.backups.kept(&path, change, now);
        let readable = saved.filter(|it| it.unreadable().is_none());
        Ok(readable.is_some_and(|it| it.is_whole(&it.compare(names, Differ::Nothing))))
    }
}

/// Whether a change, if done, may pay what is owed; then, whether Calling was given up.
fn pays(change: &Change) -> Option<bool> {
    let mut fields = change.fields.iter();
    let given_up = fields.any(|it| is_calling(change, it) && it.after.is_null());
    let mut fields = change.fields.iter();
    let restored = fields.any(|it| settings::is_known(&change.kind, &it.path));
    (given_up || restored).then_some(given_up)
}
