//! The text of a plan for a terminal or a log (contract section 8).
//!
//! Owns columns, indents and colours. Must not know what is shown or why: that is the [`View`]'s.

mod findings;
mod seats;
mod summary;

use std::io::{self, Write};

use super::diff::{Diff, Fate};
use super::drift::origin_in_words;
use super::page::{Page, width};
use super::style::{Style, escape};
use super::values::some_of;
use super::verdict::{self, Verdict};
use super::view::{Block, Note, Origin, Row, Sign, Symbol, View};
use super::{Detail, Options, requests};
use crate::change::{Address, ChangeAction};
use crate::plan::Plan;

/// Where the path of a field begins.
const PATH: usize = 10;
/// The width of paths, from and to. Longer ones push their line to the right.
const PATH_WIDTH: (usize, usize) = (19, 32);
/// The columns of the place in the configuration, from and to.
const PLACE: (usize, usize) = (80, 92);
/// What a text needs at least to continue in its own column.
const NARROW: usize = 24;

/// How many lines of a difference are shown, unless everything is asked for.
const LINES: usize = 12;

/// The whole text, written as it is made.
pub(super) fn plan(view: &View<'_>, options: &Options, to: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(options, 0);
    head(&mut page, view);
    match options.detail {
        Detail::Order => requests::list(&mut page, view.plan, options, to)?,
        Detail::Short | Detail::Full => blocks(&mut page, view, options, to)?,
    }
    foot(&mut page, view, options);
    to.write_all(page.out.as_bytes())
}

/// Only what cannot be undone, guardrails and counts.
pub(super) fn summary(view: &View<'_>, options: &Options) -> String {
    summary::text(view, options)
}

/// The head line, and the targets that are as they should be.
fn head(page: &mut Page, view: &View<'_>) {
    let Plan {
        org,
        config,
        snapshot,
        ..
    } = view.plan;
    page.header(&title(view.plan), org, config, snapshot);
    for target in verdict::settled(view.plan) {
        page.end();
        page.put(
            Style::Green,
            format!("{}: no change of its own", escape(target)),
        );
        page.end();
    }
}

/// The signs explained, seats, findings, counts and verdict.
pub(super) fn foot(page: &mut Page, view: &View<'_>, options: &Options) {
    signs(page, view);
    seats::list(page, &view.seats);
    findings::list(page, &view.findings, options.detail);
    if view.seats.is_empty() || !view.findings.is_empty() {
        page.end();
    }
    closing(page, view);
}

/// Counts and verdict.
fn closing(page: &mut Page, view: &View<'_>) {
    page.flow(Style::Bold, view.summary(), 6);
    page.end();
    if let Some(sentence) = view.verdict.sentence() {
        let style = match view.verdict {
            Verdict::NoChanges { .. } | Verdict::NothingInPart | Verdict::Ready => Style::Green,
            Verdict::Waiting { .. } | Verdict::Differs { .. } | Verdict::Unknown { .. } => {
                Style::Yellow
            }
            Verdict::InPart { .. } | Verdict::Refused { .. } => Style::Alarm,
        };
        page.flow(style, sentence, 2);
        page.end();
    }
}

/// One line that says what the signs mean.
fn signs(page: &mut Page, view: &View<'_>) {
    let signs = view.signs();
    if signs.is_empty() {
        return;
    }
    let signs = signs.iter().map(|(sign, means)| format!("{sign} {means}"));
    page.end();
    let said = format!("Signs: {}", signs.collect::<Vec<_>>().join(", "));
    page.flow(Style::Dim, said, 7);
    page.end();
}

/// The command that this is the answer to.
fn title(plan: &Plan) -> String {
    match plan.targets.len() {
        0 => "trunkline plan".to_owned(),
        _ => format!(
            "trunkline plan --target {}",
            some_of(plan.targets.iter().map(Address::as_str), TARGETS)
        ),
    }
}

/// How many targets the head line names.
const TARGETS: usize = 3;

/// Where the columns of all blocks are.
pub(super) struct Columns {
    text: usize,
    /// Where places of the configuration begin; `None` where a narrow terminal has no such column, and they end at its edge.
    place: Option<usize>,
    /// Where a text continues that does not fit on its line.
    on: usize,
    /// How many lines of a difference are shown.
    lines: usize,
}

