//! Webex Go as far as licences, moves and deletions depend on it: who has a device, what needs Professional, who pays.
//!
//! Owns the table of countries. Must not know how a device is added or removed.

use super::catalogue::{Service, Tier};
use super::changes::{ChangeState, Facts, LicenseAction, LicenseChange};
use super::go_device::{GoDevice, NoGoDevice};
use super::holder::Holder;
use super::people::UserIx;
use crate::config::Declared;
use crate::config::model::{Authorization, NumberBlock, WebexGoMode};
use crate::config::yaml::At;
use crate::finding::{
    Finding, GO_PROFESSIONAL_REQUIRED, GO_PSTN_REQUIRED, GO_SUBSCRIPTION_AMBIGUOUS,
    OPERATOR_ACCOUNT_FAILED, OPERATOR_ACCOUNT_PENDING, OPERATOR_ACCOUNT_REQUIRED, POOL_EXHAUSTED,
    SUBSCRIPTION_INACTIVE, SUBSCRIPTION_KIND_MISMATCH,
};
use crate::snapshot::License;

/// The countries in which Webex Go is offered, by the article of 2024: it says that more will come. The page Devices names
/// only the first two.
pub const GO_COUNTRIES: [&str; 3] = ["US", "GB", "FR"];

/// How mobile numbers are ordered.
#[derive(Debug, Clone, Copy)]
pub struct MobileOrder<'w> {
    /// The name of the operator account.
    pub account: &'w str,
    /// The id of the operator.
    pub carrier: &'w str,
    /// The subscription that pays.
    pub subscription: &'w str,
}

/// The Webex Go licences of one subscription.
#[derive(Debug, Clone, Copy)]
pub struct GoUnits<'s> {
    /// The subscription.
    pub subscription: &'s str,
    /// Whether its licences can be used.
    pub active: bool,
    /// Units that no one uses.
    pub free: i64,
}

