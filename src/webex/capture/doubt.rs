//! Whether what was read adds up (contract section 6): holders of licences against the units in use, owners of numbers against
//! people, the list of people against the directory. Who does not is asked for once more; what stays in doubt is named, and
//! nothing is planned for it.

use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::Value;

use super::people;
use super::{Basis, Run, lock, pool, text};
use crate::phone;
use crate::snapshot::{NotKnown, User, Workspace};
use crate::webex::error::Error;
use crate::webex::{Paging, encode, ids, observed};

/// More people than this are not asked for one by one: then the list itself is in doubt.
const MOST: usize = 500;

/// People whom the list lacks are asked for by the addresses of the directory, unless there are more: it has accounts of
/// machines too.
const MOST_ABSENT: usize = 100;

/// Lists that are cut are cut at a multiple of this.
const ROUND: usize = 100;

impl Run<'_> {
    /// Notes that something of an object is not known. The first reason counts.
    pub(super) fn doubt(&self, address: String, reason: impl Into<String>) {
        let mut doubts = lock(&self.doubts);
        if doubts.iter().all(|it| it.address != address) {
            doubts.push(NotKnown {
                address,
                reason: reason.into(),
            });
        }
    }
}

/// Why a person is asked for once more, by uuid.
#[derive(Default)]
struct Suspects(FxHashMap<String, Suspicion>);

struct Suspicion {
    /// Webex's id.
    id: String,
    /// Why, and what settles it.
    of: Vec<(String, Settles)>,
}

impl Suspicion {
    fn why(&self) -> &str {
        self.of.first().map_or("", |(why, _)| why)
    }
}

#[derive(Clone)]
enum Settles {
    /// To be there.
    Exists,
    /// To show a location of Calling.
    Calls,
    /// To show this number.
    Number(String),
    /// To show this extension.
    Extension(String),
    /// To hold the licence with this id.
    Holds(String),
    /// To hold one of these licences.
    HoldsOne(Vec<String>),
}

impl Settles {
    fn is_settled(&self, user: &User) -> bool {
        match self {
            Settles::Exists => true,
            Settles::Calls => user.location.is_some(),
            Settles::Number(number) => user.phone_number.as_ref() == Some(number),
            Settles::Extension(extension) => user.extension.as_ref() == Some(extension),
            Settles::Holds(license) => holds(user, license),
            Settles::HoldsOne(licenses) => licenses.iter().any(|it| holds(user, it)),
        }
    }
}

/// Compares people with the lists that name them.
pub fn people(run: &Run<'_>, basis: &Basis, numbers: Option<&[Value]>, users: &mut Vec<User>) {
    let known: FxHashMap<String, usize> = users
        .iter()
        .enumerate()
        .map(|(at, user)| (ids::uuid(&user.id), at))
        .collect();
    let mut suspects = Suspects::default();
    suspects.without_calling(&known, users, numbers, basis);
    suspects.without_licence(run, &known, users, basis);
    if suspects.0.is_empty() {
        return;
    }
    if suspects.0.len() > MOST {
        let reasons = suspects.0.values().map(Suspicion::why);
        let why = format!(
            "the data of {} people contradicts other lists, such as: {}",
            suspects.0.len(),
            reasons.min().unwrap_or_default()
        );
        run.miss("people", why);
        return;
    }
    let mut suspects: Vec<Suspicion> = suspects.0.into_values().collect();
    suspects.sort_by(|a, b| a.id.cmp(&b.id));
    let again = pool::map(&suspects, |it| people::one(run, &it.id));
    for (suspect, again) in suspects.iter().zip(again) {
        let before = known.get(&ids::uuid(&suspect.id)).copied();
        match (again, before) {
            (Ok(Some(user)), before) => {
                let open = suspect.of.iter().find(|(_, it)| !it.is_settled(&user));
                if let Some((why, _)) = open {
                    run.doubt(format!("user/{}", user.email), why);
                }
                match before {
                    Some(at) => users[at] = user,
                    None => users.push(user),
                }
            }
            // Gone since, or no person.
            (Ok(None), None) => {}
            (Ok(None), Some(at)) => {
                run.doubt(
                    format!("user/{}", users[at].email),
                    "the person was in the list, but is not found on request",
                );
            }
            (Err(error), Some(at)) => {
                run.doubt(
                    format!("user/{}", users[at].email),
                    format!("{}, and {}", suspect.why(), short(&error)),
                );
            }
            (Err(error), None) => run.miss(
                "people",
                format!("{}, and {}", suspect.why(), short(&error)),
            ),
        }
    }
}

impl Suspects {
    fn add(&mut self, id: &str, why: String, settles: Settles) {
        let suspicion = self.0.entry(ids::uuid(id)).or_insert_with(|| Suspicion {
            id: id.to_owned(),
            of: Vec::new(),
        });
        suspicion.of.push((why, settles));
    }

