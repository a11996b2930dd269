//! What of an answer may appear in a report: names of members, words of enumerations, codes of errors, names of Cisco's products,
//! and forms of numbers. Everything else that an answer says is personal data.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

/// The replacement of a text that is none of these.
const OTHER: &str = "(another form)";

/// A word of an enumeration, such as `ACTIVE`; only for members that hold nothing else.
pub fn word(value: &Value) -> String {
    let Some(text) = value.as_str() else {
        return shape(value).to_owned();
    };
    match is_name(text) && text.len() <= 32 {
        true => text.to_owned(),
        false => OTHER.to_owned(),
    }
}

/// The name of a member. One that looks like an id may belong to a person.
pub fn member(name: &str) -> String {
    let known = name.starts_with("urn:") && name.contains(":schemas:");
    match known || is_name(name) && name.len() <= 40 {
        true => name.to_owned(),
        false => OTHER.to_owned(),
    }
}

/// A code of an error, such as `25409` or `BATCH-1017017`. No telephone number is so short.
pub fn code(text: &str) -> String {
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'));
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    match plain && text.len() <= 24 && (1..=8).contains(&digits) {
        true => text.to_owned(),
        false => OTHER.to_owned(),
    }
}

/// What a licence is called: Cisco's word for a product.
pub fn product(name: &str) -> String {
    let plain = name
        .chars()
        .all(|it| it.is_ascii_alphanumeric() || " -&():,+/".contains(it));
    let digits = name.bytes().filter(u8::is_ascii_digit).count();
    match plain && name.len() <= 60 && digits <= 3 {
        true => name.to_owned(),
        false => OTHER.to_owned(),
    }
}

/// How a number is written, with `#` for each digit.
pub fn form(number: &str) -> String {
    let form = number.chars().map(|it| match it {
        '0'..='9' => '#',
        '+' | '-' | '.' | '(' | ')' | ' ' => it,
        _ => '?',
    });
    form.take(32).collect()
}

/// What sort of value it is.
pub fn shape(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "number",
        Value::String(_) => "text",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    }
}

/// A letter, then letters, digits and the like; not as many digits as an id has.
fn is_name(text: &str) -> bool {
    let first = text
        .bytes()
        .next()
        .is_some_and(|it| it.is_ascii_alphabetic());
    let rest = text
        .bytes()
        .all(|it| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'-'));
    first && rest && text.bytes().filter(u8::is_ascii_digit).count() <= 4
}

/// How often what was seen.
#[derive(Debug, Default)]
pub struct Tally(BTreeMap<String, usize>);

impl Tally {
    /// Counts.
    pub fn add(&mut self, what: impl Into<String>) {
        *self.0.entry(what.into()).or_default() += 1;
    }

    /// Whether nothing was seen.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What was seen.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// How often this was seen.
    pub fn of(&self, what: &str) -> usize {
        self.0.get(what).copied().unwrap_or_default()
    }
}

impl<T: Into<String>> FromIterator<T> for Tally {
    fn from_iter<I: IntoIterator<Item = T>>(all: I) -> Tally {
        let mut tally = Tally::default();
        all.into_iter().for_each(|one| tally.add(one));
        tally
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("none");
        }
        let all = self
            .0
            .iter()
            .map(|(what, count)| format!("{what} ({count})"));
        f.write_str(&all.collect::<Vec<_>>().join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn personal_data_stays_out() {
        let id = "Y2lzY29zcGFyazovL3VzL1JPTEUvaWRfZnVsbF9hZG1pbg";
        for text in [
            "ana@acme.com",
            "Ana Silva",
            "+12145550101",
            "12145550101",
            id,
            "",
        ] {
            assert_eq!(word(&json!(text)), OTHER, "{text}");
            assert_eq!(member(text), OTHER, "{text}");
            assert_eq!(code(text), OTHER, "{text}");
        }
        assert_eq!(product("ana@acme.com"), OTHER);
        assert_eq!(product("Site acme.webex.com"), OTHER);
        assert_eq!(member("5b0c1e7a-3f42-4c1e-9a67-8d2f40b7c911"), OTHER);
    }

    #[test]
    fn what_is_webexs_is_told() {
        assert_eq!(word(&json!("HUNT_GROUP")), "HUNT_GROUP");
        assert_eq!(word(&json!(7)), "number");
        assert_eq!(member("locationId"), "locationId");
        assert_eq!(code("BATCH-1017017"), "BATCH-1017017");
        assert_eq!(code("25409"), "25409");
        assert_eq!(form("+1 408 555 0132"), "+# ### ### ####");
        let tally: Tally = ["b", "a", "b"].into_iter().collect();
        assert_eq!(tally.to_string(), "a (1), b (2)");
    }
}
