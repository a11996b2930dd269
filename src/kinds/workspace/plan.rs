//! What changes of workspaces. Creation and update alike are one request with everything.

use std::collections::BTreeMap;

use super::{KIND, essence};
use crate::change::{
    ChangeAction, Draft, DraftChange, DraftField, FieldAction, Request, Risk, Turn, nothing, text,
};
use crate::finding::{CALLING_LOSS, Finding, WORKSPACE_DELETION, WORKSPACE_DOWNGRADE};
use crate::kinds::{Context, calling, identity, licenses, no_longer};
use crate::licensing::catalogue::{Service, Tier};
use crate::licensing::{ChangeState, Facts, Holder, Identity, LicenseChange, PlaceIx};

/// One workspace.
const PLACE: &str = "/workspaces/{workspaceId}";

pub fn plan(context: &Context<'_>, draft: &mut Draft) {
    let facts = context.world.facts();
    let values = licenses::Values::new(&facts);
    let mut changes: BTreeMap<PlaceIx, Vec<&LicenseChange>> = BTreeMap::new();
    for change in &context.decisions.changes {
        if let Holder::Workspace(place) = change.holder {
            changes.entry(place).or_default().push(change);
        }
    }
    for index in facts.workspaces.by_name() {
        let place = WorkspacePlan {
            context,
            facts,
            index,
            name: facts.workspaces.name(index),
        };
        if facts.workspaces.deleted(index) {
            draft.changes.extend(place.deletion());
            continue;
        }
        // Which one is meant is unknown, and that was said.
        if facts.workspaces.ambiguous(index).is_some() {
            continue;
        }
        let changes = changes.remove(&index).unwrap_or_default();
        place.say_downgrade(&changes, draft);
        draft.changes.extend(place.change(&changes, &values));
    }
}

struct WorkspacePlan<'a> {
    context: &'a Context<'a>,
    facts: Facts<'a>,
    index: PlaceIx,
    name: &'a str,
}

impl WorkspacePlan<'_> {
    /// Creation and update alike are one request with everything.
    fn change(&self, changes: &[&LicenseChange], values: &licenses::Values) -> Option<DraftChange> {
        let observed = self.facts.workspaces.snapshot(self.index);
        let (action, request) = match observed {
            Some(_) => (ChangeAction::Update, Request::new("PUT", PLACE)),
            None => (ChangeAction::Create, Request::new("POST", "/workspaces")),
        };
        let licenses = changes
            .iter()
            .filter_map(|change| self.license(change, values));
        let mut fields: Vec<DraftField> = licenses.collect();
        let identity = self.identity();
        if let Some(identity) = identity {
            let changes = identity.changes.iter();
            fields.extend(changes.map(|change| calling::field(identity, change)));
        }
        fields.extend(self.renamed());
        if fields.is_empty() && action == ChangeAction::Update {
            return None;
        }
        // Who has no extension yet gets the new one for the step without a number.
        let bare = observed.is_none_or(|place| place.extension.is_none());
        let aside = identity.filter(|identity| identity.steps_aside).map(|_| {
            let step = Request::new("PUT", PLACE).sending(match bare {
                true => &["extension"],
                false => &[],
            });
            step.without(&["phoneNumber"]).early()
        });
        let needs = identity.map(|identity| identity::needs(self.context, identity));
        let request = request.after(needs.into_iter().flatten());
        // What a hold leaves to a person needs no request.
        let sent = observed.is_none() || fields.iter().any(DraftField::is_sent);
        Some(DraftChange {
            kind: KIND.name,
            key: self.name.to_owned(),
            action,
            preimage: observed.map(essence),
            turn: Turn::of(&fields),
            fields,
            depends_on: Vec::new(),
            requests: aside.into_iter().chain(sent.then_some(request)).collect(),
        })
    }

    /// The new name, if it is to have one.
    fn renamed(&self) -> Option<DraftField> {
        let declared = self.context.config.workspaces.get(self.name)?;
        let former = declared.value.formerly.as_ref();
        let (context, risk) = (self.context, Risk::Reversible);
        context.renamed(&KIND, self.name, declared, former, risk)
    }

    /// A workspace that the base had and the files have no longer.
    fn deletion(&self) -> Option<DraftChange> {
        let seen = self.facts.workspaces.snapshot(self.index)?;
        let held: Vec<_> = licenses::held(self.facts.catalogue, &seen.licenses).collect();
        let has = calling::Has {
            number: seen.phone_number.as_deref(),
            extension: seen.extension.as_deref(),
            voicemail: false,
        };
        let calls = self.facts.may_call(Holder::Workspace(self.index));
        let mut losses = calling::lost_with(self.context, KIND.name, self.name, &has, calls);
        losses.push("the workspace, its devices and its settings".to_owned());
        let (before, after) = (text("present"), nothing());
        let mut field = DraftField::new(
            "state",
            FieldAction::Remove,
            Risk::Irreversible,
            before,
            after,
        )
        .because(no_longer("workspaces", self.name))
        .losing(WORKSPACE_DELETION, losses);
        field.beside = calls.then_some(CALLING_LOSS);
        let agreed = self.context.acknowledgements;
        match agreed
            .covers(WORKSPACE_DELETION, KIND.name, self.name)
            .is_some()
        {
            true => field.gives = held,
            false => field.withheld = held,
        }
        Some(DraftChange {
            kind: KIND.name,
            key: self.name.to_owned(),
            action: ChangeAction::Delete,
            fields: vec![field],
            preimage: Some(essence(seen)),
            turn: Turn::Give,
            depends_on: Vec::new(),
            requests: vec![Request::new("DELETE", PLACE)],
        })
    }

    fn identity(&self) -> Option<&Identity> {
        let holder = Holder::Workspace(self.index);
        self.context.decisions.identities.get(&holder)
    }

    fn license(&self, change: &LicenseChange, values: &licenses::Values) -> Option<DraftField> {
        let field = licenses::field(&self.facts, values, change)?;
        let consent = self.context.acknowledgements;
        let losses = || self.losses(change);
        Some(calling::losing(&self.facts, change, field, consent, losses))
    }

    fn losses(&self, change: &LicenseChange) -> Vec<String> {
        let Some(seen) = self.facts.workspaces.snapshot(self.index) else {
            return Vec::new();
        };
        let professional = |tier| tier == Tier::Professional;
        let has = calling::Has {
            number: seen.phone_number.as_deref(),
            extension: seen.extension.as_deref(),
            voicemail: change.before.is_some_and(|held| professional(held.tier)),
        };
        calling::losses(self.context, KIND.name, self.name, &has)
    }

    /// What ends where Professional becomes less.
    fn say_downgrade(&self, changes: &[&LicenseChange], draft: &mut Draft) {
        for change in changes
            .iter()
            .filter(|it| it.slot.service == Service::Calling)
        {
            let (Some(before), ChangeState::Settled(Some(after))) = (change.before, change.state)
            else {
                continue;
            };
            if before.tier == Tier::Professional && after.tier != Tier::Professional {
                let message = "voicemail, barge-in, do not disturb, call bridge and the rejection of anonymous calls end \
                               with Professional";
                let spot = change.reason.spot;
                draft.findings.push(
                    Finding::warning(WORKSPACE_DOWNGRADE, message)
                        .about(self.facts.address(change.holder))
                        .help("keep `calling: professional` where the workspace needs them")
                        .at_opt(spot.map(|spot| self.context.config.place(spot))),
                );
            }
        }
    }
}
