//! The notation of the table of settings: one value is at once the default, the type, and what may be written.
//!
//! A member's name may carry marks: `read<write` when a PUT calls the member by another name, `#key` for a list whose items
//! are known by that member, and at the end `!` (returned, never written), `^` (written, never returned), `?` (absent until written),
//! `~` (null until written), `*` (a PUT must have it). A value is the default: a text with bars is an enum whose first word is the default,
//! `$name` is a fact of the holder or, in a list, a link to another holder.
//!
//! Knows only JSON: no holder, no request.

mod accept;
mod render;

#[cfg(test)]
mod tests;

pub use accept::{Strictness, accept, consistent};
pub use render::render;

use serde_json::Value;

/// What the shapes ask of the holder of a setting.
pub trait Facts {
    /// A fact by name; `None` leaves the member out.
    fn fact(&self, name: &str) -> Option<Value>;
    /// What is returned of another holder in a given style; `None` where there is no such holder, or it has no Calling.
    fn link(&self, style: &str, id: &str) -> Option<Value>;
}

/// Why a PUT or POST is refused: the platform's code and its message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// As in webex-api.md section 1.7.
    pub code: u32,
    /// For people.
    pub message: String,
}

impl Refusal {
    /// With a message.
    pub fn new(code: u32, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }
}

/// A member's name in the table, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Member<'a> {
    read: &'a str,
    write: &'a str,
    key: Option<&'a str>,
    mark: Option<char>,
}

impl<'a> Member<'a> {
    fn parse(text: &'a str) -> Self {
        let (text, mark) = match text.strip_suffix(['!', '^', '?', '~', '*']) {
            Some(name) => (name, text.chars().last()),
            None => (text, None),
        };
        let (text, key) = match text.split_once('#') {
            Some((name, key)) => (name, Some(key)),
            None => (text, None),
        };
        let (read, write) = text.split_once('<').unwrap_or((text, text));
        Self {
            read,
            write,
            key,
            mark,
        }
    }
}

fn shape_members(shape: &Value) -> impl Iterator<Item = (Member<'_>, &Value)> {
    shape
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, shape)| (Member::parse(name), shape))
}

/// Styles of links, as against facts of the holder itself.
fn is_link(name: &str) -> bool {
    matches!(
        name,
        "member" | "agent" | "monitored" | "assistant" | "executive" | "line" | "feature" | "moded"
    )
}

fn link_member(shape: &Value) -> Option<(Member<'_>, &str)> {
    shape_members(shape).find_map(|(member, shape)| {
        let style = shape.as_str()?.strip_prefix('$')?;
        is_link(style).then_some((member, style))
    })
}
