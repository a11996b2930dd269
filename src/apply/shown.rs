//! Settings that were written, read back.

use std::time::Duration;

use super::report::{Verdict, Verdicts};
use super::sending::{SendError, Sending};
use crate::kinds::wire::{Subject, settings};

impl<'a> Sending<'a> {
    /// Checks until what was written shows everywhere, or the time is over; returns those where it does not.
    pub(super) fn settings_shown(
        &self,
        mut open: Vec<Subject<'a>>,
        verdicts: &mut Verdicts,
        time: Duration,
    ) -> Result<Vec<Subject<'a>>, SendError> {
        let clock = self.names().reader().clock();
        let end = clock.now() + time;
        let mut pause = Duration::from_millis(250);
        loop {
            let last = clock.now() >= end;
            let mut left = Vec::new();
            for subject in open {
                match settings::shows(self.names(), &subject)? {
                    true => verdicts.push((subject.change.address.clone(), Verdict::Done)),
                    false => left.push(subject),
                }
            }
            if left.is_empty() || last {
                return Ok(left);
            }
            open = left;
            clock.sleep(pause);
            pause = (pause * 2).min(Duration::from_secs(5));
        }
    }
}
