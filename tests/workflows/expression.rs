//! The part of GitHub's expressions that the workflows use. Whatever else stands in one is an error.

use serde_json::Value;

/// What the status functions answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Success,
    Failure,
    Cancelled,
}

/// Evaluates an expression in contexts such as `github` and `inputs`.
pub fn evaluate(text: &str, contexts: &Value, status: Status) -> Result<Value, String> {
    let tokens = tokens(text)?;
    let mut parser = Parser {
        tokens: &tokens,
        contexts,
        status,
    };
    let value = parser.or()?;
    match parser.tokens {
        [] => Ok(value),
        rest => Err(format!("`{text}`: what is {rest:?}?")),
    }
}

/// A text with `${{ … }}` in it. A text that is nothing but one keeps its type.
pub fn interpolate(text: &str, contexts: &Value, status: Status) -> Result<Value, String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(begin) = rest.find("${{") {
        let end = rest
            .find("}}")
            .ok_or_else(|| format!("`{text}` does not end"))?;
        let value = evaluate(rest[begin + 3..end].trim(), contexts, status)?;
        if begin == 0 && end + 2 == rest.len() && out.is_empty() {
            return Ok(value);
        }
        out += &rest[..begin];
        out += &shown(&value);
        rest = &rest[end + 2..];
    }
    Ok(Value::String(out + rest))
}

/// A condition: without a status function it holds only while nothing has failed.
pub fn condition(text: Option<&str>, contexts: &Value, status: Status) -> Result<bool, String> {
    let Some(text) = text else {
        return Ok(status == Status::Success);
    };
    let text = text.trim();
    let text = text
        .strip_prefix("${{")
        .and_then(|text| text.strip_suffix("}}"))
        .unwrap_or(text);
    let asks = ["success()", "failure()", "always()", "cancelled()"]
        .iter()
        .any(|function| text.contains(function));
    let value = evaluate(text.trim(), contexts, status)?;
    Ok(truth(&value) && (asks || status == Status::Success))
}

/// How a value looks in a text.
pub fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn truth(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::String(text) => !text.is_empty(),
        Value::Number(number) => number.as_f64() != Some(0.0),
        _ => true,
    }
}

fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::String(left), Value::String(right)) => left.eq_ignore_ascii_case(right),
        // Values of two kinds are compared as numbers, and nothing is 0 like the empty text.
        (Value::Null, Value::String(text)) | (Value::String(text), Value::Null) => text.is_empty(),
        (left, right) => left == right,
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Path(String),
    Text(String),
    Sign(&'static str),
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    const SIGNS: [&str; 9] = ["&&", "||", "==", "!=", "!", "(", ")", ",", "*"];
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        if first == '\'' {
            let end = rest[1..]
                .find('\'')
                .ok_or_else(|| format!("`{text}`: a quote is open"))?;
            tokens.push(Token::Text(rest[1..=end].to_owned()));
            rest = &rest[end + 2..];
        } else if first.is_ascii_alphabetic() {
            let end = rest
                .find(|c: char| !(c.is_ascii_alphanumeric() || "._-".contains(c)))
                .unwrap_or(rest.len());
            tokens.push(Token::Path(rest[..end].to_owned()));
            rest = &rest[end..];
        } else {
            let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign));
            let sign = sign.ok_or_else(|| format!("`{text}`: what is `{rest}`?"))?;
            tokens.push(Token::Sign(sign));
            rest = &rest[sign.len()..];
        }
        rest = rest.trim_start();
    }
    Ok(tokens)
}

struct Parser<'a> {
    tokens: &'a [Token],
    contexts: &'a Value,
    status: Status,
}

