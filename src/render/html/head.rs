//! The top of the page: the verdict, the counts, what was compared, and where to go.
//!
//! Owns its layout. The words are those of the other formats.

use maud::{Markup, html};

use super::findings::number;
use crate::change::Address;
use crate::finding::Severity;
use crate::plan::{GuardrailsRef, Plan};
use crate::render::page::{minute, named};
use crate::render::style::escape;
use crate::render::values::some_of;
use crate::render::verdict::{Light, at_a_glance, count, settled};
use crate::render::view::View;

/// How many targets are named.
const TARGETS: usize = 5;

/// What the tab of the browser says.
pub(super) fn title(view: &View<'_>) -> String {
    let (_, said) = at_a_glance(view.plan, &view.verdict);
    format!("trunkline plan · {}: {said}", escape(&view.plan.org.name))
}

/// The head of the page.
pub(super) fn head(view: &View<'_>) -> Markup {
    let plan = view.plan;
    let (lamp, said) = at_a_glance(plan, &view.verdict);
    let (class, sign) = light(lamp);
    html! {
        header class=(class) {
            div.verdict {
                span.light aria-hidden="true" { (sign) }
                div {
                    p.what { "trunkline plan · " (escape(&plan.org.name)) }
                    h1 { (said) }
                    @if let Some(sentence) = view.verdict.sentence() {
                        p.sentence { (sentence) }
                    }
                }
            }
            (tiles(view))
            p.summary { (view.summary()) }
            @if !plan.targets.is_empty() {
                p { "Only a part: " (some(plan.targets.iter().map(Address::as_str))) }
                @let settled = some(settled(plan));
                @if !settled.is_empty() {
                    p { "Nothing to change: " (settled) }
                }
            }
            (states(plan))
            (ways(view))
        }
    }
}

/// The class and the sign of a light.
pub(super) fn light(light: Light) -> (&'static str, &'static str) {
    match light {
        Light::Fine => ("fine", "✓"),
        Light::Care => ("care", "!"),
        Light::Waiting => ("waiting", "‖"),
        Light::Blocked => ("blocked", "✕"),
    }
}

/// What was compared.
pub(super) fn states(plan: &Plan) -> Markup {
    html! {
        p.states {
            span { "config " code { (escape(&named(&plan.config))) } }
            span { "snapshot " time { (minute(&plan.snapshot.captured_at)) } }
            span { "guardrails " code { (escape(&judged(&plan.guardrails))) } }
        }
    }
}

/// The rules that judged in a few characters: `sha256:1a2b3c4 (main)`.
fn judged(guardrails: &GuardrailsRef) -> String {
    let digest = guardrails.digest.chars().take("sha256:".len() + 7);
    let reference = guardrails.reference.iter();
    digest
        .chain(reference.flat_map(|it| format!(" ({it})").chars().collect::<Vec<_>>()))
        .collect()
}

fn some<'a>(names: impl Iterator<Item = &'a str>) -> String {
    some_of(names.collect::<Vec<_>>().into_iter(), TARGETS)
}

/// The counts; each leads to what it counts.
fn tiles(view: &View<'_>) -> Markup {
    let counts = &view.plan.summary;
    let moves = (counts.moves > 0).then(|| count(counts.moves, "move", "moves"));
    let irreversible = match (counts.irreversible, counts.unacknowledged) {
        (0, _) => None,
        (_, 0) => Some("all acknowledged".to_owned()),
        (_, n) => Some(format!("{n} NOT acknowledged")),
    };
    let alarm = match counts.unacknowledged {
        0 => "irreversible",
        _ => "irreversible missing",
    };
    html! {
        ul.tiles {
            (tile("add", counts.create, "to create", None, Some("#action=create")))
            (tile("change", counts.update, "to update", moves, Some("#action=update")))
            (tile("remove", counts.delete, "to delete", None, Some("#action=delete")))
            (tile(alarm, counts.irreversible, "irreversible", irreversible, Some("#risk=irreversible")))
            (tile("held", counts.blocked, "left out", None, None))
            (tile("same", counts.unchanged, "unchanged", None, None))
        }
    }
}

fn tile(class: &str, n: usize, what: &str, more: Option<String>, to: Option<&str>) -> Markup {
    let class = if n == 0 { "none" } else { class };
    let inside = html! {
        b { (n) } " " span { (what) }
        @if let Some(more) = more { " " small { (more) } }
    };
    html! {
        li class=(class) {
            @match to.filter(|_| n > 0) {
                Some(to) => a href=(to) { (inside) },
                None => div { (inside) },
            }
        }
    }
}

/// Where the parts of the page are.
fn ways(view: &View<'_>) -> Markup {
    let found = |severity| number(&view.findings, severity);
    let parts = [
        ("errors", "Errors", found(Severity::Error)),
        ("holds", "Manual work", found(Severity::Hold)),
        ("seats", "Seats", view.seats.len()),
        ("changes", "Changes", view.plan.changes.len()),
        ("warnings", "Warnings", found(Severity::Warning)),
        ("infos", "Infos", found(Severity::Info)),
    ];
    let parts = || parts.iter().filter(|(_, _, n)| *n > 0);
    html! {
        @if parts().next().is_some() {
            nav aria-label="Parts of this page" {
                ul {
                    @for (id, name, n) in parts() {
                        li { a href={ "#" (id) } { (name) " " span.count { (n) } } }
                    }
                }
            }
        }
    }
}