impl<'w> Facts<'w> {
    /// The Webex Go device of the person with this address.
    pub fn webex_go(&self, email: &str) -> GoDevice<'w> {
        self.devices.webex_go(email)
    }

    /// Whether the plan removes the Webex Go device of a person: because the files say so, or because it deletes the person.
    pub fn removes_webex_go(&self, email: &str) -> bool {
        let declared = self.config.users.get(email);
        let go = declared.and_then(|declared| declared.value.webex_go.as_ref());
        let unwanted = go.is_some_and(|go| go.value.mode.value == WebexGoMode::None);
        let person = self.people.find(email);
        let deleted = person.is_some_and(|user| self.people.deleted(user));
        let there = matches!(self.webex_go(email), GoDevice::There(_));
        there && (unwanted || deleted) && !person.is_some_and(|user| self.people.left_alone(user))
    }

    /// The subscriptions with Webex Go licences, in order of id; none where the list of licences has no such row, so that
    /// this is unknown.
    pub fn go_units(&self) -> Vec<GoUnits<'w>> {
        let rows = self.snapshot.licenses().iter().filter(|it| is_go(it));
        let mut units: Vec<GoUnits<'w>> = Vec::new();
        for license in rows {
            let Some(id) = license.subscription_id.as_deref() else {
                continue;
            };
            let subscription = self.subscriptions.find(id);
            let active = subscription.is_none_or(|it| self.subscriptions.get(it).active());
            let free = match license.units_unknown() {
                true => 0,
                false => license.total() - license.consumed(),
            };
            match units.iter_mut().find(|it| it.subscription == id) {
                Some(same) => same.free += free,
                None => units.push(GoUnits {
                    subscription: id,
                    active,
                    free,
                }),
            }
        }
        units.sort_by_key(|it| it.subscription);
        units
    }

    /// Whether a person has Calling Professional once a change is settled; without one, whether it is there.
    pub(super) fn becomes_professional(
        &self,
        user: UserIx,
        change: Option<&LicenseChange>,
    ) -> bool {
        let wanted = change.and_then(|change| match (change.state, change.action) {
            (ChangeState::Open, LicenseAction::Grant(want) | LicenseAction::Change(want)) => {
                Some(want.tier)
            }
            _ => None,
        });
        let held = || self.calling_after(Holder::User(user), None);
        wanted.or_else(held) == Some(Tier::Professional)
    }

    /// The tier of Calling that a holder has once the plan is carried out; none without Calling. `change` is what happens to it.
    pub fn calling_after(&self, holder: Holder, change: Option<&LicenseChange>) -> Option<Tier> {
        let held = match change.map(|change| (change.state, change.before)) {
            Some((ChangeState::Settled(after), _)) => after,
            Some((_, before)) => before,
            None => {
                let mut held = self.has(holder).into_iter();
                held.find(|held| held.slot.service == Service::Calling)
            }
        };
        held.map(|held| held.tier)
    }

    /// The subscription that pays for Webex Go: the one that is named, else the only one with licences. Nothing where it is
    /// unknown which of them have any, and none is named. `unit`: whether a free unit is needed.
    pub fn go_subscription<'a>(
        &self,
        named: Option<&'a str>,
        unit: bool,
    ) -> Result<Option<&'a str>, Box<Finding>>
    where
        'w: 'a,
    {
        let units = self.go_units();
        let check = |units: &GoUnits<'_>| match unit {
            true => has_unit(units),
            false => Ok(()),
        };
        let Some(named) = named else {
            let mut active = units.iter().filter(|it| it.active);
            return match (active.next(), active.next()) {
                (Some(_), Some(_)) => {
                    let message = format!(
                        "several subscriptions have Webex Go licences: {}",
                        list(&units)
                    );
                    let finding = Finding::error(GO_SUBSCRIPTION_AMBIGUOUS, message);
                    let help = "name one with `subscription`; trunkline does not choose";
                    Err(finding.help(help).into())
                }
                (Some(only), None) => check(only).map(|()| Some(only.subscription)),
                (None, _) => self.no_go_subscription(&units).map(|()| None),
            };
        };
        let Some(known) = self.subscriptions.find(named) else {
            return Err(self.subscriptions.unknown(named).into());
        };
        if !self.subscriptions.get(known).active() {
            let message = format!("the subscription {named} is not active");
            let help = "name an active subscription with Webex Go licences";
            return Err(Finding::error(SUBSCRIPTION_INACTIVE, message)
                .help(help)
                .into());
        }
        match units.iter().find(|it| it.subscription == named) {
            Some(units) => check(units).map(|()| Some(named)),
            None if units.is_empty() => self.no_go_subscription(&units).map(|()| Some(named)),
            None => {
                let with = list(&units);
                let message = format!(
                    "the subscription {named} has no Webex Go licences; these have: {with}"
                );
                let help = "name one of them, or omit `subscription` where there is only one";
                Err(Finding::error(SUBSCRIPTION_KIND_MISMATCH, message)
                    .help(help)
                    .into())
            }
        }
    }

    /// Why no active subscription has licences of Webex Go, where that is known.
    fn no_go_subscription(&self, inactive: &[GoUnits<'_>]) -> Result<(), Box<Finding>> {
        if !inactive.is_empty() {
            let message = format!(
                "only subscriptions that are not active have Webex Go licences: {}",
                list(inactive)
            );
            let help = "Webex Go needs a licence of an active subscription: renew it, or buy one";
            return Err(Finding::error(SUBSCRIPTION_INACTIVE, message)
                .help(help)
                .into());
        }
        let mut rows = self.snapshot.licenses().iter().filter(|it| is_named_go(it));
        if rows.any(|it| it.total_units.is_some_and(|units| units <= 0)) {
            let message = "no subscription has a Webex Go licence: the list of licences has 0";
            let help = "buy one, or remove Webex Go from the person";
            return Err(Finding::error(POOL_EXHAUSTED, message).help(help).into());
        }
        Ok(())
    }

    /// Why a location cannot be used for Webex Go: it has no PSTN connection, or that is unknown.
    pub fn go_pstn(&self, location: &str) -> Option<Finding> {
        let Some(pstn) = self.locations.pstn(location) else {
            let message =
                format!("the PSTN connection of {location} is unknown, and Webex Go needs one");
            let help = "look in Control Hub (Services, Calling, PSTN); where there is one, write it as `calling.pstn` of \
                        the location";
            return Some(Finding::hold(GO_PSTN_REQUIRED, message).help(help));
        };
        let word = pstn.trim().to_ascii_uppercase();
        let none = word.is_empty() || word == "NONE";
        none.then(|| {
            let message = format!("{location} has no PSTN connection, which Webex Go needs");
            let help = "set up the connection in Control Hub: Services, Calling, PSTN";
            Finding::error(GO_PSTN_REQUIRED, message).help(help)
        })
    }

    /// From whom the mobile numbers of a block are ordered, or why none is: without subject and place.
    pub fn mobile_order(
        &self,
        block: &'w Declared<NumberBlock>,
    ) -> Result<MobileOrder<'w>, Box<Finding>> {
        let required = |message: String| {
            let help = "name an account of `webexGo.operatorAccounts` that has `carrierId` and `authorization: authorized`";
            Box::new(Finding::error(OPERATOR_ACCOUNT_REQUIRED, message).help(help))
        };
        let accounts = &self.config.operator_accounts;
        let named = block.value.operator_account.as_ref();
        let found = named.and_then(|at| accounts.get_key_value(at.value.as_str()));
        let Some((name, account)) = found else {
            return Err(required(
                "new mobile numbers are ordered from an operator, and the block names no account"
                    .to_owned(),
            ));
        };
        let account = &account.value;
        if let Some(finding) = not_authorized(name, account.authorization.as_ref()) {
            return Err(finding.into());
        }
        let Some(carrier) = &account.carrier_id else {
            return Err(required(format!(
                "the operator account {name} has no `carrierId`, which orders contain"
            )));
        };
        let subscription = account.subscription.as_ref();
        let subscription = subscription.map(|at| at.value.as_str());
        let Some(subscription) = self.go_subscription(subscription, false)? else {
            let message = "the list of licences has no Webex Go, so it is unknown which subscription pays for the numbers";
            let help = format!("name it: `subscription` of the operator account {name}");
            return Err(Finding::error(GO_SUBSCRIPTION_AMBIGUOUS, message)
                .help(help)
                .into());
        };
        match self.go_pstn(&block.value.location.value) {
            Some(finding) => Err(finding.into()),
            None => Ok(MobileOrder {
                account: name,
                carrier: &carrier.value,
                subscription,
            }),
        }
    }
}

