//! A page without a script: everything that it says is markup.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{ICON, STANDARD, STYLE, unix};
use crate::render::style::escape;
use base64::Engine;
use sha2::{Digest, Sha256};

/// The whole page with this title, and this head and these parts.
pub(super) fn page(title: &str, generator: &str, head: &Markup, parts: &Markup) -> String {
    let style = unix(STYLE);
    let policy = format!(
        "default-src 'none'; img-src data:; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        STANDARD.encode(Sha256::digest(&*style))
    );
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="generator" content=(escape(generator));
                title { (title) }
                link rel="icon" href={ "data:image/png;base64," (STANDARD.encode(ICON)) };
                style { (PreEscaped(&style)) }
            }
            body {
                (head)
                main { (parts) }
                footer { "Made by " (escape(generator)) ". This file works offline." }
            }
        }
    };
    page.into_string() + "\n"
}

/// The head of a page: a light with its sign, what it is about, and what there is to say first.
pub(super) fn head(light: (&str, &str), what: &str, title: &str, more: &Markup) -> Markup {
    let (class, sign) = light;
    html! {
        header class=(class) {
            div.verdict {
                span.light aria-hidden="true" { (sign) }
                div {
                    p.what { (what) }
                    h1 { (title) }
                }
            }
            (more)
        }
    }
}
