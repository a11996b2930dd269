//! One change, in the words that kinds, plans and those that carry them out share.
//!
//! Owns what a kind hands to the planner ([`Draft`], [`Request`], [`Fact`], [`Observed`], the [`Acknowledgements`] that it
//! asks), and what the plan file says of one object and one request ([`Change`], [`Operation`]). Knows no kind by name, and
//! nothing of how a plan is made, ordered or shown.

mod acknowledge;
mod draft;
mod fact;
mod model;
mod names;
mod observed;
mod value;
mod words;

pub use acknowledge::Acknowledgements;
pub use draft::{
    Draft, DraftChange, DraftField, Need, People, Request, Sends, Turn, license_value,
};
pub use fact::Fact;
pub use model::{Acknowledged, Change, EXISTENCE, Field, NAME, Operation, Source};
pub use names::{Address, Path};
pub use observed::{Observed, ObservedObjects};
pub use value::{Shared, nothing, text, text_or_nothing};
pub use words::{ChangeAction, FieldAction, Risk};
