//! Errors of the reading.
//!
//! Owns [`ReadError`], how serde fills it, and how it becomes a [`Problem`]. Must not know how the tree is walked.

use std::fmt;

use serde::de::{self, Expected, Unexpected};

use super::dates;
use super::synonyms;
use super::tree::Node;
use super::words::{choices, expected, fix, found, shown};
use super::{Pos, Problem};
use crate::finding::{Code, INVALID_VALUE, MISSING_FIELD, UNKNOWN_FIELD, WRONG_TYPE};

/// Why a node could not be read.
#[derive(Debug)]
pub(super) enum ReadError {
    /// It is noted already, and the broken part is out of the tree: reading once more gets further.
    Noted,
    /// It follows from a problem that is noted already.
    Consequence,
    /// All is known but the place in the tree.
    Ready(Box<Problem>),
    /// The kind of value is wrong.
    Type {
        expected: String,
        /// Those of a mapping, if it is one with fixed fields.
        fields: &'static [&'static str],
    },
    /// The value is wrong.
    Value {
        expected: String,
    },
    UnknownVariant {
        variant: String,
        known: &'static [&'static str],
    },
    UnknownField {
        field: String,
        known: &'static [&'static str],
    },
    MissingField {
        field: &'static str,
    },
    /// A code of ours, or just a message.
    Other {
        code: Code,
        message: String,
        help: Option<String>,
    },
}

impl ReadError {
    pub(super) fn wanted(expected: impl Into<String>) -> ReadError {
        ReadError::Type {
            expected: expected.into(),
            fields: &[],
        }
    }

    /// A mapping is due that has these fields.
    pub(super) fn wanted_fields(fields: &'static [&'static str]) -> ReadError {
        ReadError::Type {
            expected: "a mapping".to_owned(),
            fields,
        }
    }

    /// The problem, for a node that is the value of `key`. Nothing if it has been noted.
    pub(super) fn problem(self, node: Node<'_>, key: Option<Node<'_>>) -> Option<Problem> {
        let problem = match self {
            ReadError::Noted | ReadError::Consequence => return None,
            ReadError::Ready(problem) => *problem,
            ReadError::Type { expected, fields } => {
                let problem = Problem::new(
                    WRONG_TYPE,
                    node.pos(),
                    format!("expected {expected}, found {}", found(node)),
                );
                Problem {
                    help: fix(node, key, &expected, fields),
                    ..problem
                }
            }
            ReadError::Value { expected } => {
                let problem = Problem::new(
                    INVALID_VALUE,
                    node.pos(),
                    format!("expected {expected}, found {}", found(node)),
                );
                Problem {
                    help: dates::fix(node, &expected),
                    ..problem
                }
            }
            ReadError::UnknownVariant { variant, known } => {
                let message = format!("`{}` is not an allowed value", shown(&variant));
                Problem::new(INVALID_VALUE, node.pos(), message)
                    .help(choices(&variant, known, "Allowed"))
            }
            ReadError::UnknownField { field, known } => unknown_field(&field, known, node.pos()),
            ReadError::MissingField { field } => {
                let pos = key.map_or(node.pos(), |key| key.pos());
                let message = match key.and_then(Node::text) {
                    Some(name) => format!("`{}` lacks the field `{field}`", shown(&name)),
                    None => format!("the field `{field}` is missing"),
                };
                let help = match field {
                    "assignmentMode" => "add `assignmentMode: group` if groups have templates, or `assignmentMode: organization` if \
                                         everyone gets the same template"
                        .to_owned(),
                    "role" => "add `role: host` or `role: attendee`".to_owned(),
                    _ => format!("add `{field}: …`"),
                };
                Problem::new(MISSING_FIELD, pos, message).help(help)
            }
            ReadError::Other {
                code,
                message,
                help,
            } => Problem {
                help,
                ..Problem::new(code, node.pos(), message)
            },
        };
        Some(problem)
    }
}

pub(super) fn unknown_field(field: &str, known: &[&str], pos: Pos) -> Problem {
    let message = format!("unknown field `{}`", shown(field));
    let help = match synonyms::written(field, known) {
        Some(written) => format!("{written}. Known fields: {}", known.join(", ")),
        None => choices(field, known, "Known fields"),
    };
    Problem::new(UNKNOWN_FIELD, pos, message).help(help)
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::error::Error for ReadError {}

impl de::Error for ReadError {
    fn custom<T: fmt::Display>(message: T) -> ReadError {
        ReadError::Other {
            code: INVALID_VALUE,
            message: message.to_string(),
            help: None,
        }
    }

    fn invalid_type(_found: Unexpected<'_>, wanted: &dyn Expected) -> ReadError {
        ReadError::wanted(expected(&wanted.to_string()))
    }

    fn invalid_value(_found: Unexpected<'_>, wanted: &dyn Expected) -> ReadError {
        ReadError::Value {
            expected: expected(&wanted.to_string()),
        }
    }

    fn invalid_length(len: usize, wanted: &dyn Expected) -> ReadError {
        ReadError::Other {
            code: INVALID_VALUE,
            message: format!(
                "expected {}, found {len} items",
                expected(&wanted.to_string())
            ),
            help: None,
        }
    }

    fn unknown_variant(variant: &str, known: &'static [&'static str]) -> ReadError {
        ReadError::UnknownVariant {
            variant: variant.to_owned(),
            known,
        }
    }

    fn unknown_field(field: &str, known: &'static [&'static str]) -> ReadError {
        ReadError::UnknownField {
            field: field.to_owned(),
            known,
        }
    }

    fn missing_field(field: &'static str) -> ReadError {
        ReadError::MissingField { field }
    }

    fn duplicate_field(field: &'static str) -> ReadError {
        ReadError::Other {
            code: crate::finding::DUPLICATE_KEY,
            message: format!("the field `{field}` is given twice"),
            help: None,
        }
    }
}
