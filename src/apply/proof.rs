//! Whether a saved plan can be trusted: everything in it is known, and nothing contradicts anything else.
//!
//! A checksum detects accidental changes of a file; anyone who changes it on purpose computes the checksum again. So nothing
//! here relies on it. Which values are right is for the reviewers of the plan: only a new plan could show it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::change::{Address, Change, ChangeAction, Field, FieldAction, Operation, Path, Risk};
use crate::finding::{CODES, Severity};
use crate::kinds::wire::{carries, settings, wire};
use crate::kinds::{self, Calling, Form, Kind, licenses};
use crate::plan::{Contradiction, FindingLine, Plan, Summary};

type Proof = Result<(), Contradiction>;

fn wrong(place: impl Into<String>, why: impl Into<String>) -> Proof {
    Err(Contradiction {
        place: place.into(),
        why: why.into(),
    })
}

/// Refuses a plan with anything that is unknown or contradicts itself.
///
/// # Errors
///
/// The first contradiction.
pub fn consistent(plan: &Plan) -> Proof {
    let mut changes: BTreeMap<&Address, (&Change, &'static Kind)> = BTreeMap::new();
    for (at, change) in plan.changes.iter().enumerate() {
        let kind = known(at, change)?;
        if changes.insert(&change.address, (change, kind)).is_some() {
            let why = format!("{} appears twice", change.address);
            return wrong(format!("changes[{at}].address"), why);
        }
    }
    for (at, change) in plan.changes.iter().enumerate() {
        let unknown = |on: &&Address| !changes.contains_key(on);
        if let Some(on) = change.depends_on.iter().find(unknown) {
            let why = format!("no change of the plan is {on}");
            return wrong(format!("changes[{at}].dependsOn"), why);
        }
    }
    let sent = requests(plan, &changes)?;
    for (at, change) in plan.changes.iter().enumerate() {
        everything_sent(plan, at, change, &sent)?;
    }
    findings(plan)?;
    summary(plan)
}

/// A change of a known kind, with known fields and risks that are not too low.
fn known(at: usize, change: &Change) -> Result<&'static Kind, Contradiction> {
    let place = |member: &str| format!("changes[{at}].{member}");
    let Some(kind) = kinds::find(&change.kind) else {
        let why = format!("there is no kind {}", change.kind);
        return Err(Contradiction {
            place: place("kind"),
            why,
        });
    };
    if change.key.is_empty() || change.address != Address::new(&change.kind, &change.key) {
        let why = format!("it is not {}/{}", change.kind, change.key);
        wrong(place("address"), why)?;
    }
    let creates = change.action == ChangeAction::Create;
    if change.preimage.is_none() != creates || change.preimage_members.is_none() != creates {
        wrong(place("preimage"), "only a created object has none")?;
    }
    let mut paths = BTreeSet::new();
    for (n, field) in change.fields.iter().enumerate() {
        let place = format!("changes[{at}].fields[{n}]");
        if !paths.insert(&field.path) {
            wrong(&place, format!("{} appears twice", field.path))?;
        }
        self::field(&place, kind, change, field)?;
    }
    let worst = change.fields.iter().map(|field| field.risk).max();
    if worst.is_some_and(|worst| worst != change.risk) {
        wrong(place("risk"), "it is not the highest risk of its fields")?;
    }
    Ok(kind)
}

