//! What an unquoted word of YAML is: null, true or false, a number, or text.
//!
//! Owns the rules, those of the core schema of YAML 1.2 as serde-saphyr has them: tests compare the two. Must not know
//! positions or types.

/// What an unquoted scalar stands for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Plain {
    Null,
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Text,
}

pub fn resolve(text: &str) -> Plain {
    if is_null(text) {
        return Plain::Null;
    }
    if let Some(value) = boolean(text) {
        return Plain::Bool(value);
    }
    if !starts_like_a_number(text) {
        return Plain::Text;
    }
    if let Some((negative, size)) = integer(text) {
        if !negative {
            if let Ok(value) = u64::try_from(size) {
                return Plain::Unsigned(value);
            }
        } else if let Some(value) = i128::try_from(size)
            .ok()
            .and_then(|size| i64::try_from(-size).ok())
        {
            return Plain::Signed(value);
        }
    }
    match float(text) {
        Some(value) => Plain::Float(value),
        None => Plain::Text,
    }
}

/// Whether the text has to be quoted where text is due.
pub(super) fn needs_quotes(text: &str) -> bool {
    if is_null(text) || boolean(text).is_some() {
        return true;
    }
    if !starts_like_a_number(text) {
        return false;
    }
    let fits = |(negative, size): (bool, u128)| size <= i128::MAX as u128 + u128::from(negative);
    integer(text).is_some_and(fits)
        || float(text).is_some_and(|value| value.is_finite() || dotted(text).is_some())
}

/// Whether every reader takes the unquoted word for text: those of YAML 1.1, too.
pub fn is_plain_text(text: &str) -> bool {
    !needs_quotes(text) && !looks_like_a_switch(text)
}

/// Whether YAML 1.1 would take the word for true or false, and YAML 1.2 does not.
pub(super) fn looks_like_a_switch(text: &str) -> bool {
    ["yes", "no", "on", "off", "y", "n", "true", "false"]
        .iter()
        .any(|word| text.eq_ignore_ascii_case(word))
}

fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

fn boolean(text: &str) -> Option<bool> {
    match text {
        "true" | "True" | "TRUE" => Some(true),
        "false" | "False" | "FALSE" => Some(false),
        _ => None,
    }
}

fn starts_like_a_number(text: &str) -> bool {
    matches!(
        text.as_bytes().first(),
        Some(b'0'..=b'9' | b'+' | b'-' | b'.')
    )
}

/// The sign and the size of an integer.
fn integer(text: &str) -> Option<(bool, u128)> {
    let (negative, rest) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    let (radix, digits) = match rest.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, rest.get(2..)?),
        [b'0', b'o' | b'O', ..] => (8, rest.get(2..)?),
        [b'0', b'b' | b'B', ..] => (2, rest.get(2..)?),
        // Neither octal nor decimal beyond doubt: such a number is left to the floats.
        [b'0', _, ..] => return None,
        _ => (10, rest),
    };
    let mut value = 0_u128;
    let mut after_digit = false;
    for byte in digits.bytes() {
        if byte == b'_' {
            if !after_digit {
                return None;
            }
            after_digit = false;
            continue;
        }
        let digit = char::from(byte).to_digit(radix)?;
        value = value
            .checked_mul(u128::from(radix))?
            .checked_add(u128::from(digit))?;
        after_digit = true;
    }
    after_digit.then_some((negative, value))
}

/// A float; one that is too large is infinite.
fn float(text: &str) -> Option<f64> {
    if let Some(value) = dotted(text) {
        return Some(value);
    }
    let value: f64 = text.parse().ok()?;
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    // Rust reads words such as `inf` and `nan` as well.
    (value.is_finite() || digits.starts_with(|c: char| c.is_ascii_digit())).then_some(value)
}

fn dotted(text: &str) -> Option<f64> {
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    match rest {
        ".inf" | ".Inf" | ".INF" if negative => Some(f64::NEG_INFINITY),
        ".inf" | ".Inf" | ".INF" => Some(f64::INFINITY),
        ".nan" | ".NaN" | ".NAN" => Some(f64::NAN),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_resolved_by_yaml_1_2() {
        for text in [
            "no",
            "yes",
            "on",
            "off",
            "y",
            "abc",
            "2024-03-01",
            "12:30:45",
            "+1 214",
            "1.2.3",
            "inf",
            "nan",
            "-",
            ".",
            "0x",
            "1__0",
            "e5",
            "0o8",
        ] {
            assert_eq!(resolve(text), Plain::Text, "{text}");
            assert!(!needs_quotes(text), "{text}");
        }
        for text in ["", "~", "null", "Null", "NULL"] {
            assert_eq!(resolve(text), Plain::Null, "{text}");
            assert!(needs_quotes(text), "{text}");
        }
        let cases = [
            ("true", Plain::Bool(true)),
            ("FALSE", Plain::Bool(false)),
            ("0", Plain::Unsigned(0)),
            ("+12145550101", Plain::Unsigned(12_145_550_101)),
            ("0o17", Plain::Unsigned(15)),
            ("0x1F", Plain::Unsigned(31)),
            ("-7", Plain::Signed(-7)),
            ("0123", Plain::Float(123.0)),
            ("-0123", Plain::Float(-123.0)),
            ("1.10", Plain::Float(1.1)),
            (".5", Plain::Float(0.5)),
            ("1e3", Plain::Float(1000.0)),
            ("-.inf", Plain::Float(f64::NEG_INFINITY)),
            (
                "18446744073709551616",
                Plain::Float(18_446_744_073_709_551_616.0),
            ),
            ("-9223372036854775808", Plain::Signed(i64::MIN)),
        ];
        for (text, plain) in cases {
            assert_eq!(resolve(text), plain, "{text}");
            assert!(needs_quotes(text), "{text}");
        }
        assert!(matches!(resolve(".NaN"), Plain::Float(value) if value.is_nan()));
    }
}
