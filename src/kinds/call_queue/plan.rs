//! What changes of call queues: creation, name, number, extension, agents, deletion.

use super::agents::{self, Agents, CallingChanges, LATER};
use super::fields::{CREATED, EXTENSION, FIELDS, LOCATION, NUMBER};
use super::lines::Lines;
use super::observed::{self, Found, Queue};
use super::{KIND, essence};
use crate::change::{
    Address, ChangeAction, Draft, DraftChange, DraftField, EXISTENCE, FieldAction, Need, Request,
    Risk, Turn, nothing, text,
};
use crate::config::{Declared, Spot, dropped, model};
use crate::finding::{
    CALL_QUEUE_DELETION, CALL_QUEUE_INCOMPLETE, CALL_QUEUE_LOCATION_FIXED,
    CALLING_LOCATION_UNKNOWN, Finding, NOT_KNOWN, did_you_mean, several,
};
use crate::kinds::calling;
use crate::kinds::field::{self, Compared};
use crate::kinds::{Context, no_longer};
use crate::licensing::Inventory;

/// One queue.
const QUEUE: &str = "/telephony/config/locations/{locationId}/queues/{queueId}";
/// The queues of a location.
const QUEUES: &str = "/telephony/config/locations/{locationId}/queues";

pub fn plan(context: &Context<'_>, draft: &mut Draft) {
    let declared = &context.config.call_queues;
    let base = context.base.map(|base| &base.call_queues);
    let gone: Vec<&str> = dropped(base, declared, |it| it.formerly.as_ref())
        .map(|(name, _)| name)
        .collect();
    if declared.is_empty() && gone.is_empty() {
        return;
    }
    if let Some(why) = observed::unread(context.captured) {
        return say_unread(context, why, declared.len() + gone.len(), draft);
    }
    for name in gone {
        delete(context, name, draft);
    }
    let inventory = context.world.inventory();
    let calling = CallingChanges::of(context);
    for (name, declared) in declared {
        let entry = DeclaredQueue {
            context,
            calling: &calling,
            inventory: &inventory,
            name,
            declared,
        };
        match observed::find(context.snapshot, name) {
            Found::None => entry.create(draft),
            Found::One(seen) => entry.update(&seen, draft),
            Found::Several(ids) => entry.refuse(ambiguous(name, &ids), declared.key, draft),
        }
    }
}

/// Of queues that could not be read nothing is known: neither that there is one, nor that there is none.
fn say_unread(context: &Context<'_>, why: &str, count: usize, draft: &mut Draft) {
    draft.blocked += count;
    let first = context.config.call_queues.values().map(|it| it.key).min();
    let message = format!("the call queues could not be read: {why}");
    draft.findings.push(
        Finding::hold(NOT_KNOWN, message)
            .about(KIND.section)
            .help("nothing is planned for them; give the token the scope to read them, and take a new snapshot")
            .at_opt(first.map(|spot| context.config.place(spot))),
    );
}

fn ambiguous(name: &str, ids: &[String]) -> Finding {
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    several("call queues", name, &ids)
}

/// A queue that the base had and the files have no longer.
fn delete(context: &Context<'_>, name: &str, draft: &mut Draft) {
    let seen = match observed::find(context.captured, name) {
        Found::None => return,
        Found::One(seen) => seen,
        Found::Several(ids) => {
            draft.blocked += 1;
            let finding = ambiguous(name, &ids);
            draft
                .findings
                .push(finding.about(Address::new(KIND.name, name)));
            return;
        }
    };
    let (before, risk) = (text("present"), Risk::Irreversible);
    let field = DraftField::new(EXISTENCE, FieldAction::Remove, risk, before, nothing())
        .because(no_longer(KIND.section, name))
        .losing(CALL_QUEUE_DELETION, losses(context, name, &seen))
        .taking_along(number_of(&seen));
    draft.changes.push(DraftChange {
        kind: KIND.name,
        key: name.to_owned(),
        action: ChangeAction::Delete,
        fields: vec![field],
        preimage: Some(essence(&seen)),
        turn: Turn::Give,
        depends_on: Vec::new(),
        requests: vec![Request::new("DELETE", QUEUE)],
    });
}