    /// With a number, or a Calling licence, and without Calling.
    fn without_calling(
        &mut self,
        known: &FxHashMap<String, usize>,
        users: &[User],
        numbers: Option<&[Value]>,
        basis: &Basis,
    ) {
        for row in numbers.unwrap_or_default() {
            let owner = &row["owner"];
            let Some(id) = text(owner, "id").filter(|_| owner["type"] == "PEOPLE") else {
                continue;
            };
            let line = text(row, "phoneNumber").or(text(row, "extension"));
            let line = line.unwrap_or_default();
            match known.get(&ids::uuid(id)).map(|&at| &users[at]) {
                None => self.add(
                    id,
                    format!("{line} belongs to a person whom the list of people lacks"),
                    Settles::Exists,
                ),
                Some(user) if user.location.is_none() => self.add(
                    &user.id,
                    format!("{line} belongs to the person, and Webex shows no location of Calling"),
                    Settles::Calls,
                ),
                Some(user) => self.other_line(user, row),
            }
        }
        let calling = calling(basis);
        for user in users.iter().filter(|user| user.location.is_none()) {
            if calling.iter().any(|license| holds(user, license)) {
                // If it stays so, it is incomplete Calling: the plan says that.
                let why = "the person has a Calling licence and no location".to_owned();
                self.add(&user.id, why, Settles::Exists);
            }
        }
    }

    /// With another number or extension than the list of numbers gives the person, or none.
    fn other_line(&mut self, user: &User, row: &Value) {
        // A person has other numbers besides the first one, which the list of people does not have.
        if text(row, "phoneNumberType").is_some_and(|kind| kind != "PRIMARY") {
            return;
        }
        let mut compare = |listed: Option<String>,
                           shown: &Option<String>,
                           what,
                           settles: fn(String) -> Settles| {
            if let Some(listed) = listed.filter(|it| shown.as_ref() != Some(it)) {
                let shown = shown.as_deref().unwrap_or("none");
                let why = format!(
                    "the list of numbers gives the person the {what} {listed}, and the person shows {shown}"
                );
                self.add(&user.id, why, settles(listed));
            }
        };
        let number = text(row, "phoneNumber");
        let number = number.map(|it| phone::read_back(it).unwrap_or_else(|| it.to_owned()));
        compare(number, &user.phone_number, "number", Settles::Number);
        let extension = text(row, "extension").map(str::to_owned);
        compare(extension, &user.extension, "extension", Settles::Extension);
    }

    /// Among those who have a licence, and not listed as holding it.
    fn without_licence(
        &mut self,
        run: &Run<'_>,
        known: &FxHashMap<String, usize>,
        users: &[User],
        basis: &Basis,
    ) {
        let mut holders: FxHashMap<&str, u64> = FxHashMap::default();
        for license in users.iter().flat_map(|user| &user.licenses) {
            *holders.entry(license).or_default() += 1;
        }
        for raw in basis.licenses.iter().flatten() {
            // Where Webex does not distinguish users and workspaces, the difference may be workspaces: only who is named counts.
            let apart = raw["consumedByUsers"].as_u64();
            let used = apart.or(raw["consumedUnits"].as_u64());
            let (Some(id), Some(used)) = (text(raw, "id"), used) else {
                continue;
            };
            let told = holders.get(id).copied().unwrap_or_default();
            if told >= used {
                continue;
            }
            let name = text(raw, "name").unwrap_or_default();
            let path = format!("/licenses/{}?includeAssignedTo=user&limit=300", encode(id));
            let assigned = match run.reader.list(&path, "users", Paging::Link) {
                Ok(assigned) => assigned,
                Err(error) if is_calling(raw) && apart.is_some() => {
                    self.callers(run, users, basis, (name, used, told), &short(&error));
                    continue;
                }
                Err(error) => {
                    run.note(format!(
                        "{used} people use {name}, {told} are listed as holding it, and who the \
                        others are cannot be read: {}",
                        short(&error)
                    ));
                    continue;
                }
            };
            let mut found = told;
            for person in assigned.iter().filter_map(|it| text(it, "id")) {
                let user = known.get(&ids::uuid(person)).map(|&at| &users[at]);
                if user.is_none_or(|user| !holds(user, id)) {
                    found += 1;
                    let why = format!(
                        "Webex counts the person among those with {name}, but does not list the licence"
                    );
                    self.add(person, why, Settles::Holds(id.to_owned()));
                }
            }
            if found < used && apart.is_some() {
                run.note(format!(
                    "{used} people use {name}, and Webex names {found}: the rest may belong to \
                    another organisation, or appear later"
                ));
            }
        }
    }
}

