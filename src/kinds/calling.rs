//! The Calling of people and workspaces as plans show it: location, number and extension, and what is permanently lost.

use super::Context;
use crate::change::{Address, Draft, DraftField, FieldAction, Risk, text_or_nothing};
use crate::finding::{CALLING_LOSS, FEATURES_LEFT, Finding};
use crate::licensing::catalogue::Service;
use crate::licensing::{
    ChangeState, Consent, Facts, Holder, Identity, IdentityChange, LicenseChange,
};
use crate::snapshot::RECIPIENT;

/// One part of a Calling identity as a field.
pub fn field(identity: &Identity, change: &IdentityChange) -> DraftField {
    let before = change.before.as_deref().filter(|_| !identity.fresh);
    let after = change.after.as_deref();
    let (action, risk) = match (before, after) {
        _ if identity.fresh => (FieldAction::Add, Risk::Additive),
        (None, _) => (FieldAction::Add, Risk::Disruptive),
        (_, None) => (FieldAction::Remove, Risk::Disruptive),
        _ => (FieldAction::Change, Risk::Disruptive),
    };
    let (before, after) = (text_or_nothing(before), text_or_nothing(after));
    DraftField::new(change.path, action, risk, before, after).because(change.reason.clone())
}

/// Says what is permanently lost where a field removes Calling. What is held gives nothing back, acknowledged or not.
pub fn losing(
    facts: &Facts<'_>,
    change: &LicenseChange,
    mut field: DraftField,
    consent: &impl Consent,
    losses: impl FnOnce() -> Vec<String>,
) -> DraftField {
    if facts.loses_calling(change) && field.action == FieldAction::Remove {
        field.risk = Risk::Irreversible;
        field = field.losing(CALLING_LOSS, losses());
        let (kind, key) = facts.named(change.holder);
        if field.held.is_some() || !consent.calling_loss(kind, key) {
            field.withheld = std::mem::take(&mut field.gives);
        }
    }
    field
}

/// Whether this plan takes a number or an extension from its holder: by a deletion, with Calling, or for another one. `path` is
/// that of the field.
pub fn gives_up(context: &Context<'_>, holder: Holder, path: &str, value: &str) -> bool {
    let facts = context.world.facts();
    let agreed = context.acknowledgements;
    let (kind, key) = facts.named(holder);
    let deleted = facts.is_deleted(holder) && agreed.deletion(kind, key);
    let without_calling = || {
        let mut changes = context.decisions.changes.iter();
        changes.any(|change| {
            change.holder == holder
                && change.slot.service == Service::Calling
                && change.state == ChangeState::Settled(None)
                && agreed.calling_loss(kind, key)
        })
    };
    let changed = || {
        let identity = context.decisions.identities.get(&holder);
        identity.is_some_and(|identity| {
            let mut changes = identity.changes.iter();
            changes.any(|change| change.path == path && change.before.as_deref() == Some(value))
        })
    };
    deleted || changed() || without_calling()
}

/// What a person with Calling has of it now.
#[derive(Debug)]
pub struct Has<'a> {
    /// The number.
    pub number: Option<&'a str>,
    /// The extension.
    pub extension: Option<&'a str>,
    /// Whether voice messages may be stored.
    pub voicemail: bool,
}

/// What is permanently lost with Calling: the facts of one holder.
pub fn losses(context: &Context<'_>, kind: &str, key: &str, has: &Has<'_>) -> Vec<String> {
    lost_with(context, kind, key, has, true)
}

/// What is permanently lost with a holder. Without Calling, that is what there is nonetheless: the snapshot may lack the licence.
pub fn lost_with(
    context: &Context<'_>,
    kind: &str,
    key: &str,
    has: &Has<'_>,
    calls: bool,
) -> Vec<String> {
    let mut losses = Vec::new();
    losses.extend(has.number.map(|number| format!("number {number}")));
    let extension = has.extension;
    losses.extend(extension.map(|extension| format!("extension {extension}")));
    losses.extend(further_lines(context, kind, key, has.number, has.extension));
    if has.voicemail && calls {
        losses.push("voicemail settings".to_owned());
    }
    losses.extend(calls.then(|| "calling services".to_owned()));
    let devices = context.world.devices().find(kind, key);
    losses.extend(devices.map(|device| format!("device {}", device.label())));
    losses.extend(memberships(context, kind, key));
    losses
}

/// The numbers and extensions of somebody beside the first ones.
pub fn further_lines<'a>(
    context: &'a Context<'_>,
    kind: &'a str,
    key: &'a str,
    first_number: Option<&'a str>,
    first_extension: Option<&'a str>,
) -> impl Iterator<Item = String> + 'a {
    context.world.lines().find(kind, key).flat_map(move |line| {
        let number = Some(line.phone_number.as_str()).filter(|it| !it.is_empty());
        let number = number.filter(|number| first_number != Some(number));
        let extension = line.extension.as_deref();
        let extension = extension.filter(|extension| first_extension != Some(extension));
        let number = number.map(|number| format!("number {number}"));
        let extension = extension.map(|extension| format!("extension {extension}"));
        number.into_iter().chain(extension)
    })
}

/// The voicemail groups that send mail to a person, which ends with the account.
pub fn mails(context: &Context<'_>, kind: &str, key: &str) -> Vec<String> {
    let found = context.world.features().find(kind, key).iter();
    let mailed = found.filter(|(role, _)| *role == RECIPIENT);
    mailed
        .map(|(role, feature)| format!("{role} of {}", feature.label()))
        .collect()
}

/// Says which features a person leaves with the location, where nothing else is lost with it.
pub fn say_left(
    context: &Context<'_>,
    kind: &str,
    key: &str,
    change: &IdentityChange,
    draft: &mut Draft,
) {
    let left = memberships(context, kind, key);
    let (false, Some(to)) = (left.is_empty(), &change.after) else {
        return;
    };
    let message = format!(
        "moving to {to} may remove it from these features: {}",
        left.join(", ")
    );
    let spot = change.reason.spot;
    draft.findings.push(
        Finding::warning(FEATURES_LEFT, message)
            .about(Address::new(kind, key))
            .help("add it to the features of the new location in Control Hub, and decide who takes the calls of \
                the old ones")
            .at_opt(spot.map(|spot| context.config.place(spot))),
    );
}

/// The calling features that a person leaves with Calling, or with the location; and those of which that is not known.
pub fn memberships(context: &Context<'_>, kind: &str, key: &str) -> Vec<String> {
    let features = context.world.features();
    let found = features.find(kind, key).iter();
    // Mail goes on coming.
    let left = found.filter(|(role, _)| *role != RECIPIENT);
    let mut left: Vec<String> = left
        .map(|(role, feature)| format!("{role} of {}", feature.label()))
        .collect();
    let unread = features.unread();
    left.extend(
        unread.map(|unread| format!("membership of objects that could not be read: {unread}")),
    );
    left
}
