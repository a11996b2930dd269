//! Carries out a plan, and verifies the result (contract section 9).
//!
//! Every decision is in the plan: apply takes each request in an order that `dependsOn` allows, checks whether the object
//! still is as planned, sends, and reads back. It knows no YAML, no git and no kind by name. Only it gets a
//! [`crate::webex::Writer`].

mod admit;
mod afterwards;
mod again;
mod ahead;
mod aside;
mod backups;
mod check;
mod course;
mod estimate;
mod gate;
mod guard;
mod jobs;
mod journal;
mod lock;
mod look;
mod mutex;
mod options;
mod owed;
mod pace;
mod paid;
mod progress;
mod proof;
mod put_back;
mod repair;
mod report;
mod rights;
mod run;
mod secrets;
mod send;
mod sending;
mod shown;
mod since;
mod state;
mod target;
mod unpaid;

pub use admit::{Refused, admit, unblocked};
pub use backups::Backups;
pub use estimate::{Caution, Estimate};
pub use journal::{Interrupted, Journal, Resume};
pub use lock::{Held, Lock};
pub use options::{Live, Options};
pub use owed::{Debt, Owed, Place, debts, owed};
pub use pace::{Pace, Took};
pub use progress::{JournalError, Progress};
pub use proof::consistent;
pub use report::{Counted, Outcome, Report, Touched, Verdict};
pub use rights::{Denied, denied};
pub use run::{Run, Watch};
pub use secrets::with_secrets;
pub use since::losses_since;
pub use target::Target;
pub use unpaid::{Unpaid, unpaid};