/// Why nothing is ordered from an operator account.
fn not_authorized(name: &str, authorization: Option<&At<Authorization>>) -> Option<Finding> {
    let what = match authorization.map(|at| at.value) {
        Some(Authorization::Authorized) => return None,
        Some(Authorization::Failed) => {
            let message = format!("the operator has refused to authorise the account {name}");
            let help = "name another account: a confirmed account id cannot be changed";
            return Some(Finding::error(OPERATOR_ACCOUNT_FAILED, message).help(help));
        }
        Some(_) => "the operator has not authorised it yet",
        None => "it is not confirmed in Control Hub yet",
    };
    let message = format!("the order waits for the operator account {name}: {what}");
    let help =
        "see what is said of the account; the plan after its authorisation orders the numbers";
    Some(Finding::hold(OPERATOR_ACCOUNT_PENDING, message).help(help))
}

/// What a licence of Webex Go is called is not documented (webex-api.md 16): whatever begins so.
fn is_named_go(license: &License) -> bool {
    license.name.to_lowercase().starts_with("webex go")
}

/// Whether there are units of it.
fn is_go(license: &License) -> bool {
    is_named_go(license) && license.total() > 0
}

/// Why something of a person waits of whom it is unknown whether they have Webex Go.
pub fn unknown_webex_go(what: &str, why: NoGoDevice) -> Finding {
    let message = format!("{what}: {}", why.message());
    Finding::hold(GO_PROFESSIONAL_REQUIRED, message)
        .help(format!("{}. Then plan again", why.help()))
}

fn has_unit(units: &GoUnits<'_>) -> Result<(), Box<Finding>> {
    if units.free > 0 {
        return Ok(());
    }
    let message = format!("no Webex Go licence is left in {}", units.subscription);
    let help = "buy one, or remove Webex Go from another person";
    Err(Finding::error(POOL_EXHAUSTED, message).help(help).into())
}

/// Subscriptions with their free units, in words.
fn list(units: &[GoUnits<'_>]) -> String {
    let each = units
        .iter()
        .map(|it| format!("{} ({} free)", it.subscription, it.free));
    each.collect::<Vec<_>>().join(", ")
}
