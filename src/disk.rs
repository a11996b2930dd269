//! Files that are what they seem: a reader gets a regular file of bounded size or an error, never a pipe that no one fills; what
//! names people is only for its owner.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

/// The most bytes of a snapshot, a plan or a journal, also once it is decompressed: some ten times what an organisation of
/// 100,000 people has.
pub const LARGEST: u64 = 1 << 30;
/// The most bytes of a snapshot that is read in pieces, which takes less memory than its text: some two and a half times what an
/// organisation of a million people has.
pub const LARGEST_SNAPSHOT: u64 = 4 << 30;
/// The most bytes of all YAML files together. What is read of them takes some forty times as much memory.
pub const LARGEST_TREE: u64 = 64 << 20;

/// Reads a whole file; an error where it is no regular file, or too large.
pub fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let file = begin(path)?;
    let size = file.metadata()?.len();
    if size > most {
        return Err(too_large(most));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
    bounded(file, most, &mut bytes)?;
    Ok(bytes)
}

/// Opens a file that exists to read it; an error, which names it, where it is no regular file.
pub fn open(path: &Path) -> io::Result<File> {
    begin(path).map_err(|error| named(path, &error))
}

fn begin(path: &Path) -> io::Result<File> {
    // Before it is opened: to open a pipe is to wait for its writer.
    regular(path)?;
    File::open(path)
}

fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

/// An error where something is there that is no regular file: a directory, a pipe, a device.
pub fn regular(path: &Path) -> io::Result<()> {
    let kind = std::fs::metadata(path)?.file_type();
    match kind.is_file() {
        true => Ok(()),
        false if kind.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        false => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it is not a regular file but a pipe, a socket or a device: copy it into a file first",
        )),
    }
}

/// Reads to the end, but no more than that many bytes.
pub fn bounded(from: impl Read, most: u64, into: &mut Vec<u8>) -> io::Result<()> {
    from.take(most.saturating_add(1)).read_to_end(into)?;
    match into.len() as u64 > most {
        true => Err(too_large(most)),
        false => Ok(()),
    }
}

/// What is said of a file that is larger than this.
pub fn too_large(most: u64) -> io::Error {
    let text = format!("it is larger than {} MiB, which is the limit", most >> 20);
    io::Error::new(io::ErrorKind::FileTooLarge, text)
}

/// Makes a directory, and those above it, only for their owner (0700). One that is there stays as it is.
pub fn private_directory(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|error| named(path, &error))
}

/// Opens a file with these options; a new one is only for its owner (0600), and one that is there becomes so.
pub fn private_file(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    private(path, options).map_err(|error| named(path, &error))
}

fn private(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    match regular(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    let file = options.open(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = file.metadata()?.permissions().mode();
        if mode & 0o077 != 0 {
            file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
        }
    }
    Ok(file)
}

/// An error without the name of the temporary file that it is about: nobody knows that name.
pub fn of_named(error: io::Error) -> io::Error {
    let text = in_words(error.to_string());
    let why = text
        .split_once(" at path \"")
        .map_or(&*text, |(why, _)| why);
    io::Error::new(error.kind(), why.to_owned())
}

/// A text without the numbers of the operating system's errors, which say nothing to a reader.
pub fn in_words(mut text: String) -> String {
    while let Some(at) = text.find(" (os error ") {
        let Some(end) = text[at..].find(')') else {
            break;
        };
        text.replace_range(at..=at + end, "");
    }
    text
}

/// Why a text is no JSON object, where its first character says so. An empty one may have been cut off.
pub fn no_object(text: &[u8]) -> Option<&'static str> {
    match text.trim_ascii_start().first() {
        None | Some(b'{') => None,
        Some(_) => Some("it is not a JSON object"),
    }
}

/// A path, quoted for a shell.
pub fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |it: char| it.is_ascii_alphanumeric() || "/._-@+=:".contains(it);
    match !text.is_empty() && text.chars().all(plain) {
        true => text,
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_the_limit_is_an_error() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x");
        std::fs::write(&path, b"12345").unwrap();
        assert_eq!(read(&path, 5).unwrap(), b"12345");
        assert_eq!(
            read(&path, 4).unwrap_err().kind(),
            io::ErrorKind::FileTooLarge
        );
        let mut bytes = Vec::new();
        assert!(bounded(io::repeat(0), 1000, &mut bytes).is_err());
        assert!(bytes.len() <= 1001);
    }

    #[cfg(unix)]
    #[test]
    fn devices_and_directories_are_no_files() {
        for path in ["/dev/zero", "/dev/null", "/"] {
            assert!(read(Path::new(path), 10).is_err(), "{path}");
            let mut options = OpenOptions::new();
            let opened = private_file(Path::new(path), options.append(true));
            assert!(opened.is_err(), "{path}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn what_was_open_to_others_is_closed() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let below = directory.path().join("a/b");
        private_directory(&below).unwrap();
        let path = below.join("log");
        std::fs::write(&path, b"").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        private_file(&path, OpenOptions::new().append(true)).unwrap();
        for (path, wanted) in [(&path, 0o600), (&below, 0o700)] {
            let mode = std::fs::metadata(path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, wanted, "{}", path.display());
        }
    }
}
