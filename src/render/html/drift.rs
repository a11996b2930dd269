//! What drifted, as a page: live changes first, each with who made it, then what is not applied yet.
//!
//! Owns the layout. The words are those of the text, and a change looks as in the page of a plan.

use maud::{Markup, html};

use super::changes::part;
use super::head::{light, states};
use super::{document, findings, words};
use crate::drift::{Adoption, Drift};
use crate::render::Detail;
use crate::render::Options;
use crate::render::drift::{AHEAD, CHANGED, RIGHTS, causes, is_live, said, ways};
use crate::render::style::escape;
use crate::render::verdict::of_drift;
use crate::render::view::{Block, View};

/// How many changes of each part are in the page.
const MOST: usize = 2000;

/// The whole page.
pub(in crate::render) fn page(
    drift: &Drift,
    adoption: Option<&Adoption>,
    options: &Options,
) -> String {
    let view = View::of_drift(drift, Detail::Short);
    let (lamp, glance) = of_drift(&drift.plan, &view.verdict);
    let title = causes(drift).unwrap_or(glance);
    let org = escape(&drift.plan.org.name);
    let more = html! {
        @if let Some(sentence) = view.verdict.sentence() { p.sentence { (sentence) } }
        p.summary { (view.summary()) }
        (states(&drift.plan))
    };
    let what = format!("trunkline drift · {org}");
    let head = document::head(light(lamp), &what, &title, &more);
    let (live, ahead): (Vec<&Block<'_>>, Vec<&Block<'_>>) =
        view.blocks.iter().partition(|block| is_live(block));
    let known = drift.compared;
    let parts = html! {
        (findings::pressing(&view.findings))
        (section("live", known.then_some(CHANGED), &live))
        (section("ahead", known.then_some(AHEAD), &ahead))
        @if !live.is_empty() && adoption.is_none() {
            @for (what, command) in ways(options) { p.summary { (what) ": " code { (escape(command)) } } }
        }
        @if let Some(adoption) = adoption { (adopted(adoption)) }
        (findings::others(&view.findings))
    };
    document::page(
        &format!("{what}: {title}"),
        &drift.plan.generator,
        &head,
        &parts,
    )
}

fn section(id: &str, title: Option<&str>, blocks: &[&Block<'_>]) -> Markup {
    let changes: usize = blocks.iter().map(|block| block.members.len()).sum();
    html! {
        @if !blocks.is_empty() {
            section id=(id) aria-labelledby={ (id) "-title" } {
                h2 id={ (id) "-title" } { (title.unwrap_or("Changes")) " " span.count { (changes) } }
                (part(None, blocks, MOST))
                @if blocks.len() > MOST {
                    p.rest { "and " (blocks.len() - MOST) " more; --format json has all of them" }
                }
            }
        }
    }
}

/// What was taken into the files, and what was not.
fn adopted(adoption: &Adoption) -> Markup {
    html! {
        @if !adoption.taken.is_empty() {
            section aria-labelledby="taken-title" {
                h2 #taken-title { "Adopted into the files " span.count { (adoption.taken.len()) } }
                ul.findings {
                    @for it in &adoption.taken {
                        li {
                            span.subject { (escape(&it.address)) } " " code { (escape(&it.path)) } " "
                            (words(&said(it)))
                            @if let Some(file) = &it.file { " " span.place { (escape(file)) } }
                            @if it.rights { p.help { (RIGHTS) } }
                        }
                    }
                }
            }
        }
        @if !adoption.left.is_empty() {
            section aria-labelledby="left-title" {
                h2 #left-title { "Not adopted " span.count { (adoption.left.len()) } }
                ul.findings {
                    @for it in &adoption.left {
                        li.warning {
                            p { span.subject { (escape(&it.address)) } " " code { (escape(&it.path)) } }
                            p { (escape(&it.why)) }
                            p.help { (escape(&it.help)) }
                        }
                    }
                }
            }
        }
    }
}
