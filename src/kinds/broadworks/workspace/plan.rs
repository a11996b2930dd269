//! What differs of workspaces of BroadWorks: a hold each, with what is to be done.

use super::{KIND, find, requests};
use crate::change::{Address, Draft};
use crate::config::model;
use crate::config::{Declared, Spot};
use crate::finding::{BROADWORKS_BY_HAND, BROADWORKS_NUMBER_OR_EXTENSION, Finding};
use crate::kinds::Context;
use crate::kinds::broadworks::{Customers, not_captured};
use crate::snapshot::broadworks::BroadworksWorkspace;

/// Where a person changes them.
const WHERE: &str = "in Partner Hub, open the customer: Management, Workspaces";

pub fn plan(context: &Context<'_>, draft: &mut Draft) {
    let declared = &context.config.broadworks_workspaces;
    let listed = context.snapshot.broadworks.as_ref();
    if listed.is_none_or(|it| it.workspaces.is_none()) {
        return not_captured(context, draft, KIND.section, declared.values());
    }
    let customers = Customers::new(context.config, context.snapshot);
    for (user_id, entry) in declared {
        // A hold says that its rows do not agree.
        if is_doubtful(context, user_id) {
            draft.blocked += 1;
            continue;
        }
        let differs = match find(context.snapshot, user_id) {
            None => Some((
                creation(entry),
                requests::creation(customers.as_ref(), user_id, entry),
            )),
            Some(seen) => {
                let differs = differs(entry, seen);
                differs.map(|message| (message, requests::change(entry, seen)))
            }
        };
        if !keeps_one(entry, find(context.snapshot, user_id)) {
            let message = "the workspace would have neither a number nor an extension, and Webex requires one";
            let finding = Finding::error(BROADWORKS_NUMBER_OR_EXTENSION, message)
                .help("set `primaryPhoneNumber` or `extension` to the value in BroadWorks");
            say(context, draft, finding, user_id, Some(entry.key));
        } else if let Some((message, request)) = differs {
            let finding = Finding::hold(BROADWORKS_BY_HAND, message).help(format!(
                "{WHERE}{request}; then enter the new state in the file for --facts, and take a new snapshot"
            ));
            say(context, draft, finding, user_id, Some(entry.key));
        }
    }
    let base = context.base.map(|base| &base.broadworks_workspaces);
    let gone = base.into_iter().flatten().map(|(user_id, _)| user_id);
    for user_id in gone.filter(|it| !declared.contains_key(*it) && !is_doubtful(context, it)) {
        if let Some(seen) = find(context.snapshot, user_id) {
            let name = seen.display_name.as_deref().unwrap_or(user_id);
            let message = format!("{name} is to be removed from {}", seen.enterprise);
            let finding = Finding::hold(BROADWORKS_BY_HAND, message).help(format!(
                "{WHERE}, delete it{}; then enter the new state in the file for --facts, and take a new snapshot",
                requests::REMOVAL
            ));
            say(context, draft, finding, user_id, None);
        }
    }
}

/// Whether not everything is known of a workspace.
fn is_doubtful(context: &Context<'_>, user_id: &str) -> bool {
    let address = Address::new(KIND.name, user_id);
    context.snapshot.is_not_known(address.as_str())
}

fn say(
    context: &Context<'_>,
    draft: &mut Draft,
    finding: Finding,
    user_id: &str,
    spot: Option<Spot>,
) {
    draft.blocked += 1;
    let place = spot.map(|spot| context.config.place(spot));
    draft.findings.push(
        finding
            .about(Address::new(KIND.name, user_id))
            .at_opt(place),
    );
}

fn creation(entry: &Declared<model::BroadworksWorkspace>) -> String {
    let name = entry.value.display_name.as_ref();
    let name = name.map_or("the workspace", |at| &at.value);
    format!("{name} is to be added to {}", entry.value.enterprise.value)
}

/// What differs, in one line.
fn differs(
    entry: &Declared<model::BroadworksWorkspace>,
    seen: &BroadworksWorkspace,
) -> Option<String> {
    let model::BroadworksWorkspace {
        enterprise,
        display_name,
        primary_phone_number,
        extension,
    } = &entry.value;
    let fields = [
        (
            "enterprise",
            Some(enterprise),
            Some(seen.enterprise.as_str()),
        ),
        (
            "displayName",
            display_name.as_ref(),
            seen.display_name.as_deref(),
        ),
        (
            "primaryPhoneNumber",
            primary_phone_number.as_ref(),
            seen.primary_phone_number.as_deref(),
        ),
        ("extension", extension.as_ref(), seen.extension.as_deref()),
    ];
    let differing: Vec<String> = fields
        .into_iter()
        .filter_map(|(name, ours, theirs)| {
            let (ours, theirs) = (ours?.value.as_str(), theirs.unwrap_or_default());
            let shown = |text: &str| match text {
                "" => "nothing".to_owned(),
                text => text.to_owned(),
            };
            (ours != theirs)
                .then(|| format!("{name} is {} and is to be {}", shown(theirs), shown(ours)))
        })
        .collect();
    (!differing.is_empty()).then(|| differing.join("; "))
}

/// Whether a number or an extension is left.
fn keeps_one(
    entry: &Declared<model::BroadworksWorkspace>,
    seen: Option<&BroadworksWorkspace>,
) -> bool {
    let both = [
        (
            &entry.value.primary_phone_number,
            seen.and_then(|it| it.primary_phone_number.as_deref()),
        ),
        (
            &entry.value.extension,
            seen.and_then(|it| it.extension.as_deref()),
        ),
    ];
    both.into_iter().any(|(ours, theirs)| {
        let after = ours.as_ref().map(|at| at.value.as_str()).or(theirs);
        after.is_some_and(|text| !text.trim().is_empty())
    })
}
