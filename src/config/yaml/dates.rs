//! Days in the forms of other places, in the one form that files have.

use jiff::civil::Date;

use super::tree::Node;

/// How a day is written that was given with the year at the end; both ways where it could be two days.
pub(super) fn fix(node: Node<'_>, expected: &str) -> Option<String> {
    if !expected.starts_with("a date such") {
        return None;
    }
    let days = read(&node.text()?);
    let days: Vec<String> = days.iter().map(Date::to_string).collect();
    match days.len() {
        0 => None,
        _ => Some(format!("write {}", days.join(" or "))),
    }
}

/// The days that a text may mean, which has its year at the end. With points, the day always comes first.
fn read(text: &str) -> Vec<Date> {
    let parts: Option<Vec<i16>> = text
        .split(['.', '/', '-'])
        .map(|part| part.parse().ok())
        .collect();
    let Some(&[one, two, year @ 1000..=9999]) = parts.as_deref() else {
        return Vec::new();
    };
    let day =
        |month: i16, day: i16| Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok();
    let mut days: Vec<Date> = day(two, one).into_iter().collect();
    if !text.contains('.') {
        days.extend(day(one, two).filter(|day| !days.contains(day)));
    }
    days
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_as_its_writer_may_have_meant_it() {
        for (text, days) in [
            ("01.03.2024", "2024-03-01"),
            ("31/12/2024", "2024-12-31"),
            ("12/31/2024", "2024-12-31"),
            ("3/1/2021", "2021-01-03 2021-03-01"),
            ("5/5/2021", "2021-05-05"),
            ("2024-3-1", ""),
            ("tomorrow", ""),
            ("99.99.2024", ""),
        ] {
            let read: Vec<String> = read(text).iter().map(Date::to_string).collect();
            assert_eq!(read.join(" "), days, "{text}");
        }
    }
}
