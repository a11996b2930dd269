//! The wish to stop: shared by all that wait.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Once set it stays so. Requests in flight are finished; none is begun after it, unless a caller has asked for patience.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<State>);

#[derive(Debug, Default)]
struct State {
    asked: AtomicBool,
    patient: AtomicBool,
}

impl Stop {
    /// Asks to stop.
    pub fn set(&self) {
        self.0.asked.store(true, Ordering::SeqCst);
    }

    /// Whether someone asked to stop.
    pub fn is_set(&self) -> bool {
        self.0.asked.load(Ordering::SeqCst)
    }

    /// From now on the client does not give up by itself: a caller that verifies what was written is to finish, and
    /// looks between two pieces of work whether to go on.
    pub fn be_patient(&self) {
        self.0.patient.store(true, Ordering::SeqCst);
    }

    /// Whether a request that waits is not to be sent any more.
    pub fn ends_waiting(&self) -> bool {
        self.is_set() && !self.0.patient.load(Ordering::SeqCst)
    }

    /// Asks to stop at the first Ctrl-C or SIGTERM; the second ends the program at once, with the exit code 130. False where
    /// the program has such a handler already.
    pub fn on_interrupt(&self) -> bool {
        let stop = self.clone();
        ctrlc::set_handler(move || {
            if stop.is_set() {
                std::process::exit(130);
            }
            stop.set();
        })
        .is_ok()
    }
}
