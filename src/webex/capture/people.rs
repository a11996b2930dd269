//! People: who there is, whom a directory owns, and who has voicemail.

use rustc_hash::FxHashSet;
use serde_json::Value;

use super::{Run, pool, text};
use crate::snapshot::{User, Voicemail};
use crate::webex::error::Error;
use crate::webex::{Paging, ids, observed};

/// Cisco's limit for a page with calling data.
const PEOPLE: &str = "/people?callingData=true&excludeStatus=true&max=100";

/// Everybody; `None` where the list could not be read.
pub fn read(run: &Run<'_>) -> Option<Vec<User>> {
    let (users, sources) = std::thread::scope(|scope| {
        let sources = scope.spawn(|| from_directory(run));
        (list(run), pool::join(sources))
    });
    run.names.know_all("user");
    let mut users = run.keep("people", users)?;
    match sources {
        Ok(directory) => {
            for user in &mut users {
                if directory.contains(&ids::uuid(&user.id)) {
                    user.source = Some("directory".to_owned());
                }
            }
        }
        Err(error) => run.note(format!(
            "whom a directory owns could not be read; where facts do not say so, nobody counts as owned by one: {error}"
        )),
    }
    Some(users)
}

fn list(run: &Run<'_>) -> Result<Vec<User>, Error> {
    let mut users = Vec::new();
    let mut failed = None;
    run.reader.each(PEOPLE, "items", Paging::Link, &mut |raw| {
        if !is_person(&raw) {
            return;
        }
        match user(run, &raw) {
            Ok(user) => users.push(user),
            Err(error) => failed = Some(error),
        }
    })?;
    match failed {
        Some(error) => Err(error),
        None => Ok(users),
    }
}

/// Bots and apps stand in the list too.
fn is_person(raw: &Value) -> bool {
    text(raw, "type").is_none_or(|kind| kind == "person")
}

fn user(run: &Run<'_>, raw: &Value) -> Result<User, Error> {
    let user = observed::user(&run.names, raw)?;
    run.names.learn("user", &user.email, &user.id);
    Ok(user)
}

/// Uuids of people whom a directory owns, as far as one can tell: only a directory gives an external id.
fn from_directory(run: &Run<'_>) -> Result<FxHashSet<String>, Error> {
    let org = ids::uuid(&run.me.org);
    let path = format!("/identity/scim/{org}/v2/Users?attributes=userName%2CexternalId&count=100");
    let mut owned = FxHashSet::default();
    run.reader
        .each(&path, "Resources", Paging::Scim, &mut |raw| {
            if text(&raw, "externalId").is_some() {
                owned.extend(text(&raw, "id").map(str::to_owned));
            }
        })?;
    Ok(owned)
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
            "whether {refused} people with Calling have voicemail is not told; it counts as on"
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
