//! Whether a request may be sent again: its subjects are as they were when it was made.

use std::time::Duration;

use super::check;
use super::gate::Suspect;
use super::guard::keeps_calling;
use super::report::{Verdict, Verdicts};
use super::sending::{LAG, SendError, Sending, Suspects};
use crate::change::Change;
use crate::kinds::wire::{Subject, Wire, not_sent};
use crate::webex::Error;

impl<'a> Sending<'a> {
    /// Webex may carry out what it refuses (webex-api.md 4.1), and shows that only later: the first of those who keep Calling and whose
    /// request is refused is watched until it must show. After that, a refusal of this run is believed.
    pub(super) fn refused_as_it_was(
        &self,
        wire: &Wire,
        mut open: Vec<Subject<'a>>,
        verdicts: &mut Verdicts,
    ) -> Result<Vec<Subject<'a>>, SendError> {
        let keepers: Vec<Subject<'a>> = open
            .iter()
            .filter(|it| keeps_calling(it))
            .cloned()
            .collect();
        if keepers.is_empty() || self.gate.believes_refusals() {
            return Ok(open);
        }
        let clock = self.names().reader().clock();
        let end = clock.now() + LAG;
        while clock.now() < end && !open.is_empty() {
            let changes: Vec<&Change> = keepers.iter().map(|it| it.change).collect();
            for (subject, now) in keepers.iter().zip(self.read(&changes)?) {
                let now = now.as_ref();
                if self.lost(subject, now)?.is_some() || self.is_in_between(subject, now)? {
                    return Ok(open);
                }
            }
            clock.sleep(Duration::from_secs(5));
            open = self.look_again(wire, open, verdicts, Duration::ZERO)?;
        }
        if !open.is_empty() {
            self.gate.believe_refusals();
        }
        Ok(open)
    }

    /// Whether a request whose answer was lost has done nothing to its subjects, so that it can be sent again. They are no suspects then:
    /// requests that wait for each other would wait for ever.
    pub(super) fn as_they_were(
        &self,
        open: &[Subject<'a>],
        suspects: &mut Suspects<'a>,
    ) -> Result<bool, SendError> {
        if suspects.is_empty() {
            return Ok(true);
        }
        let changes: Vec<&Change> = open.iter().map(|it| it.change).collect();
        for (subject, now) in open.iter().zip(self.read(&changes)?) {
            let now = now.as_ref();
            if self.lost(subject, now)?.is_none() && !self.is_in_between(subject, now)? {
                let suspect = suspects.remove(&subject.change.address);
                suspect.into_iter().for_each(Suspect::clear);
            }
        }
        Ok(suspects.is_empty())
    }

    /// Those whom no other administrator has changed since a request whose answer was lost: sent again, it would undo that.
    pub(super) fn as_sent(
        &self,
        open: Vec<Subject<'a>>,
        verdicts: &mut Verdicts,
    ) -> Result<Vec<Subject<'a>>, SendError> {
        let changes: Vec<&Change> = open.iter().map(|it| it.change).collect();
        let now = self.read(&changes)?;
        let mut left = Vec::new();
        for (subject, now) in open.into_iter().zip(now) {
            let (change, fields) = (subject.change, &subject.fields);
            let whole = self.operation.method == "PUT";
            let (then, now) = (subject.seen.as_ref(), now.as_ref());
            match check::changed_since(self.names(), change, fields, then, now, whole)? {
                Some(stale) => verdicts.push((change.address.clone(), stale)),
                None => left.push(subject),
            }
        }
        Ok(left)
    }

    /// Whether a request may be sent after a long wait: no other administrator has changed its subjects meanwhile.
    pub(super) fn still_as_read(&self, open: &[Subject<'a>]) -> Result<(), Error> {
        let mut verdicts = Verdicts::new();
        let checked = self.as_sent(open.to_vec(), &mut verdicts);
        match (checked, verdicts.pop()) {
            (Err(SendError::Webex(error)), _) => Err(error),
            (Err(other), _) => Err(not_sent(other.to_string())),
            (Ok(_), Some((address, Verdict::Stale { why, .. }))) => Err(not_sent(format!(
                "{address}: {why}, while Webex made the request wait"
            ))),
            (Ok(_), _) => Ok(()),
        }
    }
}
