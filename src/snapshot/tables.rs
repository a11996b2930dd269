//! The lists of a snapshot as tables: the columns of each, and their contents.
//!
//! What was not captured is [`Cell::Unknown`] or no rows at all, never an empty cell.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::ids::plain;
use super::{Feature, License, Owner, Snapshot, User, Word, feature_words};
use crate::canonical::canonical;

/// The word for a licence that the list of licences lacks: `unlisted/<id>`. It may be any.
pub const UNLISTED: &str = "unlisted/";

/// The content of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// One value, or none.
    One(Option<String>),
    /// Any number of values.
    Many(Vec<String>),
    /// How many there are; `None` where Webex does not say so.
    Count(Option<i64>),
    /// It was not captured.
    Unknown,
}

impl Cell {
    fn text(value: Option<&str>) -> Cell {
        Cell::One(value.filter(|it| !it.is_empty()).map(str::to_owned))
    }

    fn flag(value: Option<bool>) -> Cell {
        match value {
            Some(true) => Cell::One(Some("yes".to_owned())),
            Some(false) => Cell::One(None),
            None => Cell::Unknown,
        }
    }

    /// Its values; `None` where they are unknown.
    pub fn values(&self) -> Option<Vec<Cow<'_, str>>> {
        let borrowed = |value| Cow::Borrowed(String::as_str(value));
        match self {
            Cell::One(value) => Some(value.iter().map(borrowed).collect()),
            Cell::Many(values) => Some(values.iter().map(borrowed).collect()),
            Cell::Count(number) => Some(vec![Cow::Owned((*number)?.to_string())]),
            Cell::Unknown => None,
        }
    }
}

/// A kind of rows.
#[derive(Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Other words for it.
    pub words: &'static [&'static str],
    /// Its columns; the first is the key.
    pub columns: &'static [&'static str],
    /// The first part of the addresses of its objects, if they have any.
    pub kind: &'static str,
    /// Its rows; `None` where the list was not captured.
    rows: fn(&Snapshot, &Named<'_>) -> Option<Vec<Vec<Cell>>>,
}

/// Names that rows need.
struct Named<'a> {
    licenses: Option<FxHashMap<String, String>>,
    groups: Option<FxHashMap<&'a str, Vec<String>>>,
}

