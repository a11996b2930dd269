//! YAML as people wrote it -> the same in the canonical layout: order of fields, quotes, indentation, blank lines.
//!
//! Pure: text in, text out. Never changes what a file says and never loses a comment: what was made is read again and
//! compared, and where that fails the file stays as it is. Must not know any kind; the order of fields comes from the types.

mod comments;
mod field_order;
mod layout;
mod scalar;
mod write;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use granit_parser::ScalarStyle;

use super::files::SourceFile;
use super::yaml::{Comments, Plain, build, resolve};
use super::{foreign, load};
use crate::finding::{FORMAT_REFUSED, Finding, Place, YAML_SYNTAX};
use layout::{Kind, Node, Stream, Unfit};

/// What became of a file.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It is as it should be.
    Same,
    /// It should look like this.
    Changed(String),
    /// It is not changed, because of this.
    Left(Vec<Finding>),
}

/// A file in the canonical layout. What is wrong with its contents does not matter, as long as it is YAML.
pub fn format(file: &SourceFile) -> Outcome {
    let (before, findings) = load::content(file);
    let syntax: Vec<Finding> = findings
        .into_iter()
        .filter(|finding| finding.code == YAML_SYNTAX)
        .collect();
    if !syntax.is_empty() {
        return Outcome::Left(syntax);
    }
    let old = String::from_utf8_lossy(&file.bytes);
    let new = match text(&old) {
        Ok(new) if new == old => return Outcome::Same,
        Ok(new) => new,
        Err(unfit) => return Outcome::Left(vec![refusal(file, &unfit)]),
    };
    let formatted = SourceFile {
        path: file.path.clone(),
        bytes: new.clone().into_bytes(),
    };
    let (after, _) = load::content(&formatted);
    match before == after {
        true => Outcome::Changed(new),
        false => Outcome::Left(vec![refusal(file, &changed())]),
    }
}

/// The same of a file that was found below a directory: one of another program has its own layout.
pub fn format_ours(file: &SourceFile) -> Outcome {
    let outcome = format(file);
    let text = std::str::from_utf8(&file.bytes).ok();
    let text = text.filter(|_| !matches!(outcome, Outcome::Left(_)));
    match text.and_then(|text| foreign::finding(&file.path, text)) {
        Some(foreign) => Outcome::Left(vec![foreign]),
        None => outcome,
    }
}

/// Says that a file is not changed, although nothing is wrong with it.
fn refusal(file: &SourceFile, why: &Unfit) -> Finding {
    let message = format!("the file cannot be formatted: {why}");
    let place = Place {
        file: file.path.clone(),
        line: 1,
        column: 1,
        len: 1,
    };
    Finding::error(FORMAT_REFUSED, message)
        .help("the file is not changed; fix what `trunkline validate` finds in it, or if it finds nothing, \
            please report this with the file")
        .at(place)
}

fn changed() -> Unfit {
    Unfit::new("it would say something else")
}

/// A text in the canonical layout. Line ends are those of its first line, and a byte order mark goes.
fn text(old: &str) -> Result<String, Unfit> {
    let body = old.strip_prefix('\u{feff}').unwrap_or(old);
    let first = body.find('\n').and_then(|end| end.checked_sub(1));
    let windows = first.is_some_and(|last| body.as_bytes()[last] == b'\r');
    let body = match body.contains('\r') {
        true => Cow::Owned(body.replace("\r\n", "\n").replace('\r', "\n")),
        false => Cow::Borrowed(body),
    };
    let tree = build(&body, Comments::Keep);
    let mut stream = layout::of(&tree, &body)?;
    comments::attach(&body, &mut stream);
    for document in &mut stream.documents {
        field_order::sort(&mut document.root.value);
    }
    let new = write::write(&stream, &body);
    if new != body {
        prove(&stream, &body, &new)?;
    }
    Ok(match windows {
        true => new.replace('\n', "\r\n"),
        false => new,
    })
}

/// Proves that a text says what the tree says, and has all comments of the text from which that was read.
fn prove(before: &Stream<'_>, old: &str, new: &str) -> Result<(), Unfit> {
    let tree = build(new, Comments::Keep);
    let after = layout::of(&tree, new)?;
    let comments = |stream: &Stream<'_>, text: &str| {
        let comments = stream.comments.iter();
        let mut comments: Vec<String> = comments
            .map(|it| text[it.start + 1..it.end].trim().to_owned())
            .collect();
        comments.sort_unstable();
        comments
    };
    if comments(before, old) != comments(&after, new) {
        return Err(Unfit::new("a comment would be lost"));
    }
    let (one, other) = (&before.documents, &after.documents);
    let all = one.iter().zip(other);
    let same = one.len() == other.len()
        && all
            .map(|(one, other)| (&one.root.value, &other.root.value))
            .all(|(one, other)| says_the_same(one, other));
    same.then_some(()).ok_or_else(changed)
}

/// Whether two values are the same, fields and items in the same order.
fn says_the_same(one: &Node<'_>, other: &Node<'_>) -> bool {
    match (&one.kind, &other.kind) {
        (Kind::Scalar(..), Kind::Scalar(..)) => value(one) == value(other),
        (Kind::Group(one), Kind::Group(other)) => {
            let mut entries = one.entries.iter().zip(&other.entries);
            one.map == other.map
                && one.entries.len() == other.entries.len()
                && entries.all(|(one, other)| {
                    key(one.key.as_ref()) == key(other.key.as_ref())
                        && says_the_same(&one.value, &other.value)
                })
        }
        _ => false,
    }
}

/// What a scalar is: whether it is text, and which.
fn value<'n>(node: &'n Node<'_>) -> (bool, &'n str) {
    match &node.kind {
        Kind::Scalar(text, ScalarStyle::Plain) => match resolve(text) {
            Plain::Text => (true, text),
            Plain::Null => (false, "null"),
            Plain::Bool(true) => (false, "true"),
            Plain::Bool(false) => (false, "false"),
            Plain::Unsigned(_) | Plain::Signed(_) | Plain::Float(_) => (false, text),
        },
        Kind::Scalar(text, _) => (true, text),
        Kind::Group(_) => (false, ""),
    }
}

/// What a key is: its very text counts, `True` is another name than `true`.
fn key<'n>(node: Option<&'n Node<'_>>) -> Option<(bool, &'n str)> {
    let node = node?;
    match &node.kind {
        Kind::Scalar(text, _) => Some((value(node).0, text)),
        Kind::Group(_) => None,
    }
}
