//! Who joins and leaves a queue.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::KIND;
use super::fields::AGENTS;
use super::observed::Queue;
use crate::change::{Address, Draft, DraftField, FieldAction, Need, Risk, nothing, text};
use crate::config::yaml::{At, List};
use crate::config::{Declared, Spot, model};
use crate::finding::{
    CALL_QUEUE_AGENT_WITHOUT_CALLING, CALL_QUEUE_TOO_MANY_AGENTS, Finding, NOT_KNOWN, USER_UNKNOWN,
    WORKSPACE_UNKNOWN, did_you_mean,
};
use crate::kinds::Context;
use crate::licensing::catalogue::Service;
use crate::licensing::{ChangeState, Facts, Holder, Reason};

/// The most agents of a queue (docs/unconfirmed.md).
const MOST: usize = 1000;
/// The request that follows when those who get Calling first have it.
pub const LATER: usize = 1;

/// What happens to the Calling of people and workspaces.
pub struct CallingChanges(FxHashMap<Holder, ChangeState>);

impl CallingChanges {
    /// Looked up once for all queues.
    pub fn of(context: &Context<'_>) -> CallingChanges {
        let changes = context.decisions.changes.iter();
        let calling = changes.filter(|change| change.slot.service == Service::Calling);
        CallingChanges(
            calling
                .map(|change| (change.holder, change.state))
                .collect(),
        )
    }

    /// Whether a person or workspace has Calling once the plan is carried out.
    fn calls_after(&self, facts: Facts<'_>, holder: Holder) -> bool {
        if facts.is_deleted(holder) {
            return false;
        }
        match self.0.get(&holder) {
            Some(ChangeState::Settled(after)) => after.is_some(),
            _ => facts.may_call(holder),
        }
    }

    /// The changes of agents who lose Calling. Every request has all agents of the queue, and is refused if one of them has
    /// lost Calling since they were read.
    pub fn leaving(&self, facts: Facts<'_>, seen: &Queue) -> Vec<Need> {
        let holders = seen.agents.iter().filter_map(|key| holder(facts, key));
        let losing = holders.filter(|&it| facts.may_call(it) && !self.calls_after(facts, it));
        let named = losing.map(|it| facts.named(it));
        named
            .map(|(kind, key)| Need::Done(Address::new(kind, key)))
            .collect()
    }
}

/// The person with this address, or the workspace with this name.
fn holder(facts: Facts<'_>, text: &str) -> Option<Holder> {
    let person = facts.people.find(&text.to_lowercase());
    let place = || facts.workspaces.find(text).map(Holder::Workspace);
    person.map(Holder::User).or_else(place)
}

/// Who joins and leaves.
#[derive(Default)]
pub struct Agents {
    /// One field for each.
    pub fields: Vec<DraftField>,
    /// What must be done before those of the later request can join.
    pub later: Vec<Need>,
}

/// Compares the list of an entry with a queue; `seen` is none for one to be created.
pub fn compare(
    (context, calling): (&Context<'_>, &CallingChanges),
    name: &str,
    declared: &Declared<model::CallQueue>,
    seen: Option<&Queue>,
    draft: &mut Draft,
) -> Agents {
    let Some(list) = &declared.value.agents else {
        return Agents::default();
    };
    let facts = context.world.facts();
    let roster = Roster {
        context,
        calling,
        facts,
        name,
        declared,
        list,
    };
    if seen.is_some_and(|seen| !seen.is_read) {
        let message = "its agents could not be read";
        let help = "nothing is planned for its agents; take a new snapshot; if this persists, check the queue in Control Hub";
        draft.blocked += 1;
        let finding = Finding::hold(NOT_KNOWN, message).help(help);
        roster.say(finding, declared.spot(list), draft);
        return Agents::default();
    }
    let none = Queue::default();
    roster.compare(seen.unwrap_or(&none), draft)
}

/// The list of an entry.
struct Roster<'a> {
    context: &'a Context<'a>,
    calling: &'a CallingChanges,
    facts: Facts<'a>,
    name: &'a str,
    declared: &'a Declared<model::CallQueue>,
    list: &'a At<List<At<String>>>,
}

