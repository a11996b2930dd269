//! Which rows of a table are wanted.

use super::super::output::Failure;
use crate::licensing::catalogue::{Service, WORDS, WordRow};
use crate::snapshot::tables::{Cell, Table};

/// A wish about one column.
#[derive(Debug)]
pub struct Filter {
    column: usize,
    test: Test,
    /// Whether the test must succeed.
    wanted: bool,
}

#[derive(Debug)]
enum Test {
    /// There is something.
    Any,
    /// One value is this, in no particular case.
    Is(String),
    /// One value is this licence.
    License(String),
}

impl Filter {
    /// Rows that have something: in the column of this name, or a licence. `licenses` are the words of those that there are;
    /// a word that means none of them, nor any that could be, is a mistake: everyone would be without it.
    pub fn has(
        table: &Table,
        word: &str,
        wanted: bool,
        licenses: Option<&[String]>,
    ) -> Result<Filter, Failure> {
        // Locations have a column `calling`, people a licence of that name.
        if let Some(column) = table.column(word) {
            return Ok(Filter {
                column,
                test: Test::Any,
                wanted,
            });
        }
        let Some(column) = table.column("licenses") else {
            return Err(no_column(table, word));
        };
        let license = product(word).unwrap_or_else(|| word.to_lowercase());
        let known = |all: &[String]| all.iter().any(|it| is_license(it, &license));
        let possible = WORDS.iter().any(|row| is_license(&name(row), &license));
        if !possible && licenses.is_some_and(|all| !known(all)) {
            let message = format!("no licence is called `{word}`, and no column");
            return Err(
                Failure::new(message).help("`trunkline list licenses` prints those that there are")
            );
        }
        Ok(Filter {
            column,
            test: Test::License(license),
            wanted,
        })
    }

    /// Rows with this value in a column.
    pub fn is(table: &Table, column: &str, value: &str) -> Result<Filter, Failure> {
        let at = table.column(column);
        Ok(Filter {
            column: at.ok_or_else(|| no_column(table, column))?,
            test: match value.is_empty() {
                true => Test::Any,
                false => Test::Is(value.to_lowercase()),
            },
            // `--where owner=` asks for those without.
            wanted: !value.is_empty(),
        })
    }

    /// Whether a row is wanted; `None` where that is unknown.
    fn takes(&self, row: &[Cell]) -> Option<bool> {
        let values = row.get(self.column)?.values()?;
        let found = match &self.test {
            Test::Any => !values.is_empty(),
            Test::Is(wanted) => values.iter().any(|it| it.to_lowercase() == *wanted),
            Test::License(wanted) => values.iter().any(|it| is_license(it, wanted)),
        };
        Some(found == self.wanted)
    }
}

/// Whether a row passes every filter; `None` where that is unknown.
pub fn all(filters: &[Filter], row: &[Cell]) -> Option<bool> {
    let mut unknown = false;
    for filter in filters {
        match filter.takes(row) {
            Some(true) => {}
            Some(false) => return Some(false),
            None => unknown = true,
        }
    }
    (!unknown).then_some(true)
}

/// Whether `service/word (subscription)` is meant: by all of it, or by its service, its word with the service, its last part,
/// or its subscription.
fn is_license(license: &str, wanted: &str) -> bool {
    let license = license.to_lowercase();
    let (word, subscription) = license.split_once(" (").unwrap_or((&license, ""));
    word == wanted
        || license == wanted
        || word
            .strip_prefix(wanted)
            .is_some_and(|rest| rest.starts_with('/'))
        || word.rsplit('/').next() == Some(wanted)
        || subscription.strip_suffix(')') == Some(wanted)
}

/// The word for a product.
fn product(text: &str) -> Option<String> {
    let is = |it: &&str| it.eq_ignore_ascii_case(text);
    let row = WORDS
        .iter()
        .find(|row| is(&row.name) || row.aliases.iter().any(is))?;
    Some(match row.service {
        // Between service and word is the site.
        Service::Meetings => row.word.to_owned(),
        _ => name(row),
    })
}

fn name(row: &WordRow) -> String {
    format!("{}/{}", row.service.name(), row.word)
}

fn no_column(table: &Table, name: &str) -> Failure {
    let message = format!("{} have no column `{name}`", table.name);
    Failure::new(message).help(format!("one of {}", table.columns.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::{is_license, product};

    #[test]
    fn licences_by_their_words() {
        let license = "calling/professional (Sub-2024)";
        for word in [
            "calling",
            "calling/professional",
            "professional",
            "sub-2024",
            "calling/professional (sub-2024)",
        ] {
            assert!(is_license(license, word), "{word}");
        }
        for word in ["call", "sub", "standard", ""] {
            assert!(!is_license(license, word), "{word}");
        }
        assert_eq!(
            product("webex calling - professional").as_deref(),
            Some("calling/professional")
        );
        assert_eq!(product("calling"), None);
        assert!(is_license(
            "meetings/acme.webex.com/host",
            "meetings/acme.webex.com"
        ));
    }
}
