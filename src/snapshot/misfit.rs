//! What in a snapshot file has another form than it needs, in plain words: which member of which entry, and what is there.

use serde_json::Value;

/// What people know an object by, the best first.
const LABELS: [&str; 8] = [
    "name",
    "email",
    "phoneNumber",
    "displayName",
    "url",
    "id",
    "address",
    "subscriptionId",
];

/// A step from the whole to a part.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Member(String),
    Entry(usize),
}

/// What an error of reading says, in plain words; `None` where it says more by itself.
pub fn described(bytes: &[u8], error: &serde_json::Error) -> Option<String> {
    let text = error.to_string();
    let at = offset(bytes, error.line(), error.column())?;
    let steps = steps(bytes, at);
    let (line, column) = (error.line(), error.column());
    if let Some(member) = quoted(&text, "duplicate field `") {
        return Some(format!(
            "`{member}` appears twice (line {line}, column {column})"
        ));
    }
    let whole: Value = serde_json::from_slice(bytes).ok()?;
    if let Some(member) = quoted(&text, "missing field `") {
        return Some(match steps.is_empty() {
            true => format!("it has no `{member}`"),
            false => format!("there is no `{member}` in {}", place(&whole, &steps)),
        });
    }
    let about_type = text.strip_prefix("invalid type: ");
    let wrong = about_type.or(text.strip_prefix("invalid value: "))?;
    let (_, due) = wrong.rsplit_once(", expected ")?;
    let due = due.rsplit_once(" at line ").map_or(due, |(due, _)| due);
    let found = steps.iter().try_fold(&whole, |value, step| match step {
        Step::Member(name) => value.get(name),
        Step::Entry(at) => value.get(at),
    })?;
    Some(format!(
        "{} is {}, but {} is expected (line {line}, column {column})",
        place(&whole, &steps),
        is(found),
        words(due)
    ))
}

/// What is in the first quotes after a beginning.
fn quoted<'t>(text: &'t str, beginning: &str) -> Option<&'t str> {
    text.strip_prefix(beginning)?.split('`').next()
}

/// What is read as something, in words.
fn is(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) => format!("the text {}", Value::from(shortened(text))),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

fn shortened(text: &str) -> String {
    const MOST: usize = 60;
    let mut start: String = text.chars().take(MOST).collect();
    if start.len() < text.len() {
        start.push('…');
    }
    start
}

/// What serde calls a type, in words.
fn words(serde: &str) -> &str {
    match serde {
        "a string" | "str" | "string" | "a borrowed string" => "text",
        "a boolean" | "bool" => "true or false",
        "a sequence" => "a list",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number (0 or more)",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        other if other.starts_with("struct ") || other == "a map" => "an object",
        other => other,
    }
}

/// Where something is, from the inside: `owner` of entry 3 of `numbers` (+12145550103).
fn place(whole: &Value, steps: &[Step]) -> String {
    let mut value = Some(whole);
    let mut words: Vec<String> = Vec::new();
    for step in steps {
        value = value.and_then(|value| match step {
            Step::Member(name) => value.get(name),
            Step::Entry(at) => value.get(at),
        });
        words.push(match step {
            Step::Member(name) => format!("`{name}`"),
            Step::Entry(at) => format!("entry {}", at + 1),
        });
    }
    words.reverse();
    let label = label(whole, steps).map(|label| format!(" ({label})"));
    match words.is_empty() {
        true => "the whole".to_owned(),
        false => format!("{}{}", words.join(" of "), label.unwrap_or_default()),
    }
}

/// What people know the entry by that something is in.
fn label<'v>(whole: &'v Value, steps: &[Step]) -> Option<&'v str> {
    let [Step::Member(list), Step::Entry(at), ..] = steps else {
        return None;
    };
    let entry = whole.get(list)?.get(at)?;
    LABELS.iter().find_map(|label| entry.get(label)?.as_str())
}

/// How many bytes are before a place; columns count bytes from 1, and the last byte that was read is meant.
fn offset(bytes: &[u8], line: usize, column: usize) -> Option<usize> {
    let mut lines = bytes.split_inclusive(|&byte| byte == b'\n');
    let before: usize = lines
        .by_ref()
        .take(line.checked_sub(1)?)
        .map(<[u8]>::len)
        .sum();
    Some(before + column)
}

/// What is being read.
enum Inside {
    /// An object, with the member that is read.
    Object(Option<String>),
    /// A list, with the entry that is read.
    List(usize),
}

