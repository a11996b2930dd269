//! Days in the forms of other places, in the one form that files have.

use jiff::civil::Date;

use super::tree::Node;

/// How a day is written that was given with the year at the end; both ways where it could be two days.
pub(super) fn fix(node: Node<'_>, expected: &str) -> Option<String> {
    if !expected.starts_with("a date such") {
        return None;
    }
    let text = node.text()?;
    if let Some(why) = no_such_day(&text) {
        return Some(why);
    }
    let days = read(&text);
    let days: Vec<String> = days.iter().map(Date::to_string).collect();
    match days.len() {
        0 => None,
        _ => Some(format!("write {}", days.join(" or "))),
    }
}

/// Why a day in the form of files does not exist.
fn no_such_day(text: &str) -> Option<String> {
    let mut parts = text.split('-');
    let mut part = |digits: usize| {
        let part = parts.next()?;
        let numeric = part.len() == digits && part.bytes().all(|it| it.is_ascii_digit());
        numeric.then(|| part.parse::<i16>().ok())?
    };
    let (year, month, day) = (part(4)?, part(2)?, part(2)?);
    if parts.next().is_some() {
        return None;
    }
    let Ok(first) = Date::new(year, month.try_into().ok()?, 1) else {
        return Some(format!("there is no month {month:02}; the day comes last"));
    };
    let last = first.last_of_month();
    (day < 1 || day > i16::from(last.day()))
        .then(|| format!("there is no such day; the last one of that month is {last}"))
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
    fn a_day_that_does_not_exist_is_told() {
        for (text, told) in [
            (
                "2026-02-30",
                Some("there is no such day; the last one of that month is 2026-02-28"),
            ),
            (
                "2024-02-30",
                Some("there is no such day; the last one of that month is 2024-02-29"),
            ),
            (
                "2026-04-00",
                Some("there is no such day; the last one of that month is 2026-04-30"),
            ),
            (
                "2026-31-12",
                Some("there is no month 31; the day comes last"),
            ),
            ("2026-12-31", None),
            ("2026-1-2", None),
            ("30.02.2026", None),
            ("2026-02-30-01", None),
        ] {
            assert_eq!(no_such_day(text).as_deref(), told, "{text}");
        }
    }

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
