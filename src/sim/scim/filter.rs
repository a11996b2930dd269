//! Filters of SCIM lists (RFC 7644 section 3.4.2.2, webex-api.md section 4.2): `eq`, `sw`, `ew`, `co`, `pr`, `and`, `or`, brackets.
//!
//! Evaluated over a resource as JSON; knows nothing of people or groups.

use serde_json::Value;

/// A filter that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    /// Both hold.
    And(Box<Filter>, Box<Filter>),
    /// One holds.
    Or(Box<Filter>, Box<Filter>),
    /// An attribute compared with a text.
    Compare {
        /// Its path: the members to go through.
        path: Vec<String>,
        /// How.
        operator: Operator,
        /// With what.
        value: String,
    },
    /// Some item of a list for which a nested filter holds.
    Any {
        /// The list.
        path: Vec<String>,
        /// What has to hold for one item.
        inner: Box<Filter>,
    },
}

/// How an attribute is compared; case does not matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// The same.
    Equal,
    /// Begins with it.
    StartsWith,
    /// Ends with it.
    EndsWith,
    /// Has it within.
    Contains,
    /// Is there at all.
    Present,
}

/// URNs of schema extensions, which contain dots and colons.
const EXTENSIONS: &[&str] = &[
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
    "urn:scim:schemas:extension:cisco:webexidentity:2.0:User",
    "urn:scim:schemas:extension:cisco:webexidentity:2.0:Group",
];

/// Reads a filter. `None` where it cannot be read.
pub fn parse(text: &str) -> Option<Filter> {
    let tokens = tokens(text)?;
    let mut rest = tokens.as_slice();
    let filter = any_of(&mut rest)?;
    rest.is_empty().then_some(filter)
}

impl Filter {
    /// Whether a resource passes.
    pub fn holds(&self, resource: &Value) -> bool {
        match self {
            Self::And(left, right) => left.holds(resource) && right.holds(resource),
            Self::Or(left, right) => left.holds(resource) || right.holds(resource),
            Self::Compare {
                path,
                operator,
                value,
            } => reach(resource, path)
                .into_iter()
                .any(|found| compare(found, *operator, value)),
            Self::Any { path, inner } => reach(resource, path)
                .into_iter()
                .any(|found| inner.holds(found)),
        }
    }

    /// The text that an attribute must equal for anything to pass, where the filter is that simple.
    pub fn exact(&self, attribute: &str) -> Option<&str> {
        match self {
            Self::Compare {
                path,
                operator: Operator::Equal,
                value,
            } if path.len() == 1 && path[0].eq_ignore_ascii_case(attribute) => Some(value),
            _ => None,
        }
    }
}

fn compare(found: &Value, operator: Operator, value: &str) -> bool {
    let found = match found {
        Value::String(text) => text.to_lowercase(),
        Value::Bool(_) | Value::Number(_) => found.to_string(),
        _ => return operator == Operator::Present && !found.is_null(),
    };
    let value = value.to_lowercase();
    match operator {
        Operator::Equal => found == value,
        Operator::StartsWith => found.starts_with(&value),
        Operator::EndsWith => found.ends_with(&value),
        Operator::Contains => found.contains(&value),
        Operator::Present => !found.is_empty(),
    }
}

/// All values that a path leads to; lists are gone through item by item.
pub fn reach<'a>(value: &'a Value, path: &[String]) -> Vec<&'a Value> {
    let mut found = vec![value];
    for name in path {
        found = found
            .into_iter()
            .flat_map(items)
            .filter_map(|value| member(value, name))
            .collect();
    }
    found.into_iter().flat_map(items).collect()
}

fn items(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(list) => list.iter().collect(),
        other => vec![other],
    }
}

fn member<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    let map = value.as_object()?;
    map.get(name).or_else(|| {
        map.iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    })
}

/// An attribute's path: an extension's URN is one name, the rest is parted at dots.
pub fn path(text: &str) -> Vec<String> {
    for extension in EXTENSIONS {
        if let Some(rest) = text.strip_prefix(extension) {
            let rest = rest.trim_start_matches([':', '.']);
            let rest = rest.split('.').filter(|part| !part.is_empty());
            return std::iter::once(*extension)
                .chain(rest)
                .map(str::to_owned)
                .collect();
        }
    }
    text.split('.').map(str::to_owned).collect()
}

