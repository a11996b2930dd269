//! Restricted by Partner: a switch of Partner Hub that Webex neither tells nor takes a request for. What differs from what was
//! recorded is a hold with the clicks; what was not recorded is unknown, and is said to be.

use super::KIND;
use crate::change::{Address, Draft};
use crate::config::model;
use crate::config::yaml::At;
use crate::config::{Declared, Spot};
use crate::finding::{BROADWORKS_BY_HAND, BROADWORKS_NOT_TOLD, Finding};
use crate::kinds::Context;
use crate::kinds::broadworks::Customers;
use crate::kinds::broadworks::partner_hub::on_or_off;

/// Says of which enterprises it is to be switched (BWKS-117), and of which nobody knows.
pub fn say(context: &Context<'_>, customers: &Customers<'_>, draft: &mut Draft) {
    let mut untold: Vec<(&str, Spot)> = Vec::new();
    for (name, entry) in &context.config.enterprises {
        let wanted = entry.value.restricted_by_partner.as_ref();
        let (Some(wanted), Some(seen)) = (wanted, customers.enterprise(name)) else {
            continue;
        };
        match seen.restricted_by_partner {
            Some(now) if now == wanted.value => {}
            Some(_) => switch(context, name, entry, wanted, draft),
            None => untold.push((name, entry.spot(wanted))),
        }
    }
    say_untold(
        context,
        ("whether Restricted by Partner is on", "restrictedByPartner"),
        &untold,
        draft,
    );
}

/// Says of which enterprises nobody has recorded a field, in words and as YAML names it.
pub fn say_untold(
    context: &Context<'_>,
    (what, field): (&str, &str),
    untold: &[(&str, Spot)],
    draft: &mut Draft,
) {
    let Some((_, first)) = untold.first() else {
        return;
    };
    let names: Vec<&str> = untold.iter().map(|(name, _)| *name).collect();
    let message = format!(
        "not compared with Partner Hub, because the snapshot does not say {what}: {}",
        names.join(", ")
    );
    let help = format!(
        "compare it in Partner Hub (Customers, the organisation); then write `{field}` at the enterprise under `{}` in the \
         file for `trunkline snapshot --facts`",
        KIND.section
    );
    draft.findings.push(
        Finding::info(BROADWORKS_NOT_TOLD, message)
            .about(KIND.section)
            .help(help)
            .at(context.config.place(*first)),
    );
}

/// The hold for one that is to be switched, with what that changes for its administrators (BWKS-120, BWKS-127).
fn switch(
    context: &Context<'_>,
    name: &str,
    entry: &Declared<model::Enterprise>,
    wanted: &At<bool>,
    draft: &mut Draft,
) {
    let effect = match wanted.value {
        true => {
            "its administrators are notified, and can no longer add people or change their packages and services"
        }
        false => "its administrators can then change packages, and add Webex for Wholesale",
    };
    let (now, then) = (on_or_off(!wanted.value), on_or_off(wanted.value));
    let message = format!("Restricted by Partner is {now} and is to be {then}: {effect}");
    let help = format!(
        "1. sign in to Partner Hub (admin.webex.com) as partner administrator; 2. Customers, the organisation of {name}; 3. switch \
         Restricted by Partner {then}; then write it under `{}` in the file for `--facts`, and take a new snapshot",
        KIND.section
    );
    by_hand(context, (name, entry.spot(wanted)), (message, help), draft);
}

/// The hold for what only a person can change: of which enterprise, at which line, and why with what to do.
pub fn by_hand(
    context: &Context<'_>,
    (name, spot): (&str, Spot),
    (message, help): (String, String),
    draft: &mut Draft,
) {
    draft.blocked += 1;
    draft.findings.push(
        Finding::hold(BROADWORKS_BY_HAND, message)
            .about(Address::new(KIND.name, name))
            .help(help)
            .at(context.config.place(spot)),
    );
}
