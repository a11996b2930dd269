//! Jobs, and what each is to do.

use crate::sim::table::Slot;

/// All jobs, the oldest first.
#[derive(Debug, Clone, Default)]
pub struct Jobs {
    pub(in crate::sim) list: Vec<Job>,
}

/// One job.
#[derive(Debug, Clone)]
pub struct Job {
    pub(in crate::sim) id: String,
    pub(in crate::sim) work: Work,
    pub(in crate::sim) created: i64,
    pub(in crate::sim) starts: i64,
    pub(in crate::sim) ends: i64,
    pub(in crate::sim) paused: Option<i64>,
    pub(in crate::sim) outcome: Option<Outcome>,
}

/// What a job does when its time has come.
#[derive(Debug, Clone)]
pub enum Work {
    /// Numbers go to another location.
    MoveNumbers(Numbers),
    /// Numbers are used for services, or no longer.
    UseNumbers(Numbers),
    /// People go to another location.
    MovePeople(Moves),
    /// A location loses Calling.
    Close(Closing),
    /// A location gets another routing prefix.
    Prefix(Slot, String),
}

/// How a job ended.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// How many items it was carried out for.
    pub done: usize,
    /// Why others failed.
    pub failed: Vec<Failure>,
    /// Whether it failed as a whole.
    pub refused: bool,
}

/// Why an item failed.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The item: a number, a person, a location.
    pub item: String,
    /// The code.
    pub code: String,
    /// The text.
    pub description: String,
    /// The location that it is about.
    pub location: Option<String>,
}

/// Numbers, and where they are.
#[derive(Debug, Clone)]
pub struct Numbers {
    /// Where they go.
    pub target: Option<Slot>,
    /// Whether they are for services from then on.
    pub service: bool,
    /// Location and number.
    pub list: Vec<(Slot, String)>,
}

/// People and where they go.
#[derive(Debug, Clone)]
pub struct Moves {
    /// The location.
    pub target: Slot,
    /// Who goes.
    pub people: Vec<Move>,
}

/// One person.
#[derive(Debug, Clone)]
pub struct Move {
    /// The person.
    pub person: Slot,
    /// The number: none keeps it, an empty one removes it.
    pub number: Option<String>,
    /// The extension: none keeps it, an empty one removes it.
    pub extension: Option<String>,
}

/// A location that gives up Calling.
#[derive(Debug, Clone)]
pub struct Closing {
    /// The location.
    pub location: Slot,
    /// Its name.
    pub name: String,
    /// Whether features of it go too.
    pub force: bool,
}
