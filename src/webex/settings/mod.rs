//! The Calling settings of people and workspaces: which there are, how each is read, and how it is written back
//! (webex-api.md 10).
//!
//! Two tables of data, one for each kind of holder, and three short walks over them: reading, comparing, writing back. Knows
//! nothing of backups or plans.

mod digest;
mod edit;
mod people;
mod read;
mod restore;
#[cfg(test)]
mod tests;
mod workspaces;

pub use digest::{differences, digest};
pub use read::{Reading, Settings, read_all, read_one, requests};
pub use restore::{agrees, remaining_calls, restore_calls, same};

use edit::Edit;

/// Whose settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HolderKind {
    /// A person.
    Person,
    /// A workspace.
    Workspace,
}

/// One setting. Paths have `{id}` where the id of the holder comes in.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// What it is called in backups and in field paths, such as `callForwarding`.
    pub name: &'static str,
    /// The path that reads it.
    pub read: &'static str,
    /// What else has to be read of each entry of one of its lists.
    pub details: &'static [Detail],
    /// How its value is changed before it is written back, in order.
    edits: &'static [Edit],
    /// How it is written back, in order; empty for what is only read.
    pub writes: &'static [Write],
    /// Without a value in this member there is nothing to write back.
    pub needs: Option<&'static str>,
    /// Paths of what changes by itself or is assigned again each time, so it does not count in comparisons.
    volatile: &'static [&'static str],
    /// Whether everyone with Calling has it: an answer that there is none means that it may not be read.
    pub always: bool,
    /// Whether its value is a secret, which enters no plan.
    pub secret: bool,
    /// Settings that must be there before, because it names what they hold.
    pub after: &'static [&'static str],
}

/// Something that no administrator can read or bring back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Never {
    /// In words.
    pub words: &'static str,
    /// What it depends on: `voicemail`, `greetings`, `announcements` or `devices`; `None`: everyone with Calling has it.
    pub about: Option<&'static str>,
}

/// Shorthand for the tables.
const fn never(words: &'static str) -> Never {
    Never { words, about: None }
}

/// Shorthand for the tables.
const fn never_of(about: &'static str, words: &'static str) -> Never {
    Never {
        words,
        about: Some(about),
    }
}

/// What has to be read of each entry of a list.
#[derive(Debug, Clone, Copy)]
pub struct Detail {
    /// The list.
    pub list: &'static str,
    /// The path, with `{item.id}` for a member of the entry.
    pub path: &'static str,
    /// The member of the entry that gets the answer; `None`: it is merged into the entry.
    pub into: Option<&'static str>,
}

/// One way in which a setting is written back.
#[derive(Debug, Clone, Copy)]
pub enum Write {
    /// `PUT` of everything but the lists that other ways send.
    Put(&'static str),
    /// `POST` of each entry of the list.
    PostEach(&'static str, &'static str),
    /// `PUT` of each entry of the list.
    PutEach(&'static str, &'static str),
    /// `PUT` of one member of each entry of the list that has it.
    PutPart(&'static str, &'static str, &'static str),
}

impl Write {
    /// The method and path, as a plan shows them.
    pub fn shown(self) -> (&'static str, &'static str) {
        match self {
            Write::Put(path) | Write::PutEach(_, path) | Write::PutPart(_, _, path) => {
                ("PUT", path)
            }
            Write::PostEach(_, path) => ("POST", path),
        }
    }
}

impl HolderKind {
    /// Whose settings an object of this kind has.
    pub fn of(kind: &str) -> Option<HolderKind> {
        match kind {
            "user" => Some(HolderKind::Person),
            "workspace" => Some(HolderKind::Workspace),
            _ => None,
        }
    }

    /// Every setting, in the order in which they are written back.
    pub fn settings(self) -> &'static [Setting] {
        match self {
            HolderKind::Person => people::SETTINGS,
            HolderKind::Workspace => workspaces::SETTINGS,
        }
    }

    /// The setting with this name.
    pub fn find(self, name: &str) -> Option<&'static Setting> {
        self.settings().iter().find(|setting| setting.name == name)
    }

