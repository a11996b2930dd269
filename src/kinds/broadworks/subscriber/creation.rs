//! New subscribers: what they need, for whom they wait, and whom they replace.

use super::KIND;
use super::fields::FIELDS;
use super::plan::{DeclaredSubscriber, Subscribers, add, compared};
use super::remarks::nothing_left;
use super::removal::address;
use super::wire::ATTACHING;
use crate::change::{ChangeAction, Draft, DraftChange, DraftField, Need, Request, Turn};
use crate::config::model;
use crate::finding::*;
use crate::kinds::Context;
use crate::kinds::broadworks::attach::{self, Attaching, Step};
use crate::kinds::broadworks::{Customers, Organisation};
use crate::snapshot::broadworks::Subscriber;

impl<'a> Subscribers<'a> {
    /// One that Webex does not have.
    pub(super) fn creation(
        &mut self,
        user_id: &'a str,
        entry: &'a DeclaredSubscriber,
        draft: &mut Draft,
    ) {
        let home = entry.value.enterprise.value.as_str();
        if let Some(finding) = attach::elsewhere(self.context, &self.customers, home) {
            draft.blocked += 1;
            return draft.findings.push(finding.about(address(user_id)));
        }
        if self.waits(user_id, entry, home, draft) {
            return;
        }
        let Some(needs) = self.replaced(user_id, entry, draft) else {
            return;
        };
        let Some(id) = self.provisioning_id(user_id, entry, draft) else {
            return;
        };
        if !self.is_complete(user_id, entry, draft) {
            return;
        }
        let compared = compared(user_id, entry, None);
        let mut fields: Vec<DraftField> = FIELDS
            .iter()
            .filter_map(|row| compared.field(row, true))
            .collect();
        fields.push(
            add("package", entry.value.package.value.word())
                .because(compared.reason(&entry.value.package, "package")),
        );
        fields.push(
            add("provisioningId", id)
                .because(compared.reason(&entry.value.enterprise, "enterprise")),
        );
        draft.changes.push(DraftChange {
            kind: KIND.name,
            key: user_id.to_owned(),
            action: ChangeAction::Create,
            fields,
            preimage: None,
            turn: Turn::Take,
            depends_on: needs,
            requests: vec![Request::new(
                "POST",
                creating(self.context, &self.customers, home),
            )],
        });
    }

    /// Whether it waits for the first of its enterprise (BWKS-001, BWKS-018).
    fn waits(
        &mut self,
        user_id: &'a str,
        entry: &'a DeclaredSubscriber,
        home: &'a str,
        draft: &mut Draft,
    ) -> bool {
        let first = match self.customers.organisation(home) {
            Organisation::There => return false,
            Organisation::Coming(_) => false,
            Organisation::Missing => self.customers.first(home) == Some(user_id),
        };
        if !first {
            draft.blocked += 1;
            let place = entry.spot(&entry.value.enterprise);
            let (who, _) = self.waiting.entry(home).or_insert((Vec::new(), place));
            who.push(user_id);
            return true;
        }
        if let Some(attaching) = attach::attaching(self.context, home) {
            return self.attaches(user_id, entry, &attaching, draft);
        }
        if let Some(finding) = self.joins_another(entry, home) {
            draft.blocked += 1;
            draft.findings.push(finding.about(address(user_id)));
            return true;
        }
        let who = entry.value.email.as_ref().map_or(user_id, |at| &at.value);
        let message =
            format!("it creates the organisation of {home}, and {who} becomes its administrator");
        draft.findings.push(
            Finding::info(BROADWORKS_FIRST_SUBSCRIBER, message)
                .about(address(user_id))
                .help(format!(
                    "to choose another one, write `firstSubscriber` at {home}"
                ))
                .at(self
                    .context
                    .config
                    .place(entry.spot(&entry.value.enterprise))),
        );
        false
    }

    /// Why the first subscriber would not create an organisation: the address is that of a person of one, which Webex attaches
    /// (BWKS-040).
    fn joins_another(&self, entry: &DeclaredSubscriber, home: &str) -> Option<Finding> {
        let email = entry.value.email.as_ref()?;
        let other = attach::others(self.context, &email.value).next()?;
        let message = format!(
            "{} is the address of a person in the organisation {other}, so Webex would attach that one to {home} and create none",
            email.value
        );
        let help = format!(
            "if that is intended, write `attach: {{organization: {other}, firstUser: …}}` at {home}; else name another first subscriber with \
             `firstSubscriber`, or correct the address"
        );
        let place = self.context.config.place(entry.spot(email));
        Some(
            Finding::error(BROADWORKS_ATTACH_ADDRESS, message)
                .help(help)
                .at(place),
        )
    }

