//! Markdown for a comment on a pull request, an issue or the summary of a CI run: the verdict first, then what cannot be
//! undone, then what stops the plan, then the rest. It never exceeds its limit.
//!
//! Owns the order of its parts, and the hidden first line by which a bot finds its own comment. Must not know how a plan was
//! made, or any kind by name.

mod changes;
mod document;
mod findings;
mod heading;
mod words;

use self::document::{Document, NOTICE, Section};
use self::heading::heading;
use self::words::hidden;
pub(super) use self::words::{code_in_cell, prose, prose_in_cell};
use super::drift::{AHEAD, CHANGED, is_live};
use super::verdict::count;
use super::view::{Block, FindingGroup, Seat, View};
use super::{Options, json};
use crate::drift::{Adoption, Drift};
use crate::finding::{Finding, Severity};
use crate::plan::{FindingLine, Plan};

/// The whole plan.
pub(super) fn plan(view: &View<'_>, options: &Options) -> Result<String, serde_json::Error> {
    let limit = options.max_bytes;
    let mut head = marker("plan", view.plan)?;
    heading(&mut head, view, None, options);
    let (lost, blocks) = apart(&view.blocks);
    let mut sections = vec![seats(&view.seats)];
    sections.extend(first(&lost, view, &head, options));
    let (folds, singles) = changed(&blocks, limit);
    sections.extend(titled("The same for several", vec![folds]));
    sections.extend(titled("Changes", singles));
    sections.extend(findings::others(&view.findings, limit));
    let whole = "`trunkline show PLANFILE` prints the whole plan.";
    Ok(Document { head, sections }.fit(limit, whole))
}

/// What drifted, and what of it was adopted into the files.
pub(super) fn drift(
    drift: &Drift,
    adoption: Option<&Adoption>,
    options: &Options,
) -> Result<String, serde_json::Error> {
    let view = View::of_drift(drift, options.detail);
    let limit = options.max_bytes;
    let mut head = marker("drift", &drift.plan)?;
    heading(&mut head, &view, Some(drift), options);
    let (lost, blocks) = apart(&view.blocks);
    let (live, ahead): (Vec<&Block<'_>>, Vec<&Block<'_>>) =
        blocks.into_iter().partition(|block| is_live(block));
    let mut sections = first(&lost, &view, &head, options);
    match drift.compared {
        true => {
            sections.extend(titled(CHANGED, together(&live, limit)));
            sections.extend(titled(AHEAD, together(&ahead, limit)));
        }
        false => sections.extend(titled("Changes", together(&ahead, limit))),
    }
    sections.extend(adoption.map(adopted));
    sections.push(seats(&view.seats));
    sections.extend(findings::others(&view.findings, limit));
    let whole = "`trunkline drift` prints the whole report.";
    Ok(Document { head, sections }.fit(limit, whole))
}

/// Findings without a plan.
pub(super) fn findings(findings: &[Finding], options: &Options) -> String {
    let lines: Vec<FindingLine> = findings.iter().cloned().map(FindingLine::from).collect();
    let groups: Vec<FindingGroup<'_>> = lines.iter().map(FindingGroup::One).collect();
    let of = |severity| {
        lines
            .iter()
            .filter(|line| line.severity == severity)
            .count()
    };
    let limit = options.max_bytes;
    let mut head = "<!-- trunkline findings -->\n".to_owned();
    head += &match (of(Severity::Error), lines.len()) {
        (0, 0) => "## ✅ trunkline: nothing found\n\n".to_owned(),
        (0, _) => "## ✅ trunkline: no errors\n\n".to_owned(),
        (errors, _) => format!("## 🛑 trunkline: {}\n\n", count(errors, "error", "errors")),
    };
    let mut sections = Vec::from(findings::pressing(&groups, limit));
    sections.extend(findings::others(&groups, limit));
    let whole = "`trunkline validate` prints all of them.";
    Document { head, sections }.fit(limit, whole)
}

