//! What the scanner has to say about broken YAML, in words for people.
//!
//! Owns those words. Must not know trees or types.

use granit_parser::{ErrorKind, ScanError};

use super::at::clamp;
use super::{Pos, Problem};
use crate::finding::YAML_SYNTAX;

pub(super) fn problem(text: &str, error: &ScanError) -> Problem {
    let marker = error.marker();
    let line = clamp(marker.line());
    if let Some((line, mark)) = conflict(text, line, marker.byte_offset()) {
        let pos = Pos {
            line,
            column: 1,
            len: clamp(mark.len()),
        };
        return Problem::new(YAML_SYNTAX, pos, "this is a conflict marker of git").help(
            "resolve the merge conflict: keep what is right, and remove the lines `<<<<<<<`, `=======` and `>>>>>>>`",
        );
    }
    let within = matches!(error.kind(), ErrorKind::InvalidQuotedScalarIndent);
    if let Some((quote, pos)) = unclosed(text, line, marker.byte_offset(), within) {
        return Problem::new(YAML_SYNTAX, pos, "this quote is not closed on its line").help(
            match quote {
                '"' => {
                    "close it; write `\\\"` for a quote that belongs to the text, and indent the lines of a text that continues"
                }
                _ => {
                    "close it; double a quote that belongs to the text, and indent the lines of a text that continues"
                }
            },
        );
    }
    let mut pos = Pos {
        line: line.max(1),
        column: clamp(marker.col()).saturating_add(1),
        len: 1,
    };
    let (message, help) = words(error.kind());
    if help == NO_TABS
        && let Some(column) = tab(text, marker.line(), marker.col())
    {
        pos.column = column;
    }
    let help = match (help, open_before(text, line, marker.byte_offset(), help)) {
        (_, Some(help)) => help,
        (help, None) => help.to_owned(),
    };
    match help.as_str() {
        "" => Problem::new(YAML_SYNTAX, pos, message),
        help => Problem::new(YAML_SYNTAX, pos, message).help(help),
    }
}

/// What to do where entries or items in brackets do not end as they should.
const ENTRIES: &str =
    "separate entries with commas, and put quotes around text that contains `: ` or brackets";
const ITEMS: &str = "separate items with commas, and put quotes around text that contains brackets";

/// Where a new line does not go on with what is in brackets: which bracket of a line before is probably not closed.
fn open_before(text: &str, line: u32, offset: Option<usize>, help: &str) -> Option<String> {
    let (open, close) = match help {
        ENTRIES => ('{', '}'),
        ITEMS => ('[', ']'),
        _ => return None,
    };
    let mut lines = text.get(..offset?)?.rsplit('\n');
    let begins = lines.next()?.trim().is_empty();
    let many = |line: &str, bracket: char| line.matches(bracket).count();
    let mut lines = (1..).zip(lines.take(FEW)).filter(|_| begins);
    let (back, _) = lines.find(|(_, line)| many(line, open) > many(line, close))?;
    let at = line.checked_sub(back)?;
    Some(format!(
        "close the `{open}` of line {at}, or separate the entries with commas"
    ))
}

/// A line near this one that git wrote into the file because of a conflict, and its mark.
fn conflict(text: &str, line: u32, offset: Option<usize>) -> Option<(u32, &'static str)> {
    let start = text
        .get(..offset?)?
        .rfind('\n')
        .map_or(0, |newline| newline + 1);
    // Only a few lines: a text with many mistakes is read in linear time.
    let before = text.get(..start.saturating_sub(1))?.rsplit('\n');
    let before = (1..).zip(before).take(FEW);
    let before = before.filter_map(|(back, text)| Some((line.checked_sub(back)?, text)));
    let after = (line..).zip(text.get(start..)?.split('\n')).take(FEW);
    before.chain(after).find_map(|(number, text)| {
        let is = |mark: &&str| {
            let rest = text.strip_prefix(*mark);
            rest.is_some_and(|rest| rest.trim_end().is_empty() || rest.starts_with(' '))
        };
        let marks = ["<<<<<<<", ">>>>>>>", "======="];
        Some((number, marks.into_iter().find(is)?))
    })
}

/// A text in typographic quotation marks, as word processors make them, without them. A name may begin with a single one.
pub(super) fn meant_by_quotes(value: &str) -> Option<&str> {
    let inner = value.strip_prefix(['“', '”', '„', '«', '‘', '‚'])?;
    let inner = inner.strip_suffix(['”', '“', '»', '’', '‘'])?;
    (!inner.is_empty()).then_some(inner)
}

/// What to do about a tab.
const NO_TABS: &str = "indent with spaces";

/// The column of the tab, which the scanner has read already.
fn tab(text: &str, line: usize, column: usize) -> Option<u32> {
    let line = text.lines().nth(line.checked_sub(1)?)?;
    let read: Vec<char> = line.chars().take(column + 1).collect();
    let at = read.iter().rposition(|it| *it == '\t')?;
    Some(clamp(at).saturating_add(1))
}

/// How many lines before a mistake are looked at.
const FEW: usize = 5;

