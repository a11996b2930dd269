//! Changes in Markdown: what cannot be undone line by line, what is alike in folds, the rest as a diff.
//!
//! Owns their layout. Must not know any kind by name; what is certainly beyond the limit is only counted.

use super::document::{Rank, Section};
use super::words::{code, fence, html, prose};
use crate::change::{Change, ChangeAction};
use crate::render::diff::Fate;
use crate::render::drift::origin_in_words;
use crate::render::page::width;
use crate::render::style::escape;
use crate::render::values::some_of;
use crate::render::view::{Block, Note, Row};

/// How many members of a fold are listed.
const MEMBERS: usize = 50;
/// How many lines of a difference are shown.
const LINES: usize = 20;
/// More changes of a kind than this are folded away.
const OPEN: usize = 20;
/// Bytes that a line about a loss may take, where there are many.
const LOSS: usize = 280;

/// Every change that cannot be undone. `room` is what the section may take: where the long form is longer, the short one
/// is kept, which needs [`LOSS`] bytes a line.
pub(super) fn irreversible(blocks: &[&Block<'_>], room: usize, limit: usize) -> Section {
    let what = (
        "change that cannot be undone",
        "changes that cannot be undone",
    );
    let section = Section::new("### Cannot be undone\n\n".to_owned(), "\n", what);
    let mut section = section.within(limit);
    let mut length = 0;
    let long = blocks.iter().map(|block| in_full(block));
    let long = long.map_while(|text| {
        length += text.len();
        (length <= room / 3 * 2).then_some(text)
    });
    let long: Vec<String> = long.collect();
    match long.len() == blocks.len() {
        true => (long.into_iter()).for_each(|text| section.add(1, Rank::Vital, || text)),
        false => (blocks.iter()).for_each(|it| section.add(1, Rank::Vital, || in_short(it))),
    }
    section
}

/// A change with all that is lost.
fn in_full(block: &Block<'_>) -> String {
    let mut out = format!("- {}", title(block));
    // What happens to one field is on the line of the object.
    let (before, after) = match block.rows.len() {
        1 => (" ", "\n"),
        _ => ("\n  - ", ""),
    };
    let (lost, rest): (Vec<&Row<'_>>, Vec<&Row<'_>>) =
        block.rows.iter().partition(|row| row.symbol.irreversible);
    for row in lost.iter().chain(&rest) {
        out += before;
        out += &row_in_words(row, before == " ");
        for note in &row.notes {
            out += "<br>";
            out += &match note {
                Note::Lost(_) | Note::NotAcknowledged(_) => {
                    format!("**{}**", prose(&note.sentence()))
                }
                Note::Held(_) | Note::Acknowledged(_) => prose(&note.sentence()),
            };
        }
        out += after;
    }
    out.trim_end().to_owned() + "\n"
}

/// The same in a line of at most [`LOSS`] bytes.
fn in_short(block: &Block<'_>) -> String {
    let mut losses: Vec<&str> = Vec::new();
    let mut paths: Vec<&str> = Vec::new();
    let mut missing = false;
    for row in block.rows.iter().filter(|row| row.symbol.irreversible) {
        paths.push(&row.path);
        missing |= row
            .notes
            .iter()
            .any(|it| matches!(it, Note::NotAcknowledged(_)));
    }
    for field in block.members.iter().flat_map(|change| &change.fields) {
        losses.extend(field.losses.iter().map(String::as_str));
    }
    let address = block
        .members
        .first()
        .map_or("", |change| change.address.as_str());
    let end = if missing {
        " **NOT ACKNOWLEDGED**\n"
    } else {
        "\n"
    };
    let head = format!(
        "- **{}** {}",
        code(&cut(address, LOSS / 2)),
        code(&cut(&some_of(paths.into_iter(), 1), 40))
    );
    for shown in (1..=losses.len()).rev() {
        let lost = prose(&some_of(losses.iter().copied(), shown));
        if head.len() + lost.len() + end.len() + 15 <= LOSS {
            return format!("{head} lost for good: {lost}{end}");
        }
    }
    format!("{head}{end}")
}

fn cut(text: &str, limit: usize) -> String {
    match text
        .char_indices()
        .find(|(at, c)| at + c.len_utf8() > limit)
    {
        None => text.to_owned(),
        Some((at, _)) => format!("{}…", &text[..at]),
    }
}

fn title(block: &Block<'_>) -> String {
    let Some(change) = block.members.first() else {
        return String::new();
    };
    let new = if_new(change);
    let name = change.name.as_deref();
    let name = name.map_or_else(String::new, |name| format!(" {}", prose(name)));
    format!(
        "{} **{}**{name}{new}",
        code(block.symbol.as_str()),
        code(&change.address)
    )
}

fn if_new(change: &Change) -> &'static str {
    match change.action {
        ChangeAction::Create => " (new)",
        ChangeAction::Update | ChangeAction::Delete => "",
    }
}