fn field(place: &str, kind: &Kind, change: &Change, field: &Field) -> Proof {
    let Field {
        path,
        action,
        before,
        after,
        ..
    } = field;
    let carried = kind.live.wires.iter().any(|wire| carries(wire, path));
    // What a hold leaves to a person, no request has to carry.
    let row = kind.field(path).filter(|_| carried || field.held.is_some());
    if row.is_none() && !settings::is_known(kind.name, path) {
        let why = format!("a {} has no field {path}", kind.name);
        return wrong(format!("{place}.path"), why);
    }
    let (from_nothing, to_nothing) = (before.is_null(), after.is_null());
    let fits = match action {
        FieldAction::Add => from_nothing && !to_nothing,
        FieldAction::Remove => !from_nothing && to_nothing,
        FieldAction::Change => !from_nothing && !to_nothing && before != after,
        FieldAction::Move => {
            let of = |value: &Value, member: &str| value[member].clone();
            of(before, "license").is_string()
                && of(before, "license") == of(after, "license")
                && of(before, "subscription") != of(after, "subscription")
        }
    };
    let fits = fits
        && match change.action {
            ChangeAction::Create => *action == FieldAction::Add,
            ChangeAction::Delete => *action == FieldAction::Remove && field.deletes(),
            ChangeAction::Update => !field.deletes(),
        };
    if !fits {
        let why = format!("{action} of {path} does not match its values or its object");
        return wrong(format!("{place}.action"), why);
    }
    for (name, value) in [("before", before), ("after", after)] {
        let takes = row.is_none_or(|row| row.takes(value)) && licenses::may_be_at(path, value);
        if !value.is_null() && !takes {
            return wrong(format!("{place}.{name}"), format!("{path} cannot be that"));
        }
    }
    if after.as_str() == Some("") {
        return wrong(format!("{place}.after"), "an empty text is not a value");
    }
    let loss = row.and_then(|row| row.loss);
    // What is switched off is as lost as what is removed.
    let removes = *action == FieldAction::Remove || **after == false;
    match (field.risk == Risk::Irreversible, loss) {
        (false, Some(loss)) if loss.always && removes => {
            let why = format!("the loss of {path} cannot be undone, but the plan says it can");
            wrong(format!("{place}.risk"), why)
        }
        (true, None) => {
            let why = format!("nothing is permanently lost with {path}");
            wrong(format!("{place}.risk"), why)
        }
        _ => Ok(()),
    }
}

/// How often each field of each change is sent.
type Sent<'p> = BTreeMap<(&'p Address, &'p Path), usize>;

fn requests<'p>(
    plan: &'p Plan,
    changes: &BTreeMap<&Address, (&'p Change, &'static Kind)>,
) -> Result<Sent<'p>, Contradiction> {
    let mut sent = Sent::new();
    for (at, operation) in plan.operations.iter().enumerate() {
        let place = |member: &str| format!("operations[{at}].{member}");
        if operation.id as usize != at + 1 {
            wrong(place("id"), "requests are numbered from 1 in their order")?;
        }
        if operation
            .depends_on
            .iter()
            .any(|&on| on == 0 || on >= operation.id)
        {
            wrong(place("dependsOn"), "a request waits only for earlier ones")?;
        }
        let subjects = operation.subjects();
        if subjects.first() != Some(&operation.subject) {
            wrong(place("subjects"), "the first is not the subject")?;
        }
        let mut known: BTreeSet<&Path> = BTreeSet::new();
        // What a person gives up with Calling, or for a moment: a request may be about the absence of nothing else.
        let mut given_up: BTreeSet<&Path> = BTreeSet::new();
        let mut seen = BTreeSet::new();
        for subject in subjects {
            let Some((change, kind)) = changes.get(subject) else {
                let why = format!("no change of the plan is {subject}");
                wrong(place("subject"), why)?;
                continue;
            };
            if !seen.insert(subject) {
                wrong(place("subjects"), format!("{subject} appears twice"))?;
            }
            request(&place("path"), operation, change, kind)?;
            for field in &change.fields {
                known.insert(&field.path);
                let row = kinds::field(&change.kind, &field.path);
                if row.is_some_and(|row| row.calling == Calling::Kept) {
                    given_up.insert(&field.path);
                }
                if operation.fields.contains(&field.path) {
                    *sent.entry((&change.address, &field.path)).or_default() += 1;
                }
            }
        }
        let unknown = |path: &&Path| !known.contains(path);
        if let Some(path) = operation.fields.iter().find(unknown) {
            wrong(place("fields"), format!("its changes have no {path}"))?;
        }
        let not_given_up = |path: &&Path| !given_up.contains(path);
        if let Some(path) = operation.without.iter().find(not_given_up) {
            wrong(
                place("without"),
                format!("its changes do not give up {path}"),
            )?;
        }
    }
    Ok(sent)
}

