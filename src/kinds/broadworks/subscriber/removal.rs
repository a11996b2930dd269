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
    let package = seen.package.as_deref().unwrap_or("an unknown package");
    let mut losses = vec![format!(
        "the subscription ({package}) with its services; billing ends"
    )];
    if let Some(number) = &seen.primary_phone_number {
        losses.push(format!("calls of {number} in Webex"));
    }
    if let Some(extension) = &seen.extension {
        losses.push(format!("extension {extension} in Webex"));
    }
    let who = seen.email.as_deref().unwrap_or("the person");
    match (person, seen.status.as_deref()) {
        (Person::Goes, _) => losses.push(format!("{who} is deleted after that")),
        (_, Some("provisioned" | "updating") | None) => {
            losses.push(format!("{who} stays as a free user of Webex"));
        }
        (_, Some(other)) => losses.push(format!("what is going on now ({other}) ends")),
    }
    losses.extend(replaced.map(str::to_owned));
    losses
}
