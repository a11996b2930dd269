//! Name and roles of a person. What a directory owns is an error where it differs.

use std::sync::Arc;

use serde_json::json;

use super::KIND;
use super::fields::{FIELDS, ROLES};
use super::plan::Person;
use crate::change::{Address, Draft, DraftField, FieldAction, Risk, nothing};
use crate::config::yaml::At;
use crate::config::{Declared, model};
use crate::finding::{BROADWORKS_SUBSCRIBER_STAYS, DIRECTORY_OWNED_FIELD, Finding, NOT_KNOWN};
use crate::kinds::field::Compared;
use crate::licensing::{Holder, Keeps, NoGoDevice, unknown_webex_go};
use crate::snapshot;

impl Person<'_> {
    /// Fields that the entry says and that are different.
    pub fn profile(&self, fields: &mut Vec<DraftField>, draft: &mut Draft) {
        let Some(declared) = self.declared else {
            return;
        };
        let compared = self.compared(declared);
        let people = self.context.world.facts().people;
        let directory = self.observed.is_some() && people.from_directory(self.user);
        for row in &FIELDS {
            let ours = row.desired.and_then(|get| get(&declared.value));
            let (Some(ours), Some(field)) = (ours, compared.field(row, false)) else {
                continue;
            };
            match directory {
                true => self.owned_by_directory(row.field.path, declared, ours, draft),
                false => fields.push(field),
            }
        }
        fields.extend(self.roles(&compared, draft));
    }

    /// Takes out names and roles, which begin at `at`, where Webex refuses the request that carries them: it wants a number or
    /// an extension for Calling that is held, and the person has none (webex-api.md 4.1).
    pub fn keep_incomplete(&self, fields: &mut Vec<DraftField>, at: usize, draft: &mut Draft) {
        let completes = |field: &DraftField| {
            let gets =
                ["phoneNumber", "extension"].contains(&&*field.path) && !field.after.is_null();
            let loses = field.path == "licenses/calling" && field.action == FieldAction::Remove;
            field.is_sent() && (gets || loses)
        };
        let (others, profile) = fields.split_at(at);
        let names: Vec<&str> = profile.iter().map(|field| &*field.path).collect();
        if names.is_empty() || others.iter().any(completes) {
            return;
        }
        let what = match names[..] {
            [one] => format!("{one} is"),
            _ => format!("{} are", names.join(", ")),
        };
        let facts = self.context.world.facts();
        let Some(finding) = facts.refused_with_calling(Holder::User(self.user), &what) else {
            return;
        };
        let spot = profile.iter().find_map(|field| field.reason.spot);
        let place = spot.map(|spot| self.context.config.place(spot));
        draft.blocked += names.len();
        draft.findings.push(finding.at_opt(place));
        fields.truncate(at);
    }

    /// The administrative roles, whose order does not count.
    fn roles(
        &self,
        compared: &Compared<'_, model::User, snapshot::User>,
        draft: &mut Draft,
    ) -> Option<DraftField> {
        let roles = compared.declared.value.roles.as_ref()?;
        if self.observed.is_some_and(|user| !user.roles.is_captured()) {
            let message =
                "the snapshot does not have the roles of this person, so they are not compared";
            let finding = Finding::hold(NOT_KNOWN, message)
                .about(Address::new(KIND.name, self.email))
                .help("take a snapshot with --live, or remove `roles`")
                .at(self.context.config.place(compared.declared.spot(roles)));
            draft.blocked += 1;
            draft.findings.push(finding);
            return None;
        }
        let mut after: Vec<&str> = roles.value.iter().map(|role| role.value.as_str()).collect();
        let before = self.observed.iter().flat_map(|user| &user.roles);
        let mut before: Vec<&str> = before.map(|role| &**role).collect();
        after.sort_unstable();
        before.sort_unstable();
        if before == after {
            return None;
        }
        let (action, risk) = match self.observed {
            None => (FieldAction::Add, Risk::Additive),
            Some(_) => (FieldAction::Change, Risk::Reversible),
        };
        let before = self
            .observed
            .map_or_else(nothing, |_| Arc::new(json!(before)));
        let field = DraftField::new(ROLES, action, risk, before, Arc::new(json!(after)));
        Some(field.because(compared.reason(roles, ROLES)))
    }

    pub fn compared<'c>(
        &'c self,
        declared: &'c Declared<model::User>,
    ) -> Compared<'c, model::User, snapshot::User> {
        Compared {
            section: KIND.section,
            key: self.email,
            declared,
            seen: self.observed,
        }
    }

    /// Only the directory can delete this person.
    pub fn say_left_alone(&self, draft: &mut Draft) {
        if let Some(declared) = self.declared
            && let Some(state) = &declared.value.state
        {
            self.owned_by_directory("state", declared, state, draft);
        }
    }

    /// Says why a person is not deleted of whom it is unknown whether they have Webex Go.
    pub fn say_kept(&self, why: NoGoDevice, draft: &mut Draft) {
        draft.blocked += 1;
        let finding = unknown_webex_go("the person is not deleted", why);
        let state = self.declared.and_then(|declared| {
            let state = declared.value.state.as_ref()?;
            Some(self.context.config.place(declared.spot(state)))
        });
        let finding = finding.about(Address::new("user", self.email));
        draft.findings.push(finding.at_opt(state));
    }

    /// Says why a person is not deleted whose subscription of BroadWorks stays.
    pub fn say_subscriber(&self, keeps: Keeps<'_>, draft: &mut Draft) {
        draft.blocked += 1;
        let finding = match keeps {
            Keeps::Subscription(id) => {
                let message = format!(
                    "{} is the subscriber {id}, which stays, so the person is not deleted",
                    self.email
                );
                Finding::error(BROADWORKS_SUBSCRIBER_STAYS, message).help(format!(
                    "write `state: absent` at {id} under `broadworks.subscribers`, and acknowledge it: it goes first, in the same \
                     plan; or keep the person"
                ))
            }
            Keeps::Anyones(id) => {
                let message = format!(
                    "the snapshot does not say which person the subscriber {id} belongs to. The subscriber stays and may be this person's, so the person is not deleted"
                );
                Finding::hold(BROADWORKS_SUBSCRIBER_STAYS, message).help(format!(
                    "write the `email` of {id} under `broadworks.subscribers`"
                ))
            }
            Keeps::Unknown => {
                let message = "the snapshot does not say who is a subscriber of BroadWorks, so the person is not deleted";
                Finding::hold(BROADWORKS_SUBSCRIBER_STAYS, message)
                    .help("take the snapshot with the token of a partner's administrator")
            }
        };
        let state = self.declared.and_then(|declared| {
            let state = declared.value.state.as_ref()?;
            Some(self.context.config.place(declared.spot(state)))
        });
        let finding = finding.about(Address::new("user", self.email));
        draft.findings.push(finding.at_opt(state));
    }

    fn owned_by_directory<T>(
        &self,
        field: &str,
        declared: &Declared<model::User>,
        at: &At<T>,
        draft: &mut Draft,
    ) {
        draft.blocked += 1;
        draft.findings.push(
            Finding::error(
                DIRECTORY_OWNED_FIELD,
                format!("`{field}` of this person belongs to the directory"),
            )
            .about(Address::new("user", self.email))
            .help("change it in the directory, and omit it here")
            .at(self.context.config.place(declared.spot(at))),
        );
    }
}