/// The number that no one is reached by any more.
fn number_of(seen: &Queue) -> Vec<Address> {
    let number = seen.phone_number.iter();
    number.map(|it| Address::new("number", it)).collect()
}

/// What is permanently lost with a queue. Its settings are in no backup.
fn losses(context: &Context<'_>, name: &str, seen: &Queue) -> Vec<String> {
    let number = seen.phone_number.iter().map(|it| format!("number {it}"));
    let extension = seen.extension.iter().map(|it| format!("extension {it}"));
    let mut losses: Vec<String> = number.chain(extension).collect();
    let first = (seen.phone_number.as_deref(), seen.extension.as_deref());
    losses.extend(calling::further_lines(
        context, KIND.name, name, first.0, first.1,
    ));
    losses.push("greetings, policies and other settings of the call queue".to_owned());
    if !seen.is_read {
        losses.push("its agents, who could not be read".to_owned());
    }
    let agents = seen.agents.iter().chain(&seen.others);
    losses.extend(agents.map(|agent| format!("agent {agent}")));
    losses
}

/// A queue that the files declare.
struct DeclaredQueue<'a> {
    context: &'a Context<'a>,
    calling: &'a CallingChanges,
    inventory: &'a Inventory<'a>,
    name: &'a str,
    declared: &'a Declared<model::CallQueue>,
}

