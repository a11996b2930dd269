//! Webex Go devices of people: compared with what Webex has. Adding one is manual work; removing one is a request.

mod activation;
mod fields;
mod needs;
mod operator;
mod plan;
mod steps;
mod wire;

use serde_json::Value;

use self::fields::FIELDS;
use crate::change::{Fact, Observed};
use crate::config::Config;
use crate::config::model::WebexGoMode;
use crate::config::sections::WEBEX_GO_DEVICE;
use crate::kinds::adopt::{Adopted, Wanted};
use crate::kinds::{Context, Kind, all_keys, field, loses_or_changes, only_by_key};
use crate::licensing::{GoDevice, NoGoDevice};
use crate::snapshot::{Device, Essence, Owner, Snapshot};

/// Webex Go devices, by the address of the person.
pub const KIND: Kind = Kind {
    name: WEBEX_GO_DEVICE.kind,
    section: "webexGo",
    declared: WEBEX_GO_DEVICE,
    // A snapshot without devices is a hold, not a reason to plan nothing at all.
    list: None,
    completes: None,
    fields: &field::fields(&FIELDS),
    plan: plan::plan,
    rename: None,
    observed: |snapshot| owners(snapshot).count(),
    considered: |config, _| declared(config).count(),
    considers: |config, _, key| declared(config).any(|email| email == key),
    counts_as_update: loses_or_changes,
    keys: |config, snapshot| {
        let observed: Vec<String> = owners(snapshot).map(str::to_owned).collect();
        all_keys(declared(config), observed.iter())
    },
    known_as: only_by_key,
    facts,
    observe,
    adopt,
    holders: None,
    called: None,
    waits: None,
    includes: None,
    live: wire::LIVE,
    // It is declared with the people who have it, who come from the snapshot.
    import: None,
};

/// The people for whom the files say something of Webex Go.
fn declared(config: &Config) -> impl Iterator<Item = &String> {
    let users = config.users.iter();
    let with = users.filter(|(_, entry)| entry.value.webex_go.is_some());
    with.map(|(email, _)| email)
}

/// The people who have a Webex Go device; one may come twice.
fn owners(snapshot: &Snapshot) -> impl Iterator<Item = &str> {
    let devices = snapshot.devices().iter();
    let devices = devices.filter(|device| device.is_webex_go());
    devices.filter_map(|device| device.owner.as_ref().and_then(Owner::as_user))
}

/// What is known of the device of a person.
fn facts(context: &Context<'_>, key: &str) -> Vec<Fact> {
    let facts = context.world.facts();
    let declared = context.config.users.get(key);
    let go = declared.and_then(|it| it.value.webex_go.as_ref());
    let mut told = vec![match facts.webex_go(key) {
        GoDevice::Unknown(NoGoDevice::NotCaptured) => {
            Fact::new("device", "device", "unknown: devices were not captured")
        }
        GoDevice::Unknown(why) => {
            Fact::new("device", "device", format!("unknown: {}", why.message()))
        }
        GoDevice::None => Fact::new("device", "device", Value::Null),
        GoDevice::There(device) => Fact::new("device", "device", device.label()),
    }];
    if let GoDevice::There(device) = facts.webex_go(key) {
        told.push(Fact::new(
            "connectionStatus",
            "connection",
            device.connection_status.as_deref(),
        ));
        told.push(Fact::new("created", "added", device.created.as_deref()));
    }
    let seen = facts
        .people
        .find(key)
        .and_then(|user| facts.people.snapshot(user));
    let number = seen.and_then(|seen| seen.phone_number.as_deref());
    told.push(Fact::new("phoneNumber", "phone number", number));
    if let Some(go) = go {
        told.push(Fact::new(
            "mode",
            "mode in the files",
            word(go.value.mode.value),
        ));
        let subscription = go.value.subscription.as_ref();
        let subscription = subscription.map(|at| at.value.as_str());
        told.push(Fact::new(
            "subscription",
            "subscription in the files",
            subscription,
        ));
    }
    told
}

fn word(mode: WebexGoMode) -> &'static str {
    match mode {
        WebexGoMode::Byod => "byod",
        WebexGoMode::MobileOperator => "mobileOperator",
        WebexGoMode::None => "none",
    }
}

/// What the snapshot says of the device, by path.
fn observe(context: &Context<'_>, key: &str) -> Option<Observed> {
    let GoDevice::There(device) = context.world.facts().webex_go(key) else {
        return None;
    };
    let names = [Some(key.to_owned()), device.name.clone()];
    let observed = Observed::new(&device.id, names.into_iter().flatten());
    Some(field::observe(&FIELDS, device, observed))
}

/// A device that should go and does not is decided in the files.
fn adopt(wanted: &Wanted<'_>) -> Adopted {
    Err(wanted.by_hand("whether a person has Webex Go is decided in the files"))
}

/// What is compared of a device between a plan and its execution.
fn essence(seen: &Device) -> Essence {
    field::essence(&FIELDS, &seen.id, seen)
}
