//! Whether an object still is as it was when the plan was made, and which fields of a request are still to be sent.

use std::collections::BTreeSet;

use crate::change::{Change, ChangeAction, Field, Operation, Path};
use crate::kinds::wire::{NOTHING_THERE as NOTHING, Seen, Standing, stands};
use crate::kinds::{self, Calling, Form};
use crate::webex::{Error, Names};

use super::report::Verdict;

/// What is to be done about one object of a request.
#[derive(Debug)]
pub enum Todo<'p> {
    /// These fields are sent.
    Send(Vec<&'p Field>),
    /// Nothing.
    Nothing(Verdict),
}

/// Why members of lists leave by themselves while a plan is carried out.
#[derive(Debug, Clone, Copy, Default)]
pub struct Leaving {
    /// The plan deletes people, who then leave every list.
    deleted: bool,
    /// The plan takes or changes Calling of people, who then leave the lists that need it.
    calling: bool,
}

impl Leaving {
    /// What the changes of a plan entail.
    pub fn of(changes: &[Change]) -> Leaving {
        let calling = |change: &Change, field: &Field| {
            let row = kinds::field(&change.kind, &field.path);
            let part = row.is_some_and(|it| matches!(it.calling, Calling::License | Calling::Kept));
            part && !field.before.is_null()
        };
        let mut all = changes.iter();
        Leaving {
            deleted: changes.iter().any(|it| it.action == ChangeAction::Delete),
            calling: all.any(|change| change.fields.iter().any(|field| calling(change, field))),
        }
    }

    /// Whether a list of this name differs for that reason, as far as can be seen.
    fn explains(self, kind: &str, name: &str) -> bool {
        kinds::members(kind, name)
            .is_some_and(|list| self.deleted || self.calling && list.calling == Calling::Members)
    }
}

/// What a check needs to know of the run.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// Names and ids.
    pub names: &'a Names,
    /// Whether this run, or the one that it resumes, has sent something for the object before.
    pub touched: bool,
    /// Whether this request was sent just now: differences are then our own doing, and not done yet.
    pub sent: bool,
    /// Whether an earlier run may have sent this request, and Webex may have carried it out in part.
    pub doubtful: bool,
    /// Why members leave by themselves.
    pub leaving: Leaving,
    /// Paths whose values an earlier request of the same change removed for a moment.
    pub aside: &'a [Path],
    /// Whether the object itself shows that the request is done: for requests without fields.
    pub is_done: &'a dyn Fn(&Seen) -> bool,
}

/// The fields of a change that a request sends.
pub fn fields<'p>(operation: &Operation, change: &'p Change) -> Vec<&'p Field> {
    let paths: BTreeSet<&Path> = operation.fields.iter().collect();
    change
        .fields
        .iter()
        .filter(|field| paths.contains(&field.path))
        .collect()
}

/// Looks at one object right before a request.
pub fn todo<'p>(
    context: Context<'_>,
    operation: &Operation,
    change: &'p Change,
    seen: Option<&Seen>,
) -> Result<Todo<'p>, Error> {
    let fields = fields(operation, change);
    let (open, unexpected) = compare(context, &fields, change, seen)?;
    let good = |touched| {
        Todo::Nothing(if touched {
            Verdict::Done
        } else {
            Verdict::AlreadySo
        })
    };
    let so = !fields.is_empty() && open.is_empty() && unexpected.is_empty();
    if so && change.action != ChangeAction::Create {
        return Ok(good(context.touched));
    }
    if fields.is_empty() && seen.is_some_and(context.is_done) {
        return Ok(good(context.touched));
    }
    if !context.touched
        && let Some(differing) = differing(context.leaving, change, seen)
    {
        return Ok(match so {
            true => Todo::Nothing(Verdict::AlreadySo),
            false => Todo::Nothing(stale(differing)),
        });
    }
    let makes = change.action == ChangeAction::Create
        && operation.method == "POST"
        && !operation.path.contains("/jobs/");
    if makes && seen.is_some() && unexpected.is_empty() && open.is_empty() {
        return Ok(good(context.touched));
    }
    if let Some(verdict) = changed_elsewhere(&unexpected) {
        return Ok(Todo::Nothing(verdict));
    }
    if so {
        return Ok(good(context.touched));
    }
    Ok(Todo::Send(open))
}

/// Fields that are still to be sent, and those whose value the plan does not know, with that value.
type Compared<'p> = (Vec<&'p Field>, Vec<(&'p Field, String)>);

fn compare<'p>(
    context: Context<'_>,
    fields: &[&'p Field],
    change: &Change,
    seen: Option<&Seen>,
) -> Result<Compared<'p>, Error> {
    let now = seen.map(|seen| &seen.essence.digest);
    let as_planned = now.is_some() && change.preimage.as_ref() == now;
    let mut open = Vec::new();
    let mut unexpected = Vec::new();
    for &field in fields {
        match stands(context.names, &change.kind, seen, field)? {
            Standing::After => {}
            Standing::Before => open.push(field),
            Standing::Other(now)
                if context.touched && context.aside.contains(&field.path) && now == NOTHING =>
            {
                open.push(field);
            }
            // The plan was made from exactly this, whatever it calls it: for example two licences instead of one.
            Standing::Other(_) if context.sent || as_planned => open.push(field),
            // Half a move: only that run removes a licence and gives none.
            Standing::Other(_) if context.doubtful && is_license(change, field) => {
                open.push(field);
            }
            Standing::Other(now) => unexpected.push((field, now)),
        }
    }
    Ok((open, unexpected))
}

