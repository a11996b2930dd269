//! The wish to stop: shared by whoever waits.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Once set it stays so. Requests in flight are finished; none is begun after it.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Asks to stop.
    pub fn set(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether someone asked to stop.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::SeqCst)
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
