//! The frame of the changes, and those in the markup for readers without scripts: what cannot be undone first.
//!
//! Owns their layout and how many they are. `page.js` makes the same markup for all of them.

use maud::{Markup, html};

use super::words;
use crate::change::ChangeAction;
use crate::render::diff::Diff;
use crate::render::drift::origin_in_words;
use crate::render::style::escape;
use crate::render::values::some_of;
use crate::render::verdict::count;
use crate::render::view::{Block, Note, Row, Symbol, View};

/// How many changes that cannot be undone are in the markup.
const LOSSES: usize = 300;
/// How many others.
const OTHERS: usize = 200;
/// How many rows of one change.
const ROWS: usize = 30;
/// How many members of a block.
const MEMBERS: usize = 50;
/// How many lines of a difference.
const LINES: usize = 30;

/// All that changes.
pub(super) fn changes(view: &View<'_>) -> Markup {
    let (lost, others): (Vec<&Block<'_>>, Vec<&Block<'_>>) =
        view.blocks.iter().partition(|it| it.symbol.irreversible);
    let shown = lost.iter().take(LOSSES).chain(others.iter().take(OTHERS));
    let shown: usize = shown.map(|block| block.members.len()).sum();
    let all = view.plan.changes.len();
    html! {
        @if all > 0 {
            section #changes aria-labelledby="changes-title" {
                h2 #changes-title { "Changes " span.count { (all) } }
                p.signs {
                    "Signs: "
                    @for (at, (sign, means)) in view.signs().into_iter().enumerate() {
                        @if at > 0 { ", " }
                        code { (sign) } " " (means)
                    }
                }
                div.browse {
                    // The script builds what filters.
                    div #bar hidden {}
                    form #facets hidden aria-label="Filters" {}
                    div #list {
                        (part(Some("Cannot be undone"), &lost, LOSSES))
                        (part((!lost.is_empty()).then_some("The rest"), &others, OTHERS))
                        @if shown < all {
                            p.rest {
                                "The first " (shown) " of " (all) " changes. All of them are in this file, and a browser that may run its script shows them."
                            }
                        }
                    }
                }
            }
        }
    }
}

pub(super) fn part(title: Option<&str>, blocks: &[&Block<'_>], most: usize) -> Markup {
    html! {
        @if !blocks.is_empty() {
            @if let Some(title) = title { h3 { (title) } }
            ul.changes { @for block in blocks.iter().take(most) { li { (self::block(block)) } } }
        }
    }
}

fn block(block: &Block<'_>) -> Markup {
    let Some(change) = block.members.first() else {
        return html! {};
    };
    let several = block.members.len() > 1;
    html! {
        details.change.irreversible[block.symbol.irreversible] {
            summary {
                (symbol(block.symbol))
                span.name {
                    @if several {
                        b { (block.members.len()) " " (escape(&change.kind)) "s" }
                    } @else {
                        b {
                            (escape(&change.address))
                            @if let Some(name) = &change.name { " " (escape(name)) }
                        }
                        @if change.action == ChangeAction::Create { " " span.new { "new" } }
                    }
                }
                span.said {
                    @if let Some(row) = block.rows.first() {
                        @if row.symbol != block.symbol { (symbol(row.symbol)) " " }
                        code { (row.path) } " " (words(&row.text))
                    }
                    @if let Some(origin) = block.rows.iter().find_map(|row| origin_in_words(row.origin.as_ref()?)) {
                        " " span.place { (origin) }
                    }
                    @if block.rows.len() > 1 {
                        " " span.more { "+ " (block.rows.len() - 1) " more" }
                    }
                }
                (notes(block.rows.iter().flat_map(|row| &row.notes)))
            }
            ul.rows {
                @for row in block.rows.iter().take(ROWS) { (self::row(row)) }
            }
            @if block.rows.len() > ROWS {
                p.rest { "and " (block.rows.len() - ROWS) " more" }
            }
            @if several {
                p.members { (some_of(block.members.iter().map(|it| it.key.as_str()), MEMBERS)) }
            }
        }
    }
}

fn symbol(symbol: Symbol) -> Markup {
    html! {
        span.symbol data-sign=(symbol.as_str()) { (symbol.as_str()) }
    }
}

fn row(row: &Row<'_>) -> Markup {
    html! {
        li {
            (symbol(row.symbol)) " " code { (row.path) } " " (words(&row.text)) " "
            @if let Some(place) = &row.place { span.place { (place) } }
            @if let Some(origin) = row.origin.as_ref().and_then(origin_in_words) { " " span.place { (origin) } }
            (notes(row.notes.iter()))
            @if let Some(diff) = &row.diff { (difference(diff)) }
        }
    }
}

fn notes<'n>(notes: impl Iterator<Item = &'n Note>) -> Markup {
    html! {
        @for note in notes {
            span class={ "note " (class(note)) } { (note.sentence()) }
        }
    }
}

fn class(note: &Note) -> &'static str {
    match note {
        Note::Lost(_) => "lost",
        Note::Held(_) | Note::Acknowledged(_) => "fine",
        Note::NotAcknowledged(_) => "missing",
    }
}

fn difference(diff: &Diff) -> Markup {
    let (lines, more) = diff.first(LINES);
    html! {
        ul.diff {
            @for line in lines {
                li data-sign=(line.fate.sign()) {
                    @for piece in &line.pieces {
                        @if piece.differs { mark { (piece.text) } } @else { (piece.text) }
                    }
                }
            }
            @if more > 0 { li { "(" (count(more, "line", "lines")) " more)" } }
        }
    }
}
