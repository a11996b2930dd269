//! Snapshot file -> [`Snapshot`], with a digest of its bytes. Sorts what must be sorted; trusts nothing else.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Broadworks, Location, Owner, OwnerKind, Snapshot, Word, lacking, misfit, pieces};
use crate::canonical::{canonical, make_canonical};
use crate::disk::{self, LARGEST, LARGEST_SNAPSHOT};
use crate::phone::read_back;

/// Where a file that is not whole ends, in words.
fn ends(line: usize, column: usize) -> String {
    match (line, column) {
        (0 | 1, 0) => "is empty".to_owned(),
        _ => format!("ends in the middle (line {line}, column {column})"),
    }
}

/// Why a snapshot cannot be used. The text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// No such file.
    #[error("there is no snapshot at {}", .0.display())]
    Missing(PathBuf),
    /// It ends in the middle.
    #[error("the snapshot {} {}", path.display(), ends(*line, *column))]
    Truncated {
        /// The file.
        path: PathBuf,
        /// The last line.
        line: usize,
        /// The last column.
        column: usize,
    },
    /// It is something else.
    #[error("{} is not a snapshot: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// It has another format version.
    #[error("the snapshot {} has formatVersion {found}; this trunkline reads 1", path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u32,
    },
}

/// Reads a snapshot; a name that ends in `.zst` is decompressed. Gives the digest of the decompressed bytes too.
pub fn read(path: &Path) -> Result<(Snapshot, String), SnapshotError> {
    let (mut snapshot, digest) = match in_pieces(path) {
        Some(read) => read,
        None => {
            let bytes = content(path)?;
            (parse(&bytes, path)?, digest(&bytes))
        }
    };
    if snapshot.format_version != 1 {
        return Err(SnapshotError::Version {
            path: path.to_owned(),
            found: snapshot.format_version,
        });
    }
    if snapshot.captured_on().is_none() {
        let reason = format!(
            "its capturedAt, `{}`, is not a time such as 2026-11-20T08:00:00Z",
            snapshot.captured_at
        );
        return Err(unreadable(path, reason));
    }
    snapshot.normalize();
    Ok((snapshot, digest))
}

/// The digest by which plans name a snapshot: of its file's decompressed bytes.
pub fn digest(bytes: &[u8]) -> String {
    format!("sha256:{:x}", Sha256::digest(bytes))
}

/// Reads a snapshot with every member that it has, as the simulator keeps it.
pub fn read_whole(path: &Path) -> Result<Value, SnapshotError> {
    let whole: Value = parse(&content(path)?, path)?;
    match whole["formatVersion"].as_u64() {
        Some(1) => Ok(whole),
        Some(other) => Err(SnapshotError::Version {
            path: path.to_owned(),
            found: u32::try_from(other).unwrap_or(u32::MAX),
        }),
        None => Err(unreadable(path, "it has no formatVersion".to_owned())),
    }
}

/// A snapshot that was not read from a file.
///
/// # Errors
///
/// If it is none.
pub fn of_document(document: &Value) -> Result<Snapshot, serde_json::Error> {
    let mut snapshot = Snapshot::deserialize(document)?;
    snapshot.normalize();
    Ok(snapshot)
}

fn unreadable(path: &Path, reason: String) -> SnapshotError {
    SnapshotError::Unreadable {
        path: path.to_owned(),
        reason,
    }
}

/// Reads a snapshot in pieces, if there is nothing to say about the file.
fn in_pieces(path: &Path) -> Option<(Snapshot, String)> {
    let file = disk::open(path).ok()?;
    match is_compressed(path) {
        true => pieces::read(
            zstd::stream::read::Decoder::new(file).ok()?,
            LARGEST_SNAPSHOT,
        ),
        false => pieces::read(file, LARGEST_SNAPSHOT),
    }
}

fn is_compressed(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "zst")
}