/// A request that the kind of its subject knows, that carries its fields, and that destroys nothing unsaid.
fn request(place: &str, operation: &Operation, change: &Change, kind: &Kind) -> Proof {
    let shown = format!("{} {}", operation.method, operation.path);
    if settings::is_setting(operation) {
        return match settings::is_request(kind.name, operation) {
            true => Ok(()),
            false => wrong(place, format!("{shown} is not how requests are written")),
        };
    }
    let Some(wire) = wire(kind, operation) else {
        return wrong(
            place,
            format!("{shown} is not a request for a {}", kind.name),
        );
    };
    let mine = |path: &&Path| change.fields.iter().any(|field| field.path == **path);
    let mut paths = operation.fields.iter().filter(mine);
    if let Some(path) = paths.find(|path| !carries(wire, path)) {
        return wrong(place, format!("{shown} does not carry {path}"));
    }
    let destroys = wire.destroys;
    if destroys && change.risk != Risk::Irreversible {
        return wrong(
            place,
            format!("{shown} cannot be undone, but the plan says it can"),
        );
    }
    let deletes = operation.method == "DELETE";
    if (deletes || destroys) && change.action != ChangeAction::Delete {
        return wrong(
            place,
            format!("{shown} deletes something that the plan does not"),
        );
    }
    Ok(())
}

/// Each field is sent by exactly one request. Manual work is sent by none.
fn everything_sent(plan: &Plan, at: usize, change: &Change, sent: &Sent<'_>) -> Proof {
    let held = |path: &Path| {
        let mine = |it: &&FindingLine| it.subject.as_deref() == Some(change.address.as_str());
        let mut holds = plan.findings.iter().filter(mine);
        let row = kinds::field(&change.kind, path);
        row.is_some_and(|row| row.form == Form::License || !row.sent)
            && holds.any(|it| it.severity == Severity::Hold)
    };
    for field in &change.fields {
        let times = sent.get(&(&change.address, &field.path));
        let times = times.copied().unwrap_or(0);
        // A deletion is the request itself.
        let itself = change.action == ChangeAction::Delete;
        if times != 1 && !(times == 0 && (itself || held(&field.path))) {
            let why = format!("{} is sent by {times} requests instead of one", field.path);
            return wrong(format!("changes[{at}].fields"), why);
        }
    }
    let any = |it: &Operation| it.subjects().contains(&change.address);
    let held = change.fields.iter().all(|field| held(&field.path));
    if !plan.operations.iter().any(any) && !held {
        return wrong(format!("changes[{at}]"), "no request carries it out");
    }
    Ok(())
}

fn findings(plan: &Plan) -> Proof {
    for (at, finding) in plan.findings.iter().enumerate() {
        if !CODES.iter().any(|page| page.code.as_str() == finding.code) {
            let why = format!("there is no code {}", finding.code);
            return wrong(format!("findings[{at}].code"), why);
        }
        if finding.code.starts_with("guardrail-") && finding.severity != Severity::Error {
            let why = "a guardrail that is hit is an error";
            return wrong(format!("findings[{at}].severity"), why);
        }
    }
    Ok(())
}

fn summary(plan: &Plan) -> Proof {
    let Summary {
        create,
        update,
        delete,
        moves,
        unchanged: _,
        irreversible,
        unacknowledged,
        blocked: _,
    } = plan.summary;
    let of = |is: &dyn Fn(&Change) -> bool| plan.changes.iter().filter(|it| is(it)).count();
    let moved = |it: &Change| {
        let mut fields = it.fields.iter();
        it.action == ChangeAction::Update && fields.any(|field| field.action == FieldAction::Move)
    };
    let counts = [
        (
            "create",
            create,
            of(&|it| it.action == ChangeAction::Create),
        ),
        (
            "update",
            update,
            of(&|it| it.action == ChangeAction::Update),
        ),
        (
            "delete",
            delete,
            of(&|it| it.action == ChangeAction::Delete),
        ),
        ("move", moves, of(&moved)),
        (
            "irreversible",
            irreversible,
            of(&|it| it.risk == Risk::Irreversible),
        ),
        (
            "unacknowledged",
            unacknowledged,
            of(&|it| it.acknowledged == Some(false)),
        ),
    ];
    match counts
        .into_iter()
        .find(|(_, said, counted)| said != counted)
    {
        Some((name, said, counted)) => {
            let why = format!("it says {said}, but the changes are {counted}");
            wrong(format!("summary.{name}"), why)
        }
        None => Ok(()),
    }
}