/// The hidden first line.
fn marker(what: &str, plan: &Plan) -> Result<String, serde_json::Error> {
    let digest = json::digest(plan)?;
    Ok(format!(
        "<!-- trunkline {what} commit={} config={} base={} guardrails={} plan={digest} -->\n",
        hidden(plan.config.commit.as_deref().unwrap_or("none")),
        hidden(&plan.config.digest),
        Some(hidden(
            plan.guardrails.reference.as_deref().unwrap_or_default()
        ))
        .filter(|base| !base.is_empty())
        .unwrap_or("none".into()),
        hidden(&plan.guardrails.digest),
    ))
}

/// What comes first: what is lost, what would be lost for good, and what stops the plan.
fn first(blocks: &[&Block<'_>], view: &View<'_>, head: &str, options: &Options) -> Vec<Section> {
    let limit = options.max_bytes;
    let [lost, errors, holds] = findings::pressing(&view.findings, limit);
    let taken = head.len() + NOTICE + lost.lost() + errors.lost();
    let room = limit.saturating_sub(taken);
    let irreversible = changes::irreversible(blocks, room, limit);
    vec![lost, irreversible, errors, holds]
}

/// What cannot be undone, and the rest.
fn apart<'b, 'p>(blocks: &'b [Block<'p>]) -> (Vec<&'b Block<'p>>, Vec<&'b Block<'p>>) {
    blocks.iter().partition(|block| block.symbol.irreversible)
}

/// Folds, and single objects by kind.
fn changed(blocks: &[&Block<'_>], limit: usize) -> (Section, Vec<Section>) {
    let (folds, singles): (Vec<&Block<'_>>, Vec<&Block<'_>>) =
        blocks.iter().partition(|block| block.members.len() > 1);
    (
        changes::folds(&folds, limit),
        changes::singles(&singles, limit),
    )
}

fn together(blocks: &[&Block<'_>], limit: usize) -> Vec<Section> {
    let (folds, singles) = changed(blocks, limit);
    std::iter::once(folds).chain(singles).collect()
}

/// A title above the first of these that has anything.
fn titled(title: &str, mut sections: Vec<Section>) -> Vec<Section> {
    if let Some(first) = sections.iter_mut().find(|it| !it.blocks.is_empty()) {
        first.open = format!("### {title}\n\n{}", first.open);
    }
    sections
}

fn seats(seats: &[Seat<'_>]) -> Section {
    let mut open =
        "### Seats\n\n| licence | subscription | before | peak | after | of |".to_owned();
    let mut rule = "|---|---|--:|--:|--:|--:|".to_owned();
    let any_over = seats.iter().any(|seat| seat.over.is_some());
    if any_over {
        open += " |";
        rule += "---|";
    }
    open += &format!("\n{rule}\n");
    let mut section = Section::new(open, "\n", ("licence pool", "licence pools"));
    for seat in seats {
        let pool = seat.pool;
        let mut row = format!(
            "| {} | {} | {} | {} | {} | {} |",
            prose_in_cell(&seat.name),
            code_in_cell(&pool.subscription),
            pool.before,
            pool.peak.max(pool.before).max(pool.after),
            pool.after,
            pool.total,
        );
        if any_over {
            let over = seat.over.map(|over| format!(" **over by {over}**"));
            row += &format!("{} |", over.unwrap_or_default());
        }
        section.push(row + "\n");
    }
    section
}

fn adopted(adoption: &Adoption) -> Section {
    let text = super::drift::adoption(adoption, &Options::default());
    let fence = words::fence([text.as_str()].into_iter());
    let open = format!("### Adopted into the files\n\n{fence}text\n");
    let mut section = Section::new(open, &format!("{fence}\n\n"), ("line", "lines"));
    let lines = text.trim().lines();
    lines.for_each(|line| section.push(format!("{line}\n")));
    section
}