    /// What no request reads or brings back.
    pub fn never(self) -> &'static [Never] {
        match self {
            HolderKind::Person => people::NEVER,
            HolderKind::Workspace => workspaces::NEVER,
        }
    }
}

impl Setting {
    /// A setting that is written back as it was read, by the same path.
    const fn new(name: &'static str, read: &'static str, writes: &'static [Write]) -> Setting {
        Setting {
            name,
            read,
            details: &[],
            edits: &[],
            writes,
            needs: None,
            volatile: &[],
            always: false,
            secret: false,
            after: &[],
        }
    }

    const fn details(mut self, details: &'static [Detail]) -> Setting {
        self.details = details;
        self
    }

    const fn edits(mut self, edits: &'static [Edit]) -> Setting {
        self.edits = edits;
        self
    }

    const fn needs(mut self, member: &'static str) -> Setting {
        self.needs = Some(member);
        self
    }

    const fn volatile(mut self, paths: &'static [&'static str]) -> Setting {
        self.volatile = paths;
        self
    }

    const fn always(mut self) -> Setting {
        self.always = true;
        self
    }

    const fn secret(mut self) -> Setting {
        self.secret = true;
        self
    }

    const fn after(mut self, names: &'static [&'static str]) -> Setting {
        self.after = names;
        self
    }

    /// Its lists whose entries are sent one by one, and have no order.
    fn unordered(&self) -> impl Iterator<Item = &'static str> {
        self.writes.iter().filter_map(|write| match write {
            Write::Put(_) => None,
            Write::PostEach(list, _) | Write::PutEach(list, _) | Write::PutPart(list, _, _) => {
                Some(*list)
            }
        })
    }

    /// Whether it is kept with phones, which an administrator cannot give back.
    pub fn is_about_devices(&self) -> bool {
        let part = |write: &Write| matches!(write, Write::PutPart(..));
        self.writes.iter().any(part)
    }

    /// Whether there is a request that writes it back.
    pub fn is_written(&self) -> bool {
        !self.writes.is_empty()
    }
}

/// What else has to be read of each phone.
const DEVICE_DETAILS: &[Detail] = &[
    Detail {
        list: "devices",
        path: "/telephony/config/devices/{item.id}/members",
        into: Some("lines"),
    },
    Detail {
        list: "devices",
        path: "/telephony/config/devices/{item.id}/layout",
        into: Some("layout"),
    },
];

/// Of phones, the lines and keys of the holder's own go back.
const DEVICE_EDITS: &[Edit] = &[
    // Another person's phone with a line of the holder is managed with that person.
    Edit::Unless("devices", "primaryOwner", false),
    Edit::Keep("devices[]", &["id", "lines", "layout"]),
    Edit::Keep("devices[].lines", &["members"]),
    Edit::Keep(
        "devices[].lines.members[]",
        &[
            "id",
            "port",
            "t38FaxCompressionEnabled",
            "primaryOwner",
            "lineType",
            "lineWeight",
            "hotlineEnabled",
            "hotlineDestination",
            "allowCallDeclineEnabled",
            "lineLabel",
        ],
    ),
];

/// The schema of the request has the name that reading has, its example and public clients the other one: both are sent.
const DISTINCTIVE_RING: Edit = Edit::Copy("distinctiveRingEnabled", "enableDistinctiveRingPattern");

/// What changes by itself on phones.
const DEVICE_VOLATILE: &[&str] = &[
    "devices[].ipAddress",
    "devices[].activationState",
    "devices[].lines.members[].hostIP",
    "devices[].lines.members[].remoteIP",
];

/// A row whose value goes back by the path that it was read by.
macro_rules! same_path {
    ($name:literal, $path:expr) => {
        Setting::new($name, $path, &[Write::Put($path)])
    };
}
use same_path;
