//! The breaker: while someone has lost something that no plan removes, nothing is removed from anyone else.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use super::mutex::lock;
use crate::change::Address;
use crate::webex::Stop;

/// How often a waiting request checks whether the run is to stop.
const LOOK: Duration = Duration::from_millis(100);

/// The gate that every request passes that removes something.
#[derive(Debug, Default)]
pub struct Gate {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// Addresses of those who may have lost something, and what is known of it.
    open: BTreeMap<Address, Known>,
    /// Addresses of those who had lost something at any time, or of whom that is not known.
    lost: Vec<Address>,
    /// Why nothing is removed any more.
    tripped: Option<String>,
    /// Whether a refused request has been seen to do nothing.
    refusals: bool,
}

/// What is known of someone who may have lost something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    Nothing,
    Lost,
    InBetween,
}

impl Gate {
    /// Waits until no one else is without what they had; `own` are the addresses of the request that waits. An error says why
    /// nothing may be removed any more.
    pub fn pass(&self, own: &[Address], stop: &Stop) -> Result<(), String> {
        let mut state = lock(&self.state);
        loop {
            if let Some(why) = &state.tripped {
                return Err(why.clone());
            }
            if state.open.keys().all(|it| own.contains(it)) {
                return Ok(());
            }
            if stop.is_set() {
                return Err("the run was stopped before".to_owned());
            }
            let waited = self.changed.wait_timeout(state, LOOK);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Closes the gate for everyone else until the state of this object is known.
    pub fn suspect(&self, address: &Address) -> Suspect<'_> {
        let mut state = lock(&self.state);
        state.open.entry(address.clone()).or_insert(Known::Nothing);
        Suspect {
            gate: self,
            address: address.clone(),
        }
    }

    /// Whether what Webex refuses has been seen to do nothing.
    pub fn believes_refusals(&self) -> bool {
        lock(&self.state).refusals
    }

    /// A refused request has done nothing, for as long as that could take to show.
    pub fn believe_refusals(&self) {
        lock(&self.state).refusals = true;
    }

    /// Why nothing is removed any more, if so.
    pub fn tripped(&self) -> Option<String> {
        lock(&self.state).tripped.clone()
    }

    /// It is not known whether this object has lost something, and that hinders no one else.
    pub fn doubt(&self, address: &Address) {
        lock(&self.state).lost.push(address.clone());
    }

    /// Whether this object had lost something, whether or not it has been restored since, or may have.
    pub fn had_lost(&self, address: &Address) -> bool {
        lock(&self.state).lost.contains(address)
    }
}

/// A subject who may have lost something. Dropping it unsettled leaves the gate permanently closed.
#[derive(Debug)]
pub struct Suspect<'a> {
    gate: &'a Gate,
    address: Address,
}

impl Suspect<'_> {
    /// Something is lost.
    pub fn has_lost(&self) {
        let mut state = lock(&self.gate.state);
        state.lost.push(self.address.clone());
        state.open.insert(self.address.clone(), Known::Lost);
    }

    /// The object is neither as before nor as planned, and nothing is lost.
    pub fn is_in_between(&self) {
        let mut state = lock(&self.gate.state);
        state.lost.push(self.address.clone());
        state.open.insert(self.address.clone(), Known::InBetween);
    }

    /// The object is as before or as planned.
    pub fn clear(self) {
        lock(&self.gate.state).open.remove(&self.address);
    }
}

impl Drop for Suspect<'_> {
    fn drop(&mut self) {
        let mut state = lock(&self.gate.state);
        if let Some(known) = state.open.remove(&self.address) {
            let address = &self.address;
            let why = match known {
                Known::Lost => format!(
                    "{address} has lost something that the plan does not remove, and it could not be restored"
                ),
                Known::InBetween => format!("{address} is neither as before nor as planned"),
                Known::Nothing => format!("it is unknown whether {address} has lost something"),
            };
            state.tripped.get_or_insert(why);
        }
        drop(state);
        self.gate.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_put_right_lets_the_others_pass() {
        let gate = Gate::default();
        let stop = Stop::default();
        assert_eq!(gate.pass(&[], &stop), Ok(()));
        let ana = gate.suspect(&"user/ana@acme.com".into());
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| gate.pass(&[], &stop));
            ana.has_lost();
            ana.clear();
            assert_eq!(waiting.join().unwrap(), Ok(()));
        });
        assert!(gate.had_lost(&"user/ana@acme.com".into()));
        assert_eq!(gate.tripped(), None);
    }

    #[test]
    fn an_unrepaired_loss_stops_everyone() {
        let gate = Gate::default();
        let stop = Stop::default();
        std::thread::scope(|scope| {
            let bo = gate.suspect(&"workspace/Bay 4".into());
            let waiting = scope.spawn(|| gate.pass(&[], &stop));
            bo.has_lost();
            drop(bo);
            assert!(waiting.join().unwrap().unwrap_err().contains("Bay 4"));
        });
        assert!(gate.pass(&[], &stop).is_err());
    }

    #[test]
    fn a_wish_to_stop_is_heard_while_waiting() {
        let gate = Gate::default();
        let stop = Stop::default();
        let _suspect = gate.suspect(&"user/bo@acme.com".into());
        stop.set();
        assert!(gate.pass(&[], &stop).is_err());
    }
}
