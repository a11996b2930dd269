//! The text of a plan for a terminal or a log (contract section 8).
//!
//! Owns columns, indents and colours. Must not know what is shown or why: that is the [`View`]'s.

use super::diff::{Diff, Fate};
use super::drift::origin_in_words;
use super::page::{Page, place, width};
use super::style::{Style, escape, escape_lines};
use super::values::some_of;
use super::verdict::{self, Verdict, count, way_on};
use super::view::{Block, Entry, Note, Origin, Row, Seat, Sign, Symbol, View};
use super::{Detail, Options, order};
use crate::change::ChangeAction;
use crate::finding::Severity;
use crate::plan::{FindingLine, Plan};

/// Where the path of a field begins.
const PATH: usize = 10;
/// The width of paths, from and to. Longer ones push their line to the right.
const PATH_WIDTH: (usize, usize) = (19, 32);
/// Where the place in the configuration stands, from and to.
const PLACE: (usize, usize) = (80, 92);
/// What a text needs at the least to go on in its own column.
const NARROW: usize = 24;

/// So many lines of a difference are shown, unless everything is asked for.
const LINES: usize = 12;

/// The whole text.
pub(super) fn plan(view: &View<'_>, options: &Options) -> String {
    let mut page = Page::new(options, 512 + view.blocks.len() * 192);
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
            format!("{}: nothing to change", escape(target)),
        );
        page.end();
    }
    match options.detail {
        Detail::Order => order::requests(&mut page, view.plan),
        Detail::Short | Detail::Full => blocks(&mut page, view, options),
    }
    foot(&mut page, view, options);
    page.out
}

/// The signs explained, seats, findings, counts and verdict.
pub(super) fn foot(page: &mut Page, view: &View<'_>, options: &Options) {
    signs(page, view);
    seats(page, &view.seats);
    findings(page, &view.findings, options.detail);
    if view.seats.is_empty() || !view.findings.is_empty() {
        page.end();
    }
    page.flow(Style::Bold, view.summary(), 6);
    page.end();
    if let Some(sentence) = view.verdict.sentence() {
        let style = match view.verdict {
            Verdict::NoChanges { .. } | Verdict::NothingInPart | Verdict::Ready => Style::Green,
            Verdict::Waiting { .. } => Style::Yellow,
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
            some_of(plan.targets.iter().map(String::as_str), TARGETS)
        ),
    }
}

/// How many targets the head line names.
const TARGETS: usize = 3;

