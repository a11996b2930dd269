//! The deletion of a person, and what is permanently lost with it.

use super::plan::Person;
use super::{KIND, essence};
use crate::change::{
    Address, ChangeAction, DraftChange, DraftField, FieldAction, Need, Request, Risk, Turn,
    nothing, text,
};
use crate::finding::{CALLING_LOSS, USER_DELETION};
use crate::kinds::identity::PERSON;
use crate::kinds::{calling, licenses};
use crate::licensing::{Consent, Holder};
use crate::snapshot;

impl Person<'_> {
    pub fn deletion(&self) -> Option<DraftChange> {
        let observed = self.observed?;
        let facts = self.context.world.facts();
        let calls = facts.may_call(Holder::User(self.user));
        let held: Vec<u32> = licenses::held(facts.catalogue, &observed.licenses)
            .filter(|&license| !facts.catalogue.kind(license).implicit)
            .collect();
        let declared = self.declared?;
        let state = declared.value.state.as_ref();
        let reason = state.map(|state| self.compared(declared).reason(state, "state: absent"));
        let mut field = DraftField::new(
            "state",
            FieldAction::Remove,
            Risk::Irreversible,
            text("present"),
            nothing(),
        )
        .because(reason.unwrap_or_default())
        .losing(USER_DELETION, self.losses(observed, calls, &held));
        // The deletion covers the loss of Calling that comes with it; an entry for that may accompany it.
        field.beside = calls.then_some(CALLING_LOSS);
        match self
            .context
            .acknowledgements
            .deletion(KIND.name, self.email)
        {
            true => field.gives = held,
            false => field.withheld = held,
        }
        Some(DraftChange {
            kind: KIND.name,
            key: self.email.to_owned(),
            action: ChangeAction::Delete,
            fields: vec![field],
            preimage: Some(essence(observed)),
            turn: Turn::Give,
            depends_on: self.goes_after(),
            requests: vec![Request::new("DELETE", PERSON)],
        })
    }

    /// What goes before the person: a Webex Go device, and the subscription of BroadWorks (BWKS-079).
    fn goes_after(&self) -> Vec<Need> {
        let subscribed = &self.context.world.facts().people.subscribed;
        let subscribers = subscribed.before(self.user);
        let subscribers =
            subscribers.map(|id| Need::Done(Address::new("broadworksSubscriber", id)));
        self.webex_go_first()
            .into_iter()
            .chain(subscribers)
            .collect()
    }

    /// What is permanently lost with the account.
    fn losses(&self, observed: &snapshot::User, calls: bool, held: &[u32]) -> Vec<String> {
        let mut losses = Vec::new();
        losses.extend(calling::lost_with(
            self.context,
            KIND.name,
            self.email,
            &has(observed),
            calls,
        ));
        losses.extend(calling::mails(self.context, KIND.name, self.email));
        let licenses = self.context.world.facts().snapshot.licenses();
        losses.extend(
            held.iter()
                .map(|&license| format!("licence {}", licenses[license as usize].name)),
        );
        losses.push(match &observed.display_name {
            Some(name) => format!("the account of {name}"),
            None => "the account".to_owned(),
        });
        losses
    }

    /// What is permanently lost with Calling: the facts of this person.
    pub fn calling_losses(&self) -> Vec<String> {
        let Some(user) = self.observed else {
            return Vec::new();
        };
        calling::losses(self.context, KIND.name, &user.email, &has(user))
    }
}

fn has(user: &snapshot::User) -> calling::Has<'_> {
    calling::Has {
        number: user.phone_number.as_deref(),
        extension: user.extension.as_deref(),
        voicemail: user.voicemail_on(),
    }
}
