//! Phone numbers as they are written.

/// A number in E.164 form, from what people and programs write; a national one is of the North American plan.
pub fn e164(text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    match (text.trim().starts_with('+'), digits.len()) {
        (true, _) => format!("+{digits}"),
        (false, 10) => format!("+1{digits}"),
        (false, 11) if digits.starts_with('1') => format!("+{digits}"),
        _ => digits,
    }
}

/// Whether a text is an E.164 number.
pub fn is_e164(text: &str) -> bool {
    let Some(digits) = text.strip_prefix('+') else {
        return false;
    };
    (7..=15).contains(&digits.len())
        && !digits.starts_with('0')
        && digits.bytes().all(|it| it.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_people_write_them() {
        assert_eq!(e164("+1 (214) 555-0101"), "+12145550101");
        assert_eq!(e164("214 555 0101"), "+12145550101");
        assert_eq!(e164("+44 20 7946 0104"), "+442079460104");
        assert!(is_e164("+442079460104"));
        assert!(!is_e164("+0123456789") && !is_e164("12145550101"));
    }
}