/// Every table that a list of the snapshot has.
pub const TABLES: [Table; 9] = [
    Table {
        name: "users",
        words: &["user", "people", "person"],
        columns: &[
            "email",
            "name",
            "location",
            "number",
            "extension",
            "licenses",
            "groups",
            "voicemail",
            "directory",
            "roles",
        ],
        kind: "user",
        rows: |snapshot, named| {
            let users = snapshot.users.as_deref()?.iter();
            Some(users.map(|user| person(user, named)).collect())
        },
    },
    Table {
        name: "workspaces",
        words: &["workspace"],
        columns: &["name", "location", "number", "extension", "licenses"],
        kind: "workspace",
        rows: |snapshot, named| {
            let all = snapshot.workspaces.as_deref()?.iter();
            let row = all.map(|it| {
                vec![
                    Cell::text(Some(&it.name)),
                    Cell::text(it.location.as_deref()),
                    Cell::text(it.phone_number.as_deref()),
                    Cell::text(it.extension.as_deref()),
                    licenses(&it.licenses, named),
                ]
            });
            Some(row.collect())
        },
    },
    Table {
        name: "numbers",
        words: &["number", "phoneNumbers"],
        columns: &[
            "number",
            "extension",
            "location",
            "owner",
            "state",
            "type",
            "use",
        ],
        kind: "number",
        rows: |snapshot, _| {
            let all = snapshot.numbers.as_deref()?.iter();
            let row = all.map(|it| {
                vec![
                    Cell::text(Some(&it.phone_number)),
                    Cell::text(it.extension.as_deref()),
                    Cell::text(it.location.as_deref()),
                    owner(it.owner.as_ref()),
                    Cell::text(it.state.as_deref()),
                    Cell::text(it.kind.as_deref()),
                    Cell::text(it.purpose.as_deref()),
                ]
            });
            Some(row.collect())
        },
    },
    Table {
        name: "locations",
        words: &["location"],
        columns: &[
            "name", "city", "country", "timeZone", "language", "calling", "main", "pstn",
        ],
        kind: "location",
        rows: |snapshot, _| {
            let all = snapshot.locations.as_deref()?.iter();
            let row = all.map(|it| {
                let address = it.address.as_ref();
                let calling = it.calling.as_ref();
                vec![
                    Cell::text(Some(&it.name)),
                    Cell::text(address.and_then(|it| it.city.as_deref())),
                    Cell::text(address.and_then(|it| it.country.as_deref())),
                    Cell::text(it.time_zone.as_deref()),
                    Cell::text(it.preferred_language.as_deref()),
                    Cell::flag(Some(calling.is_some())),
                    Cell::text(calling.and_then(|it| it.main_number.as_deref())),
                    Cell::text(calling.and_then(|it| it.pstn.as_deref())),
                ]
            });
            Some(row.collect())
        },
    },
    Table {
        name: "groups",
        words: &["group"],
        columns: &["name", "source", "kind", "members"],
        kind: "group",
        rows: |snapshot, _| {
            let all = snapshot.groups.as_deref()?.iter();
            let row = all.map(|it| {
                vec![
                    Cell::text(Some(&it.name)),
                    Cell::text(it.source.as_deref()),
                    Cell::text(it.kind.as_deref()),
                    Cell::Many(it.members.to_vec()),
                ]
            });
            Some(row.collect())
        },
    },
    Table {
        name: "licenses",
        words: &["license", "licences", "licence"],
        columns: &["license", "name", "subscription", "site", "used", "total"],
        kind: "",
        rows: |snapshot, named| {
            let all = snapshot.licenses.as_deref()?.iter();
            let row = all.map(|it| {
                let word = named
                    .licenses
                    .as_ref()
                    .and_then(|all| all.get(&plain(&it.id)));
                vec![
                    Cell::text(word.map(String::as_str)),
                    Cell::text(Some(&it.name)),
                    Cell::text(it.subscription_id.as_deref()),
                    Cell::text(it.site_url.as_deref()),
                    Cell::Count(it.consumed_units),
                    Cell::Count(it.total_units),
                ]
            });
            Some(row.collect())
        },
    },
    Table {
        name: "subscriptions",
        words: &["subscription"],
        columns: &["id", "createdAt", "status"],
        kind: "",
        rows: |snapshot, _| {
            let all = snapshot.subscriptions.as_deref()?.iter();
            let row = all.map(|it| {
                vec![
                    Cell::text(Some(&it.id)),
                    it.created_at
                        .as_deref()
                        .map_or(Cell::Unknown, |day| Cell::text(Some(day))),
                    Cell::text(it.status.as_deref()),
                ]
            });
            Some(row.collect())
        },
    },
    Table {
        name: "devices",
        words: &["device", "phones"],
        columns: &["name", "product", "type", "owner", "mac", "status"],
        kind: "",
        rows: |snapshot, _| {
            let all = snapshot.devices.as_deref()?.iter();
            let row = all.map(|it| {
                vec![
                    Cell::text(Some(it.name.as_deref().unwrap_or(it.label()))),
                    Cell::text(it.product.as_deref()),
                    Cell::text(it.kind.as_deref()),
                    owner(it.owner.as_ref()),
                    Cell::text(it.mac.as_deref()),
                    Cell::text(it.connection_status.as_deref()),
                ]
            });
            Some(row.collect())
        },
    },
    Table {
        name: "features",
        words: &["feature"],
        columns: &["name", "kind", "location", "number", "extension", "members"],
        kind: "",
        rows: |snapshot, _| {
            let all = snapshot.features.as_deref()?.iter();
            Some(all.map(feature).collect())
        },
    },
];

fn person(user: &User, named: &Named<'_>) -> Vec<Cell> {
    let email = user.email.as_str();
    // Voicemail comes with Calling: without a location there is none to ask about.
    let voicemail = match (&user.location, &user.voicemail) {
        (_, Some(voicemail)) => Cell::flag(Some(voicemail.enabled)),
        (None, None) => Cell::One(None),
        (Some(_), None) => Cell::Unknown,
    };
    let groups = match &named.groups {
        Some(groups) => Cell::Many(groups.get(email).cloned().unwrap_or_default()),
        None => Cell::Unknown,
    };
    vec![
        Cell::text(Some(email)),
        Cell::text(user.display_name.as_deref()),
        Cell::text(user.location.as_deref()),
        Cell::text(user.phone_number.as_deref()),
        Cell::text(user.extension.as_deref()),
        licenses(&user.licenses, named),
        groups,
        voicemail,
        Cell::flag(Some(user.from_directory())),
        Cell::Many(user.roles.iter().map(|it| it.to_string()).collect()),
    ]
}

fn feature(it: &Feature) -> Vec<Cell> {
    let members = it.members.as_deref().map(|all| {
        let keys = all.iter().map(|member| member.key.clone());
        Cell::Many(keys.collect())
    });
    vec![
        Cell::text(Some(&it.name)),
        Cell::text(Some(&it.kind)),
        Cell::text(it.location.as_deref()),
        Cell::text(it.phone_number.as_deref()),
        Cell::text(it.extension.as_deref()),
        members.unwrap_or(Cell::Unknown),
    ]
}

