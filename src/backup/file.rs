//! The bundle's file: only for its owner, whole or not there, on the disk before anything else happens.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use tempfile::{Builder, PersistError};
use zeroize::Zeroizing;

use super::age::{self, Recipient};
use super::bundle::Bundle;
use super::error::Error;
use super::features::Features;
use crate::disk;

/// How and where backups are kept.
#[derive(Debug, Clone)]
pub struct Options {
    /// The directory, such as `.trunkline/backups`; it is made where it is missing.
    pub directory: PathBuf,
    /// Who can read them (`age1…`); no one else can. None: they are not encrypted.
    pub recipients: Vec<String>,
    /// The organisation's id.
    pub org: String,
    /// Now.
    pub at: Timestamp,
    /// Calling features and who is in them, if they were read.
    pub features: Option<Features>,
}

/// The end of the name of an encrypted backup.
const ENCRYPTED: &str = ".json.age";

/// A file of identities has a line of 74 bytes for each.
const LARGEST_IDENTITY: u64 = 1 << 20;

/// Writes a bundle; gives its path and a digest of its bytes.
pub fn write(bundle: &Bundle, options: &Options) -> Result<(PathBuf, String), Error> {
    let stem = format!(
        "{}-{}-{}",
        bundle.subject.kind,
        file_name(&bundle.subject.key),
        options.at.strftime("%Y%m%dT%H%M%SZ")
    );
    let end = match options.recipients.is_empty() {
        true => ".json",
        false => ENCRYPTED,
    };
    let path = options.directory.join(format!("{stem}{end}"));
    let failed = |source: io::Error| Error::Write {
        path: path.clone(),
        source,
    };
    let bytes = bundle.to_bytes().map_err(|error| failed(error.into()))?;
    let bytes = match options.recipients.is_empty() {
        true => bytes,
        false => encrypt(&bytes, &options.recipients)?,
    };
    make(&options.directory).map_err(failed)?;
    let path = put(&options.directory, &stem, end, &bytes).map_err(failed)?;
    Ok((path, format!("sha256:{:x}", Sha256::digest(&bytes))))
}

/// Reads a backup and verifies it. `identity` is a file with the age key of an encrypted one.
pub fn open(path: &Path, identity: Option<&Path>) -> Result<Bundle, Error> {
    let bytes = disk::read(path, disk::LARGEST).map_err(|source| Error::Read {
        path: path.to_owned(),
        source,
    })?;
    let encrypted = bytes.starts_with(age::ANY_VERSION.as_bytes());
    let bytes = match (encrypted, identity) {
        (false, _) => bytes,
        (true, None) => return Err(Error::NoIdentity(path.to_owned())),
        (true, Some(identity)) => decrypt(&bytes, identity).map_err(|why| Error::Decrypt {
            path: path.to_owned(),
            identity: identity.to_owned(),
            why,
        })?,
    };
    Bundle::from_bytes(&bytes).map_err(|source| Error::Damaged {
        path: path.to_owned(),
        source,
    })
}

/// Where a backup is now: where it was written, or among those of a state directory that was moved since.
pub fn locate(written: &Path, backups: &Path) -> PathBuf {
    match (written.exists(), written.file_name()) {
        (false, Some(name)) if backups.join(name).exists() => backups.join(name),
        _ => written.to_owned(),
    }
}

/// Whether backups can be encrypted to these recipients: asked before a run begins, not when its first backup is due.
pub fn check_recipients(recipients: &[String]) -> Result<(), Error> {
    read_recipients(recipients).map(drop)
}

fn read_recipients(recipients: &[String]) -> Result<Vec<Recipient>, Error> {
    let known = |text: &String| {
        // A secret key that was given by mistake is never repeated: errors are kept in journals and logs.
        let secret = text.trim().to_lowercase().starts_with("age-secret-key-");
        Recipient::read(text.trim()).map_err(|why| Error::Recipient {
            recipient: match secret {
                true => "that was given".to_owned(),
                false => text.clone(),
            },
            why,
        })
    };
    recipients.iter().map(known).collect()
}

fn encrypt(bytes: &[u8], recipients: &[String]) -> Result<Vec<u8>, Error> {
    let recipients = read_recipients(recipients)?;
    age::encrypt(bytes, &recipients).map_err(Error::Encrypt)
}

fn decrypt(bytes: &[u8], identity: &Path) -> Result<Vec<u8>, String> {
    // Not `disk::read`: an identity may come from a pipe, such as that of a program that keeps secrets.
    let mut text = Zeroizing::new(String::new());
    let file = std::fs::File::open(identity).map_err(|why| why.to_string())?;
    let mut file = io::Read::take(file, LARGEST_IDENTITY);
    io::Read::read_to_string(&mut file, &mut text).map_err(|why| why.to_string())?;
    age::decrypt(bytes, &age::identities(&text)?)
}

/// A key as part of a file name: what could mean something to a file system or a shell is replaced.
fn file_name(key: &str) -> String {
    let plain = |it: char| it.is_alphanumeric() || matches!(it, '@' | '.' | '_' | '-');
    let name: String = key
        .chars()
        .map(|it| if plain(it) { it } else { '_' })
        .collect();
    // File names have at most 255 bytes; the rest of this one needs some 40.
    name.chars().take(50).collect()
}

/// Makes the directory, only for its owner.
fn make(directory: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let new = !directory.exists();
    builder.create(directory)?;
    // Its name has to be on the disk before a backup in it counts.
    match directory.parent().map(std::fs::File::open) {
        Some(Ok(parent)) if new => parent.sync_all(),
        _ => Ok(()),
    }
}

/// Puts the bytes under the first name that is free, and sees to it that they are on the disk.
fn put(directory: &Path, stem: &str, end: &str, bytes: &[u8]) -> io::Result<PathBuf> {
    let mut builder = Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600));
    let mut file = builder.tempfile_in(directory)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    for count in 1.. {
        let path = match count {
            1 => directory.join(format!("{stem}{end}")),
            more => directory.join(format!("{stem}-{more}{end}")),
        };
        match file.persist_noclobber(&path) {
            Ok(_) => {
                // The name has to be on the disk, too. Not every system can open a directory.
                if let Ok(directory) = std::fs::File::open(directory) {
                    directory.sync_all()?;
                }
                return Ok(path);
            }
            Err(PersistError { error, file: back })
                if error.kind() == io::ErrorKind::AlreadyExists =>
            {
                file = back;
            }
            Err(PersistError { error, .. }) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}