/// The quote that is opened on a line before this one, closed on this one or later, and because of which the scanner cannot
/// get on here: it took the next opening quote for the closing one. `within` says that it is in a quoted text here.
fn unclosed(text: &str, line: u32, offset: Option<usize>, within: bool) -> Option<(char, Pos)> {
    let newline = text.get(..offset?)?.rfind('\n')?;
    // Only a few lines: a text with many mistakes is read in linear time.
    let earlier = (1..).zip(text.get(..newline)?.rsplit('\n').take(FEW));
    // The nearest line with a quote: one between would have closed it.
    let (back, before) = earlier.into_iter().find(|(_, line)| {
        let line = line.trim();
        line.contains(['"', '\'']) && !line.starts_with('#')
    })?;
    let mut starts = [Some(key_start(before)), value_start(before)]
        .into_iter()
        .flatten();
    let (start, value, quote) = starts.find_map(|start| {
        let value = before.get(start..)?;
        let quote = value.chars().next().filter(|it| ['"', '\''].contains(it))?;
        (!closes(value.get(1..)?, quote)).then_some((start, value, quote))
    })?;
    // Text over several lines is closed before the mistake.
    let here = text.get(newline + 1..)?.lines().next();
    let here = here.unwrap_or_default();
    (within || here.contains(quote)).then_some(())?;
    let pos = Pos {
        line: line.checked_sub(back)?,
        column: clamp(before.get(..start)?.chars().count() + 1),
        len: clamp(value.len()),
    };
    Some((quote, pos))
}

/// Where the key of a line begins, after the sign of a list.
fn key_start(line: &str) -> usize {
    let rest = line.trim_start();
    let item = rest.strip_prefix("- ").unwrap_or(rest).trim_start();
    line.len() - item.len()
}

/// Where the value of a line begins: after its key, or after the sign of a list.
fn value_start(line: &str) -> Option<usize> {
    let indent = line.len() - line.trim_start().len();
    let rest = line.get(indent..)?;
    match rest.find(": ") {
        Some(colon) => {
            let value = rest.get(colon + 2..)?;
            Some(indent + colon + 2 + (value.len() - value.trim_start().len()))
        }
        None => rest.starts_with("- ").then_some(indent + 2),
    }
}

/// Whether a quoted text ends in what is left of its line.
fn closes(rest: &str, quote: char) -> bool {
    let mut chars = rest.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '\\' if quote == '"' => drop(chars.next()),
            _ if char != quote => {}
            // Doubled, it belongs to the text.
            '\'' if chars.peek() == Some(&'\'') => drop(chars.next()),
            _ => return true,
        }
    }
    false
}

#[expect(clippy::too_many_lines, reason = "a table of words")]
fn words(kind: &ErrorKind) -> (String, &'static str) {
    let (message, help) = match kind {
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInPlainScalar => ("a tab is not allowed here", NO_TABS),
        ErrorKind::UnclosedQuotedScalar | ErrorKind::DocumentIndicatorInQuotedScalar => (
            "this quote is not closed",
            "close it; a quote that belongs to the text is `\\\"` in double quotes, and doubled in single quotes",
        ),
        ErrorKind::UnclosedFlowCollection { open } => {
            return (
                format!("this `{open}` is not closed"),
                "add the closing bracket",
            );
        }
        ErrorKind::MismatchedFlowCollectionEnd { open, close } => {
            return (
                format!("`{open}` is closed by `{close}`"),
                "use brackets of one kind",
            );
        }
        ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofImplicitFlowMapping => {
            ("the file ends inside brackets", "add the closing bracket")
        }
        ErrorKind::MisplacedFlowCollectionEnd => {
            ("this closing bracket has no opening one", "remove it")
        }
        ErrorKind::ExpectedFlowMappingSeparator => ("expected `,` or `}`", ENTRIES),
        ErrorKind::ExpectedFlowSequenceSeparator => ("expected `,` or `]`", ITEMS),
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement => (
            "a `:` is not allowed here",
            "check the indentation, and put quotes around text that has `: ` in it",
        ),
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => (
            "expected `:` after a key",
            "write `key: value`, and check the indentation",
        ),
        ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::ExpectedBlockSequenceEntry
        | ErrorKind::InvalidIndentation
        | ErrorKind::InvalidBlockScalarIndent
        | ErrorKind::InvalidQuotedScalarIndent
        | ErrorKind::InvalidFlowScalarIndent => (
            "this line does not fit the lines before it",
            "align it with the other entries of its list or mapping",
        ),
        ErrorKind::BlockEntryInFlowCollection | ErrorKind::BlockSequenceEntryNotAllowed => (
            "a list item (`- `) is not allowed here",
            "start the list on a separate line below its key",
        ),
        ErrorKind::ExpectedNodeContent => ("expected a value", "write a value here"),
        ErrorKind::UnexpectedCharacter { character } => {
            return (
                format!("a value cannot start with `{}`", character.escape_default()),
                "put quotes around the text",
            );
        }
        ErrorKind::InvalidTrailingSingleQuotedScalar => (
            "text after the closing quote",
            "put quotes around all of it, or double a quote that belongs to the text",
        ),
        ErrorKind::InvalidTrailingDoubleQuotedScalar => (
            "text after the closing quote",
            "put quotes around all of it, or write `\\\"` for a quote that belongs to the text",
        ),
        ErrorKind::UnknownQuotedScalarEscape => (
            "unknown escape in double quotes",
            "write `\\\\` for a backslash, or use single quotes",
        ),
        ErrorKind::RecursionLimitExceeded => (
            "lists and mappings are nested too deeply",
            "use fewer levels",
        ),
        ErrorKind::UnexpectedEof
        | ErrorKind::UnexpectedEofBlockMapping
        | ErrorKind::UnexpectedEofBlockSequence => {
            ("the file ends too early", "complete the last entry")
        }
        other => return (other.to_string(), ""),
    };
    (message.to_owned(), help)
}
