//! What an apply is given: an organisation that can be written, and what may be risked.

use super::backups::Backups;
use crate::change::Risk;
use crate::webex::{Names, Writer};

/// The live organisation.
#[derive(Debug, Clone, Copy)]
pub struct Live<'a> {
    /// Names and ids, with the reader behind them.
    pub names: &'a Names,
    /// The only writer in the program.
    pub writer: &'a Writer,
}

/// How a plan is carried out.
#[derive(Debug)]
pub struct Options {
    /// Changes with a higher risk are skipped.
    pub max_risk: Option<Risk>,
    /// How many of those who keep Calling under another licence go first; everything else waits for the proof that they lost
    /// nothing.
    pub canary: usize,
    /// Whether settings are saved before Calling moves to another licence, so that losses can be restored.
    pub backup_moves: bool,
    /// Who makes and reads backups.
    pub backups: Backups,
    /// Why nothing is sent but what an interrupted run owes, if so.
    pub refused: Option<String>,
    /// Number of concurrent requests.
    pub workers: usize,
}
