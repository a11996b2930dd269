//! The difference between two long texts or lists, line by line and within a line word by word.
//!
//! Owns when a value is long, and how much of a difference is shown. Must not know layout or markup. The same two values
//! give the same difference regardless of the load of the machine: the crate's time limits are not used.

use serde_json::Value;
use similar::{ChangeTag, DiffOp, InlineChangeOptions, TextDiff};

use super::style::escape;
use super::verdict::count;

/// A text or a list of more characters than this is long; so is a text of several lines.
const LONG: usize = 72;
/// Equal lines around a difference.
const CONTEXT: usize = 1;
/// Longer texts, in lines, are not compared line by line: no one reads that, and it takes long.
const MOST: usize = 5_000;

/// A difference in lines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diff {
    /// The lines, in order.
    pub lines: Vec<DiffLine>,
}

/// A line of a difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiffLine {
    /// Whether it is new, gone or equal.
    pub fate: Fate,
    /// Its text in pieces.
    pub pieces: Vec<Piece>,
}

/// Whether a line is new, gone or equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is in both.
    Same,
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// Equal lines that are not shown are here.
    Skipped,
}

impl Fate {
    /// One character, as in a unified diff.
    pub fn sign(self) -> &'static str {
        match self {
            Fate::Same | Fate::Skipped => " ",
            Fate::Added => "+",
            Fate::Removed => "-",
        }
    }
}

/// A part of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The text, escaped.
    pub text: String,
    /// Whether it is what differs within the line.
    pub differs: bool,
}

impl DiffLine {
    fn plain(fate: Fate, text: &str) -> DiffLine {
        let text = escape(text).into_owned();
        let differs = false;
        DiffLine {
            fate,
            pieces: vec![Piece { text, differs }],
        }
    }

    /// The line without a sign.
    pub fn text(&self) -> String {
        self.pieces
            .iter()
            .map(|piece| piece.text.as_str())
            .collect()
    }
}

impl Diff {
    /// The difference of two values, if they are too long for one line.
    pub fn of(value: &Value, other: &Value) -> Option<Diff> {
        let both = [value, other].map(lines);
        let [Some(before), Some(after)] = both else {
            return None;
        };
        let is_long = [(&before, value), (&after, other)].into_iter().any(is_long);
        (is_long && before.len() + after.len() <= MOST).then(|| Diff::between(&before, &after))
    }

    /// Names that are all added, or all removed.
    pub fn list<'a>(fate: Fate, names: impl Iterator<Item = &'a str>) -> Diff {
        let lines = names.map(|name| DiffLine::plain(fate, name));
        Diff {
            lines: lines.collect(),
        }
    }

    fn between(before: &[String], after: &[String]) -> Diff {
        let old: Vec<&str> = before.iter().map(String::as_str).collect();
        let new: Vec<&str> = after.iter().map(String::as_str).collect();
        let diff = TextDiff::from_slices(&old, &new);
        let mut lines = Vec::new();
        let mut shown = 0;
        for ops in diff.grouped_ops(CONTEXT) {
            let from = ops.first().map_or(shown, |op| op.old_range().start);
            skip(&mut lines, from.saturating_sub(shown));
            shown = ops.last().map_or(shown, |op| op.old_range().end);
            ops.iter().for_each(|op| changed(&mut lines, &diff, op));
        }
        skip(&mut lines, old.len().saturating_sub(shown));
        Diff { lines }
    }

    /// How many lines are new and how many are gone.
    pub fn counts(&self) -> (usize, usize) {
        let number = |fate| self.lines.iter().filter(|line| line.fate == fate).count();
        (number(Fate::Added), number(Fate::Removed))
    }

    /// The first lines, and how many are left out.
    pub fn first(&self, most: usize) -> (&[DiffLine], usize) {
        // A single omitted line is shown instead of counted.
        match self.lines.get(..most) {
            Some(first) if self.lines.len() > most + 1 => (first, self.lines.len() - most),
            _ => (&self.lines, 0),
        }
    }
}

