//! Requests that Webex accepts and works on afterwards: the object itself shows how that ends.

use super::report::Verdict;
use super::sending::Sending;
use crate::change::Change;
use crate::kinds::wire::{Outcome, Seen, Subject, Wire};

/// How an object stands after a request whose work Webex does afterwards.
pub enum Afterwards {
    /// Nothing goes on: whether it is as planned shows when it is compared.
    Ended,
    /// It is waited for.
    Open,
    /// It is settled: Webex has failed, or nobody waits for it any longer.
    Verdict(Verdict),
}

impl Sending<'_> {
    /// Looks at what Webex makes of a request that it has accepted; `last`: success means that it has begun.
    pub(super) fn afterwards(
        &self,
        wire: &Wire,
        change: &Change,
        seen: Option<&Seen>,
        earlier: Option<&Subject<'_>>,
        last: bool,
    ) -> Afterwards {
        let (Some(outcome), Some(seen)) = (wire.outcome, seen) else {
            return Afterwards::Ended;
        };
        let earlier = earlier.and_then(|it| it.seen.as_ref());
        match outcome(seen, earlier) {
            Outcome::Ended => Afterwards::Ended,
            Outcome::Failed(why) => Afterwards::Verdict(Verdict::failed(why)),
            Outcome::GoesOn if last => {
                let address = &change.address;
                self.names().reader().say(&format!(
                    "{address}: accepted; Webex is still working on it, and a later plan shows how that ends"
                ));
                Afterwards::Verdict(Verdict::Done)
            }
            Outcome::GoesOn => Afterwards::Open,
        }
    }
}