/// The bytes of a file, decompressed.
fn content(path: &Path) -> Result<Vec<u8>, SnapshotError> {
    let bytes = match disk::read(path, LARGEST_SNAPSHOT) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(SnapshotError::Missing(path.to_owned()));
        }
        Err(error) => return Err(unreadable(path, error.to_string())),
    };
    match is_compressed(path) {
        true => decompress(&bytes, path),
        false => Ok(bytes),
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8], path: &Path) -> Result<T, SnapshotError> {
    // Some editors write a byte order mark.
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    if let Some(reason) = disk::no_object(bytes) {
        return Err(unreadable(path, reason.to_owned()));
    }
    serde_json::from_slice(bytes).map_err(|error| match error.classify() {
        serde_json::error::Category::Eof => SnapshotError::Truncated {
            path: path.to_owned(),
            line: error.line(),
            column: error.column(),
        },
        _ => {
            let reason = lacking::named(bytes, &error).or_else(|| misfit::described(bytes, &error));
            unreadable(path, reason.unwrap_or_else(|| error.to_string()))
        }
    })
}

fn decompress(bytes: &[u8], path: &Path) -> Result<Vec<u8>, SnapshotError> {
    let mut out = Vec::new();
    let read = zstd::stream::read::Decoder::new(bytes)
        .and_then(|decoder| disk::bounded(decoder, LARGEST, &mut out));
    match read {
        Ok(()) => Ok(out),
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            let line = out.iter().filter(|&&byte| byte == b'\n').count() + 1;
            Err(SnapshotError::Truncated {
                path: path.to_owned(),
                line,
                column: 1,
            })
        }
        Err(error) => Err(unreadable(path, error.to_string())),
    }
}

/// Brings the key of an owner into canonical form.
pub(super) fn key(kind: &OwnerKind, key: &mut String) {
    match kind {
        OwnerKind::User => lower(key),
        OwnerKind::Workspace | OwnerKind::Feature(_) => make_canonical(key),
    }
}

fn owner(owner: &mut Owner) {
    key(&owner.kind, &mut owner.key);
}

impl Snapshot {
    /// Names and addresses in canonical form, addresses in lower case, lists in order of key: what the stages rely on, no matter
    /// whether it comes from a file, an export or Webex.
    pub fn normalize(&mut self) {
        let snapshot = self;
        for user in snapshot.users.iter_mut().flatten() {
            lower(&mut user.email);
            user.display_name.iter_mut().for_each(make_canonical);
            user.location.iter_mut().for_each(Word::make_canonical);
        }
        for group in snapshot.groups.iter_mut().flatten() {
            make_canonical(&mut group.name);
            group.description.iter_mut().for_each(make_canonical);
            group.members.iter_mut().for_each(lower);
            if !group.members.is_sorted() {
                group.members.sort_unstable();
            }
        }
        let locations = snapshot.locations.iter_mut().flatten();
        locations.for_each(normalize_location);
        for place in snapshot.workspaces.iter_mut().flatten() {
            make_canonical(&mut place.name);
            place.location.iter_mut().for_each(Word::make_canonical);
        }
        for number in snapshot.numbers.iter_mut().flatten() {
            number.location.iter_mut().for_each(Word::make_canonical);
            number.owner.iter_mut().for_each(owner);
        }
        for device in snapshot.devices.iter_mut().flatten() {
            device.owner.iter_mut().for_each(owner);
        }
        for feature in snapshot.features.iter_mut().flatten() {
            feature.normalize();
        }
        let broadworks = snapshot.broadworks.as_mut();
        let doubts = broadworks.map_or_else(Vec::new, Broadworks::normalize);
        for unknown in &mut snapshot.not_known {
            unknown.address = canonical(unknown.address.trim()).into_owned();
            // Only keys that are addresses of people have no case; all other names are exact.
            if let Some((kind @ ("user" | "webexGoDevice"), key)) = unknown.address.split_once('/')
            {
                unknown.address = format!("{kind}/{}", key.to_lowercase());
            }
        }
        snapshot.sort();
        snapshot.own_numbers_of_features();
        snapshot.sort();
        snapshot.doubt(doubts);
    }