/// The way to what ends at or after a place.
fn steps(bytes: &[u8], place: usize) -> Vec<Step> {
    let mut stack: Vec<Inside> = Vec::new();
    let mut at = 0;
    let mut key_due = false;
    while at < bytes.len() {
        let start = at;
        at += 1;
        match bytes[start] {
            b'{' => {
                stack.push(Inside::Object(None));
                key_due = true;
                if at >= place {
                    stack.pop();
                }
            }
            b'[' => {
                stack.push(Inside::List(0));
                key_due = false;
                if at >= place {
                    stack.pop();
                }
            }
            b'}' | b']' => {
                stack.pop();
                key_due = false;
            }
            b',' => match stack.last_mut() {
                Some(Inside::Object(key)) => {
                    *key = None;
                    key_due = true;
                }
                Some(Inside::List(entry)) => *entry += 1,
                None => {}
            },
            b'"' => {
                at = end_of_text(bytes, at);
                if let (true, Some(Inside::Object(key))) = (key_due, stack.last_mut()) {
                    *key = serde_json::from_slice(&bytes[start..at]).ok();
                    key_due = false;
                }
            }
            byte if is_word(byte) => {
                let rest = bytes[at..].iter();
                at += rest.take_while(|&&byte| is_word(byte)).count();
            }
            _ => continue,
        }
        if at >= place {
            break;
        }
    }
    let steps = stack.into_iter().filter_map(|inside| match inside {
        Inside::Object(key) => key.map(Step::Member),
        Inside::List(entry) => Some(Step::Entry(entry)),
    });
    steps.collect()
}

/// Whether a byte is one of a number, `true`, `false` or `null`.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.')
}

/// Where a text that has begun ends.
fn end_of_text(bytes: &[u8], mut at: usize) -> usize {
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'\\' => at += 1,
            b'"' => break,
            _ => {}
        }
    }
    at.min(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::Snapshot;

    /// What is said of a snapshot, without line and column.
    fn told(text: &str) -> String {
        let error = serde_json::from_str::<Snapshot>(text).unwrap_err();
        let mut told = described(text.as_bytes(), &error).unwrap_or_else(|| error.to_string());
        told.truncate(told.find(" (line ").unwrap_or(told.len()));
        told
    }

    /// A snapshot with these members in addition.
    fn with(members: &str) -> String {
        format!(
            "{{\"formatVersion\": 1, \"capturedAt\": \"2026-11-20T08:00:00Z\", \"complete\": true,\n\
             \"org\": {{\"id\": \"o\", \"name\": \"Acme\"}},\n{members}}}"
        )
    }

    #[test]
    fn what_has_another_form_is_told_by_its_place() {
        for (members, says) in [
            (
                r#""licenses": [{"id": "a", "name": "A"}, {"id": "b", "name": "B", "totalUnits": "12"}]"#,
                "`totalUnits` of entry 2 of `licenses` (B) is the text \"12\", but a whole number is expected",
            ),
            (
                r#""licenses":[{"id":"a","name":"A","totalUnits":1.5}]"#,
                "`totalUnits` of entry 1 of `licenses` (A) is the number 1.5, but a whole number is expected",
            ),
            (
                r#""workspaces": [{"name": "Lobby", "extension": 1900}]"#,
                "`extension` of entry 1 of `workspaces` (Lobby) is the number 1900, but text is expected",
            ),
            (
                r#""numbers": [{"phoneNumber": "+12145550101", "owner": {"key": "ana@acme.com"}}]"#,
                "there is no `kind` in `owner` of entry 1 of `numbers` (+12145550101)",
            ),
            (
                r#""notKnown": ["user/ana@acme.com"]"#,
                "entry 1 of `notKnown` is the text \"user/ana@acme.com\", but an object is expected",
            ),
            (
                r#""notKnown": [{"reason": "x"}]"#,
                "there is no `address` in entry 1 of `notKnown`",
            ),
            (
                r#""notKnown":{}"#,
                "`notKnown` is an object, but a list is expected",
            ),
            (r#""users": [], "users": []"#, "`users` appears twice"),
        ] {
            assert_eq!(told(&with(members)), says, "{members}");
        }
    }

    #[test]
    fn what_is_wrong_at_the_top_is_told() {
        for (text, says) in [
            (
                r#"{"formatVersion": null}"#,
                "`formatVersion` is null, but a whole number (0 or more) is expected",
            ),
            (
                r#"{"org": "x"}"#,
                "`org` is the text \"x\", but an object is expected",
            ),
            (
                r#"{"complete": 0}"#,
                "`complete` is the number 0, but true or false is expected",
            ),
            ("{}", "it has no `formatVersion`"),
        ] {
            assert_eq!(told(text), says, "{text}");
        }
    }
}
