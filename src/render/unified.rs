//! What would change in a file, as a unified diff.
//!
//! Owns its lines and colours. Must not know what the file is.

use std::fmt::Write as _;

use similar::TextDiff;

use super::Options;
use super::style::{Brush, Style, escape};

/// The difference of two texts of a file, with three lines around each place; ends with a newline unless there is none.
pub(super) fn diff(name: &str, before: &str, after: &str, options: &Options) -> String {
    // Line ends are shown only where there is nothing else to show.
    let (plain_before, plain_after) = (unix(before), unix(after));
    let (before, after) = match plain_before == plain_after {
        true => (before, after),
        false => (plain_before.as_str(), plain_after.as_str()),
    };
    let brush = Brush::new(options.color);
    let mut out = String::new();
    let diff = TextDiff::from_lines(before, after);
    let text = diff.unified_diff().header(name, name).to_string();
    for (index, line) in text.split_terminator('\n').enumerate() {
        let style = match line.as_bytes().first() {
            _ if index < 2 => Style::Bold,
            Some(b'@') => Style::Cyan,
            Some(b'-') => Style::Red,
            Some(b'+') => Style::Green,
            _ => Style::Plain,
        };
        let cells: Vec<_> = line.split('\t').map(escape).collect();
        // A string never fails to be written to.
        let _ = writeln!(out, "{}", brush.paint(style, cells.join("\t")));
    }
    out
}

fn unix(text: &str) -> String {
    text.replace("\r\n", "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_go_and_come() {
        let options = Options::default();
        let shown = diff("a.yaml", "a: 1\nb:   2\n", "a: 1\nb: 2\n", &options);
        assert_eq!(
            shown,
            "--- a.yaml\n+++ a.yaml\n@@ -1,2 +1,2 @@\n a: 1\n-b:   2\n+b: 2\n"
        );
    }

    #[test]
    fn a_last_line_without_its_end() {
        let shown = diff("a.yaml", "a: 1", "a: 1\n", &Options::default());
        assert!(
            shown.contains("\n-a: 1\n\\ No newline at end of file\n+a: 1\n"),
            "{shown}"
        );
    }

    #[test]
    fn line_ends_show_only_where_nothing_else_differs() {
        let options = Options::default();
        let shown = diff("a.yaml", "a:  1\r\nb: 2\r\n", "a: 1\r\nb: 2\r\n", &options);
        assert!(!shown.contains("\\u{d}"), "{shown}");
        let shown = diff("a.yaml", "a: 1\r\nb: 2\n", "a: 1\r\nb: 2\r\n", &options);
        assert!(shown.contains("\n-b: 2\n+b: 2\\u{d}\n"), "{shown}");
    }

    #[test]
    fn what_could_steer_a_terminal_is_shown_instead() {
        let options = Options {
            color: true,
            ..Options::default()
        };
        let shown = diff("a.yaml", "a: \u{202e}\n", "a: 1\n", &options);
        assert!(
            shown.contains("\u{1b}[31m-a: \\u{202e}\u{1b}[0m\n\u{1b}[32m+a: 1\u{1b}[0m\n"),
            "{shown}"
        );
    }
}
