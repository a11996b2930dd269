//! A plan as one HTML file for a browser: it needs no network, and its policy allows none.
//!
//! Owns the document and its policy. Must not know how a plan was made, or any kind by name.
//!
//! What everyone has to see is markup: the verdict, seats, findings, what cannot be undone, and the first changes. So the
//! page says the same where scripts may not run, as in many viewers of CI artefacts. The whole plan is next to it as JSON,
//! and the script puts all changes, with filters, instead of the first ones. Foreign text is never markup: here it is
//! escaped by construction, and the script sets it as text.

mod changes;
mod data;
mod document;
pub(super) mod drift;
mod findings;
mod head;
pub(super) mod report;
mod seats;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::io;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use super::style::escape;
use super::view::View;
use super::{Detail, Options};
use crate::plan::Plan;

const STYLE: &str = include_str!("page.css");
const PARTS: &str = include_str!("parts.js");
const SCRIPT: &str = include_str!("page.js");
/// The sign of trunkline in the tab of a browser, which would ask a server for one without it.
const ICON: &[u8] = include_bytes!("icon.png");

/// The whole page.
pub(super) fn plan(plan: &Plan, options: &Options) -> io::Result<String> {
    let full = View::new(plan, Detail::Full);
    let short = View::new(plan, Detail::Short);
    let data = data::json(&full, &short, options.detail == Detail::Full)?;
    let style = unix(STYLE);
    // In a separate scope, where names such as `open` are free.
    let script = format!(
        "\"use strict\";\n(() => {{\n{}\n{}}})();\n",
        unix(PARTS),
        unix(SCRIPT)
    );
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy(&style, &script));
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="generator" content=(escape(&plan.generator));
                title { (head::title(&short)) }
                link rel="icon" href={ "data:image/png;base64," (STANDARD.encode(ICON)) };
                style { (PreEscaped(&style)) }
            }
            body {
                a.skip href="#changes" { "Skip to the changes" }
                (head::head(&short))
                main {
                    (findings::pressing(&short.findings))
                    (seats::seats(&short.seats))
                    (changes::changes(&short))
                    (findings::others(&short.findings))
                }
                footer { "Made by " (escape(&plan.generator)) ". This file works offline." }
                script #data type="application/json" { (PreEscaped(data)) }
                script { (PreEscaped(&script)) }
            }
        }
    };
    Ok(page.into_string() + "\n")
}

/// Nothing is loaded, and no style or script except these two is run.
fn policy(style: &str, script: &str) -> String {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text));
    format!(
        "default-src 'none'; img-src data:; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(style),
        hash(script)
    )
}

/// With the line ends that a browser sees, whatever the checkout has: the policy knows these bytes.
fn unix(text: &str) -> Cow<'_, str> {
    match text.contains('\r') {
        true => text.replace('\r', "").into(),
        false => text.into(),
    }
}

/// Words of a view with the arrow that a page has.
fn words(text: &str) -> String {
    text.replace(" -> ", " → ")
}

/// Prose, in which text between backticks is code.
fn prose(text: &str) -> Markup {
    let parts: Vec<&str> = text.split('`').collect();
    let paired = parts.len() % 2 == 1;
    html! {
        @if paired {
            @for (at, part) in parts.iter().enumerate() {
                @if at % 2 == 1 { code { (part) } } @else { (part) }
            }
        } @else {
            (text)
        }
    }
}
