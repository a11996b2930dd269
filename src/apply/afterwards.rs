//! Requests that Webex accepts and works on afterwards: the object itself shows how that ends.

use super::check;
use super::report::Verdict;
use super::sending::Sending;
use crate::change::Change;
use crate::kinds::wire::{Outcome, Seen, Subject, Wire};

/// The state of an object after a request whose work Webex does afterwards.
pub enum Afterwards<'a> {
    /// Nothing is in progress: whether it is as planned shows when it is compared.
    Ended,
    /// It is waited for.
    Open(Subject<'a>),
    /// It is settled: Webex has failed, or nobody waits for it any longer.
    Verdict(Verdict),
}

impl<'a> Sending<'a> {
    /// Looks at what Webex makes of a request that it has accepted; `before` is what was there before anything was sent. `last`:
    /// success means that it has begun.
    pub(super) fn afterwards(
        &self,
        wire: &Wire,
        change: &'a Change,
        seen: Option<&Seen>,
        before: &[Subject<'a>],
        last: bool,
    ) -> Afterwards<'a> {
        let sent = self.doubtful || !before.is_empty();
        let (Some(outcome), Some(seen), true) = (wire.outcome, seen, sent) else {
            return Afterwards::Ended;
        };
        let earlier = before.iter().find(|it| it.change.address == change.address);
        match outcome(seen, earlier.and_then(|it| it.seen.as_ref())) {
            Outcome::Ended => Afterwards::Ended,
            // Before this run has sent anything, it may be an old failure.
            Outcome::Failed(_) if earlier.is_none() => Afterwards::Ended,
            Outcome::Failed(why) => Afterwards::Verdict(Verdict::failed(why)),
            Outcome::GoesOn if last => {
                let address = &change.address;
                self.names().reader().say(&format!(
                    "{address}: accepted; Webex is still working on it, and a later plan shows how that ends"
                ));
                Afterwards::Verdict(Verdict::Done)
            }
            Outcome::GoesOn => Afterwards::Open(Subject {
                change,
                fields: check::fields(self.operation, change),
                seen: Some(seen.clone()),
            }),
        }
    }
}