    /// Brings the lists into order of key, as the stages rely on.
    pub fn sort(&mut self) {
        let snapshot = self;
        sort(&mut snapshot.subscriptions, |a, b| a.id.cmp(&b.id));
        sort(&mut snapshot.licenses, |a, b| a.id.cmp(&b.id));
        sort(&mut snapshot.sites, |a, b| a.url.cmp(&b.url));
        sort(&mut snapshot.locations, |a, b| a.name.cmp(&b.name));
        sort(&mut snapshot.numbers, |a, b| {
            (&a.phone_number, &a.location, &a.extension).cmp(&(
                &b.phone_number,
                &b.location,
                &b.extension,
            ))
        });
        sort(&mut snapshot.groups, |a, b| a.name.cmp(&b.name));
        sort(&mut snapshot.users, |a, b| a.email.cmp(&b.email));
        // Webex lets two workspaces have one name.
        sort(&mut snapshot.workspaces, |a, b| {
            (&a.name, &a.id).cmp(&(&b.name, &b.id))
        });
        sort(&mut snapshot.features, |a, b| {
            (&a.kind, &a.name, &a.location, &a.id).cmp(&(&b.kind, &b.name, &b.location, &b.id))
        });
        snapshot.features_not_read.sort();
    }
}

fn lower(text: &mut String) {
    make_canonical(text);
    if !text.is_ascii() || text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        *text = text.to_lowercase();
    }
}

fn sort<T>(list: &mut Option<Vec<T>>, order: impl Fn(&T, &T) -> std::cmp::Ordering) {
    if let Some(list) = list
        && !list.is_sorted_by(|a, b| order(a, b).is_le())
    {
        list.sort_by(order);
    }
}

/// Names and lines of the address in their canonical form, the main number in E.164 form.
fn normalize_location(location: &mut Location) {
    make_canonical(&mut location.name);
    let calling = location.calling.as_mut();
    if let Some(main) = calling.and_then(|it| it.main_number.as_mut())
        && let Some(number) = read_back(main)
    {
        *main = number;
    }
    if let Some(address) = &mut location.address {
        let lines = [
            &mut address.address1,
            &mut address.address2,
            &mut address.city,
            &mut address.state,
        ];
        lines.into_iter().flatten().for_each(make_canonical);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn names_and_addresses_are_read_in_one_form() {
        let document = json!({
            "formatVersion": 1, "capturedAt": "2026-11-20T08:00:00Z", "complete": true,
            "org": {"id": "o", "name": "Acme"},
            "groups": [{"id": "g", "name": "Straße\u{a0}Nord", "members": ["Jo@B\u{fc}cher.de"]}],
            "users": [{"id": "p", "email": "Jo@Bu\u{308}cher.de", "displayName": "Jo\u{2003}M\u{fc}ller", "location": "Zu\u{308}rich"}],
            "locations": [{"id": "l", "name": "Zu\u{308}rich"}],
            "numbers": [{"phoneNumber": "+41445550100", "location": "Zu\u{308}rich",
                         "owner": {"kind": "user", "key": "jo@bücher.de"}}],
        });
        let snapshot = super::of_document(&document).unwrap();
        let (user, group) = (&snapshot.users()[0], &snapshot.groups()[0]);
        assert_eq!(user.email, "jo@xn--bcher-kva.de");
        assert_eq!(*group.members, [user.email.as_str()]);
        assert_eq!(group.name, "Straße Nord");
        assert_eq!(user.display_name.as_deref(), Some("Jo Müller"));
        assert_eq!(user.location.as_deref(), Some("Zürich"));
        assert_eq!(snapshot.locations()[0].name, "Zürich");
        let number = &snapshot.numbers.as_ref().unwrap()[0];
        assert_eq!(number.location.as_deref(), Some("Zürich"));
        assert_eq!(number.owner.as_ref().unwrap().key, user.email);
    }
}