/// Words for licences; the product of a licence that is missing from the list is unknown.
fn licenses(held: &[Word], named: &Named<'_>) -> Cell {
    let Some(words) = &named.licenses else {
        return Cell::Unknown;
    };
    let mut held: Vec<String> = held
        .iter()
        .map(|id| {
            words
                .get(&plain(id))
                .cloned()
                .unwrap_or_else(|| format!("{UNLISTED}{id}"))
        })
        .collect();
    held.sort_unstable();
    Cell::Many(held)
}

fn owner(owner: Option<&Owner>) -> Cell {
    Cell::One(owner.map(|it| format!("{}/{}", it.kind.word(), it.key)))
}

/// The form in which values are compared: canonical, in lower case.
pub fn folded(text: &str) -> String {
    canonical(text).to_lowercase()
}

/// A word in lower case, without what parts it: `call-queues` is `callQueues`.
fn plain_word(word: &str) -> String {
    let letters = word.chars().filter(|it| !"-_ ".contains(*it));
    letters.flat_map(char::to_lowercase).collect()
}

/// The table that a word means, and of which kind of feature, where the word is one of those.
pub fn find(word: &str) -> Option<(&'static Table, Option<String>)> {
    let word = plain_word(word);
    let is = |name: &str| plain_word(name) == word;
    let table = TABLES
        .iter()
        .find(|table| is(table.name) || table.words.iter().any(|it| is(it)));
    if let Some(table) = table {
        return Some((table, None));
    }
    let kinds = super::features::kinds();
    let mut kinds =
        kinds.filter(|kind| is(kind) || is(&format!("{kind}s")) || is(feature_words(kind)));
    let kind = kinds.next()?;
    Some((TABLES.last()?, Some(kind.to_owned())))
}

/// Every word that is a table, for people.
pub fn names() -> Vec<String> {
    let tables = TABLES.iter().map(|table| table.name.to_owned());
    let kinds = super::features::kinds();
    tables.chain(kinds.map(|kind| format!("{kind}s"))).collect()
}

/// Lists and kinds of features that were not captured: what is in them is unknown, not absent.
pub fn not_captured(snapshot: &Snapshot) -> Vec<String> {
    let nameless = |_: &License| String::new();
    let tables = TABLES.iter();
    let absent = tables.filter(|table| table.rows(snapshot, &nameless).is_none());
    let kinds = snapshot.features_not_read.iter();
    absent
        .map(|table| table.name.to_owned())
        .chain(kinds.map(|it| format!("features of the kind {}", it.kind)))
        .collect()
}

/// Whether members of some group could not be read: anybody may be among them.
pub fn groups_are_open(snapshot: &Snapshot) -> bool {
    snapshot.not_known_of("group").next().is_some()
}

impl Table {
    /// The columns that have something only with Calling.
    pub fn reached(&self) -> Vec<usize> {
        let columns = ["number", "extension"].into_iter();
        columns.filter_map(|it| self.column(it)).collect()
    }

    /// The address of the object of a row; nothing where objects have none.
    pub fn address(&self, row: &[Cell]) -> Option<String> {
        let text = |at: usize| match row.get(at) {
            Some(Cell::One(value)) => value.as_deref(),
            _ => None,
        };
        let kind = match self.name {
            "features" => text(1)?,
            _ => Some(self.kind).filter(|it| !it.is_empty())?,
        };
        Some(format!("{kind}/{}", text(0)?))
    }

    /// The column that says where an object is; of locations it is their name.
    pub fn place(&self) -> Option<&'static str> {
        match self.name {
            "locations" => self.columns.first().copied(),
            _ => self.columns.iter().copied().find(|it| *it == "location"),
        }
    }

    /// Its rows in the order of the snapshot; `None` where the list was not captured. `word` names a licence.
    pub fn rows(
        &self,
        snapshot: &Snapshot,
        word: &dyn Fn(&License) -> String,
    ) -> Option<Vec<Vec<Cell>>> {
        let licenses = snapshot.licenses.as_deref().map(|all| {
            let named = all.iter().map(|it| (plain(&it.id), word(it)));
            named.collect()
        });
        let groups = snapshot.groups.as_deref().map(|all| {
            let mut of: FxHashMap<&str, Vec<String>> = FxHashMap::default();
            for group in all {
                for member in &group.members {
                    of.entry(member).or_default().push(group.name.clone());
                }
            }
            of
        });
        (self.rows)(snapshot, &Named { licenses, groups })
    }

    /// Where a column is; the names of columns are in no particular case.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns
            .iter()
            .position(|it| it.eq_ignore_ascii_case(name))
    }
}
