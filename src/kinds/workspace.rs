//! Workspaces: creation, Calling licence, location, number and extension. Each is one request.

use std::collections::BTreeMap;

use super::{Context, Kind, all_keys, calling, licenses, loses_or_changes};
use crate::finding::{Finding, WORKSPACE_DOWNGRADE};
use crate::licensing::catalogue::{Service, Tier};
use crate::licensing::{Ask, AskState, Facts, Holder, Identity, PlaceIx};
use crate::plan::{ChangeAction, Draft, DraftChange, DraftField, Fact, Request, Turn, preimage};

/// Workspaces.
pub const KIND: Kind = Kind {
    name: "workspace",
    section: "workspaces",
    plan,
    observed: |snapshot| snapshot.workspaces().len(),
    considered: |config, _| config.workspaces.len(),
    considers: |config, _, key| config.workspaces.contains_key(key),
    counts_as_update: loses_or_changes,
    keys: |config, snapshot| {
        let observed = snapshot.workspaces().iter().map(|place| &place.name);
        all_keys(config.workspaces.keys(), observed)
    },
    facts,
    holder: |context, key| {
        let workspaces = context.world.facts().workspaces;
        workspaces.find(key).map(Holder::Workspace)
    },
};

fn facts(context: &Context<'_>, key: &str) -> Vec<Fact> {
    let workspaces = context.world.facts().workspaces;
    let place = workspaces.find(key);
    let Some(seen) = place.and_then(|place| workspaces.snapshot(place)) else {
        let status = match place {
            Some(_) => "created by this plan",
            None => "not in the organisation",
        };
        return vec![Fact::new("status", "status", status)];
    };
    let mut facts = vec![
        Fact::new("location", "location", seen.location.clone()),
        Fact::new("phoneNumber", "number", seen.phone_number.clone()),
        Fact::new("extension", "extension", seen.extension.clone()),
    ];
    let devices = workspaces.devices(place.unwrap_or_default()).iter();
    let devices: Vec<String> = devices.map(|device| device.label().to_owned()).collect();
    if !devices.is_empty() {
        facts.push(Fact::new("devices", "devices", devices));
    }
    facts
}

fn plan(context: &Context<'_>, draft: &mut Draft) {
    let facts = context.world.facts();
    let values = licenses::Values::new(&facts);
    let mut asks: BTreeMap<PlaceIx, Vec<&Ask>> = BTreeMap::new();
    for ask in &context.decisions.asks {
        if let Holder::Workspace(place) = ask.holder {
            asks.entry(place).or_default().push(ask);
        }
    }
    for index in facts.workspaces.by_name() {
        let place = Place {
            context,
            facts,
            index,
            name: facts.workspaces.name(index),
        };
        let asks = asks.remove(&index).unwrap_or_default();
        place.say_downgrade(&asks, draft);
        draft.changes.extend(place.change(&asks, &values));
    }
}

struct Place<'a> {
    context: &'a Context<'a>,
    facts: Facts<'a>,
    index: PlaceIx,
    name: &'a str,
}

impl Place<'_> {
    /// Creation and update alike are one request with everything.
    fn change(&self, asks: &[&Ask], values: &licenses::Values) -> Option<DraftChange> {
        let observed = self.facts.workspaces.snapshot(self.index);
        let put = Request::new("PUT", "/workspaces/{workspaceId}");
        let (action, request) = match observed {
            Some(_) => (ChangeAction::Update, put.clone()),
            None => (ChangeAction::Create, Request::new("POST", "/workspaces")),
        };
        let licenses = asks.iter().filter_map(|ask| self.license(ask, values));
        let mut fields: Vec<DraftField> = licenses.collect();
        let identity = self.identity();
        if let Some(identity) = identity {
            let changes = identity.changes.iter();
            fields.extend(changes.map(|change| calling::field(identity, change)));
        }
        if fields.is_empty() && action == ChangeAction::Update {
            return None;
        }
        let aside = identity.is_some_and(|identity| identity.steps_aside);
        Some(DraftChange {
            kind: KIND.name,
            key: self.name.to_owned(),
            action,
            preimage: observed.and_then(preimage),
            turn: Turn::of(&fields),
            fields,
            depends_on: identity.map_or_else(Vec::new, |it| calling::depends_on(&self.facts, it)),
            after_early: identity.map_or_else(Vec::new, |it| calling::after_early(&self.facts, it)),
            early: if aside { vec![put] } else { Vec::new() },
            requests: vec![request],
        })
    }

    fn identity(&self) -> Option<&Identity> {
        let holder = Holder::Workspace(self.index);
        self.context.decisions.identities.get(&holder)
    }

    fn license(&self, ask: &Ask, values: &licenses::Values) -> Option<DraftField> {
        let field = licenses::field(&self.facts, values, ask)?;
        let consent = self.context.acknowledgements;
        let losses = || self.losses(ask);
        Some(calling::losing(&self.facts, ask, field, consent, losses))
    }

    fn losses(&self, ask: &Ask) -> Vec<String> {
        let Some(seen) = self.facts.workspaces.snapshot(self.index) else {
            return Vec::new();
        };
        let professional = |tier| tier == Tier::Professional;
        let has = calling::Has {
            number: seen.phone_number.as_deref(),
            extension: seen.extension.as_deref(),
            voicemail: ask.before.is_some_and(|held| professional(held.tier)),
        };
        calling::losses(self.context.snapshot, KIND.name, self.name, &has)
    }

    /// What ends where Professional becomes less.
    fn say_downgrade(&self, asks: &[&Ask], draft: &mut Draft) {
        for ask in asks.iter().filter(|it| it.slot.service == Service::Calling) {
            let (Some(before), AskState::Settled(Some(after))) = (ask.before, ask.state) else {
                continue;
            };
            if before.tier == Tier::Professional && after.tier != Tier::Professional {
                let message = "voicemail, barge-in, do not disturb, call bridge and the rejection of anonymous calls end \
                               with Professional";
                let spot = ask.reason.spot;
                draft.findings.push(
                    Finding::warning(WORKSPACE_DOWNGRADE, message)
                        .about(self.facts.address(ask.holder))
                        .help("keep `calling: professional` where the workspace needs them")
                        .at_opt(spot.map(|spot| self.context.config.place(spot))),
                );
            }
        }
    }
}
