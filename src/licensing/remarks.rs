//! What has to be said about licences that people are given, although it decides nothing.

use super::changes::{ChangeState, Facts, LicenseAction, LicenseChange};
use super::holder::Holder;
use super::people::UserIx;
use crate::finding::{Finding, PENDING_ACTIVATION, TEMPLATE_NOT_AUTOMATIC};
use crate::snapshot::{Snapshot, User};

/// Licences that wait for the first sign-in (LIC-066), and templates that Control Hub would not give by itself (LIC-059).
pub(super) fn say(facts: Facts<'_>, changes: &[LicenseChange], findings: &mut Vec<Finding>) {
    let mut last = None;
    let given = changes.iter().filter(|change| is_given(change));
    for user in given.filter_map(|change| match change.holder {
        Holder::User(user) => Some(user),
        Holder::Workspace(_) => None,
    }) {
        if last.replace(user) != Some(user) {
            findings.extend(waits(facts, user));
            findings.extend(not_automatic(facts, user));
        }
    }
}

fn is_given(change: &LicenseChange) -> bool {
    let grant = matches!(
        change.action,
        LicenseAction::Grant(_) | LicenseAction::Change(_)
    );
    grant && matches!(change.state, ChangeState::Settled(_))
}

fn waits(facts: Facts<'_>, user: UserIx) -> Option<Finding> {
    let email = facts.people.email(user);
    let observed = facts.people.snapshot(user);
    let domain = waiting_domain(facts.snapshot, observed, email)?;
    let message = format!(
        "the person has not signed in yet and {domain} is not verified, so the licences wait for the first sign-in"
    );
    let finding = Finding::info(PENDING_ACTIVATION, message);
    Some(finding.about(facts.address(Holder::User(user))))
}

/// The domain of a person whose licences are not active before the first sign-in. `None` too where the snapshot does not say
/// which domains are verified.
pub fn waiting_domain<'e>(
    snapshot: &Snapshot,
    observed: Option<&User>,
    email: &'e str,
) -> Option<&'e str> {
    let status = observed.map(|user| user.status.as_deref().unwrap_or_default());
    let signed_in = !matches!(status, None | Some("inactive" | "pending"));
    let (_, domain) = email.rsplit_once('@')?;
    let domains = snapshot.org.domains.as_ref();
    let domains = domains.filter(|domains| !domains.is_empty())?;
    let verified = domains
        .iter()
        .any(|known| known.is_own() && known.name.eq_ignore_ascii_case(domain));
    (!signed_in && !verified).then_some(domain)
}

fn not_automatic(facts: Facts<'_>, user: UserIx) -> Option<Finding> {
    let templates = &facts.intent.templates;
    let observed = facts.people.snapshot(user);
    let came_with = match observed {
        None => facts
            .intent
            .overrides
            .get(facts.people.email(user))
            .is_some_and(|over| !over.grants.is_empty() && !over.only),
        Some(observed) => {
            let bare = observed.licenses.is_empty() && observed.attendee_sites.is_empty();
            let applied = facts.applied;
            // Who is not settled has them from the last apply.
            let given = applied.is_some_and(|it| it.is_unsettled(&observed.email));
            !bare && !given
        }
    };
    // Of those who are there already, a template that does not count for them says who is new.
    let reach = facts.memberships.of(user).iter().find(|reach| {
        let new = observed.is_none() || !templates[reach.template as usize].existing_users;
        reach.counts && new && !reach.joined
    });
    let template = templates[reach.filter(|_| came_with)?.template as usize].name;
    let message = format!(
        "Control Hub does not assign templates to people who were created with licences; trunkline assigns template `{template}` all the same"
    );
    let finding = Finding::info(TEMPLATE_NOT_AUTOMATIC, message)
        .help("to prevent it, use `licenses: {only: …}` for this person");
    Some(finding.about(facts.address(Holder::User(user))))
}
