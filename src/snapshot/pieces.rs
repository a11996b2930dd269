//! A snapshot's text in pieces, so that it never is in memory as a whole: elements of the long lists are read one by one, and what
//! is left without them is a short document.
//!
//! Gives up (`None`) at whatever is out of the ordinary: then the text is read as a whole, which knows what to say about it.

use std::io::Read;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::StreamDeserializer;
use serde_json::de::SliceRead;
use sha2::{Digest, Sha256};

use super::{Captured, Device, Feature, Group, Location, Number, Snapshot, User, Workspace};

/// How much is read at once: some thousand people, and little enough to stay in the processor's cache.
const PIECE: usize = 1 << 20;

/// More white space in one place is out of the ordinary: a few bytes may decompress into a gigabyte of it.
const MOST_BLANKS: usize = 1 << 16;

/// Reads a snapshot, and the digest of its bytes, which another thread makes. `None` where it has to be read as a whole, and where
/// it is longer than `most`.
pub(super) fn read(from: impl Read + Send, most: u64) -> Option<(Snapshot, String)> {
    read_by(PIECE, from, most)
}

fn read_by(piece: usize, from: impl Read + Send, most: u64) -> Option<(Snapshot, String)> {
    thread::scope(|scope| {
        let (pieces, receiver) = sync_channel(4);
        let digest = scope.spawn(move || send(piece, from, most, &pieces));
        let snapshot = Pieces::new(receiver).snapshot()?;
        Some((snapshot, digest.join().ok()??))
    })
}

/// Sends all pieces; gives their digest. `None` if there are too many, if one cannot be read, or if no one wants them any more.
fn send(
    size: usize,
    mut from: impl Read,
    most: u64,
    pieces: &SyncSender<Vec<u8>>,
) -> Option<String> {
    let (mut digest, mut length) = (Sha256::new(), 0);
    loop {
        let mut piece = Vec::with_capacity(size);
        (&mut from).take(size as u64).read_to_end(&mut piece).ok()?;
        length += piece.len() as u64;
        if piece.is_empty() || length > most {
            return (length <= most).then(|| format!("sha256:{:x}", digest.finalize()));
        }
        digest.update(&piece);
        pieces.send(piece).ok()?;
    }
}

/// What of a text has been received and not yet read.
struct Pieces {
    receiver: Receiver<Vec<u8>>,
    bytes: Vec<u8>,
    at: usize,
}

impl Pieces {
    fn new(receiver: Receiver<Vec<u8>>) -> Pieces {
        Pieces {
            receiver,
            bytes: Vec::new(),
            at: 0,
        }
    }

    fn snapshot(mut self) -> Option<Snapshot> {
        let mut lists = Lists::default();
        let mut rest = vec![b'{'];
        self.token(b'{')?;
        loop {
            let (key, _) = self.value::<String>()?;
            self.token(b':')?;
            if !lists.take(&key, &mut self)? {
                if rest.len() > 1 {
                    rest.push(b',');
                }
                rest.extend(serde_json::to_vec(&key).ok()?);
                rest.push(b':');
                rest.extend(self.text()?);
            }
            match self.next()? {
                b',' => {}
                b'}' => break,
                _ => return None,
            }
        }
        let over = self.peek().is_none() && self.at == self.bytes.len() && self.more().is_none();
        if !over {
            return None;
        }
        rest.push(b'}');
        let mut snapshot = serde_json::from_slice(&rest).ok()?;
        lists.give(&mut snapshot);
        Some(snapshot)
    }

    /// Receives another piece; more than one where a single element is long, so that it is not begun too often.
    fn more(&mut self) -> Option<()> {
        self.bytes.drain(..self.at);
        self.at = 0;
        let left = self.bytes.len();
        while self.bytes.len() <= 2 * left {
            match self.receiver.recv() {
                Ok(piece) => self.bytes.extend(piece),
                Err(_) => break,
            }
        }
        (self.bytes.len() > left).then_some(())
    }

    /// The next byte that is no white space, which stays.
    fn peek(&mut self) -> Option<u8> {
        let mut blanks = 0;
        while blanks < MOST_BLANKS {
            match self.bytes.get(self.at) {
                Some(b' ' | b'\n' | b'\r' | b'\t') => {
                    self.at += 1;
                    blanks += 1;
                }
                Some(byte) => return Some(*byte),
                None => self.more()?,
            }
        }
        None
    }

    fn next(&mut self) -> Option<u8> {
        let next = self.peek()?;
        self.at += 1;
        Some(next)
    }

    fn token(&mut self, token: u8) -> Option<()> {
        (self.next()? == token).then_some(())
    }

    /// The next value, and the length of its text.
    fn value<T: for<'a> Deserialize<'a>>(&mut self) -> Option<(T, usize)> {
        self.peek()?;
        loop {
            let slice = SliceRead::new(self.bytes.get(self.at..)?);
            let mut values = StreamDeserializer::<_, T>::new(slice);
            let value = values.next();
            let length = values.byte_offset();
            match value {
                // A number at the end may go on in the next piece.
                Some(Ok(value)) if self.at + length < self.bytes.len() => {
                    self.at += length;
                    return Some((value, length));
                }
                // Half a number is as wrong as any other error, so more of the text has to tell.
                _ => self.more()?,
            }
        }
    }

    /// The text of the next value.
    fn text(&mut self) -> Option<&[u8]> {
        let (_, length) = self.value::<IgnoredAny>()?;
        self.bytes.get(self.at - length..self.at)
    }

