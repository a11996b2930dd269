//! What of an object is compared between a plan and its execution: the members that the Webex API tells and that requests
//! change, in a form that does not depend on where they were read.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::{Group, Location, Number, User, Workspace, ids};
use crate::canonical::canonical;

/// The essence of an object, as digests: of all of it, and of each member, so that a difference has a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Essence {
    /// `sha256:…` over all members.
    pub digest: String,
    /// `name:digest` of each member that has a value, with blanks between them; 8 hexadecimal digits each.
    pub members: String,
}

impl Essence {
    /// Names of members that differ, in order of name: `theirs` is the second part of another essence.
    pub fn differs_from(&self, theirs: &str) -> Vec<String> {
        let parts = |text: &str| -> std::collections::BTreeSet<String> {
            text.split_whitespace().map(str::to_owned).collect()
        };
        let (ours, theirs) = (parts(&self.members), parts(theirs));
        let differing = ours.symmetric_difference(&theirs);
        let mut names: Vec<String> = differing
            .filter_map(|part| Some(part.rsplit_once(':')?.0.to_owned()))
            .collect();
        names.dedup();
        // An export has no ids: what it tells of an object is its name.
        let has_id = |parts: &std::collections::BTreeSet<String>| {
            parts.iter().any(|part| part.starts_with("id:"))
        };
        if !has_id(&ours) || !has_id(&theirs) {
            names.retain(|name| name != "id");
        }
        names
    }
}

/// Something that can change between a plan and its execution.
pub trait Essential {
    /// Its essence.
    fn essence(&self) -> Essence;
}

/// What the members of an essence say of the id of its object.
pub fn id_member(id: &str) -> String {
    Members::of(id).each
}

/// Collects members in the order in which they are given.
#[derive(Default)]
struct Members {
    all: Sha256,
    each: String,
}

impl Members {
    /// Whose members these are: another object of the same name is another object. Ids have several forms.
    fn of(id: &str) -> Members {
        match id.is_empty() {
            true => Members::default(),
            false => Members::default().text("id", Some(&ids::plain(id))),
        }
    }

    fn text(mut self, name: &str, value: Option<&str>) -> Members {
        let value = value.map(str::trim).filter(|value| !value.is_empty());
        if let Some(value) = value {
            self.member(name, canonical(value).as_bytes());
        }
        self
    }

    fn list<T: AsRef<str>>(mut self, name: &str, values: &[T]) -> Members {
        if !values.is_empty() {
            let values = values.iter().map(|value| canonical(value.as_ref()));
            let mut values: Vec<_> = values.collect();
            values.sort_unstable();
            self.member(name, values.join("\n").as_bytes());
        }
        self
    }

    fn member(&mut self, name: &str, value: &[u8]) {
        let digest = Sha256::digest(value);
        self.all.update(name.as_bytes());
        self.all.update(digest);
        if !self.each.is_empty() {
            self.each.push(' ');
        }
        self.each.push_str(name);
        self.each.push(':');
        for byte in &digest[..4] {
            // Writing to a string cannot fail.
            let _ = write!(self.each, "{byte:02x}");
        }
    }

    fn finish(self) -> Essence {
        Essence {
            digest: format!("sha256:{:x}", self.all.finalize()),
            members: self.each,
        }
    }
}

impl Essential for User {
    /// Location on the one hand, number or extension on the other count together: without Calling, Webex tells no location, and
    /// without a location what it tells of the others is not of Calling (webex-api.md 4.1).
    fn essence(&self) -> Essence {
        let calls =
            self.location.is_some() && (self.phone_number.is_some() || self.extension.is_some());
        Members::of(&self.id)
            .text("displayName", self.display_name.as_deref())
            .text("location", self.location.as_deref().filter(|_| calls))
            .text(
                "phoneNumber",
                self.phone_number.as_deref().filter(|_| calls),
            )
            .text("extension", self.extension.as_deref().filter(|_| calls))
            .list("licenses", &self.licenses)
            .list("attendeeSites", &self.attendee_sites)
            .list("roles", &self.roles)
            .finish()
    }
}

impl Essential for Workspace {
    fn essence(&self) -> Essence {
        Members::of(&self.id)
            .text("location", self.location.as_deref())
            .text("phoneNumber", self.phone_number.as_deref())
            .text("extension", self.extension.as_deref())
            .list("licenses", &self.licenses)
            .finish()
    }
}