/// That another administrator changed an object after a request was sent, if so, and sending it again would undo that: a field of
/// the plan has a value that is neither the old nor the new one, or something else has that the request repeats: what is kept with
/// Calling, and everything where it replaces the `whole` object. Licences, and what is gone, may be what half a request leaves.
pub fn changed_since(
    names: &Names,
    change: &Change,
    fields: &[&Field],
    then: Option<&Seen>,
    seen: Option<&Seen>,
    whole: bool,
) -> Result<Option<Verdict>, Error> {
    let mut changed = Vec::new();
    let now = seen.map(|seen| &seen.essence.digest);
    if now.is_some() && change.preimage.as_ref() == now {
        return Ok(None);
    }
    for &field in fields {
        match stands(names, &change.kind, seen, field)? {
            Standing::Other(now) if now != NOTHING && !is_license(change, field) => {
                changed.push((field, now));
            }
            _ => {}
        }
    }
    if let Some(verdict) = changed_elsewhere(&changed) {
        return Ok(Some(verdict));
    }
    let (Some(then), Some(seen)) = (then, seen) else {
        return Ok(None);
    };
    let sent = |name: &str| {
        let mut paths = fields.iter().map(|field| field.path.split('/').next());
        paths.any(|first| first == Some(name))
    };
    let rows = kinds::find(&change.kind).map_or(&[][..], |kind| kind.fields);
    let kept = rows.iter().filter(|row| row.calling == Calling::Kept);
    let kept: Vec<&str> = kept.map(|row| row.path).collect();
    let given = |name: &str| {
        let now = seen.text(name);
        now.is_some() && now != then.text(name)
    };
    let mut differing = seen.essence.differs_from(&then.essence.members);
    differing.retain(|name| {
        !sent(name)
            && match kept.contains(&name.as_str()) {
                true => given(name),
                false => whole,
            }
    });
    Ok((!differing.is_empty()).then(|| stale(differing)))
}

/// The plan is stale if a field has a value that it does not know.
fn changed_elsewhere(unexpected: &[(&Field, String)]) -> Option<Verdict> {
    let (field, now) = unexpected.first()?;
    let why = format!(
        "{} was {} when the plan was made, and is {now} now",
        field.path,
        in_words(field)
    );
    let fields = unexpected.iter().map(|(field, _)| field.path.to_string());
    Some(Verdict::Stale {
        fields: fields.collect(),
        why,
    })
}

fn is_license(change: &Change, field: &Field) -> bool {
    let row = kinds::field(&change.kind, &field.path);
    row.is_some_and(|row| row.form == Form::License)
}

fn in_words(field: &Field) -> String {
    match &*field.before {
        serde_json::Value::Null => "nothing".to_owned(),
        serde_json::Value::String(text) => text.clone(),
        other => other["license"]
            .as_str()
            .map_or_else(|| other.to_string(), str::to_owned),
    }
}

/// That an object is not what the plan was made from, if so, after Webex has refused a request for it.
pub fn outdated(
    leaving: Leaving,
    change: &Change,
    seen: Option<&Seen>,
    said: &str,
) -> Option<Verdict> {
    let differing = differing(leaving, change, seen)?;
    Some(match stale(differing) {
        Verdict::Stale { fields, why } => {
            let why = format!("{why}, and Webex refused the request: {said}");
            Verdict::Stale { fields, why }
        }
        other => other,
    })
}

/// What differs from the object that the plan was made from; none where it is the same.
fn differing(leaving: Leaving, change: &Change, seen: Option<&Seen>) -> Option<Vec<String>> {
    match (&change.preimage, seen) {
        (None, None) => None,
        (None, Some(_)) => Some(Vec::new()),
        // Something that is to be deleted and is already gone is not a difference.
        (Some(_), None) if change.action == ChangeAction::Delete => None,
        (Some(_), None) => Some(Vec::new()),
        (Some(preimage), Some(seen)) if *preimage == seen.essence.digest => None,
        (Some(_), Some(seen)) => {
            let planned = change.preimage_members.as_deref().unwrap_or_default();
            let mut differing = seen.essence.differs_from(planned);
            differing.retain(|name| !leaving.explains(&change.kind, name));
            (!differing.is_empty()).then_some(differing)
        }
    }
}

fn stale(differing: Vec<String>) -> Verdict {
    let why = match differing.as_slice() {
        [] => "it was created or deleted since the plan was made".to_owned(),
        some => format!("{} changed since the plan was made", some.join(", ")),
    };
    Verdict::Stale {
        fields: differing,
        why,
    }
}