#[derive(Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Text(String),
    Mark(char),
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        match first {
            '(' | ')' | '[' | ']' => {
                tokens.push(Token::Mark(first));
                rest = &rest[1..];
            }
            '"' => {
                let mut value = String::new();
                let mut chars = rest[1..].char_indices();
                let end = loop {
                    match chars.next()? {
                        (at, '"') => break at + 2,
                        (_, '\\') => value.push(chars.next()?.1),
                        (_, other) => value.push(other),
                    }
                };
                tokens.push(Token::Text(value));
                rest = &rest[end..];
            }
            _ => {
                let end = rest
                    .find(|c: char| c.is_whitespace() || "()[]\"".contains(c))
                    .unwrap_or(rest.len());
                tokens.push(Token::Word(rest[..end].to_owned()));
                rest = &rest[end..];
            }
        }
        rest = rest.trim_start();
    }
    Some(tokens)
}

fn word(rest: &mut &[Token], wanted: &str) -> bool {
    let found =
        matches!(rest.first(), Some(Token::Word(word)) if word.eq_ignore_ascii_case(wanted));
    if found {
        *rest = &rest[1..];
    }
    found
}

fn mark(rest: &mut &[Token], wanted: char) -> bool {
    let found = rest.first() == Some(&Token::Mark(wanted));
    if found {
        *rest = &rest[1..];
    }
    found
}

fn any_of(rest: &mut &[Token]) -> Option<Filter> {
    let mut filter = all_of(rest)?;
    while word(rest, "or") {
        filter = Filter::Or(Box::new(filter), Box::new(all_of(rest)?));
    }
    Some(filter)
}

fn all_of(rest: &mut &[Token]) -> Option<Filter> {
    let mut filter = one(rest)?;
    while word(rest, "and") {
        filter = Filter::And(Box::new(filter), Box::new(one(rest)?));
    }
    Some(filter)
}

fn one(rest: &mut &[Token]) -> Option<Filter> {
    if mark(rest, '(') {
        let filter = any_of(rest)?;
        return mark(rest, ')').then_some(filter);
    }
    let Some((Token::Word(name), left)) = rest.split_first() else {
        return None;
    };
    let path = path(name);
    *rest = left;
    if mark(rest, '[') {
        let inner = Box::new(any_of(rest)?);
        return mark(rest, ']').then_some(Filter::Any { path, inner });
    }
    if word(rest, "pr") {
        let operator = Operator::Present;
        return Some(Filter::Compare {
            path,
            operator,
            value: String::new(),
        });
    }
    let operator = [
        ("eq", Operator::Equal),
        ("sw", Operator::StartsWith),
        ("ew", Operator::EndsWith),
        ("co", Operator::Contains),
    ]
    .into_iter()
    .find(|(name, _)| word(rest, name))?
    .1;
    let (value, left) = rest.split_first()?;
    let value = match value {
        Token::Text(text) | Token::Word(text) => text.clone(),
        Token::Mark(_) => return None,
    };
    *rest = left;
    Some(Filter::Compare {
        path,
        operator,
        value,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn ana() -> Value {
        json!({
            "userName": "ana@acme.example", "active": true, "name": {"familyName": "Diaz"},
            "phoneNumbers": [{"type": "work", "value": "+1408"}, {"type": "mobile", "value": "+49"}],
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Sales"}
        })
    }

    #[test]
    fn a_filter_is_read_and_held_against_a_resource() {
        for (text, expected) in [
            (r#"userName eq "ANA@acme.example""#, true),
            (r#"username sw "bo""#, false),
            (r#"name.familyName ew "az" and active eq true"#, true),
            (
                r#"userName eq "x" or (name.familyName co "ia" and userName pr)"#,
                true,
            ),
            (r#"phoneNumbers[type eq "mobile" and value eq "+49"]"#, true),
            (r#"phoneNumbers[type eq "work" and value eq "+49"]"#, false),
            (r#"phoneNumbers.value eq "+49""#, true),
            (
                r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "sales""#,
                true,
            ),
        ] {
            assert_eq!(parse(text).unwrap().holds(&ana()), expected, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_none() {
        for text in [
            "",
            "userName",
            r#"userName eq"#,
            r#"userName is "x""#,
            r#"(a eq "b""#,
            r#"a eq "b"#,
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