    /// The elements of a list.
    fn list<T: for<'a> Deserialize<'a>>(&mut self, list: &mut Captured<T>) -> Option<()> {
        self.token(b'[')?;
        // A second list of that name is an error.
        if list.is_some() {
            return None;
        }
        let list = list.insert(Vec::new());
        if self.peek()? == b']' {
            return self.token(b']');
        }
        loop {
            list.push(self.value()?.0);
            match self.next()? {
                b',' => {}
                b']' => return Some(()),
                _ => return None,
            }
        }
    }
}

/// The lists that grow with an organisation.
#[derive(Default)]
struct Lists {
    locations: Captured<Location>,
    numbers: Captured<Number>,
    groups: Captured<Group>,
    users: Captured<User>,
    workspaces: Captured<Workspace>,
    devices: Captured<Device>,
    features: Captured<Feature>,
}

impl Lists {
    /// Reads the value of a member if it is such a list; otherwise it is left.
    fn take(&mut self, key: &str, from: &mut Pieces) -> Option<bool> {
        match key {
            "locations" => from.list(&mut self.locations)?,
            "numbers" => from.list(&mut self.numbers)?,
            "groups" => from.list(&mut self.groups)?,
            "users" => from.list(&mut self.users)?,
            "workspaces" => from.list(&mut self.workspaces)?,
            "devices" => from.list(&mut self.devices)?,
            "features" => from.list(&mut self.features)?,
            _ => return Some(false),
        }
        Some(true)
    }

    fn give(self, to: &mut Snapshot) {
        to.locations = self.locations;
        to.numbers = self.numbers;
        to.groups = self.groups;
        to.users = self.users;
        to.workspaces = self.workspaces;
        to.devices = self.devices;
        to.features = self.features;
    }
}

#[cfg(test)]
mod tests {
    use super::super::{digest, of_document};
    use super::*;

    const WHOLE: &str = r#"
{
  "formatVersion": 1, "capturedAt": "2026-11-20T08:00:00Z", "complete": true,
  "org": {"id": "o", "name": "Zw\u00f6lf \"Bo\\x\" {[ü€😀,:]}"},
  "subscriptions": [{"id": "Sub-1"}], "licenses": [], "sites": null, "later": [[{"a": -1.5e3}], "]", true],
  "locations": [{"id": "l", "name": "Z\u00fcrich"}, {"id": "", "name": "B}]"}],
  "numbers": [ ],
  "users": [{"id": "p", "email": "jo@acme.com", "displayName": "J\ud83d\ude00\"", "licenses": ["a", "b"], "voicemail": {"enabled": false}},
    {"id": "q", "email": "ana@acme.com", "unknown": [{}, 12, null]}],
  "groups":[{"id": "g", "name": "All", "members": ["jo@acme.com","ana@acme.com"]}],
  "devices": [{"id": "d", "owner": {"kind": "user", "key": "jo@acme.com"}}],
  "number": 12345
}
"#;

    fn read(piece: usize, text: &str) -> Option<(Snapshot, String)> {
        read_by(piece, text.as_bytes(), 10_000)
    }

    #[test]
    fn pieces_of_any_size_are_the_whole() {
        let whole = of_document(&serde_json::from_str(WHOLE).unwrap()).unwrap();
        let whole = serde_json::to_value(&whole).unwrap();
        assert!(whole["workspaces"].is_null() && whole["numbers"].as_array().unwrap().is_empty());
        for piece in (1..70).chain([1_000, 10_000]) {
            let (mut snapshot, seen) = read(piece, WHOLE).unwrap();
            snapshot.normalize();
            assert_eq!(serde_json::to_value(&snapshot).unwrap(), whole, "{piece}");
            assert_eq!(seen, digest(WHOLE.as_bytes()));
        }
    }

    #[test]
    fn much_white_space_is_left_to_the_whole() {
        let blanks = " ".repeat(MOST_BLANKS);
        let read = |text: String| read_by(64, text.as_bytes(), 1 << 20);
        assert!(read(WHOLE.replace("\"later\":", "\"later\":\n\n")).is_some());
        assert!(read(WHOLE.replace("\"later\":", &format!("\"later\":{blanks}"))).is_none());
        assert!(read(format!("{WHOLE}{blanks}x")).is_none());
        assert!(read(format!("{blanks}{WHOLE}")).is_none());
    }

    #[test]
    fn what_is_out_of_the_ordinary_is_left_to_the_whole() {
        let end = WHOLE.trim_end().len();
        for length in (0..end).filter(|length| WHOLE.is_char_boundary(*length)) {
            assert!(read(64, &WHOLE[..length]).is_none(), "{length}");
        }
        assert!(read_by(64, WHOLE.as_bytes(), WHOLE.len() as u64 - 1).is_none());
        for (good, bad) in [
            ("[ ]", "null"),
            ("[ ]", "[,]"),
            ("[ ]", "[7]"),
            ("\"later\":", "\"users\":"),
            ("\"later\":", "\"sites\":"),
            ("\"later\":", "\"later\""),
            ("12345\n}", "12345\n}}"),
            ("12345\n}", "12345,}"),
            ("{\n  \"format", "[\n  \"format"),
            ("\"email\": \"ana", "\"emil\": \"ana"),
        ] {
            assert!(read(64, &WHOLE.replace(good, bad)).is_none(), "{bad}");
        }
    }
}