fn row_in_words(row: &Row<'_>, alone: bool) -> String {
    let mut out = match alone {
        true => String::new(),
        false => code(row.symbol.as_str()) + " ",
    };
    out += &format!("{}: {}", code(&row.path), prose(&row.text));
    if let Some(place) = &row.place {
        out += &format!(" · {}", code(place));
    }
    if let Some(origin) = row.origin.as_ref().and_then(origin_in_words) {
        out += &format!(" · {}", prose(&origin));
    }
    out
}

/// A fold for each group of objects with the same changes.
pub(super) fn folds(blocks: &[&Block<'_>], limit: usize) -> Section {
    let section = Section::new(String::new(), "", ("change", "changes"));
    let mut section = section.within(limit);
    for block in blocks {
        section.add(block.members.len(), Rank::Usual, || fold(block));
    }
    section
}

fn fold(block: &Block<'_>) -> String {
    let kind = block
        .members
        .first()
        .map_or("", |change| change.kind.as_str());
    let what = match block.rows.as_slice() {
        [row] => format!(
            "<code>{}</code> {}",
            html(&row.path),
            html(&row.text.replace("->", "→"))
        ),
        rows => {
            let paths = rows
                .iter()
                .take(MOST_PATHS)
                .map(|row| format!("<code>{}</code>", html(&row.path)));
            let more = rows.len().saturating_sub(MOST_PATHS);
            let more = if more > 0 {
                format!(", and {more} more")
            } else {
                String::new()
            };
            format!("{}{more}", paths.collect::<Vec<_>>().join(", "))
        }
    };
    let summary = format!(
        "<code>{}</code> <b>{} {}s</b>: {what}",
        html(block.symbol.as_str()),
        block.members.len(),
        html(kind),
    );
    let names = block
        .members
        .iter()
        .take(MEMBERS)
        .map(|change| escape(&change.key).into_owned());
    let mut names: Vec<String> = names.collect();
    let more = block.members.len().saturating_sub(MEMBERS);
    if more > 0 {
        names.push(format!("and {more} more"));
    }
    let body = format!("{}\n{}\n", rows(&block.rows), names.join("\n"));
    let fence = fence([body.as_str()].into_iter());
    format!("<details><summary>{summary}</summary>\n\n{fence}diff\n{body}{fence}\n\n</details>\n\n")
}

/// How many paths the head of a fold names.
const MOST_PATHS: usize = 6;

/// Changes of single objects, a section for each kind.
pub(super) fn singles(blocks: &[&Block<'_>], limit: usize) -> Vec<Section> {
    let mut kinds: Vec<(&str, Vec<&Block<'_>>)> = Vec::new();
    for block in blocks {
        let kind = block
            .members
            .first()
            .map_or("", |change| change.kind.as_str());
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, blocks)) => blocks.push(block),
            None => kinds.push((kind, vec![block])),
        }
    }
    let section = |(kind, blocks): (&str, Vec<&Block<'_>>)| {
        let section = Section::new(String::new(), "", ("change", "changes"));
        let mut section = section.within(limit);
        (blocks.iter()).for_each(|block| section.add(1, Rank::Usual, || single(block)));
        let fence = fence(section.blocks.iter().map(|block| block.text.as_str()));
        let s = if blocks.len() == 1 { "" } else { "s" };
        let open = if blocks.len() > OPEN { "" } else { " open" };
        section.open = format!(
            "<details{open}><summary><b>{} {}{s}</b></summary>\n\n{fence}diff\n",
            blocks.len(),
            html(kind),
        );
        section.close = format!("{fence}\n\n</details>\n\n");
        section
    };
    kinds.into_iter().map(section).collect()
}

/// A change as lines of a diff: those that begin with `+` and `-` are coloured.
fn single(block: &Block<'_>) -> String {
    let Some(change) = block.members.first() else {
        return String::new();
    };
    let new = if_new(change);
    format!(
        "{:<2} {}{new}\n{}",
        block.symbol.as_str(),
        escape(&change.address),
        rows(&block.rows)
    )
}

fn rows(rows: &[Row<'_>]) -> String {
    let paths = rows
        .iter()
        .map(|row| width(&row.path))
        .max()
        .unwrap_or(0)
        .min(40);
    let texts = rows
        .iter()
        .map(|row| width(&row.text))
        .max()
        .unwrap_or(0)
        .min(60);
    let mut out = String::new();
    for row in rows {
        let pad = |text: &str, to: usize| " ".repeat(to.saturating_sub(width(text)));
        let mut line = format!(
            "{:<2}   {}{}  {}",
            row.symbol.as_str(),
            row.path,
            pad(&row.path, paths),
            row.text
        );
        if let Some(place) = &row.place {
            line += &format!("{}  {place}", pad(&row.text, texts));
        }
        if let Some(origin) = row.origin.as_ref().and_then(origin_in_words) {
            line += &format!("  {origin}");
        }
        out += line.trim_end();
        out.push('\n');
        if let Some(diff) = &row.diff {
            let (first, more) = diff.first(LINES);
            for line in first {
                let sign = match line.fate {
                    Fate::Skipped => "@",
                    fate => fate.sign(),
                };
                out += format!("{sign}      {}", line.text()).trim_end();
                out.push('\n');
            }
            if more > 0 {
                out += &format!("@      ({more} more)\n");
            }
        }
    }
    out
}