/// A value in lines, each escaped later; `None` for what is neither text nor list of texts.
fn lines(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::String(text) => Some(text.lines().map(str::to_owned).collect()),
        Value::Array(items) => {
            let texts = items.iter().map(|item| item.as_str().map(str::to_owned));
            texts.collect()
        }
        _ => None,
    }
}

fn is_long((lines, value): (&Vec<String>, &Value)) -> bool {
    let length = lines.iter().map(|line| line.chars().count()).sum::<usize>();
    length + 2 * lines.len() > LONG || (value.is_string() && lines.len() > 1)
}

fn skip(lines: &mut Vec<DiffLine>, equal: usize) {
    if equal > 0 {
        let said = format!("({} the same)", count(equal, "line", "lines"));
        lines.push(DiffLine::plain(Fate::Skipped, &said));
    }
}

fn changed(lines: &mut Vec<DiffLine>, diff: &TextDiff<'_, '_, str>, op: &DiffOp) {
    let options = InlineChangeOptions::new();
    for change in diff.iter_inline_changes_with_options_deadline(op, options, None) {
        let fate = match change.tag() {
            ChangeTag::Equal => Fate::Same,
            ChangeTag::Insert => Fate::Added,
            ChangeTag::Delete => Fate::Removed,
        };
        let pieces = change.iter_strings_lossy().map(|(differs, text)| Piece {
            text: escape(&text).into_owned(),
            differs,
        });
        lines.push(DiffLine {
            fate,
            pieces: pieces.collect(),
        });
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown(before: Value, after: Value) -> String {
        let diff = Diff::of(&before, &after).unwrap();
        let line = |line: &DiffLine| {
            let piece = |piece: &Piece| match piece.differs {
                true => format!("[{}]", piece.text),
                false => piece.text.clone(),
            };
            let pieces: String = line.pieces.iter().map(piece).collect();
            format!("{}{pieces}\n", line.fate.sign())
        };
        diff.lines.iter().map(line).collect()
    }

    #[test]
    fn words_stand_out_within_a_line() {
        let before =
            "Calls to the front desk are answered from 8 to 17, and by the voicemail at night.";
        let after =
            "Calls to the front desk are answered from 7 to 17, and by the voicemail at night.";
        assert_eq!(
            shown(json!(before), json!(after)),
            "\
-Calls to the front desk are answered from [8] to 17, and by the voicemail at night.
+Calls to the front desk are answered from [7] to 17, and by the voicemail at night.
"
        );
    }

    #[test]
    fn equal_lines_far_away_are_counted() {
        let names: Vec<String> = (0..20).map(|n| format!("role-{n:02}")).collect();
        let mut fewer = names.clone();
        fewer.remove(10);
        assert_eq!(
            shown(json!(names), json!(fewer)),
            " (9 lines the same)\n role-09\n-role-10\n role-11\n (8 lines the same)\n"
        );
    }

    #[test]
    fn a_text_of_several_lines_is_compared_line_by_line() {
        assert_eq!(
            shown(json!("one\ntwo"), json!("one\n\u{1b}two\nthree")),
            " one\n-two\n+\\u{1b}two\n+three\n"
        );
    }

    #[test]
    fn short_values_have_none() {
        assert_eq!(Diff::of(&json!("Ana"), &json!("Anna")), None);
        assert_eq!(Diff::of(&json!(1), &json!("x".repeat(100))), None);
        assert_eq!(Diff::of(&json!(["a"]), &json!([])), None);
        assert_eq!(Diff::of(&json!(["a", {}]), &json!(["b", "c"])), None);
    }

    #[test]
    fn a_long_difference_is_cut_and_counted() {
        let names: Vec<String> = (0..30).map(|n| n.to_string()).collect();
        let diff = Diff::list(Fate::Added, names.iter().map(String::as_str));
        assert_eq!(diff.first(12).0.len(), 12);
        assert_eq!(diff.first(12).1, 18);
        assert_eq!(
            diff.first(29).1,
            0,
            "one line is shown instead of its count"
        );
        assert_eq!(diff.counts(), (30, 0));
    }
}