/// People whom the directory has and the list of people lacks: `directory` has the addresses, by uuid.
pub fn absent<'d>(
    run: &Run<'_>,
    directory: impl Iterator<Item = (&'d str, &'d str)>,
    users: &mut Vec<User>,
) {
    let known: FxHashSet<String> = users.iter().map(|user| ids::uuid(&user.id)).collect();
    let addresses: Vec<&str> = directory
        .filter(|(uuid, address)| !known.contains(*uuid) && address.contains('@'))
        .map(|(_, address)| address)
        .collect();
    if addresses.len() > MOST_ABSENT {
        let count = addresses.len();
        let told = users.len();
        match told > 0 && told.is_multiple_of(ROUND) {
            true => run.miss(
                "people",
                format!("the list ends after {told}, but the directory has {count} more"),
            ),
            false => run.note(format!(
                "the directory has {count} accounts that are not in the list of people"
            )),
        }
        return;
    }
    for found in pool::map(&addresses, |address| people::called(run, address)) {
        match found {
            Ok(found) => users.extend(found),
            Err(error) => run.miss("people", short(&error)),
        }
    }
}

impl Suspects {
    /// More people use Calling than are listed, and it is unknown who: those who show a location of Calling and no licence.
    fn callers(
        &mut self,
        run: &Run<'_>,
        users: &[User],
        basis: &Basis,
        (name, used, told): (&str, u64, u64),
        why: &str,
    ) {
        let calling = calling(basis);
        let calls = |user: &User| {
            let line = user.phone_number.is_some() || user.extension.is_some();
            user.location.is_some() && line && !calling.iter().any(|it| holds(user, it))
        };
        let before = self.0.len();
        for user in users.iter().filter(|user| calls(user)) {
            let why = format!(
                "{used} people use {name}, {told} are listed as holding it, and this one has Calling without a licence"
            );
            let ids = calling.iter().map(|it| (*it).to_owned()).collect();
            self.add(&user.id, why, Settles::HoldsOne(ids));
        }
        // People of whom not everything is known may be the ones.
        let doubted = lock(&run.doubts);
        let doubted = doubted.iter().filter(|it| it.address.starts_with("user/"));
        let doubted = doubted.count() as u64;
        if self.0.len() == before && told + doubted < used {
            run.miss(
                "people",
                format!("{used} people use {name}, {told} are listed as holding it: {why}"),
            );
        }
    }
}

/// Workspaces with a number or an extension that hold nothing, where more hold a licence than are listed.
pub fn rooms(run: &Run<'_>, basis: &Basis, workspaces: &[Workspace]) {
    for raw in basis.licenses.iter().flatten() {
        let (Some(id), Some(used)) = (text(raw, "id"), raw["consumedByWorkspaces"].as_u64()) else {
            continue;
        };
        let told = workspaces
            .iter()
            .filter(|it| it.licenses.iter().any(|held| &**held == id));
        let told = told.count() as u64;
        if told >= used {
            continue;
        }
        let name = text(raw, "name").unwrap_or_default();
        let why = format!("{name}: used by workspaces {used}, listed {told}");
        let silent = workspaces.iter().filter(|it| {
            it.licenses.is_empty() && (it.phone_number.is_some() || it.extension.is_some())
        });
        let mut found = false;
        for place in silent {
            found = true;
            run.doubt(format!("workspace/{}", place.name), why.clone());
        }
        if !found {
            run.note(why);
        }
    }
}

/// The ids of licences of Calling for people.
fn calling(basis: &Basis) -> Vec<&str> {
    let licenses = basis
        .licenses
        .iter()
        .flatten()
        .filter(|raw| is_calling(raw));
    licenses.filter_map(|raw| text(raw, "id")).collect()
}

fn holds(user: &User, license: &str) -> bool {
    user.licenses.iter().any(|held| &**held == license)
}

fn is_calling(raw: &Value) -> bool {
    text(raw, "name")
        .is_some_and(|name| name.starts_with("Webex Calling - ") && !name.contains("Workspace"))
}

/// Keeps one of several people with one address, and says that the others are there.
pub fn once(run: &Run<'_>, users: &mut Vec<User>) {
    users.sort_by(|a, b| (&a.email, &a.id).cmp(&(&b.email, &b.id)));
    users.dedup_by(|twin, first| {
        let same = twin.email == first.email;
        if same {
            let why = format!("two people have this address: {} and {}", first.id, twin.id);
            run.doubt(format!("user/{}", first.email), why);
        }
        same
    });
}

/// An error without its request, whose ids say nothing to a reader.
pub fn short(error: &Error) -> String {
    match error {
        Error::Malformed { why, .. } => why.clone(),
        Error::Incomplete { got, total, .. } => format!("{got} of {total} were returned"),
        other => other.to_string(),
    }
}

/// A person of whom no more is read than who it is.
pub fn bare(run: &Run<'_>, raw: &Value) -> Option<User> {
    let who = serde_json::json!({"id": raw["id"], "emails": raw["emails"], "displayName": raw["displayName"]});
    text(&who, "id")?;
    observed::user(&run.names, &who).ok()
}
