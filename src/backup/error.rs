//! Why there is no backup, or why one cannot be used.

use std::io;
use std::path::PathBuf;

use super::bundle::Damage;

/// What went wrong with a backup.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Only people and workspaces have settings.
    #[error("there is no backup of {0}: only people and workspaces have one")]
    NoSettings(String),
    /// A recipient that is none.
    #[error("{recipient} is not an age recipient: {why}")]
    Recipient {
        /// As given.
        recipient: String,
        /// What age says.
        why: String,
    },
    /// It could not be encrypted.
    #[error("the backup cannot be encrypted: {0}")]
    Encrypt(String),
    /// It could not be written.
    #[error("cannot write the backup {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// It could not be read.
    #[error("cannot read the backup {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// It is encrypted, and there is no key.
    #[error("the backup {} is encrypted; name the file with the age identity", .0.display())]
    NoIdentity(PathBuf),
    /// The key does not fit, or is none.
    #[error("the backup {} cannot be decrypted with {}: {why}", path.display(), identity.display())]
    Decrypt {
        /// The backup.
        path: PathBuf,
        /// The file with the key.
        identity: PathBuf,
        /// What age says.
        why: String,
    },
    /// It is not the one that a plan was made from.
    #[error("{} is not the backup that the plan was made from; make the plan again with `trunkline restore`", .0.display())]
    Other(PathBuf),
    /// It is damaged, or something else.
    #[error("the backup {} cannot be used: {source}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: Damage,
    },
}
