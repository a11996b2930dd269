//! The text of a drift report: what somebody changed live comes first, then what is not applied yet.
//!
//! Owns the words for causes, and the order of sections. Layout and columns are those of a plan.

use super::Options;
use super::fold::Origins;
use super::page::{Page, minute};
use super::style::{Style, escape};
use super::text::{self, Columns};
use super::values::some_of;
use super::verdict::count;
use super::view::{Block, Origin, View};
use crate::drift::{Cause, Drift};

/// How many people the head line names.
const ACTORS: usize = 3;

/// The whole text.
pub(super) fn text(drift: &Drift, options: &Options) -> String {
    let fields = drift.fields();
    let origins: Origins<'_> = fields
        .map(|(change, field, line)| ((change.address.as_str(), field.path.as_str()), line))
        .collect();
    let view = View::with_origins(&drift.plan, options.detail, &origins);
    let mut page = Page::new(options, 512 + view.blocks.len() * 192);
    page.states("trunkline drift", &drift.plan, drift.applied.as_ref());
    if let Some(said) = causes(drift) {
        page.put(Style::Bold, said);
        page.end();
    }
    let columns = Columns::of(&view.blocks);
    let known = drift.applied.is_some();
    let (live, ahead): (Vec<&Block<'_>>, Vec<&Block<'_>>) =
        view.blocks.iter().partition(|block| is_live(block));
    section(&mut page, &live, &columns, known.then_some(CHANGED));
    section(&mut page, &ahead, &columns, known.then_some(AHEAD));
    text::foot(&mut page, &view, options);
    if drift.lines.iter().any(|line| line.cause.is_live()) {
        page.put(Style::Plain, WAYS);
        page.end();
    }
    page.out
}

const CHANGED: &str = "Changed in Webex since the last apply (shown: what apply would do)";
const AHEAD: &str = "Changed in the files, not applied yet";
const WAYS: &str = "To put back what the files say: trunkline apply. To take what is live into the files: trunkline drift --adopt.";

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

fn is_live(block: &Block<'_>) -> bool {
    let origins = block.rows.iter().filter_map(|row| row.origin.as_ref());
    origins.into_iter().any(|origin| origin.cause.is_live())
}

/// How many fields moved where, and who moved them.
fn causes(drift: &Drift) -> Option<String> {
    drift.applied.as_ref()?;
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
    let mut actors: Vec<&str> = drift
        .lines
        .iter()
        .filter_map(|line| line.actor.as_deref())
        .collect();
    actors.sort_unstable();
    actors.dedup();
    let by = match actors.is_empty() {
        true => String::new(),
        false => format!("; changed live by {}", some_of(actors.into_iter(), ACTORS)),
    };
    (!parts.is_empty()).then(|| format!("{}{by}", parts.join(", ")))
}

/// `live-changed by ana@acme.com 2026-11-20 08:14Z`; nothing where nothing is known.
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
