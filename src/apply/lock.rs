//! One apply of an organisation at a time on a machine. Other machines are kept apart by the CI's concurrency group
//! (docs/apply.md).

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// A lock that is held until it is dropped, or until the process ends, however it ends.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Who holds the lock.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("another apply of this organisation is running: {holder}")]
pub struct Held {
    /// What the holder wrote about itself.
    pub holder: String,
}

impl Lock {
    /// Takes the lock of an organisation, or says who has it. `holder` is what others are told beside the number of this
    /// process. The outer error is one of the file system.
    pub fn take(
        directory: &Path,
        organisation: &str,
        holder: &str,
    ) -> std::io::Result<Result<Lock, Held>> {
        fs_err::create_dir_all(directory)?;
        let mut file = fs_err::OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(path(directory, organisation))?
            .into_parts()
            .0;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                file.read_to_string(&mut holder)?;
                return Ok(Err(Held {
                    holder: holder.trim().to_owned(),
                }));
            }
            Err(TryLockError::Error(error)) => return Err(error),
        }
        file.set_len(0)?;
        file.seek(SeekFrom::Start(0))?;
        writeln!(file, "process {} {holder}", std::process::id())?;
        file.sync_data()?;
        Ok(Ok(Lock { _file: file }))
    }
}

fn path(directory: &Path, organisation: &str) -> PathBuf {
    let digest = format!("{:x}", Sha256::digest(organisation));
    directory.join(format!("{}.lock", &digest[..16]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_one_hears_who_has_it() {
        let directory = tempfile::tempdir().unwrap();
        let first = Lock::take(directory.path(), "ORG", "on tower")
            .unwrap()
            .unwrap();
        let held = Lock::take(directory.path(), "ORG", "on hill")
            .unwrap()
            .unwrap_err();
        assert_eq!(
            held.holder,
            format!("process {} on tower", std::process::id())
        );
        assert!(
            Lock::take(directory.path(), "OTHER", "on hill")
                .unwrap()
                .is_ok()
        );
        drop(first);
        assert!(
            Lock::take(directory.path(), "ORG", "on hill")
                .unwrap()
                .is_ok()
        );
    }
}
