//! Colours, and the escaping of foreign text for terminals.
//!
//! Owns the ANSI codes and the list of characters that may not reach a terminal. Must not know what is printed.

use std::borrow::Cow;
use std::fmt;

/// The few ways to highlight text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Bold,
    Dim,
    Green,
    Yellow,
    Cyan,
    Red,
    Alarm,
}

impl Style {
    fn code(self) -> &'static str {
        match self {
            Style::Plain => "",
            Style::Bold => "1",
            Style::Dim => "2",
            Style::Green => "32",
            Style::Yellow => "33",
            Style::Cyan => "36",
            Style::Red => "31",
            Style::Alarm => "1;31",
        }
    }
}

/// Paints, or returns the text unchanged.
#[derive(Debug, Clone, Copy)]
pub(super) struct Brush {
    on: bool,
}

impl Brush {
    pub(super) fn new(on: bool) -> Brush {
        Brush { on }
    }

    /// The text in this style. To align it, measure the text itself.
    pub(super) fn paint<T: fmt::Display>(self, style: Style, text: T) -> Painted<T> {
        let style = if self.on { style } else { Style::Plain };
        Painted { style, text }
    }
}

/// A text and its style.
pub(super) struct Painted<T> {
    style: Style,
    text: T,
}

impl<T: fmt::Display> fmt::Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.style {
            Style::Plain => write!(f, "{}", self.text),
            style => write!(f, "\u{1b}[{}m{}\u{1b}[0m", style.code(), self.text),
        }
    }
}

/// Foreign text with everything that could control a terminal, break a line or reorder what is read as `\u{1b}`.
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if is_unsafe(c) {
            safe.extend(c.escape_unicode());
        } else {
            safe.push(c);
        }
    }
    Cow::Owned(safe)
}

/// [`escape`] for prose of several lines: line ends stay, everything else is escaped.
pub(super) fn escape_lines(text: &str) -> impl Iterator<Item = Cow<'_, str>> {
    text.trim_end().lines().map(escape)
}

/// What controls, reorders or is not seen at all. The two joiners (U+200C, U+200D) are parts of names and of pictures.
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_steer_a_terminal_is_shown_instead() {
        assert_eq!(escape("Zoë · 東京"), "Zoë · 東京");
        assert_eq!(
            escape("a\u{1b}[2Jb\nc\r\u{9b}"),
            "a\\u{1b}[2Jb\\u{a}c\\u{d}\\u{9b}"
        );
        assert_eq!(escape("abc\u{202e}fed"), "abc\\u{202e}fed");
        for unseen in ['\u{61c}', '\u{200e}', '\u{2060}', '\u{e0041}'] {
            assert_eq!(
                escape(&format!("a{unseen}")),
                format!("a\\u{{{:x}}}", u32::from(unseen))
            );
        }
        assert_eq!(escape("👩\u{200d}🚀"), "👩\u{200d}🚀");
    }

    #[test]
    fn colour_is_on_or_off() {
        assert_eq!(Brush::new(false).paint(Style::Alarm, "x").to_string(), "x");
        assert_eq!(
            Brush::new(true).paint(Style::Alarm, "x").to_string(),
            "\u{1b}[1;31mx\u{1b}[0m"
        );
    }
}
