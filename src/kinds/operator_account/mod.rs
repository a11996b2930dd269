//! Accounts with mobile operators. No request tells or makes them: the files say how far one is, and the plan says who has to
//! act, and how long it has waited.

mod fields;
mod plan;

use self::fields::FIELDS;
use crate::change::Fact;
use crate::config::Config;
use crate::config::model::Authorization;
use crate::config::sections::OPERATOR_ACCOUNT;
use crate::kinds::adopt::{Adopted, Wanted};
use crate::kinds::{Context, Kind, field, loses_or_changes, only_by_key, wire};

/// Accounts with mobile operators.
pub const KIND: Kind = Kind {
    name: OPERATOR_ACCOUNT.kind,
    section: OPERATOR_ACCOUNT.name,
    declared: OPERATOR_ACCOUNT,
    list: None,
    completes: None,
    fields: &field::fields(&FIELDS),
    plan: plan::plan,
    rename: None,
    observed: |_| 0,
    considered: |config, _| config.operator_accounts.len(),
    considers: |config, _, key| config.operator_accounts.contains_key(key),
    counts_as_update: loses_or_changes,
    keys: |config: &Config, _| config.operator_accounts.keys().cloned().collect(),
    known_as: only_by_key,
    facts,
    observe: |_, _| None,
    adopt,
    holders: None,
    called: None,
    waits: None,
    includes: None,
    live: wire::NOTHING,
    // Nothing of it can be read.
    import: None,
};

/// What the files say of an account; never its id.
fn facts(context: &Context<'_>, key: &str) -> Vec<Fact> {
    let Some(account) = context.config.operator_accounts.get(key) else {
        return Vec::new();
    };
    let account = &account.value;
    let state = account.authorization.as_ref().map(|at| at.value);
    let since = account
        .confirmed_at
        .as_ref()
        .map(|at| at.value.0.to_string());
    let subscription = account.subscription.as_ref();
    let subscription = subscription.map(|at| at.value.as_str());
    vec![
        Fact::new("operator", "operator", account.operator.value.as_str()),
        Fact::new("accountId", "account id", plan::MASKED),
        Fact::new("authorization", "authorization in the files", word(state)),
        Fact::new("confirmedAt", "confirmed at", since),
        Fact::new("subscription", "subscription", subscription),
    ]
}

fn word(state: Option<Authorization>) -> &'static str {
    match state {
        None => "not confirmed",
        Some(Authorization::Pending) => "pending",
        Some(Authorization::Authorized) => "authorized",
        Some(Authorization::Failed) => "failed",
    }
}

fn adopt(wanted: &Wanted<'_>) -> Adopted {
    Err(wanted.by_hand("the Webex API does not return the state of an operator account"))
}