impl Roster<'_> {
    fn compare(&self, seen: &Queue, draft: &mut Draft) -> Agents {
        let (wanted, whole) = self.wanted(draft);
        let mut agents = Agents::default();
        if wanted.len() > MOST {
            let message = format!("{} agents are too many for one call queue", wanted.len());
            let help = format!("a call queue has at most {MOST} agents: divide them among several");
            let finding = Finding::error(CALL_QUEUE_TOO_MANY_AGENTS, message).help(help);
            draft.blocked += 1;
            self.say(finding, self.declared.spot(self.list), draft);
            return agents;
        }
        for (key, &(holder, spot)) in &wanted {
            if self.is_not_known(holder) {
                // The person has a finding; who is an agent stays one.
                continue;
            }
            if !self.calling.calls_after(self.facts, holder) {
                draft.blocked += 1;
                self.say_without_calling(holder, spot, draft);
            } else if !seen.agents.contains(key) {
                let mut field = self.field(key, FieldAction::Add, Risk::Additive);
                field.after = text(key);
                if self.comes_first(holder) {
                    field.stage = LATER;
                    let (kind, key) = self.facts.named(holder);
                    agents.later.push(Need::Done(Address::new(kind, key)));
                }
                agents.fields.push(field.because(self.reason(spot)));
            }
        }
        // If a list names someone who is unknown, it is unknown who is not in it.
        let leaving = seen.agents.iter().filter(|_| whole);
        for key in
            leaving.filter(|key| !wanted.contains_key(*key) && holder(self.facts, key).is_some())
        {
            let mut field = self.field(key, FieldAction::Remove, Risk::Reversible);
            field.before = text(key);
            let reason = self.reason(self.declared.spot(self.list));
            agents.fields.push(field.because(reason));
        }
        agents
    }

    /// Everyone whom the list names, by key, and whether there is everyone whom it names.
    fn wanted(&self, draft: &mut Draft) -> (BTreeMap<String, (Holder, Spot)>, bool) {
        let mut wanted = BTreeMap::new();
        let mut whole = true;
        for item in &self.list.value {
            let spot = self.declared.spot(item);
            match holder(self.facts, &item.value) {
                Some(holder) => {
                    let (_, key) = self.facts.named(holder);
                    wanted.insert(key.to_owned(), (holder, spot));
                }
                None => {
                    whole = false;
                    draft.blocked += 1;
                    self.say(self.unknown(&item.value), spot, draft);
                }
            }
        }
        (wanted, whole)
    }

    fn unknown(&self, text: &str) -> Finding {
        let snapshot = self.facts.snapshot;
        let (code, message, near) = match text.contains('@') {
            true => {
                let users = snapshot.users().iter().map(|it| it.email.as_str());
                let message = format!("the organisation has no person with the address {text}");
                let near = did_you_mean(&text.to_lowercase(), users);
                (USER_UNKNOWN, message, near)
            }
            false => {
                let places = snapshot.workspaces().iter().map(|it| it.name.as_str());
                let message = format!("the organisation has no workspace `{text}`");
                (WORKSPACE_UNKNOWN, message, did_you_mean(text, places))
            }
        };
        let rule = "no one leaves the call queue while its list names someone unknown";
        let help = near.map_or_else(
            || rule.to_owned(),
            |near| format!("{near} If not, correct it: {rule}"),
        );
        Finding::error(code, message).help(help)
    }

    /// Whether something of a person or workspace could not be read, so that nothing is planned for them.
    fn is_not_known(&self, holder: Holder) -> bool {
        match holder {
            Holder::User(user) => self.facts.people.not_known(user),
            Holder::Workspace(place) => self.facts.workspaces.not_known(place),
        }
    }

    /// Whether a person or workspace gets Calling with this plan, or another location: then that comes before the queue.
    fn comes_first(&self, holder: Holder) -> bool {
        let identity = self.context.decisions.identities.get(&holder);
        let moves = identity.is_some_and(|it| it.changes.iter().any(|it| it.path == "location"));
        moves || !self.facts.may_call(holder)
    }

    fn say_without_calling(&self, holder: Holder, spot: Spot, draft: &mut Draft) {
        let who = self.facts.address(holder);
        let message = match self.facts.may_call(holder) {
            true => {
                format!("{who} loses Calling with this plan, and cannot be an agent without it")
            }
            false => format!("{who} has no Calling, and cannot be an agent without it"),
        };
        let help = "remove it from `agents`, or give it Calling";
        let finding = Finding::warning(CALL_QUEUE_AGENT_WITHOUT_CALLING, message).help(help);
        self.say(finding, spot, draft);
    }

    fn field(&self, key: &str, action: FieldAction, risk: Risk) -> DraftField {
        let path = format!("{AGENTS}{key}");
        DraftField::new(path, action, risk, nothing(), nothing())
    }

    fn reason(&self, spot: Spot) -> Reason {
        Reason {
            spot: Some(spot),
            because: vec![format!("{}/{} agents", KIND.section, self.name)],
        }
    }

    fn say(&self, finding: Finding, spot: Spot, draft: &mut Draft) {
        let about = Address::new(KIND.name, self.name);
        let place = self.context.config.place(spot);
        draft.findings.push(finding.about(about).at(place));
    }
}
