//! People: who there is, whom a directory owns, and who has voicemail.

use rustc_hash::FxHashMap;
use serde_json::Value;

use super::{Run, doubt, pool, text};
use crate::snapshot::{User, Voicemail};
use crate::webex::error::Error;
use crate::webex::{Paging, ids, observed, query};

/// Cisco's limit for a page with calling data.
const PEOPLE: &str = "/people?callingData=true&excludeStatus=true&max=100";

/// Everyone; `None` where the list could not be read.
pub fn read(run: &Run<'_>) -> Option<Vec<User>> {
    let (users, entries) = std::thread::scope(|scope| {
        let entries = scope.spawn(|| directory(run));
        (list(run), pool::join(entries))
    });
    run.names.know_all("user");
    let mut users = run.keep("people", users)?;
    match entries {
        Ok(entries) => {
            let addresses = entries.iter().filter_map(|(uuid, entry)| {
                Some((uuid.as_str(), entry.address.as_deref()?))
            });
            doubt::absent(run, addresses, &mut users);
            for user in &mut users {
                if let Some(entry) = entries.get(&ids::uuid(&user.id)) {
                    entry.complete(user);
                }
            }
        }
        Err(error) => run.note(format!(
            "the people that a directory owns could not be read; unless facts say so, no one counts as owned by \
            one: {error}"
        )),
    }
    doubt::once(run, &mut users);
    Some(users)
}

fn list(run: &Run<'_>) -> Result<Vec<User>, Error> {
    let mut users = Vec::new();
    let mut odd = Vec::new();
    run.reader.each(PEOPLE, "items", Paging::Link, &mut |raw| {
        if !is_person(&raw) {
            return;
        }
        match whole(run, &raw) {
            Ok(user) => users.push(user),
            Err(why) => odd.push((raw, why)),
        }
    })?;
    // What Webex could not read a moment ago it often can now.
    let again = pool::map(&odd, |(raw, _)| {
        let id = text(raw, "id").unwrap_or_default();
        run.reader.find(&format!("/people/{id}?callingData=true"))
    });
    for ((raw, why), again) in odd.into_iter().zip(again) {
        let again = again.ok().flatten();
        match again.map(|again| whole(run, &again)) {
            Some(Ok(user)) => users.push(user),
            _ => match doubt::bare(run, &raw) {
                Some(user) => {
                    run.names.learn("user", &user.email, &user.id);
                    run.doubt(format!("user/{}", user.email), doubt::short(&why));
                    users.push(user);
                }
                None => return Err(why),
            },
        }
    }
    Ok(users)
}

/// A person of whom Webex returned everything.
fn whole(run: &Run<'_>, raw: &Value) -> Result<User, Error> {
    match observed::unread(raw) {
        None => user(run, raw),
        Some(why) => Err(Error::Malformed {
            call: format!("GET /people/{}", text(raw, "id").unwrap_or_default()),
            why,
        }),
    }
}

/// The people with this address, with calling data.
pub fn called(run: &Run<'_>, address: &str) -> Result<Vec<User>, Error> {
    let path = query(
        "/people",
        &[("callingData", Some("true")), ("email", Some(address))],
    );
    let found = run.reader.list(&path, "items", Paging::Link)?;
    let people = found.iter().filter(|raw| is_person(raw));
    people.map(|raw| whole(run, raw)).collect()
}

/// Bots and apps are in the list too.
pub fn is_person(raw: &Value) -> bool {
    text(raw, "type").is_none_or(|kind| kind == "person")
}

fn user(run: &Run<'_>, raw: &Value) -> Result<User, Error> {
    let user = observed::user(&run.names, raw)?;
    run.names.learn("user", &user.email, &user.id);
    Ok(user)
}

/// One person with calling data; `None` for one who is gone.
pub fn one(run: &Run<'_>, id: &str) -> Result<Option<User>, Error> {
    let Some(raw) = run.reader.find(&format!("/people/{id}?callingData=true"))? else {
        return Ok(None);
    };
    let mut user = whole(run, &raw)?;
    if ids::uuid(&user.id) != ids::uuid(id) {
        return Err(Error::Malformed {
            call: format!("GET /people/{id}"),
            why: "the answer is about another person".to_owned(),
        });
    }
    let org = ids::uuid(&run.me.org);
    let path = format!("/identity/scim/{org}/v2/Users/{}", ids::uuid(id));
    if let Some(raw) = run.reader.find(&path)? {
        ScimUser::of(&raw).complete(&mut user);
    }
    Ok(Some(user))
}

/// What SCIM knows of a person and the list of people does not.
struct ScimUser {
    /// Only a directory gives an external id.
    owned: bool,
    address: Option<String>,
    /// The work phone of the directory, which may differ from the number in Calling.
    work_phone: Option<String>,
}

impl ScimUser {
    fn of(raw: &Value) -> ScimUser {
        ScimUser {
            owned: text(raw, "externalId").is_some(),
            address: text(raw, "userName").map(str::to_owned),
            // As it is written there: whether that is a form that Webex understands is for the plan to say.
            work_phone: observed::phone_of(raw, "work"),
        }
    }

    fn complete(&self, user: &mut User) {
        if self.owned {
            user.source = Some("directory".into());
        }
        if self.work_phone.is_some() {
            user.work_phone.clone_from(&self.work_phone);
        }
    }
}

/// The entries of the directory, by uuid.
fn directory(run: &Run<'_>) -> Result<FxHashMap<String, ScimUser>, Error> {
    let org = ids::uuid(&run.me.org);
    let attributes = "userName%2CexternalId%2CphoneNumbers";
    let path = format!("/identity/scim/{org}/v2/Users?attributes={attributes}&count=100");
    let mut entries = FxHashMap::default();
    run.reader
        .each(&path, "Resources", Paging::Scim, &mut |raw| {
            if let Some(id) = text(&raw, "id") {
                entries.insert(id.to_owned(), ScimUser::of(&raw));
            }
        })?;
    Ok(entries)
}

/// Whether each person with Calling has voicemail. Where Webex refuses to say, it counts as on.
pub fn voicemail(run: &Run<'_>, users: Option<&mut [User]>) {
    let Some(users) = users.filter(|_| run.wanted.voicemail) else {
        return;
    };
    let mut callers: Vec<&mut User> = users
        .iter_mut()
        .filter(|user| user.location.is_some())
        .collect();
    let ids: Vec<String> = callers.iter().map(|user| user.id.clone()).collect();
    let read = pool::map(&ids, |id| has_voicemail(run, id));
    let mut refused = 0;
    let mut failed = Vec::new();
    for (user, read) in callers.iter_mut().zip(read) {
        match read {
            Ok(Some(enabled)) => user.voicemail = Some(Voicemail { enabled }),
            Ok(None) => refused += 1,
            Err(error) => failed.push((user.email.clone(), error)),
        }
    }
    if refused > 0 {
        run.note(format!(
            "it is unknown whether {refused} people with Calling have voicemail; it counts as on"
        ));
    }
    if let Some((first, error)) = failed.into_iter().next() {
        run.keep::<()>(&format!("voicemail of {first}"), Err(error));
    }
}

fn has_voicemail(run: &Run<'_>, id: &str) -> Result<Option<bool>, Error> {
    match run.reader.get(&format!("/people/{id}/features/voicemail")) {
        Ok(settings) => Ok(settings["enabled"].as_bool()),
        // A person whose licence has none, or a token without the scope.
        Err(error) if [400, 403, 404].iter().any(|status| error.is(*status)) => Ok(None),
        Err(error) => Err(error),
    }
}
