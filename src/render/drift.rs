//! The text of a drift report: live changes come first, then what is not applied yet.
//!
//! Owns the words for causes, and the order of sections. Layout and columns are those of a plan.

use super::Options;
use super::fold::Origins;
use super::page::{Page, minute};
use super::style::{Style, escape};
use super::text::{self, Columns};
use super::values::some_of;
use super::values::{Changed, describe};
use super::verdict::{count, summary};
use super::view::{Block, Origin, View};
use crate::change::{ChangeAction, FieldAction};
use crate::drift::{Adoption, Agreement, Cause, Drift, Left, Taken};
use crate::plan::Summary;
use serde::Serialize;

/// How many people the head line names.
const ACTORS: usize = 3;
/// How many objects that were changed live and need manual work the head line names.
const HELD: usize = 3;

/// The whole text.
pub(super) fn text(drift: &Drift, options: &Options) -> String {
    let view = View::of_drift(drift, options.detail);
    let mut page = Page::new(options, 512 + view.blocks.len() * 192);
    page.states("trunkline drift", &drift.plan, drift.plan.applied.as_ref());
    if let Some(said) = causes(drift) {
        page.flow(Style::Bold, said, 2);
        page.end();
    }
    let columns = Columns::of(&view.blocks, options);
    let known = drift.compared;
    let (live, ahead): (Vec<&Block<'_>>, Vec<&Block<'_>>) =
        view.blocks.iter().partition(|block| is_live(block));
    section(&mut page, &live, &columns, known.then_some(CHANGED));
    section(&mut page, &ahead, &columns, known.then_some(AHEAD));
    text::foot(&mut page, &view, options);
    if drift.lines.iter().any(|line| line.cause.is_live()) {
        for (what, command) in ways(options) {
            page.put(Style::Plain, format!("{what}: {}", escape(command)));
            page.end();
        }
    }
    page.out
}

/// Why each field differs.
pub(super) fn origins(drift: &Drift) -> Origins<'_> {
    let fields = drift.fields();
    let lines = fields.map(|(change, field, line)| {
        let key = (&change.address, &field.path);
        (key, line)
    });
    lines.collect()
}

/// What was adopted into the files, and what was not.
pub(super) fn adoption(adoption: &Adoption, options: &Options) -> String {
    let mut page = Page::new(options, 512);
    let Adoption {
        files: _,
        taken,
        left,
        plan,
    } = adoption;
    heading(&mut page, "Adopted into the files", taken.is_empty());
    for it in taken {
        page.to(3, 0);
        page.put(Style::Green, it_names(&it.address, &it.path));
        page.to(0, 2);
        page.put(Style::Plain, said(it));
        page.to(0, 2);
        let place = match (&it.file, it.line) {
            (Some(file), line) => {
                super::page::place(file, line.and_then(|line| line.try_into().ok()))
            }
            (None, _) => "with the others".to_owned(),
        };
        page.put(Style::Dim, place);
        page.end();
        if it.rights {
            page.to(6, 0);
            page.flow(Style::Alarm, RIGHTS, 6);
            page.end();
        }
    }
    heading(&mut page, "Not adopted", left.is_empty());
    for these in left.chunk_by(alike) {
        let Some(it) = these.first() else { continue };
        let paths: Vec<&str> = these.iter().map(|it| it.path.as_str()).collect();
        page.to(3, 0);
        page.put(Style::Yellow, it_names(&it.address, &paths.join(", ")));
        page.put(Style::Plain, format!(": {}", escape(&it.why)));
        page.end();
        page.to(6, 0);
        page.put(Style::Cyan, "help: ");
        page.put(Style::Plain, escape(&it.help));
        page.end();
        for line in it.diff.iter().flat_map(|diff| diff.lines()) {
            page.to(6, 0);
            page.put(Style::Dim, escape(line.trim_end()));
            page.end();
        }
    }
    page.end();
    let counts = summary(&plan.summary);
    let counts = counts.strip_prefix("Plan: ").unwrap_or(&counts);
    page.put(Style::Bold, format!("Remaining changes: {counts}"));
    page.end();
    page.out
}

/// Whether both can share a line.
fn alike(one: &Left, other: &Left) -> bool {
    (&one.address, &one.why, &one.diff) == (&other.address, &other.why, &other.diff)
}

fn heading(page: &mut Page, text: &str, empty: bool) {
    if !empty {
        page.end();
        page.put(Style::Bold, text);
        page.end();
    }
}

fn it_names(address: &str, path: &str) -> String {
    format!("{} {}", escape(address), escape(path))
}

/// From what the files said to what they say now.
pub(super) fn said(taken: &Taken) -> String {
    let changed = Changed {
        path: &taken.path,
        action: match (taken.was.is_null(), taken.now.is_null()) {
            (true, _) => FieldAction::Add,
            (_, true) => FieldAction::Remove,
            _ => FieldAction::Change,
        },
        before: &taken.was,
        after: &taken.now,
    };
    let words = describe(changed, ChangeAction::Update, false);
    match changed.action {
        FieldAction::Remove if words != "removed" => format!("{words} -> none"),
        FieldAction::Add if words != "added" => format!("none -> {words}"),
        _ => words,
    }
}

