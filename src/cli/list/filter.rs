//! Which rows of a table are wanted.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::super::output::Failure;
use crate::finding::did_you_mean;
use crate::licensing::catalogue::{Service, WORDS, WordRow};
use crate::licensing::{comes_on_top, is_named_calling};
use crate::snapshot::tables::{Cell, Table, UNLISTED, folded};

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
    License {
        wanted: String,
        /// Whether it is Calling.
        calling: bool,
        /// The columns that have something only with Calling.
        reached: Vec<usize>,
    },
}

/// How far a row can be trusted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Doubt {
    /// Something of its object could not be read: what is not there may only not have been seen.
    pub object: bool,
    /// Members of some group could not be read.
    pub groups: bool,
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
        let license = product(word).unwrap_or_else(|| folded(word));
        let known = |all: &[String]| all.iter().any(|it| is_license(it, &license));
        let possible = WORDS.iter().any(|row| is_license(&name(row), &license));
        if !possible && licenses.is_some_and(|all| !known(all)) {
            return Err(no_license(table, word, licenses.unwrap_or_default()));
        }
        let mut calling = WORDS.iter().filter(|row| row.service == Service::Calling);
        Ok(Filter {
            column,
            test: Test::License {
                calling: calling.any(|row| is_license(&name(row), &license)),
                reached: table.reached(),
                wanted: license,
            },
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
                false => Test::Is(folded(value)),
            },
            // `--where owner=` asks for those without.
            wanted: !value.is_empty(),
        })
    }

    /// Whether a row is wanted; `None` where that is unknown.
    fn takes(&self, table: &Table, row: &[Cell], doubt: Doubt) -> Option<bool> {
        let values = row.get(self.column)?.values()?;
        let found = match &self.test {
            Test::Any => !values.is_empty(),
            Test::Is(wanted) => values.iter().any(|it| folded(it) == *wanted),
            Test::License { wanted, .. } => values.iter().any(|it| is_license(it, wanted)),
        };
        let of_groups = doubt.groups && table.columns[self.column] == "groups";
        let unseen = doubt.object || of_groups || self.may_be_it(row, &values);
        match found {
            true => Some(self.wanted),
            false if unseen => None,
            false => Some(!self.wanted),
        }
    }

    /// Whether a licence that is wanted may be held under a name that is not known. As in plans, a licence may be Calling if it is
    /// called so, or if its holder can be called, which nothing but Calling gives.
    fn may_be_it(&self, row: &[Cell], held: &[Cow<'_, str>]) -> bool {
        let Test::License {
            calling, reached, ..
        } = &self.test
        else {
            return false;
        };
        let has = |at: &usize| {
            row.get(*at)
                .and_then(Cell::values)
                .is_some_and(|it| !it.is_empty())
        };
        held.iter().any(|it| {
            let Some(other) = it.strip_prefix("other/") else {
                return it.starts_with(UNLISTED);
            };
            let name = other.split(" (").next().unwrap_or(other);
            *calling && !comes_on_top(name) && (is_named_calling(name) || reached.iter().any(has))
        })
    }
}

/// That a word means neither a column nor a licence, and which one it may be.
fn no_license(table: &Table, word: &str, licenses: &[String]) -> Failure {
    // As they may be written: the product, the service and its word, each of these alone.
    let held = licenses
        .iter()
        .map(|it| it.split(" (").next().unwrap_or(it));
    let words = held.map(str::to_lowercase).chain(WORDS.iter().map(name));
    let words: BTreeSet<String> = words.collect();
    let parts = words.iter().flat_map(|it| {
        let (service, last) = it.split_once('/').unwrap_or((it, it));
        [it.as_str(), service, last]
    });
    let products: Vec<String> = WORDS.iter().map(|row| row.name.to_lowercase()).collect();
    let known = parts.chain(products.iter().map(String::as_str));
    let columns = table.columns.iter().copied();
    let near = did_you_mean(&word.to_lowercase(), known.chain(columns));
    let help = near.unwrap_or_else(|| "`trunkline list licenses` prints the licences".to_owned());
    Failure::new(format!("no licence or column `{word}`")).help(help)
}

/// Whether a row passes every filter; `None` where that is unknown.
pub fn all(filters: &[Filter], table: &Table, row: &[Cell], doubt: Doubt) -> Option<bool> {
    let mut unknown = false;
    for filter in filters {
        match filter.takes(table, row, doubt) {
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
