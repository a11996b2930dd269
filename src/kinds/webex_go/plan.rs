//! What changes of Webex Go devices: one that is not wanted is removed, one that is missing is a hold with the clicks.

use rustc_hash::FxHashMap;

use super::{KIND, activation, essence, needs, operator, steps};
use crate::change::{
    Address, ChangeAction, Draft, DraftChange, DraftField, EXISTENCE, FieldAction, Request, Risk,
    Turn, nothing, text,
};
use crate::config::model::{User, UserWebexGo, WebexGoMode};
use crate::config::yaml::At;
use crate::config::{Declared, Spot};
use crate::finding::{Finding, GO_DEVICE_MANUAL, GO_DEVICE_UNKNOWN, POOL_EXHAUSTED, Severity};
use crate::kinds::Context;
use crate::licensing::catalogue::{Service, Tier};
use crate::licensing::{
    Facts, GoDevice, Holder, Identity, Inventory, LicenseChange, NoGoDevice, Reason, UserIx,
};
use crate::snapshot::{self, Device};

pub fn plan(context: &Context<'_>, draft: &mut Draft) {
    let facts = context.world.facts();
    if context.config.users.values().all(|it| !concerns(it)) {
        return;
    }
    let inventory = context.world.inventory();
    let claims = Claims::of(context);
    let mut units = Units::default();
    for (email, declared) in &context.config.users {
        let Some(user) = facts.people.find(email) else {
            continue;
        };
        if facts.removes_webex_go(email) {
            remove(context, email, declared, draft);
        }
        let Some(go) = &declared.value.webex_go else {
            continue;
        };
        if facts.people.left_alone(user) || facts.people.deleted(user) {
            continue;
        }
        let person = Person {
            context,
            facts,
            claims: &claims,
            inventory: &inventory,
            user,
            email,
            declared,
            go,
        };
        person.compare(&mut units, draft);
    }
}

/// Whether an entry may have something to do with Webex Go: others are many.
fn concerns(entry: &Declared<User>) -> bool {
    entry.value.webex_go.is_some() || entry.value.is_absent()
}

/// What the plan does with licences and numbers, by holder and by number.
struct Claims<'a> {
    calling: FxHashMap<Holder, &'a LicenseChange>,
    numbers: FxHashMap<&'a str, Holder>,
}

impl<'a> Claims<'a> {
    fn of(context: &Context<'a>) -> Claims<'a> {
        let decisions = context.decisions;
        let changes = decisions.changes.iter();
        let calling = changes.filter(|change| change.slot.service == Service::Calling);
        let mut numbers = FxHashMap::default();
        for identity in decisions.identities.values() {
            for change in &identity.changes {
                if let ("phoneNumber", Some(after)) = (change.path, &change.after) {
                    numbers.insert(after.as_str(), identity.holder);
                }
            }
        }
        Claims {
            calling: calling.map(|change| (change.holder, change)).collect(),
            numbers,
        }
    }
}

/// Units of Webex Go that devices of this plan take, by subscription, in order of address.
#[derive(Default)]
struct Units<'a>(FxHashMap<&'a str, i64>);

impl<'a> Units<'a> {
    /// Takes one; or why there is none any more.
    fn take(&mut self, facts: &Facts<'_>, subscription: &'a str) -> Option<Finding> {
        let taken = self.0.entry(subscription).or_default();
        let units = facts.go_units().into_iter();
        let mut units = units.filter(|it| it.subscription == subscription);
        if units.next().is_some_and(|it| it.free <= *taken) {
            let message =
                format!("others of this plan take the last Webex Go licence of {subscription}");
            let help = "buy one, or remove Webex Go from another person";
            return Some(Finding::error(POOL_EXHAUSTED, message).help(help));
        }
        *taken += 1;
        None
    }
}

/// A device that the files do not want, or whose owner is deleted, goes before Calling and before the owner.
fn remove(context: &Context<'_>, email: &str, declared: &Declared<User>, draft: &mut Draft) {
    let GoDevice::There(device) = context.world.facts().webex_go(email) else {
        return;
    };
    let user = &declared.value;
    let go = user.webex_go.as_ref();
    let unwanted = go.filter(|go| go.value.mode.value == WebexGoMode::None);
    let reason = match (unwanted, &user.state) {
        (Some(go), _) => Reason {
            spot: Some(declared.spot(&go.value.mode)),
            because: vec![format!("users/{email} webexGo.mode: none")],
        },
        (None, Some(state)) => Reason {
            spot: Some(declared.spot(state)),
            because: vec![format!("users/{email} state: absent")],
        },
        (None, None) => Reason::default(),
    };
    let field = DraftField::new(
        EXISTENCE,
        FieldAction::Remove,
        Risk::Disruptive,
        text("present"),
        nothing(),
    );
    draft.changes.push(DraftChange {
        kind: KIND.name,
        key: email.to_owned(),
        action: ChangeAction::Delete,
        fields: vec![field.because(reason)],
        preimage: Some(essence(device)),
        turn: Turn::Give,
        depends_on: Vec::new(),
        requests: vec![Request::new("DELETE", "/devices/{deviceId}")],
    });
}

/// A person for whom the files say something of Webex Go.
pub struct Person<'a> {
    pub context: &'a Context<'a>,
    pub facts: Facts<'a>,
    claims: &'a Claims<'a>,
    pub inventory: &'a Inventory<'a>,
    user: UserIx,
    pub email: &'a str,
    declared: &'a Declared<User>,
    pub go: &'a At<UserWebexGo>,
}