/// Where the columns of all blocks stand.
pub(super) struct Columns {
    text: usize,
    place: usize,
    /// Where a text goes on that does not fit on its line.
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
            place: place.unwrap_or(0).max(PLACE.0.min(last)),
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

fn blocks(page: &mut Page, view: &View<'_>, options: &Options) {
    let columns = Columns::of(&view.blocks, options);
    for block in &view.blocks {
        self::block(page, block, &columns);
    }
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

/// What somebody did in Webex stands out; what is only not applied yet does not.
fn origin_style(origin: &Origin) -> Style {
    match origin.cause.is_live() {
        true => Style::Bold,
        false => Style::Dim,
    }
}

fn text_and_place(page: &mut Page, row: &Row<'_>, columns: &Columns) {
    page.flow(Style::Plain, &row.text, columns.on);
    if let Some(place) = &row.place {
        page.source(place, columns.place, columns.on);
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

fn seats(page: &mut Page, seats: &[Seat<'_>]) {
    let name = 8
        + seats
            .iter()
            .map(|seat| width(&seat.name))
            .max()
            .unwrap_or(0)
        + 2;
    let subscriptions: Vec<_> = seats
        .iter()
        .map(|seat| escape(&seat.pool.subscription))
        .collect();
    let before = name
        + subscriptions
            .iter()
            .map(|text| width(text))
            .max()
            .unwrap_or(0)
        + 2;
    let digits = |numbers: &[i64]| {
        numbers
            .iter()
            .map(|n| n.to_string().len())
            .max()
            .unwrap_or(0)
    };
    let total = seats
        .iter()
        .map(|seat| digits(&[seat.pool.before, seat.pool.total]))
        .max()
        .unwrap_or(0);
    let after = seats
        .iter()
        .map(|seat| digits(&[seat.pool.after]))
        .max()
        .unwrap_or(0);
    for (at, (seat, subscription)) in seats.iter().zip(&subscriptions).enumerate() {
        if at == 0 {
            page.end();
            page.put(Style::Bold, "Seats");
        }
        page.to(8, 0);
        page.put(Style::Plain, &seat.name);
        page.to(name, 2);
        page.put(Style::Plain, subscription);
        page.to(before, 2);
        let pool = seat.pool;
        let mut numbers = format!(
            "{:>total$} -> {:>after$} of {}",
            pool.before, pool.after, pool.total
        );
        if let Some(peak) = seat.peak {
            numbers += &format!(" (peak {peak})");
        }
        let over = seat.over.map(|over| format!("  over by {over}"));
        let wide = width(&numbers) + over.as_deref().map_or(0, width);
        if !page.fits(0, wide) {
            page.end();
            page.to(10, 0);
        }
        page.put(Style::Plain, numbers);
        if let Some(over) = over {
            page.put(Style::Alarm, over);
        }
        page.end();
    }
}

fn findings(page: &mut Page, entries: &[Entry<'_>], detail: Detail) {
    let mut group = None;
    for entry in entries {
        let severity = entry.severity();
        if group != Some(severity) {
            let number: usize = entries
                .iter()
                .filter(|other| other.severity() == severity)
                .map(|other| other.findings().len())
                .sum();
            page.end();
            page.put(Style::Bold, heading(severity, number));
            page.end();
            group = Some(severity);
        }
        match entry {
            Entry::One(finding) if severity == Severity::Info && detail != Detail::Full => {
                finding_head(page, finding);
                page.to(0, 2);
                let message = escape_lines(&finding.message).collect::<Vec<_>>().join(" ");
                page.flow(Style::Plain, message, 6);
                page.end();
            }
            Entry::One(finding) => {
                finding_head(page, finding);
                if let Some(file) = &finding.file {
                    page.source(&place(file, finding.line), 0, 6);
                }
                page.end();
                prose(page, "", &finding.message);
                if let Some(help) = &finding.help {
                    prose(page, "help: ", help);
                }
            }
            Entry::Many(findings) => several(page, findings),
            Entry::Losses(findings) => losses(page, findings),
        }
    }
}

/// How many subjects one folded finding names; an info fewer.
const SUBJECTS: usize = 10;
const SUBJECTS_OF_INFO: usize = 3;

/// Findings that say the same: one head with all subjects, then what they say.
fn several(page: &mut Page, findings: &[&FindingLine]) {
    let Some(first) = findings.first() else {
        return;
    };
    severity_and_code(page, first);
    page.to(0, 2);
    page.put(Style::Plain, format!("{} times", findings.len()));
    let info = first.severity == Severity::Info;
    let most = if info { SUBJECTS_OF_INFO } else { SUBJECTS };
    let line = |finding: &FindingLine| Some(place(finding.file.as_deref()?, finding.line));
    let together = findings.iter().all(|it| line(it) == line(first));
    let subject = |finding: &&FindingLine| {
        let subject = finding.subject.as_deref()?;
        Some(match line(finding).filter(|_| !together && !info) {
            Some(line) => format!("{subject} ({line})"),
            None => subject.to_owned(),
        })
    };
    let subjects: Vec<String> = findings.iter().filter_map(subject).collect();
    if !subjects.is_empty() {
        let subjects = some_of(subjects.iter().map(String::as_str), most);
        page.flow(Style::Plain, format!(": {subjects}"), 6);
    }
    if let Some(line) = line(first).filter(|_| together) {
        page.source(&line, 0, 6);
    }
    page.end();
    if findings.iter().all(|it| it.message == first.message) {
        prose(page, "", &first.message);
        if let Some(help) = first.help.as_ref().filter(|_| !info) {
            prose(page, "help: ", help);
        }
    }
}

/// Losses that nobody acknowledged: their facts stand among the changes, here is the way on.
fn losses(page: &mut Page, findings: &[&FindingLine]) {
    let Some(first) = findings.first() else {
        return;
    };
    severity_and_code(page, first);
    page.to(0, 2);
    page.put(
        Style::Plain,
        format!("{} times, as shown above", findings.len()),
    );
    page.end();
    prose(page, "help: ", &way_on(findings, SUBJECTS));
}

fn heading(severity: Severity, n: usize) -> String {
    match severity {
        Severity::Error => count(n, "error", "errors"),
        Severity::Hold => count(
            n,
            "hold, waiting for a person",
            "holds, waiting for a person",
        ),
        Severity::Warning => count(n, "warning", "warnings"),
        Severity::Info => count(n, "info", "infos"),
    }
}

fn finding_head(page: &mut Page, finding: &FindingLine) {
    severity_and_code(page, finding);
    if let Some(subject) = &finding.subject {
        page.to(0, 2);
        page.put(Style::Bold, escape(subject));
    }
}

fn severity_and_code(page: &mut Page, finding: &FindingLine) {
    let style = match finding.severity {
        Severity::Error => Style::Alarm,
        Severity::Hold | Severity::Warning => Style::Yellow,
        Severity::Info => Style::Cyan,
    };
    page.to(2, 0);
    page.put(style, finding.severity.to_string());
    page.to(0, 1);
    page.put(style, escape(&finding.code));
}

fn prose(page: &mut Page, label: &str, text: &str) {
    for (at, line) in escape_lines(text).enumerate() {
        page.to(6, 0);
        if at == 0 {
            page.put(Style::Cyan, label);
        } else {
            page.to(0, label.len());
        }
        page.flow(Style::Plain, line, 6 + label.len());
        page.end();
    }
}