#[derive(Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    drift: &'a Drift,
    agreement: Agreement,
}

/// The drift, and whether the organisation is as the files say.
pub(super) fn json(drift: &Drift) -> Result<String, serde_json::Error> {
    super::json::pretty(&Report {
        drift,
        agreement: drift.agreement(),
    })
}

#[derive(Serialize)]
struct AdoptionReport<'a> {
    #[serde(flatten)]
    drift: Report<'a>,
    adopted: &'a [Taken],
    refused: &'a [Left],
    left: &'a Summary,
}

/// The drift with what was adopted and refused, and the counts of the plan that is left.
pub(super) fn adoption_json(
    drift: &Drift,
    adoption: &Adoption,
) -> Result<String, serde_json::Error> {
    super::json::pretty(&AdoptionReport {
        drift: Report {
            drift,
            agreement: drift.agreement(),
        },
        adopted: &adoption.taken,
        refused: &adoption.left,
        left: &adoption.plan.summary,
    })
}

pub(super) const RIGHTS: &str =
    "gives rights in the organisation: make sure that this is wanted before you commit it";
pub(super) const CHANGED: &str =
    "Changed in Webex since the last apply (shown: what apply would do)";
pub(super) const AHEAD: &str = "Changed in the files, not applied yet";

/// What can be done about live changes, each with its command. A command is never broken into lines.
pub(super) fn ways(options: &Options) -> impl Iterator<Item = (&'static str, &str)> {
    let restore = (
        "To restore the state in the files",
        options.next.apply.as_str(),
    );
    let adopt = options.next.adopt.as_deref();
    let adopt = adopt.map(|command| ("To adopt the live state into the files", command));
    [restore].into_iter().chain(adopt)
}

fn section(page: &mut Page, blocks: &[&Block<'_>], columns: &Columns, heading: Option<&str>) {
    if blocks.is_empty() {
        return;
    }
    if let Some(heading) = heading {
        page.end();
        page.put(Style::Bold, heading);
        page.end();
    }
    for block in blocks {
        text::block(page, block, columns);
    }
}

pub(super) fn is_live(block: &Block<'_>) -> bool {
    let origins = block.rows.iter().filter_map(|row| row.origin.as_ref());
    origins.into_iter().any(|origin| origin.cause.is_live())
}

/// How many fields changed where, and who changed them.
pub(super) fn causes(drift: &Drift) -> Option<String> {
    drift.compared.then_some(())?;
    let of = |cause: Cause| {
        drift
            .lines
            .iter()
            .filter(|line| line.cause == cause)
            .count()
    };
    let mut parts = Vec::new();
    let fields = |n: usize| count(n, "field", "fields");
    if of(Cause::LiveChanged) > 0 {
        parts.push(format!("{} changed live", fields(of(Cause::LiveChanged))));
    }
    if of(Cause::Both) > 0 {
        parts.push(format!(
            "{} changed live and in the files",
            fields(of(Cause::Both))
        ));
    }
    if of(Cause::GitAhead) > 0 {
        parts.push(format!("{} not applied yet", fields(of(Cause::GitAhead))));
    }
    let holds = |n: usize| count(n, "hold", "holds");
    let behind = |live: bool| {
        let held = drift.held.iter();
        held.filter(move |it| it.cause.is_live() == live)
    };
    let live: Vec<&str> = behind(true).map(|it| it.address.as_str()).collect();
    if !live.is_empty() {
        parts.push(format!(
            "{} because of a live change ({})",
            holds(live.len()),
            some_of(live.iter().copied(), HELD)
        ));
    }
    if behind(false).count() > 0 {
        parts.push(format!("{} not settled yet", holds(behind(false).count())));
    }
    let fields = drift.lines.iter().map(|line| &line.actor);
    let actors = fields.chain(drift.held.iter().map(|it| &it.actor));
    let mut actors: Vec<&str> = actors.filter_map(Option::as_deref).collect();
    actors.sort_unstable();
    actors.dedup();
    let by = match actors.is_empty() {
        true => String::new(),
        false => format!("; changed live by {}", some_of(actors.into_iter(), ACTORS)),
    };
    (!parts.is_empty()).then(|| format!("{}{by}", parts.join(", ")))
}

/// `live-changed by ana@acme.com 2026-11-20 08:14Z`; nothing if nothing is known.
pub(super) fn origin_in_words(origin: &Origin) -> Option<String> {
    if origin.cause == Cause::Unknown {
        return None;
    }
    let mut said = match origin.cause {
        Cause::Both => "live-changed and git-ahead".to_owned(),
        cause => cause.word().to_owned(),
    };
    if let Some(actor) = &origin.actor {
        said += &format!(" by {}", escape(actor));
    } else if origin.times.is_some() {
        said += " by Webex itself";
    }
    if let Some((first, last)) = &origin.times {
        let (first, last) = (minute(first), minute(last));
        said += &format!(" {first}");
        if first != last {
            said += &format!(" to {last}");
        }
    }
    Some(said)
}