    /// Whether the first subscriber of an enterprise that is attached has to wait.
    fn attaches(
        &self,
        user_id: &str,
        entry: &DeclaredSubscriber,
        attaching: &Attaching<'_>,
        draft: &mut Draft,
    ) -> bool {
        let email = entry.value.email.as_ref();
        let email = email.map_or("", |at| at.value.as_str());
        match attaching.first(email) {
            Step::Send(finding) => {
                draft.findings.push(finding.about(address(user_id)));
                false
            }
            Step::Wait(finding) => {
                draft.blocked += 1;
                draft.findings.push(finding.about(address(user_id)));
                true
            }
        }
    }

    /// What has to be done before, where the address is that of another subscriber (BWKS-067); `None` where that one stays.
    fn replaced(
        &mut self,
        user_id: &str,
        entry: &DeclaredSubscriber,
        draft: &mut Draft,
    ) -> Option<Vec<Need>> {
        let email = entry.value.email.as_ref();
        let Some((email, all)) = email.and_then(|at| Some((at, self.holders.get(&*at.value)?)))
        else {
            return Some(Vec::new());
        };
        self.split.push(entry.key);
        let goes = |old: &&Subscriber| self.going.contains(old.user_id.as_str());
        let Some(old) = all.iter().copied().find(|old| !goes(old)) else {
            let needs = all.iter().map(|old| Need::Done(address(&old.user_id)));
            return Some(needs.collect());
        };
        let message = format!(
            "the address {} already belongs to subscriber {}, and the BroadWorks user id of an account cannot be changed",
            email.value, old.user_id
        );
        let help = format!(
            "correct `email` if it is wrong; to replace the subscriber, write `state: absent` at {} and acknowledge \
             `{BROADWORKS_SUBSCRIBER_DELETION}`: the same plan then adds {user_id}",
            old.user_id
        );
        let finding = Finding::error(BROADWORKS_USER_ID_CHANGE, message).help(help);
        self.say(draft, finding, user_id, entry.spot(email));
        None
    }

    pub(super) fn provisioning_id(
        &self,
        user_id: &str,
        entry: &DeclaredSubscriber,
        draft: &mut Draft,
    ) -> Option<&'a str> {
        let home = &entry.value.enterprise;
        let known = self.customers.provisioning_id(&home.value);
        if known.is_none() {
            let declared = self.context.config.enterprises.get(&home.value);
            let template = declared.map_or("its template", |it| &it.value.template.value);
            let message = format!("the provisioning id of {template} is unknown");
            let help = format!(
                "write `provisioningId` at {template} under `broadworks.customerTemplates`; Partner Hub shows it"
            );
            let finding = Finding::error(BROADWORKS_INCOMPLETE, message).help(help);
            self.say(draft, finding, user_id, entry.spot(home));
        }
        known
    }

    /// Whether a new one has all that Webex needs.
    pub(super) fn is_complete(
        &self,
        user_id: &str,
        entry: &DeclaredSubscriber,
        draft: &mut Draft,
    ) -> bool {
        let model::Subscriber {
            first_name,
            last_name,
            primary_phone_number,
            extension,
            ..
        } = &entry.value;
        let names = [("firstName", first_name), ("lastName", last_name)];
        let missing = names.iter().filter(|(_, at)| at.is_none());
        let missing: Vec<&str> = missing.map(|(name, _)| *name).collect();
        if !missing.is_empty() {
            let message = format!("a new subscriber needs {}", missing.join(" and "));
            let finding = Finding::error(BROADWORKS_INCOMPLETE, message);
            self.say(draft, finding.help("add it"), user_id, entry.key);
            return false;
        }
        let given = [primary_phone_number, extension];
        let mut given = given.into_iter().flatten();
        if given.all(|at| at.value.trim().is_empty()) {
            self.say(draft, nothing_left(), user_id, entry.key);
            return false;
        }
        true
    }
}

/// The request that adds a subscriber: the one that attaches an organisation is checked before, and may have to be approved.
fn creating(context: &Context<'_>, customers: &Customers<'_>, home: &str) -> &'static str {
    let missing = customers.organisation(home) == Organisation::Missing;
    match missing && attach::attaching(context, home).is_some() {
        true => ATTACHING,
        false => "/broadworks/subscribers",
    }
}
