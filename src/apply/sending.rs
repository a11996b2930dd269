//! One request of a plan with what it needs of the run: reading, journaled calls, and why it failed.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use super::ahead::Ahead;
use super::check::Leaving;
use super::gate::{Gate, Suspect};
use super::journal::Journal;
use super::options::{Live, Options};
use super::progress::Progress;
use super::report::{Touched, Verdict};
use crate::change::{Address, Change, Operation, Path};
use crate::kinds;
use crate::kinds::wire::{Seen, Wire, settings};
use crate::webex::{Answer, Call, Error, Names, Stop};

/// How often a request is tried whose answers are lost, or that has to wait for a running job.
pub const ATTEMPTS: u32 = 8;

/// How long a write may take to be visible (webex-api.md 13), with a margin.
pub const LAG: Duration = Duration::from_secs(90);

/// One request of the plan, with what it is about.
#[derive(Debug, Clone, Copy)]
pub struct Sending<'a> {
    pub live: &'a Live<'a>,
    pub journal: &'a Journal,
    pub options: &'a Options,
    pub operation: &'a Operation,
    /// Whether an earlier run may have sent it.
    pub doubtful: bool,
    /// What that run recorded.
    pub earlier: &'a Progress,
    /// The breaker that every request passes that removes something.
    pub gate: &'a Gate,
    /// The request to stop.
    pub stop: &'a Stop,
    /// Why members of lists leave by themselves.
    pub leaving: Leaving,
    /// Addresses of objects for which something was sent. Another request of a change may be on its way at the same time,
    /// so this is asked after the object was read, and said before anything is sent.
    pub touched: &'a Mutex<Touched>,
    /// Objects of changes that take nothing, read many at a time.
    pub ahead: &'a Ahead<'a>,
    /// Paths whose values an earlier request of the same change removed for a moment.
    pub aside: &'a [Path],
    /// The request of the same change that gives what this one takes for a moment.
    pub later: Option<u32>,
    /// Whether settings of the object are saved and compared, even if moves are not backed up.
    pub canary: bool,
}

/// A change that takes part in a request, and whether something was sent for it before.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    pub change: &'a Change,
    pub touched: bool,
}

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// Webex, or the connection.
    #[error(transparent)]
    Webex(#[from] Error),
    /// The journal cannot be written: nothing may be sent any more.
    #[error("the journal cannot be written: {0}")]
    Journal(#[from] std::io::Error),
    /// A backup could not be made.
    #[error("no backup could be made, so nothing was sent: {0}")]
    Backup(String),
    /// Another subject has lost something, and it could not be restored.
    #[error("{0}")]
    Halted(String),
}

/// By address: people who may have lost something by a request.
pub type Suspects<'a> = BTreeMap<Address, Suspect<'a>>;

impl<'a> Sending<'a> {
    pub(super) fn journaled(
        &self,
        call: &Call,
        attempt: u32,
        subjects: Vec<Address>,
        check: &dyn Fn() -> Result<(), Error>,
    ) -> Result<Answer, SendError> {
        let id = self.operation.id;
        let seen = subjects.first().and_then(|it| self.ahead.age(it));
        let request = (call.method.as_str(), call.path.as_str());
        self.journal.begin(id, attempt, request, subjects, seen)?;
        let answer = self.live.writer.send_while(call, check);
        let (status, tracking_id) = match &answer {
            Ok(answer) => (Some(answer.status), answer.tracking_id.as_deref()),
            Err(error) => {
                let refusal = error.refusal();
                (
                    refusal.map(|it| it.status),
                    refusal.and_then(|it| it.tracking_id.as_deref()),
                )
            }
        };
        self.journal.end(id, attempt, status, tracking_id)?;
        Ok(answer?)
    }

    pub(super) fn read(&self, changes: &[&Change]) -> Result<Vec<Option<Seen>>, SendError> {
        let Some(first) = changes.first() else {
            return Ok(Vec::new());
        };
        let Some(kind) = kinds::find(&first.kind) else {
            return Ok(changes.iter().map(|_| None).collect());
        };
        let keys: Vec<&str> = changes.iter().map(|change| change.key.as_str()).collect();
        Ok((kind.live.read)(self.names(), &keys)?)
    }

    pub(super) fn names(&self) -> &'a Names {
        self.live.names
    }
}

/// The wire of a kind for a request of a plan.
pub(super) fn wire(kind: &str, operation: &Operation) -> Option<&'static Wire> {
    if settings::is_setting(operation) {
        return Some(&settings::WIRE);
    }
    let kind = kinds::find(kind)?;
    kinds::wire::wire(kind, operation)
}

/// A failure in Webex's own words.
pub fn failed(error: &Error) -> Verdict {
    Verdict::Failed {
        why: words(error),
        tracking_id: error
            .refusal()
            .and_then(|refusal| refusal.tracking_id.clone()),
    }
}

/// An error without its tracking id, which is shown separately.
pub fn words(error: &Error) -> String {
    let text = error.to_string();
    match error
        .refusal()
        .and_then(|refusal| refusal.tracking_id.as_deref())
    {
        Some(id) => text.replace(&format!(" (tracking id {id})"), ""),
        None => text,
    }
}
