//! Removal of subscribers: it cannot be undone, and the person stays as a free user of Webex.

use super::{KIND, essence};
use crate::change::{
    Address, ChangeAction, DraftChange, DraftField, FieldAction, Request, Risk, Turn, nothing, text,
};
use crate::finding::BROADWORKS_SUBSCRIBER_DELETION;
use crate::licensing::Reason;
use crate::snapshot::broadworks::Subscriber;

/// One subscriber.
pub const SUBSCRIBER: &str = "/broadworks/subscribers/{subscriberId}";

/// What becomes of the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Person {
    /// The person stays.
    Stays,
    /// The same plan deletes the person afterwards (BWKS-079).
    Goes,
}

/// The removal of a subscriber; `replaced` says what comes instead.
pub fn removal(
    seen: &Subscriber,
    reason: Reason,
    person: Person,
    replaced: Option<&str>,
) -> DraftChange {
    let field = DraftField::new(
        "state",
        FieldAction::Remove,
        Risk::Irreversible,
        text("present"),
        nothing(),
    );
    let field = field.because(reason).losing(
        BROADWORKS_SUBSCRIBER_DELETION,
        losses(seen, person, replaced),
    );
    DraftChange {
        kind: KIND.name,
        key: seen.user_id.clone(),
        action: ChangeAction::Delete,
        fields: vec![field],
        preimage: Some(essence(seen)),
        turn: Turn::Give,
        depends_on: Vec::new(),
        requests: vec![Request::new("DELETE", SUBSCRIBER)],
    }
}

/// The address of a subscriber.
pub fn address(user_id: &str) -> Address {
    Address::new(KIND.name, user_id)
}

/// What ends with a subscription, with what the snapshot has of it (BWKS-078).
fn losses(seen: &Subscriber, person: Person, replaced: Option<&str>) -> Vec<String> {
    let package = seen.package.as_deref();
    let package = package.map_or("the package".to_owned(), |it| format!("the {it} package"));
    let who = seen.email.as_deref().unwrap_or("the person");
    let stays = format!("{who} remains a free Webex user");
    let after = match (person, seen.status.as_deref(), replaced) {
        (Person::Goes, ..) => String::new(),
        (_, _, Some(replaced)) => format!("; {stays} until {replaced}"),
        (_, Some("provisioned" | "updating") | None, None) => format!("; {stays}"),
        (_, Some(_), None) => String::new(),
    };
    let mut losses = vec![format!("{package} and its services (billing ends{after})")];
    if let Some(number) = &seen.primary_phone_number {
        losses.push(format!("calls of {number} in Webex"));
    }
    if let Some(extension) = &seen.extension {
        losses.push(format!("extension {extension} in Webex"));
    }
    match (person, seen.status.as_deref()) {
        (Person::Goes, _) => losses.push(format!("the account of {who} (deleted afterwards)")),
        (_, Some("provisioned" | "updating") | None) => {}
        (_, Some(other)) => losses.push(format!("the provisioning in progress ({other})")),
    }
    losses
}
