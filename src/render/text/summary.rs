//! The summary of a plan, short enough for a message: what cannot be undone, the guardrails, and counts of everything else.
//!
//! Owns its layout. Must not know how to show a change that can be undone: the whole plan does.

use std::fmt::Write as _;

use super::{closing, colour, head};
use crate::change::ChangeAction;
use crate::finding::Severity;
use crate::render::Options;
use crate::render::page::Page;
use crate::render::style::{Style, escape, escape_lines};
use crate::render::values::some_of;
use crate::render::verdict::{count, is_guardrail};
use crate::render::view::{Block, Note, View};

/// How many changes that cannot be undone are listed; those that block come first.
const LISTED: usize = 10;
/// How many guardrails are listed.
const GUARDRAILS: usize = 10;
/// How many codes of findings are named for each severity.
const CODES: usize = 6;

/// The whole text.
pub(super) fn text(view: &View<'_>, options: &Options) -> String {
    let mut page = Page::new(options, 2048);
    head(&mut page, view);
    irreversible(&mut page, view);
    guardrails(&mut page, view);
    page.end();
    findings(&mut page, view);
    closing(&mut page, view);
    page.out
}

/// Each change that cannot be undone, with its losses and whether they are acknowledged.
fn irreversible(page: &mut Page, view: &View<'_>) {
    let blocks = view.blocks.iter().filter(|it| it.symbol.irreversible);
    let mut blocks: Vec<&Block<'_>> = blocks.collect();
    if blocks.is_empty() {
        return;
    }
    blocks.sort_by_key(|block| is_acknowledged(block));
    page.end();
    page.put(Style::Bold, "Cannot be undone");
    page.end();
    for block in blocks.iter().take(LISTED) {
        self::block(page, block);
    }
    more(page, blocks.len(), LISTED);
}

fn is_acknowledged(block: &Block<'_>) -> bool {
    let mut notes = block.rows.iter().flat_map(|row| &row.notes);
    !notes.any(|note| matches!(note, Note::NotAcknowledged(_)))
}

/// The object and whether its loss is acknowledged; below it the losses.
fn block(page: &mut Page, block: &Block<'_>) {
    page.to(4 - block.symbol.as_str().len(), 0);
    page.put(colour(block.symbol), block.symbol.as_str());
    for change in &block.members {
        page.to(0, 1);
        page.put(colour(block.symbol), escape(&change.address));
        if let Some(name) = &change.name {
            page.word(Style::Plain, escape(name), 1, 7);
        }
        if change.action == ChangeAction::Delete {
            page.word(Style::Alarm, "(deleted)", 1, 7);
        }
    }
    let rows = || block.rows.iter().filter(|row| row.symbol.irreversible);
    let mut notes = rows().flat_map(|row| &row.notes);
    match is_acknowledged(block) {
        false => page.word(Style::Alarm, "NOT ACKNOWLEDGED", 2, 7),
        true if notes.any(|it| matches!(it, Note::Acknowledged(_))) => {
            page.word(Style::Dim, "acknowledged", 2, 7);
        }
        true => {}
    }
    page.end();
    for row in rows() {
        let mut notes = row.notes.iter();
        let lost = notes.find(|note| matches!(note, Note::Lost(_)));
        page.to(7, 0);
        match lost {
            Some(lost) => page.flow(Style::Red, lost.sentence(), 9),
            None => page.flow(Style::Plain, format!("{}: {}", row.path, row.text), 9),
        }
        page.end();
        for held in row.notes.iter().filter(|it| matches!(it, Note::Held(_))) {
            page.to(9, 0);
            page.flow(Style::Yellow, held.sentence(), 11);
            page.end();
        }
    }
}

/// The guardrails that the plan touches, in their own words.
fn guardrails(page: &mut Page, view: &View<'_>) {
    let findings = view.findings.iter().flat_map(|it| it.findings());
    let guardrails: Vec<_> = findings.filter(|it| is_guardrail(it)).collect();
    if guardrails.is_empty() {
        return;
    }
    page.end();
    page.put(Style::Bold, "Guardrails");
    page.end();
    for finding in guardrails.iter().take(GUARDRAILS) {
        page.to(2, 0);
        page.put(Style::Alarm, escape(&finding.code));
        page.to(0, 2);
        let message = escape_lines(&finding.message).collect::<Vec<_>>().join(" ");
        page.flow(Style::Plain, message, 6);
        page.end();
    }
    more(page, guardrails.len(), GUARDRAILS);
}

/// How many the list above does not have. A short list must not look whole.
fn more(page: &mut Page, all: usize, shown: usize) {
    if let Some(more) = all.checked_sub(shown).filter(|more| *more > 0) {
        page.to(2, 0);
        page.put(
            Style::Bold,
            format!("and {more} more; without --summary all are listed"),
        );
        page.end();
    }
}

/// `Findings: 3 errors (calling-loss 2, user-unknown), 1 hold (go-device-manual).`
fn findings(page: &mut Page, view: &View<'_>) {
    let severities = [
        (Severity::Error, "error", "errors"),
        (Severity::Hold, "hold", "holds"),
        (Severity::Warning, "warning", "warnings"),
        (Severity::Info, "info", "infos"),
    ];
    let said: Vec<String> = severities
        .into_iter()
        .filter_map(|(severity, one, many)| {
            let of = view.findings.iter().filter(|it| it.severity() == severity);
            let codes: Vec<&str> = of
                .flat_map(|it| it.findings())
                .map(|it| it.code.as_str())
                .collect();
            let number = count(codes.len(), one, many);
            (!codes.is_empty()).then(|| format!("{number} ({})", by_code(&codes)))
        })
        .collect();
    if !said.is_empty() {
        page.flow(Style::Plain, format!("Findings: {}.", said.join(", ")), 10);
        page.end();
    }
}

/// Each code with its number, in order of appearance.
fn by_code(codes: &[&str]) -> String {
    let mut counted: Vec<(&str, usize)> = Vec::new();
    for &code in codes {
        match counted.iter_mut().find(|(known, _)| *known == code) {
            Some((_, number)) => *number += 1,
            None => counted.push((code, 1)),
        }
    }
    let named = counted.into_iter().map(|(code, number)| {
        let mut named = code.to_owned();
        if number > 1 {
            // Writing to a String cannot fail.
            let _ = write!(named, " {number}");
        }
        named
    });
    let named: Vec<String> = named.collect();
    some_of(named.iter().map(String::as_str), CODES)
}
