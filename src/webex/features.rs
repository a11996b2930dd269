//! Calling features that hold numbers and people: call queues, hunt groups, auto attendants … Webex keeps with the feature who is
//! in it, not with the person (webex-api.md 10).
//!
//! One row of [`KINDS`] for each kind; captures and backups read by it: every list in its pages, and one detail for each feature.
//! A kind that cannot be read, and a feature of which something cannot, are named and stop nothing.

use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::Value;

use super::access::Reader;
use super::capture::pool;
use super::error::Error;
use super::{Paging, encode};
use crate::phone;

/// One kind of feature.
#[derive(Debug)]
pub struct Kind {
    /// As snapshots have it, such as `callQueue`.
    pub name: &'static str,
    /// The lists that together have all of them; `{location}` stands for each location with Calling. The query of a list is that of
    /// its details too.
    lists: &'static [&'static str],
    /// The member that holds the entries.
    key: &'static str,
    /// One of them.
    one: One,
    /// Where its people are.
    members: &'static [Members],
}

/// How one feature is read.
#[derive(Debug, Clone, Copy)]
enum One {
    /// An object at this path.
    Object(&'static str),
    /// A list at this path, under this member.
    List(&'static str, &'static str),
    /// The list returns everything.
    Listed,
}

/// Where people are in a feature.
#[derive(Debug, Clone, Copy)]
enum Members {
    /// A list of objects with ids: `(member, role)`.
    Ids(&'static str, &'static str),
    /// The feature is a person.
    Itself(&'static str),
    /// A number or an extension: `(pointer, role)`.
    Dials(&'static str, &'static str),
    /// An e-mail address: `(pointer, role)`.
    Mails(&'static str, &'static str),
    /// Menus whose keys put calls through.
    Menus(&'static str),
}

/// Pages as long as every one of these lists allows.
macro_rules! pages {
    ($path:literal) => {
        concat!("/telephony/config/", $path, "?max=200")
    };
}

/// Features of Customer Assist are in a separate list: without the parameter, Webex returns the others (changelog and SDK; some have
/// seen both in one, so a feature counts once).
macro_rules! with_assist {
    ($path:literal) => {
        &[
            pages!($path),
            concat!(pages!($path), "&hasCxEssentials=true"),
        ]
    };
}

/// Every kind of feature that is read.
pub static KINDS: &[Kind] = &[
    Kind {
        name: "callQueue",
        lists: with_assist!("queues"),
        key: "queues",
        one: One::Object("/telephony/config/locations/{location}/queues/{id}"),
        members: &[Members::Ids("agents", "agent")],
    },
    Kind {
        name: "huntGroup",
        lists: &[pages!("huntGroups")],
        key: "huntGroups",
        one: One::Object("/telephony/config/locations/{location}/huntGroups/{id}"),
        members: &[Members::Ids("agents", "agent")],
    },
    Kind {
        name: "autoAttendant",
        lists: &[pages!("autoAttendants")],
        key: "autoAttendants",
        one: One::Object("/telephony/config/locations/{location}/autoAttendants/{id}"),
        members: &[Members::Menus("key")],
    },
    Kind {
        name: "voicemailGroup",
        lists: &[pages!("voicemailGroups")],
        key: "voicemailGroups",
        one: One::Object("/telephony/config/locations/{location}/voicemailGroups/{id}"),
        members: &[
            Members::Mails("/messageStorage/externalEmail", "recipient"),
            Members::Mails("/notifications/destination", "recipient"),
            Members::Mails("/emailCopyOfMessage/emailId", "recipient"),
            Members::Dials("/transferToNumber/destination", "target"),
        ],
    },
    Kind {
        name: "callPickup",
        lists: &[pages!("locations/{location}/callPickups")],
        key: "callPickups",
        one: One::Object("/telephony/config/locations/{location}/callPickups/{id}"),
        members: &[Members::Ids("agents", "member")],
    },
    Kind {
        name: "callPark",
        lists: &[pages!("locations/{location}/callParks")],
        key: "callParks",
        one: One::Object("/telephony/config/locations/{location}/callParks/{id}"),
        members: &[Members::Ids("agents", "member")],
    },
    Kind {
        name: "pagingGroup",
        lists: &[pages!("paging")],
        key: "locationPaging",
        one: One::Object("/telephony/config/locations/{location}/paging/{id}"),
        members: &[
            Members::Ids("targets", "target"),
            Members::Ids("originators", "originator"),
        ],
    },
    Kind {
        name: "virtualLine",
        lists: &[pages!("virtualLines")],
        key: "virtualLines",
        one: One::Listed,
        members: &[],
    },
    Kind {
        name: "supervisor",
        lists: with_assist!("supervisors"),
        key: "supervisors",
        one: One::List("/telephony/config/supervisors/{id}", "agents"),
        members: &[
            Members::Itself("supervisor"),
            Members::Ids("agents", "agent"),
        ],
    },
];

/// How many requests the lists take, with this many locations with Calling.
pub fn lists(locations: usize) -> usize {
    let lists = KINDS.iter().flat_map(|kind| kind.lists);
    lists
        .map(|list| match list.contains("{location}") {
            true => locations,
            false => 1,
        })
        .sum()
}

/// Every feature of one kind, or why the kind could not be read.
#[derive(Debug)]
pub struct Read {
    /// The kind, as snapshots have it.
    pub kind: &'static str,
    /// Its features.
    pub found: Result<Vec<Found>, Error>,
}

/// A feature as Webex returns it.
#[derive(Debug)]
pub struct Found {
    /// Webex's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The id of its location.
    pub location: Option<String>,
    /// The name of its location, where Webex says it.
    pub location_name: Option<String>,
    /// Its number.
    pub phone_number: Option<String>,
    /// Its extension.
    pub extension: Option<String>,
    /// Who is in it, or why that could not be read.
    pub members: Result<Vec<Member>, Error>,
}

/// A person who is in a feature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// As what: `agent`, `member`, `target` …
    pub role: &'static str,
    /// How the feature names them.
    pub who: Who,
}

/// How a feature names a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// By id; `kind` is what Webex says that it is (`PEOPLE`, `PLACE`, `VIRTUAL_LINE`), `name` what it is called there.
    Id {
        /// Webex's id.
        id: String,
        /// What it is.
        kind: Option<String>,
        /// What it is called.
        name: Option<String>,
    },
    /// By what is dialled: a number, or an extension with or without the prefix of its location.
    Dialled(String),
    /// By an e-mail address.
    Mail(String),
}

/// Reads the features of all kinds. `locations` are the ids of those with Calling.
pub fn read(reader: &Reader, locations: &[String]) -> Vec<Read> {
    pool::map(KINDS, |kind| Read {
        kind: kind.name,
        found: of_kind(reader, kind, locations),
    })
}

/// An entry of a list, and the query of its detail.
struct Listed {
    raw: Value,
    location: Option<String>,
    query: &'static str,
}

fn of_kind(reader: &Reader, kind: &Kind, locations: &[String]) -> Result<Vec<Found>, Error> {
    let mut entries: Vec<Listed> = Vec::new();
    for list in kind.lists {
        let (path, query) = list.split_once("?max=200").unwrap_or((list, ""));
        let each: Vec<Option<&String>> = match path.contains("{location}") {
            true => locations.iter().map(Some).collect(),
            false => vec![None],
        };
        let read = pool::map(&each, |location| {
            let location = location.map_or("", String::as_str);
            let path = list.replace("{location}", &encode(location));
            // An entry without an id is one odd feature, not a list that cannot be read.
            match reader.lines(&path, kind.key, Paging::Link) {
                Err(error) if absent(&error) => Ok(Vec::new()),
                read => read,
            }
        });
        for (location, read) in each.iter().zip(read) {
            entries.extend(read?.into_iter().map(|raw| Listed {
                location: location.cloned().or_else(|| location_of(&raw)),
                raw,
                query: query.trim_start_matches('&'),
            }));
        }
    }
    // One person can supervise agents of both sorts, each returned by a separate detail.
    let is_person = is_person(kind);
    let mut seen = FxHashSet::default();
    entries.retain(|entry| match text(&entry.raw["id"]) {
        Some(id) => seen.insert(id) || is_person,
        None => true,
    });
    let found = pool::map(&entries, |entry| one(reader, kind, entry));
    Ok(merged(found.into_iter().flatten()))
}

/// Features with one id as one, with the members of all.
fn merged(found: impl Iterator<Item = Found>) -> Vec<Found> {
    let mut all: Vec<Found> = Vec::new();
    let mut places: FxHashMap<String, usize> = FxHashMap::default();
    for one in found {
        let at = *places.entry(one.id.clone()).or_insert(all.len());
        match all.get_mut(at).filter(|it| !it.id.is_empty()) {
            None => all.push(one),
            Some(first) => match (&mut first.members, one.members) {
                (Ok(known), Ok(more)) => {
                    for member in more {
                        if !known.contains(&member) {
                            known.push(member);
                        }
                    }
                }
                (Ok(_), Err(error)) => first.members = Err(error),
                (Err(_), _) => {}
            },
        }
    }
    all
}

/// What Webex answers where there is no such thing: 405 with this code means that it does not apply (seen live).
fn absent(error: &Error) -> bool {
    error.is(405) && error.refusal().is_some_and(|it| it.has("25409"))
}

/// One feature with its members; `None` for one that went a moment ago.
fn one(reader: &Reader, kind: &Kind, entry: &Listed) -> Option<Found> {
    let raw = &entry.raw;
    let id = text(&raw["id"]).unwrap_or_default();
    let path = |path: &str| {
        let location = entry.location.as_deref();
        if id.is_empty() || path.contains("{location}") && location.is_none() {
            return Err(Error::Malformed {
                call: format!("the list of {}", kind.key),
                why: "an entry has no id, or no location".to_owned(),
            });
        }
        let path = path.replace("{location}", &encode(location.unwrap_or_default()));
        let path = path.replace("{id}", &encode(&id));
        Ok(match entry.query {
            "" => path,
            query => format!("{path}?{query}"),
        })
    };
    let detail = match kind.one {
        One::Listed => Ok(Some(raw.clone())),
        One::Object(one) => path(one).and_then(|path| reader.find(&path)),
        One::List(one, key) => {
            path(one).and_then(|path| match reader.lines(&path, key, Paging::Link) {
                Ok(rows) => Ok(Some(serde_json::json!({ key: rows }))),
                Err(error) if error.is(404) => Ok(None),
                Err(error) => Err(error),
            })
        }
    };
    let members = match detail {
        Ok(None) => return None,
        Ok(Some(detail)) => people_of(kind, &id, &detail),
        Err(error) => Err(error),
    };
    let number = &raw["number"];
    Some(Found {
        name: name_of(raw).unwrap_or_else(|| id.clone()),
        location: entry.location.clone(),
        location_name: text(&raw["locationName"]).or_else(|| text(&raw["location"]["name"])),
        phone_number: own(kind, || {
            let nested = || text(&number["external"]).or_else(|| text(&number["externalNumber"]));
            text(&raw["phoneNumber"]).or_else(nested)
        }),
        extension: own(kind, || {
            text(&raw["extension"]).or_else(|| text(&number["extension"]))
        }),
        id,
        members,
    })
}

/// What a feature has itself: a supervisor has the number of the person.
fn own(kind: &Kind, of: impl FnOnce() -> Option<String>) -> Option<String> {
    match is_person(kind) {
        true => None,
        false => of(),
    }
}

/// Whether what this kind lists are people.
fn is_person(kind: &Kind) -> bool {
    let mut members = kind.members.iter();
    members.any(|it| matches!(it, Members::Itself(_)))
}

/// Who is in a feature.
fn people_of(kind: &Kind, id: &str, detail: &Value) -> Result<Vec<Member>, Error> {
    let mut found = Vec::new();
    let mut add = |role, who| {
        let member = Member { role, who };
        if !found.contains(&member) {
            found.push(member);
        }
    };
    for members in kind.members {
        match *members {
            Members::Ids(list, role) => {
                // One that is not returned is not one without members.
                let rows = detail[list].as_array();
                for row in rows.ok_or_else(|| odd(kind, id, list))? {
                    let member = row.as_str().or(row["id"].as_str());
                    let member = member.ok_or_else(|| odd(kind, id, list))?;
                    add(
                        role,
                        Who::Id {
                            id: member.to_owned(),
                            kind: text(&row["type"]),
                            name: name_of(row),
                        },
                    );
                }
            }
            Members::Itself(role) => add(
                role,
                Who::Id {
                    id: id.to_owned(),
                    kind: Some("PEOPLE".to_owned()),
                    name: None,
                },
            ),
            Members::Dials(at, role) => {
                let dialled = detail.pointer(at).and_then(text);
                dialled
                    .into_iter()
                    .for_each(|it| add(role, Who::Dialled(it)));
            }
            Members::Mails(at, role) => {
                let mail = detail.pointer(at).and_then(text);
                mail.into_iter().for_each(|it| add(role, Who::Mail(it)));
            }
            Members::Menus(role) => {
                let menus = put_through(detail).ok_or_else(|| odd(kind, id, "menu"))?;
                for dialled in menus {
                    add(role, Who::Dialled(dialled));
                }
            }
        }
    }
    Ok(found)
}

/// What the keys of an attendant's menus, and what happens without a key, put calls through to; `None` where no menu is returned.
fn put_through(detail: &Value) -> Option<Vec<String>> {
    let menus = detail.as_object()?.iter();
    let menus = menus.filter(|(name, menu)| name.ends_with("Menu") && menu.is_object());
    let menus: Vec<&Value> = menus.map(|(_, menu)| menu).collect();
    let mut found = Vec::new();
    for menu in &menus {
        let keys = menu["keyConfigurations"].as_array().into_iter().flatten();
        for key in keys {
            let transfers = text(&key["action"]).is_some_and(|it| it.starts_with("TRANSFER_"));
            found.extend(text(&key["value"]).filter(|_| transfers));
        }
        found.extend(text(
            &menu["callTreatment"]["actionToBePerformed"]["transferCallTo"],
        ));
    }
    (!menus.is_empty()).then_some(found)
}

fn odd(kind: &Kind, id: &str, list: &str) -> Error {
    Error::Malformed {
        call: format!("the request for {id} of {}", kind.key),
        why: format!("{list} cannot be read"),
    }
}

fn location_of(raw: &Value) -> Option<String> {
    text(&raw["locationId"]).or_else(|| text(&raw["location"]["id"]))
}

/// What something is called: it has a name, a name to show, or a first and a last one.
fn name_of(raw: &Value) -> Option<String> {
    let parts = [text(&raw["firstName"]), text(&raw["lastName"])];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let full = (!parts.is_empty()).then(|| parts.join(" "));
    text(&raw["name"])
        .or_else(|| text(&raw["displayName"]))
        .or(full)
}

/// A number in one form; what is no number stays as it is.
pub fn dialled(number: &str) -> String {
    phone::read_back(number).unwrap_or_else(|| number.to_owned())
}

/// A text that is not empty.
fn text(value: &Value) -> Option<String> {
    let text = value.as_str().map(str::trim).filter(|it| !it.is_empty());
    text.map(str::to_owned)
}
