//! Calling features that people and workspaces are a part of. Webex keeps that with the feature, not with the person
//! (webex-api.md 10), so they are read once, for everyone.

use super::bundle::{Membership, Subject, Unread};
use crate::snapshot::{Feature, Word, feature_word, feature_words};
use crate::webex::features::{self, Found, Member, Who, dialled};
use crate::webex::{Error, Paging, Reader, ids};

/// Every feature of the organisation, with who is in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Features {
    found: Vec<(Membership, Vec<Member>)>,
    /// What Webex does not let be read, or returns in a form that cannot be understood: it is unknown who is in it.
    pub not_told: Vec<String>,
    /// What could not be read now.
    pub unread: Vec<Unread>,
}

impl Features {
    /// Reads them all.
    pub fn read(reader: &Reader) -> Features {
        let mut features = Features::default();
        match locations(reader) {
            Ok(locations) => {
                for read in features::read(reader, &locations) {
                    let words = feature_words(read.kind);
                    match read.found {
                        Ok(found) => found.into_iter().for_each(|it| features.add(read.kind, it)),
                        Err(error) => features.fail(words.to_owned(), &error),
                    }
                }
            }
            Err(error) => features.fail("calling features".to_owned(), &error),
        }
        features
    }

    fn add(&mut self, kind: &str, found: Found) {
        let members = match found.members {
            Ok(members) => members,
            Err(error) => {
                let feature = Feature {
                    kind: kind.to_owned(),
                    name: found.name,
                    location: found.location_name.map(Word::from),
                    ..Feature::default()
                };
                return self.fail(feature.label(), &error);
            }
        };
        let feature = Membership {
            feature: feature_word(kind).to_owned(),
            name: found.name,
            location: found.location_name,
            id: found.id,
            role: None,
        };
        self.found.push((feature, members));
    }

    /// A token that may not read something, or an odd answer, stays so: it is named, and nothing waits for it. What failed just now
    /// is not known yet.
    fn fail(&mut self, what: String, error: &Error) {
        let refused = [400, 403, 404, 405].iter().any(|&status| error.is(status));
        if refused || matches!(error, Error::Malformed { .. }) {
            return self.not_told.push(what);
        }
        self.unread.push(Unread {
            what,
            why: error.to_string(),
        });
    }

    /// Those that a person is in, each with the role.
    pub fn of(&self, subject: &Subject) -> Vec<Membership> {
        let mut found = Vec::new();
        for (feature, members) in &self.found {
            let here = members.iter().filter(|it| is(&it.who, subject, feature));
            found.extend(here.map(|member| Membership {
                role: Some(member.role.to_owned()),
                ..feature.clone()
            }));
        }
        found.sort();
        found.dedup();
        found
    }
}

/// Whether a feature names this person or workspace. An extension is that of the feature's own location.
fn is(who: &Who, subject: &Subject, feature: &Membership) -> bool {
    match who {
        Who::Id { id, .. } => ids::plain(id) == ids::plain(&subject.id),
        Who::Mail(mail) => subject.kind == "user" && mail.to_lowercase() == subject.key,
        Who::Dialled(number) => {
            let here = feature.location.is_some() && feature.location == subject.location;
            let same = |own: &String| dialled(own) == dialled(number);
            subject.phone_number.as_ref().is_some_and(same)
                || here && subject.extension.as_ref() == Some(number)
        }
    }
}

/// The ids of the locations with Calling.
fn locations(reader: &Reader) -> Result<Vec<String>, Error> {
    let path = "/telephony/config/locations?max=1000";
    let all = reader.list(path, "locations", Paging::Link)?;
    let ids = all.iter().filter_map(|it| it["id"].as_str());
    Ok(ids.map(str::to_owned).collect())
}
