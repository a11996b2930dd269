//! What the scanner has to say about broken YAML, in words for people.
//!
//! Owns those words. Must not know trees or types.

use granit_parser::{ErrorKind, ScanError};

use super::at::clamp;
use super::{Pos, Problem};
use crate::finding::YAML_SYNTAX;

pub(super) fn problem(error: &ScanError) -> Problem {
    let marker = error.marker();
    let pos = Pos {
        line: clamp(marker.line()).max(1),
        column: clamp(marker.col()).saturating_add(1),
        len: 1,
    };
    let (message, help) = words(error.kind());
    match help {
        "" => Problem::new(YAML_SYNTAX, pos, message),
        help => Problem::new(YAML_SYNTAX, pos, message).help(help),
    }
}

#[expect(clippy::too_many_lines, reason = "a table of words")]
fn words(kind: &ErrorKind) -> (String, &'static str) {
    let (message, help) = match kind {
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInPlainScalar => ("a tab is not allowed here", "indent with spaces"),
        ErrorKind::UnclosedQuotedScalar | ErrorKind::DocumentIndicatorInQuotedScalar => (
            "this quote is not closed",
            "close it, or double a quote that belongs to the text",
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
        ErrorKind::MisplacedFlowCollectionEnd => ("this closing bracket has no opening one", ""),
        ErrorKind::ExpectedFlowMappingSeparator => {
            ("expected `,` or `}`", "separate the entries by commas")
        }
        ErrorKind::ExpectedFlowSequenceSeparator => {
            ("expected `,` or `]`", "separate the items by commas")
        }
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
        ErrorKind::ExpectedNodeContent => ("expected a value", ""),
        ErrorKind::UnexpectedCharacter { character } => {
            return (
                format!("a value cannot start with `{}`", character.escape_default()),
                "put quotes around the text",
            );
        }
        ErrorKind::InvalidTrailingSingleQuotedScalar
        | ErrorKind::InvalidTrailingDoubleQuotedScalar => (
            "text after the closing quote",
            "put quotes around all of it, or double a quote that belongs to the text",
        ),
        ErrorKind::UnknownQuotedScalarEscape => (
            "unknown escape in double quotes",
            "write `\\\\` for a backslash, or use single quotes",
        ),
        ErrorKind::RecursionLimitExceeded => ("lists and mappings are nested too deeply", ""),
        ErrorKind::UnexpectedEof
        | ErrorKind::UnexpectedEofBlockMapping
        | ErrorKind::UnexpectedEofBlockSequence => ("the file ends too early", ""),
        other => return (other.to_string(), ""),
    };
    (message.to_owned(), help)
}
