//! Mutexes: a thread that panicked does not invalidate them, since their content is still what was sent.

use std::sync::{Mutex, MutexGuard};

/// Locks a mutex.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}