impl Essential for Group {
    fn essence(&self) -> Essence {
        Members::of(&self.id)
            .text("description", self.description.as_deref())
            .list("members", &self.members)
            .finish()
    }
}

impl Essential for Number {
    /// Without the owner, who changes with the plan itself; Webex takes nothing away from an owner.
    fn essence(&self) -> Essence {
        Members::default()
            .text("location", self.location.as_deref())
            .text("state", self.state.as_deref())
            .text("type", self.kind.as_deref())
            .finish()
    }
}

impl Essential for Location {
    /// Without the connection, which no request changes.
    fn essence(&self) -> Essence {
        let language = self.preferred_language.as_deref().map(str::to_lowercase);
        let address = self.address.clone().unwrap_or_default();
        let calling = self.calling.as_ref();
        Members::of(&self.id)
            .text("timeZone", self.time_zone.as_deref())
            .text("preferredLanguage", language.as_deref())
            .text("address/address1", address.address1.as_deref())
            .text("address/address2", address.address2.as_deref())
            .text("address/city", address.city.as_deref())
            .text("address/state", address.state.as_deref())
            .text("address/postalCode", address.postal_code.as_deref())
            .text("address/country", address.country.as_deref())
            .text("calling", calling.map(|_| "enabled"))
            .text(
                "calling/mainNumber",
                calling.and_then(|it| it.main_number.as_deref()),
            )
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(json: &str) -> User {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_difference_has_a_name() {
        let planned = user(
            r#"{"email": "a@b.c", "displayName": "Ana", "location": "Dallas", "extension": "1001", "licenses": ["A", "B"]}"#,
        );
        let now = user(
            r#"{"email": "a@b.c", "displayName": "Ana", "location": "Dallas", "extension": "1002", "licenses": ["B", "A"], "roles": ["R"]}"#,
        );
        let differs = now.essence().differs_from(&planned.essence().members);
        assert_eq!(differs, ["extension", "roles"]);
        assert_ne!(now.essence().digest, planned.essence().digest);
    }

    #[test]
    fn a_location_without_calling_does_not_count() {
        let file = user(r#"{"email": "a@b.c", "location": "Dallas"}"#);
        let read = user(r#"{"email": "a@b.c"}"#);
        assert_eq!(file.essence(), read.essence());
        let calls = user(r#"{"email": "a@b.c", "location": "Dallas", "extension": "1001"}"#);
        assert_ne!(calls.essence(), read.essence());
    }

    #[test]
    fn empty_and_absent_are_the_same_and_order_does_not_count() {
        let one = user(r#"{"email": "a@b.c", "displayName": "", "licenses": ["A", "B"]}"#);
        let other = user(r#"{"email": "a@b.c", "licenses": ["B", "A"], "status": "active"}"#);
        assert_eq!(one.essence(), other.essence());
    }

    #[test]
    fn a_person_made_anew_is_another_person() {
        let one = user(r#"{"id": "P1", "email": "a@b.c", "displayName": "Ana"}"#).essence();
        let other = user(r#"{"id": "P2", "email": "a@b.c", "displayName": "Ana"}"#).essence();
        assert_eq!(other.differs_from(&one.members), ["id"]);
        let exported = user(r#"{"email": "a@b.c", "displayName": "Ana"}"#).essence();
        assert!(other.differs_from(&exported.members).is_empty());
        let group = |id: &str| {
            let json = format!(r#"{{"id": "{id}", "name": "Sales"}}"#);
            let group: Group = serde_json::from_str(&json).unwrap();
            group.essence()
        };
        assert_ne!(group("G1"), group("G2"));
    }

    #[test]
    fn forms_of_one_id_are_one() {
        let padded = "Y2lzY29zcGFyazovL3VzL1JPTEUvaWRfZnVsbF9hZG1pbg==";
        let bare = "Y2lzY29zcGFyazovL3VzL1JPTEUvaWRfZnVsbF9hZG1pbg";
        let of = |id: &str| user(&format!(r#"{{"id": "{id}", "email": "a@b.c"}}"#)).essence();
        assert_eq!(of(padded), of(bare));
    }
}
