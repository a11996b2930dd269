//! Foreign text inside Markdown: it can neither end a block, nor mention anyone, nor become a link or a tag.
//!
//! Owns escaping. Must not know what is shown.

use std::borrow::Cow;

use crate::render::escape;

/// A code span, for names, addresses and places: inside of one nothing has a meaning.
pub(in crate::render) fn code(text: &str) -> String {
    let text = escape(text);
    let ticks = "`".repeat(longest_run(&text) + 1);
    let space = match text.starts_with('`') || text.ends_with('`') || text.is_empty() {
        true => " ",
        false => "",
    };
    format!("{ticks}{space}{text}{space}{ticks}")
}

/// The same in a cell of a table, where a bar would end the cell even inside of code.
pub(in crate::render) fn code_in_cell(text: &str) -> String {
    code(text).replace('|', "\\|")
}

/// A sentence. Text between two backticks stays code; so does every word that could be anything but a word.
pub(in crate::render) fn prose(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    let balanced = parts.len() % 2 == 1;
    let mut out = String::with_capacity(text.len() + 16);
    for (at, part) in parts.iter().enumerate() {
        match at % 2 == 1 && balanced && !part.trim().is_empty() {
            true => out += &code(part),
            false => mappings(&mut out, part),
        }
    }
    out
}

/// A mapping of YAML in braces is code as a whole, so that it can be copied.
fn mappings(out: &mut String, mut text: &str) {
    while let Some(start) = text.find('{') {
        let Some(length) = text.get(start..).and_then(|rest| rest.find('}')) else {
            break;
        };
        let (before, rest) = text.split_at(start);
        let (mapping, after) = rest.split_at(length + 1);
        words(out, before);
        out.push_str(&code(mapping));
        text = after;
    }
    words(out, text);
}

/// The same in a cell of a table.
pub(in crate::render) fn prose_in_cell(text: &str) -> String {
    prose(text).replace('|', "\\|")
}

fn words(out: &mut String, text: &str) {
    for (at, word) in text.split(char::is_whitespace).enumerate() {
        if at > 0 && !out.ends_with(' ') {
            out.push(' ');
        }
        if word.is_empty() {
            continue;
        }
        let arrow = word == "->";
        // Punctuation around a name is no part of it.
        let core = word.trim_start_matches(['(', '"']);
        let before = &word[..word.len() - core.len()];
        let core = core.trim_end_matches([',', '.', ';', ':', ')', '"', '?', '!']);
        let after = &word[before.len() + core.len()..];
        match core.chars().all(is_plain) && !is_link(core) {
            _ if arrow => out.push('→'),
            true => out.push_str(word),
            false => {
                out.push_str(before);
                out.push_str(&code(core));
                out.push_str(after);
            }
        }
    }
}

/// Text that GitHub and GitLab turn into links without markup.
fn is_link(word: &str) -> bool {
    word.contains("://") || word.to_ascii_lowercase().contains("www.")
}

/// Characters that have no meaning in Markdown within a line.
fn is_plain(c: char) -> bool {
    c.is_alphanumeric()
        || matches!(
            c,
            '-' | '/'
                | '\''
                | '’'
                | '"'
                | ','
                | '.'
                | ':'
                | ';'
                | '('
                | ')'
                | '+'
                | '%'
                | '?'
                | '!'
                | '…'
                | '·'
                | '→'
        )
}

/// A text inside of a tag such as `<summary>`.
pub(in crate::render) fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in escape(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

/// What opens and closes a block of code that none of these texts can end.
pub(in crate::render) fn fence<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let longest = texts.map(longest_run).max().unwrap_or(0);
    "`".repeat((longest + 1).max(3))
}

/// The value of a hidden marker: nothing that could end a comment.
pub(in crate::render) fn hidden(value: &str) -> Cow<'_, str> {
    let harmless = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '_' | '/' | '.');
    match value.chars().all(harmless) {
        true => Cow::Borrowed(value),
        false => Cow::Owned(value.chars().filter(|c| harmless(*c)).collect()),
    }
}

fn longest_run(text: &str) -> usize {
    let (mut longest, mut run) = (0, 0);
    for c in text.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_code_that_they_cannot_end() {
        assert_eq!(code("user/ana@acme.com"), "`user/ana@acme.com`");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(code("a\nb"), "`a\\u{a}b`");
        assert_eq!(code_in_cell("a|b"), "`a\\|b`");
    }

    #[test]
    fn words_of_a_sentence_mean_nothing() {
        assert_eq!(
            prose("ana@acme.com (see `groups`) has *two* numbers: +12145550101."),
            "`ana@acme.com` (see `groups`) has `*two*` numbers: +12145550101."
        );
        assert_eq!(prose("Sub-2021 -> Sub-2024"), "Sub-2021 → Sub-2024");
        assert_eq!(prose("@all <b> [x](y) #1"), "`@all` `<b>` `[x](y`) `#1`");
        assert_eq!(
            prose("see https://evil.example/x, WWW.evil.example"),
            "see `https://evil.example/x`, `WWW.evil.example`"
        );
        assert_eq!(prose("one ` alone"), "one alone");
        assert_eq!(
            prose("add: {code: x, subjects: [a]} now }{"),
            "add: `{code: x, subjects: [a]}` now `}{`"
        );
    }

    #[test]
    fn a_fence_is_longer_than_what_it_holds() {
        assert_eq!(fence(["a", "b"].into_iter()), "```");
        assert_eq!(fence(["a ```` b"].into_iter()), "`````");
    }

    #[test]
    fn a_marker_cannot_be_ended() {
        assert_eq!(hidden("sha256:ab-->"), "sha256:ab");
    }
}