impl DeclaredQueue<'_> {
    fn create(&self, draft: &mut Draft) {
        let entry = &self.declared.value;
        let line = entry.phone_number.is_some() || entry.extension.is_some();
        let Some(location) = entry.location.as_ref().filter(|_| line) else {
            return self.refuse(self.incomplete(), self.declared.key, draft);
        };
        let locations = self.context.world.locations();
        if locations.not_known(&location.value) {
            let message =
                format!("waits for location/{location}, of which not everything is known");
            let finding = Finding::hold(NOT_KNOWN, message);
            return self.refuse(finding, self.declared.spot(location), draft);
        }
        if !locations.exists(&location.value) {
            // The name of the location has a finding already.
            draft.blocked += 1;
            return;
        }
        if !locations.calls_from(&location.value) {
            let message = format!("{location} is not enabled for Calling");
            let help = "give the location a `calling` block under `locations`";
            let finding = Finding::error(CALLING_LOCATION_UNKNOWN, message).help(help);
            return self.refuse(finding, self.declared.spot(location), draft);
        }
        let Some((mut fields, mut needs)) = self.lines(None, &location.value, draft) else {
            return;
        };
        let begins = locations.begins(&location.value);
        needs.extend(begins.then(|| Need::Begun(Address::new("location", location))));
        let row = field::row(&FIELDS, LOCATION);
        fields.extend(row.and_then(|row| self.compared(None).field(row, true)));
        let agents = self.agents(None, draft);
        let first = Request::new("POST", QUEUES).sending(CREATED).after(needs);
        fields.extend(agents.fields);
        self.propose(None, fields, first, agents.later, draft);
    }

    fn update(&self, seen: &Queue, draft: &mut Draft) {
        let location = seen.location.as_deref().unwrap_or_default();
        if let Some(wanted) = &self.declared.value.location
            && wanted.value != location
        {
            let message = format!("the call queue is in {location} and cannot move to {wanted}");
            let help = format!(
                "write `location: {location}`; to move it, declare a call queue with another name there, and remove this one"
            );
            let finding = Finding::error(CALL_QUEUE_LOCATION_FIXED, message).help(help);
            self.refuse(finding, self.declared.spot(wanted), draft);
        }
        // One that cannot have its number may still get its agents.
        let (mut fields, mut needs) = self.lines(Some(seen), location, draft).unwrap_or_default();
        fields.extend(self.renamed());
        let mut agents = self.agents(Some(seen), draft);
        fields.extend(agents.fields);
        let leaving = self.calling.leaving(self.context.world.facts(), seen);
        agents.later.extend_from_slice(&leaving);
        needs.extend(leaving);
        let first = Request::new("PUT", QUEUE).after(needs);
        self.propose(Some(seen), fields, first, agents.later, draft);
    }

    /// Adds the change, unless nothing changes. Who gets Calling first joins in a later request.
    fn propose(
        &self,
        seen: Option<&Queue>,
        fields: Vec<DraftField>,
        first: Request,
        later: Vec<Need>,
        draft: &mut Draft,
    ) {
        if fields.is_empty() && seen.is_some() {
            return;
        }
        let at_once = seen.is_none() || fields.iter().any(|field| field.stage != LATER);
        let last = Request::new("PUT", QUEUE).staged(LATER).after(later);
        let last = fields
            .iter()
            .any(|field| field.stage == LATER)
            .then_some(last);
        draft.changes.push(DraftChange {
            kind: KIND.name,
            key: self.name.to_owned(),
            action: match seen {
                None => ChangeAction::Create,
                Some(_) => ChangeAction::Update,
            },
            fields,
            // With new names: its location and its agents have them by then.
            preimage: seen.map(essence),
            turn: Turn::Follow,
            depends_on: Vec::new(),
            requests: at_once.then_some(first).into_iter().chain(last).collect(),
        });
    }

    fn agents(&self, seen: Option<&Queue>, draft: &mut Draft) -> Agents {
        agents::compare(
            (self.context, self.calling),
            self.name,
            self.declared,
            seen,
            draft,
        )
    }

    /// Number and extension that are not as they should be, and what must be done before; none where one cannot be had.
    fn lines(
        &self,
        seen: Option<&Queue>,
        location: &str,
        draft: &mut Draft,
    ) -> Option<(Vec<DraftField>, Vec<Need>)> {
        let lines = Lines {
            context: self.context,
            inventory: self.inventory,
            name: self.name,
            location,
        };
        let entry = &self.declared.value;
        let both = [(NUMBER, &entry.phone_number), (EXTENSION, &entry.extension)];
        let (mut fields, mut needs, mut refused) = (Vec::new(), Vec::new(), false);
        for (path, at) in both {
            let row = field::row(&FIELDS, path);
            let field = row.and_then(|row| self.compared(seen).field(row, seen.is_none()));
            let (Some(field), Some(at)) = (field, at) else {
                continue;
            };
            let free = match path {
                NUMBER => lines.number(&at.value),
                _ => lines.extension(&at.value),
            };
            match free {
                Ok(before) => {
                    needs.extend(before);
                    fields.push(field);
                }
                Err(finding) => {
                    refused = true;
                    self.refuse(*finding, self.declared.spot(at), draft);
                }
            }
        }
        // A new queue without what it is called by would be another one.
        (seen.is_some() || !refused).then_some((fields, needs))
    }

    fn incomplete(&self) -> Finding {
        let entry = &self.declared.value;
        let line = entry.phone_number.is_some() || entry.extension.is_some();
        let missing = match (&entry.location, line) {
            (None, true) => "`location` is",
            (Some(_), _) => "`phoneNumber` or `extension` is",
            (None, false) => "`location`, and `phoneNumber` or `extension`, are",
        };
        let message = format!(
            "the organisation does not have this call queue, and {missing} missing to create it"
        );
        let names = observed::all(self.context.snapshot).map(|it| it.name.as_str());
        let help = did_you_mean(self.name, names);
        let help = help.map_or_else(
            || "write what is missing, or correct the name".to_owned(),
            |hint| format!("{hint} If not, write what is missing"),
        );
        Finding::error(CALL_QUEUE_INCOMPLETE, message).help(help)
    }

    /// The new name, if it is to have one.
    fn renamed(&self) -> Option<DraftField> {
        let former = self.declared.value.formerly.as_ref();
        let (context, risk) = (self.context, Risk::Reversible);
        context.renamed(&KIND, self.name, self.declared, former, risk)
    }

    fn compared<'c>(&'c self, seen: Option<&'c Queue>) -> Compared<'c, model::CallQueue, Queue> {
        Compared {
            section: KIND.section,
            key: self.name,
            declared: self.declared,
            seen,
        }
    }

    fn refuse(&self, finding: Finding, spot: Spot, draft: &mut Draft) {
        draft.blocked += 1;
        let place = self.context.config.place(spot);
        let about = Address::new(KIND.name, self.name);
        draft.findings.push(finding.about(about).at(place));
    }
}