impl Columns {
    pub(super) fn of(blocks: &[Block<'_>], options: &Options) -> Columns {
        let rows = || {
            blocks
                .iter()
                .filter(|block| !on_one_line(block))
                .flat_map(|block| &block.rows)
        };
        let path = rows()
            .map(|row| width(&row.path))
            .filter(|width| *width <= PATH_WIDTH.1)
            .max();
        let text = PATH + path.unwrap_or(0).max(PATH_WIDTH.0) + 2;
        let longest = rows().filter_map(|row| Some(width(row.place.as_ref()?)));
        let room = options.width.saturating_sub(longest.max().unwrap_or(0));
        let last = PLACE.1.min(room.max(text));
        let place = rows()
            .map(|row| text + width(&row.text) + 2)
            .filter(|end| *end <= last)
            .max();
        Columns {
            text,
            place: (!options.terminal || last >= PLACE.0)
                .then(|| place.unwrap_or(0).max(PLACE.0.min(last))),
            on: match text + NARROW <= options.width {
                true => text,
                false => PATH + 2,
            },
            lines: match options.detail {
                Detail::Full => usize::MAX,
                Detail::Short | Detail::Order => LINES,
            },
        }
    }
}

/// Whether it is folded and has one field, so that one line says it all.
fn on_one_line(block: &Block<'_>) -> bool {
    block.members.len() > 1 && block.rows.len() == 1
}

fn blocks(
    page: &mut Page,
    view: &View<'_>,
    options: &Options,
    to: &mut dyn Write,
) -> io::Result<()> {
    let columns = Columns::of(&view.blocks, options);
    for block in &view.blocks {
        self::block(page, block, &columns);
        page.pour(to)?;
    }
    Ok(())
}

pub(super) fn block(page: &mut Page, block: &Block<'_>, columns: &Columns) {
    page.end();
    let style = colour(block.symbol);
    page.to(4 - block.symbol.as_str().len(), 0);
    page.put(style, block.symbol.as_str());
    page.to(0, 1);
    match block.members.as_slice() {
        [change] => {
            page.put(style, escape(&change.address));
            if let Some(name) = &change.name {
                page.word(Style::Plain, escape(name), 1, 7);
            }
            if change.action == ChangeAction::Create {
                page.put(Style::Dim, " (new)");
            }
        }
        several => {
            let kind = several.first().map_or("", |change| change.kind.as_str());
            page.put(style, format!("{} {}s", several.len(), escape(kind)));
        }
    }
    let shared = shared_origin(block);
    match block.rows.as_slice() {
        [row] if on_one_line(block) => {
            page.to(0, 2);
            page.put(colour(row.symbol), row.symbol.as_str());
            page.to(0, 1);
            page.put(Style::Plain, &row.path);
            page.to(0, 2);
            text_and_place(page, row, columns);
            shared.into_iter().for_each(|it| origin(page, it, 7));
        }
        rows => {
            if let Some((origin, said)) = shared.and_then(|it| Some((it, origin_in_words(it)?))) {
                page.to(0, 2);
                page.put(origin_style(origin), said);
            }
            page.end();
            for row in rows {
                page.to(7, 0);
                page.put(colour(row.symbol), row.symbol.as_str());
                page.to(PATH, 1);
                page.put(Style::Plain, &row.path);
                page.to(columns.text, 2);
                text_and_place(page, row, columns);
                let own = row.origin.as_ref().filter(|_| shared.is_none());
                own.into_iter().for_each(|it| origin(page, it, PATH));
                if let Some(diff) = row.diff.as_ref().filter(|_| !row.folded) {
                    self::diff(page, diff, columns.lines);
                }
                row.notes.iter().for_each(|n| note(page, n));
            }
        }
    }
    if let Some(common) = &block.common {
        page.to(7, 0);
        page.flow(Style::Dim, common, 9);
        page.end();
    }
}

/// Why all rows of a block differ, if it is the same for all.
fn shared_origin<'b>(block: &'b Block<'_>) -> Option<&'b Origin> {
    let first = block.rows.first()?.origin.as_ref()?;
    let mut rows = block.rows.iter();
    rows.all(|row| row.origin.as_ref() == Some(first))
        .then_some(first)
}

fn origin(page: &mut Page, origin: &Origin, column: usize) {
    if let Some(said) = origin_in_words(origin) {
        page.to(column, 0);
        page.put(origin_style(origin), said);
        page.end();
    }
}

/// Live changes are highlighted; what is only not applied yet is not.
fn origin_style(origin: &Origin) -> Style {
    match origin.cause.is_live() {
        true => Style::Bold,
        false => Style::Dim,
    }
}

fn text_and_place(page: &mut Page, row: &Row<'_>, columns: &Columns) {
    page.flow(Style::Plain, &row.text, columns.on);
    if let Some(place) = &row.place {
        match columns.place {
            Some(column) => page.source(place, column, columns.on),
            None => page.at_edge(place),
        }
    }
    page.end();
}

/// The lines of a difference, what differs within a line in bold.
fn diff(page: &mut Page, diff: &Diff, most: usize) {
    let (first, more) = diff.first(most);
    for line in first {
        let style = match line.fate {
            Fate::Added => Style::Green,
            Fate::Removed => Style::Red,
            Fate::Same | Fate::Skipped => Style::Dim,
        };
        page.to(PATH, 0);
        page.put(style, line.fate.sign());
        page.to(0, 1);
        for piece in &line.pieces {
            let style = if piece.differs { Style::Bold } else { style };
            page.put(style, &piece.text);
        }
        page.end();
    }
    if more > 0 {
        page.to(PATH + 2, 0);
        page.put(
            Style::Dim,
            format!("({more} more; --detail full lists them)"),
        );
        page.end();
    }
}

fn note(page: &mut Page, note: &Note) {
    page.to(PATH, 0);
    let style = match note {
        Note::Lost(_) => Style::Red,
        Note::Held(_) => Style::Yellow,
        Note::Acknowledged(_) => Style::Plain,
        Note::NotAcknowledged(_) => Style::Alarm,
    };
    page.flow(style, note.sentence(), PATH + 2);
    page.end();
}

pub(super) fn colour(symbol: Symbol) -> Style {
    match symbol.sign {
        _ if symbol.irreversible => Style::Alarm,
        Sign::Add => Style::Green,
        Sign::Change => Style::Yellow,
        Sign::Move => Style::Cyan,
        Sign::Remove => Style::Red,
    }
}
