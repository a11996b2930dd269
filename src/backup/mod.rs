//! What a person or workspace has, on disk before it is removed: read from Webex, kept in one file, opened again.
//!
//! Owns the bundle and its file: format, checksum, encryption, permissions. Knows how to read settings through a
//! [`Reader`](crate::webex::Reader), and nothing of plans: when a backup is due, and what comes back of it, is for others
//! to say.

pub mod age;
mod bundle;
mod error;
mod features;
mod file;
mod groups;
mod secret;
mod subject;
mod take;
#[cfg(test)]
mod tests;

pub use bundle::{Bundle, Damage, Device, Held, Membership, Subject, Unread};
pub use error::Error;
pub use features::Features;
pub use file::{Options, check_recipients, locate, open};
pub use secret::{reference, resolve};
pub use subject::Live;
pub use take::{Taken, take};