impl<'a> Person<'a> {
    fn compare(&self, units: &mut Units<'a>, draft: &mut Draft) {
        let device = match (self.facts.webex_go(self.email), self.mode()) {
            (GoDevice::Unknown(why), mode) => {
                let help = match (why, mode) {
                    (NoGoDevice::NotCaptured, WebexGoMode::None) => {
                        "a device that is there is removed by a plan from a snapshot with devices"
                    }
                    _ => why.help(),
                };
                let finding = Finding::hold(GO_DEVICE_UNKNOWN, why.message());
                return self.say(finding.help(help), draft);
            }
            (_, WebexGoMode::None) => return,
            (GoDevice::None, _) => None,
            (GoDevice::There(device), _) => Some(device),
        };
        if let Some(said) = device.and_then(|it| activation::state(self.context.snapshot, it)) {
            self.say(said, draft);
        }
        match self.mode() {
            WebexGoMode::Byod => self.own_phone(device, units, draft),
            WebexGoMode::MobileOperator => operator::compare(self, device, draft),
            WebexGoMode::None => {}
        }
    }

    /// The person's own phone: a device that is missing is added manually, once everything that it needs is there.
    fn own_phone(&self, device: Option<&Device>, units: &mut Units<'a>, draft: &mut Draft) {
        let is_mobile = |number: &str| self.is_mobile(number);
        let gives_up = self.seen_number().filter(|number| is_mobile(number));
        if let (Some(_), Some(number)) = (device, gives_up)
            && self.number().is_some_and(|now| !is_mobile(now))
        {
            operator::say_other_mode(self, number, draft);
        }
        if device.is_some() {
            return;
        }
        if let Some(finding) = needs::only_by_person(self) {
            self.say(finding, draft);
        }
        let mut needs = needs::of_own_phone(self);
        let taken = needs.subscription.filter(|_| needs.missing.is_empty());
        if let Some(short) = taken.and_then(|it| units.take(&self.facts, it)) {
            needs.missing.push(short);
        }
        if needs.missing.is_empty() {
            let message = "the person has no Webex Go device; the Webex API cannot add one";
            let help = steps::add(self, &needs);
            self.say(Finding::hold(GO_DEVICE_MANUAL, message).help(help), draft);
        }
        for finding in needs.missing {
            self.say(finding, draft);
        }
    }

    pub fn mode(&self) -> WebexGoMode {
        self.go.value.mode.value
    }

    /// Reports something about the device, at `mode` where it has no place of its own.
    pub fn say(&self, finding: Finding, draft: &mut Draft) {
        draft.blocked += usize::from(matches!(finding.severity, Severity::Error | Severity::Hold));
        let finding = finding.about(Address::new(KIND.name, self.email));
        draft.findings.push(match finding.place {
            Some(_) => finding,
            None => finding.at(self.context.config.place(self.spot(&self.go.value.mode))),
        });
    }

    pub fn spot<T>(&self, at: &At<T>) -> Spot {
        self.declared.spot(at)
    }

    /// The same finding, at the place of a value.
    pub fn at<T>(&self, finding: Finding, at: &At<T>) -> Finding {
        finding.at(self.context.config.place(self.spot(at)))
    }

    pub fn holder(&self) -> Holder {
        Holder::User(self.user)
    }

    pub fn identity(&self) -> Option<&'a Identity> {
        self.context.decisions.identities.get(&self.holder())
    }

    pub fn seen(&self) -> Option<&'a snapshot::User> {
        self.facts.people.snapshot(self.user)
    }

    /// The Calling that the person has once the plan is carried out.
    pub fn calling(&self) -> Option<Tier> {
        let change = self.claims.calling.get(&self.holder()).copied();
        self.facts.calling_after(self.holder(), change)
    }

    /// Whether the plan gives what is still missing.
    pub fn begins(&self) -> bool {
        self.claims.calling.contains_key(&self.holder()) || self.identity().is_some()
    }

    /// What the plan makes of a part of the Calling identity; the observed value where it changes nothing.
    fn after(&self, path: &str, seen: Option<&'a str>) -> Option<&'a str> {
        let changes = self.identity().map(|it| it.changes.iter());
        let change = changes.and_then(|mut it| it.find(|change| change.path == path));
        change.map_or(seen, |change| change.after.as_deref())
    }

    /// The location of the person once the plan is carried out.
    pub fn location(&self) -> Option<&'a str> {
        let seen = self.seen().and_then(|seen| seen.location.as_deref());
        self.after("location", seen)
    }

    pub fn seen_number(&self) -> Option<&'a str> {
        self.seen().and_then(|seen| seen.phone_number.as_deref())
    }

    /// The number of the person once the plan is carried out.
    pub fn number(&self) -> Option<&'a str> {
        self.after("phoneNumber", self.seen_number())
    }

    /// Who gets a number by this plan.
    pub fn claimed_by(&self, number: &str) -> Option<Holder> {
        self.claims.numbers.get(number).copied()
    }

    /// Whether a number is a mobile one: as Webex lists it, else as the files order it.
    pub fn is_mobile(&self, number: &str) -> bool {
        self.inventory.number(number).is_some_and(|it| it.mobile)
    }
}
