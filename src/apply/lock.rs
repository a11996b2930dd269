//! One apply of an organisation at a time. Other machines are kept apart by the CI's concurrency group (docs/apply.md).
//!
//! The lock is a file in several directories: in the state directory, which all who apply the same files share,
//! no matter who they are and where that directory is mounted; and in directories of the user's own, for those who keep several
//! state directories. A directory in which others may write is never used: a link that another user has put there would lead to
//! a file of ours.

use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::disk;

/// A lock that is held until it is dropped, or until the process ends, however it ends.
#[derive(Debug)]
pub struct Lock {
    _files: Vec<File>,
}

/// Who holds the lock.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("another apply of this organisation is running: {holder}")]
pub struct Held {
    /// What the holder wrote about itself.
    pub holder: String,
}

impl Lock {
    /// Takes the lock of an organisation, or says who has it. `shared` has to be usable; of the directories that are the
    /// user's `own`, those that belong to no one else. `holder` is shown to others with the number of this process.
    /// The outer error is one of the file system.
    pub fn take(
        shared: &Path,
        own: &[PathBuf],
        organisation: &str,
        holder: &str,
    ) -> io::Result<Result<Lock, Held>> {
        disk::private_directory(shared)?;
        let digest = format!("{:x}", Sha256::digest(organisation));
        let name = format!("{}.lock", &digest[..16]);
        let mut files = vec![open(&shared.join("apply.lock"))?];
        // A directory of another user, or a link in its place, does not lock anyone out.
        let mine = own
            .iter()
            .filter(|directory| is_ours_alone(directory).is_ok());
        files.extend(mine.filter_map(|directory| open(&directory.join(&name)).ok()));
        for file in &mut files {
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    let mut holder = String::new();
                    file.take(TOLD).read_to_string(&mut holder)?;
                    let holder = holder.trim().to_owned();
                    return Ok(Err(Held { holder }));
                }
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
        for file in &mut files {
            file.set_len(0)?;
            file.seek(SeekFrom::Start(0))?;
            writeln!(file, "process {} {holder}", std::process::id())?;
            file.sync_data()?;
        }
        Ok(Ok(Lock { _files: files }))
    }
}

/// How much of the text of a holder is shown.
const TOLD: u64 = 1_000;

/// Opens the file of a lock, and makes it if there is none. It is a file, and no link to one.
fn open(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.create(true).truncate(false).read(true).write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        options.mode(0o600).custom_flags(flags.bits().cast_signed());
    }
    let named = |error: io::Error| {
        io::Error::new(
            error.kind(),
            format!("cannot lock {}: {error}", path.display()),
        )
    };
    let file = options.open(path).map_err(named)?;
    match file.metadata()?.is_file() {
        true => Ok(file),
        false => Err(named(io::Error::other("it is not a regular file"))),
    }
}

/// Makes the directory if there is none. It is a directory, not a link to one, and no one else may write in it.
fn is_ours_alone(directory: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)?;
    let found = std::fs::symlink_metadata(directory)?;
    if !found.is_dir() {
        return Err(io::Error::other("it is not a directory"));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, PermissionsExt};
        if found.uid() != rustix::process::geteuid().as_raw() {
            return Err(io::Error::other("it belongs to another user"));
        }
        if found.mode() & 0o077 != 0 {
            std::fs::set_permissions(directory, std::fs::Permissions::from_mode(0o700))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(shared: &Path, own: &[PathBuf], organisation: &str) -> Result<Lock, Held> {
        Lock::take(shared, own, organisation, "on tower").unwrap()
    }

    #[test]
    fn a_second_one_hears_who_has_it() {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        let own = [at("own/locks")];
        let first = take(&at("state"), &own, "ORG").unwrap();
        let said = format!("process {} on tower", std::process::id());
        // The same state directory for any user; the same user with any state directory.
        let held = take(&at("state"), &[], "ORG").unwrap_err();
        assert_eq!(held.holder, said);
        let held = take(&at("other"), &own, "ORG").unwrap_err();
        assert_eq!(held.holder, said);
        assert!(take(&at("other"), &own, "ANOTHER").is_ok());
        drop(first);
        assert!(take(&at("state"), &own, "ORG").is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn no_link_is_followed() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        std::fs::write(at("precious"), "precious").unwrap();
        // A link in the state directory is an error.
        std::fs::create_dir(at("state")).unwrap();
        symlink(at("precious"), at("state/apply.lock")).unwrap();
        assert!(Lock::take(&at("state"), &[], "ORG", "on tower").is_err());
        std::fs::remove_file(at("state/apply.lock")).unwrap();
        // A link instead of a directory of our own is passed over, and so is a link in it.
        std::fs::create_dir(at("elsewhere")).unwrap();
        symlink(at("elsewhere"), at("linked")).unwrap();
        std::fs::create_dir(at("own")).unwrap();
        let digest = format!("{:x}", Sha256::digest("ORG"));
        let name = format!("own/{}.lock", &digest[..16]);
        symlink(at("precious"), at(&name)).unwrap();
        let lock = take(&at("state"), &[at("linked"), at("own")], "ORG").unwrap();
        assert_eq!(std::fs::read_to_string(at("precious")).unwrap(), "precious");
        assert_eq!(std::fs::read_dir(at("elsewhere")).unwrap().count(), 0);
        let mode = std::fs::metadata(at("own")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        let file = std::fs::metadata(at("state/apply.lock")).unwrap();
        assert_eq!(file.permissions().mode() & 0o777, 0o600);
        drop(lock);
    }
}