impl Parser<'_> {
    fn take(&mut self, sign: &str) -> bool {
        let found = matches!(self.tokens.first(), Some(Token::Sign(it)) if *it == sign);
        if found {
            self.tokens = &self.tokens[1..];
        }
        found
    }

    fn or(&mut self) -> Result<Value, String> {
        let mut left = self.and()?;
        while self.take("||") {
            let right = self.and()?;
            left = if truth(&left) { left } else { right };
        }
        Ok(left)
    }

    fn and(&mut self) -> Result<Value, String> {
        let mut left = self.equal()?;
        while self.take("&&") {
            let right = self.equal()?;
            left = if truth(&left) { right } else { left };
        }
        Ok(left)
    }

    fn equal(&mut self) -> Result<Value, String> {
        let left = self.unary()?;
        if self.take("==") {
            return Ok(Value::Bool(same(&left, &self.unary()?)));
        }
        if self.take("!=") {
            return Ok(Value::Bool(!same(&left, &self.unary()?)));
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<Value, String> {
        if self.take("!") {
            return Ok(Value::Bool(!truth(&self.unary()?)));
        }
        if self.take("(") {
            let value = self.or()?;
            return match self.take(")") {
                true => Ok(value),
                false => Err("a parenthesis is open".to_owned()),
            };
        }
        match self.tokens.split_first() {
            Some((Token::Text(text), rest)) => {
                self.tokens = rest;
                Ok(Value::String(text.clone()))
            }
            Some((Token::Path(path), rest)) => {
                self.tokens = rest;
                if self.take("(") {
                    return match self.take(")") {
                        true => self.function(path),
                        false => Err(format!("{path} with arguments is not known here")),
                    };
                }
                look_up(path, self.contexts)
            }
            other => Err(format!("what is {other:?}?")),
        }
    }

    fn function(&self, name: &str) -> Result<Value, String> {
        Ok(Value::Bool(match name {
            "success" => self.status == Status::Success,
            "failure" => self.status == Status::Failure,
            "cancelled" => self.status == Status::Cancelled,
            "always" => true,
            _ => return Err(format!("the function {name} is not known here")),
        }))
    }
}

/// A value by its path. One that is not there is an error, but for an output that a step has not set and for a member that
/// the event does not always have.
fn look_up(path: &str, contexts: &Value) -> Result<Value, String> {
    match path {
        "true" => return Ok(Value::Bool(true)),
        "false" => return Ok(Value::Bool(false)),
        _ => {}
    }
    let mut value = contexts;
    let names: Vec<&str> = path.split('.').collect();
    for (depth, name) in names.iter().enumerate() {
        match value.get(name) {
            Some(next) => value = next,
            None if depth == 3 && names[2] == "outputs" => return Ok(Value::Null),
            None if path == "github.event.before" => return Ok(Value::Null),
            None => return Err(format!("nothing is known of `{path}`")),
        }
    }
    Ok(value.clone())
}

pub mod tests {
    use serde_json::json;

    use super::*;
    use crate::common::needs::Test;
    use crate::tests;

    /// What is tested here, and what it needs.
    pub const TESTS: &[Test] = &tests![&[] => expressions_are_evaluated_as_github_does];

    fn expressions_are_evaluated_as_github_does() {
        let contexts = json!({"inputs": {"a": "", "b": true}, "steps": {"s": {"outputs": {"x": "1"}, "outcome": "failure"}}});
        let is = |text: &str| evaluate(text, &contexts, Status::Failure);
        assert_eq!(is("inputs.a || 'else'").unwrap(), json!("else"));
        assert_eq!(is("inputs.b && !inputs.a").unwrap(), json!(true));
        assert_eq!(
            is("steps.s.outputs.x == '1' && (failure() || success())").unwrap(),
            json!(true)
        );
        assert_eq!(is("steps.s.outputs.y").unwrap(), json!(null));
        assert_eq!(is("steps.s.outputs.y == ''").unwrap(), json!(true));
        assert_eq!(is("steps.s.outcome != 'SUCCESS'").unwrap(), json!(true));
        for wrong in [
            "inputs.c",
            "steps.t.outputs.x",
            "hashFiles('x')",
            "inputs.a ? 1",
            "'open",
            "(true",
            "toJSON(inputs)",
        ] {
            assert!(is(wrong).is_err(), "{wrong}");
        }
        let mixed = interpolate(
            "a-${{ inputs.b }}-${{ steps.s.outputs.x }}",
            &contexts,
            Status::Success,
        );
        assert_eq!(mixed.unwrap(), json!("a-true-1"));
        assert!(condition(Some("always() && inputs.b"), &contexts, Status::Failure).unwrap());
        assert!(!condition(Some("inputs.b"), &contexts, Status::Failure).unwrap());
        assert!(condition(None, &contexts, Status::Success).unwrap());
    }
}
