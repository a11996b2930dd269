//! A billing report of Webex for BroadWorks against what the files declare (BWKS-129 to BWKS-133).
//!
//! Owns the comparison. A report is never desired state: nothing is planned from it. Knows nothing of HTTP and formats.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Serialize;

use crate::config::model::{Subscriber, UserState};
use crate::config::{Config, Declared};
use crate::finding::Place;
use crate::webex::billing::Row;

/// More of a month than this is more than a month; shares are rounded.
const WHOLE: f64 = 1.005;

/// A report beside the files.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Comparison {
    /// How many people are declared and billed, package by package.
    pub packages: Vec<Package>,
    /// What differs, in order of enterprise and user id.
    pub differences: Vec<Difference>,
    /// What is worth knowing and no difference.
    pub notes: Vec<String>,
}

/// A package.
#[derive(Debug, Default, Serialize)]
pub struct Package {
    /// Its name.
    pub package: String,
    /// How many people the files give it.
    pub declared: usize,
    /// How many people are billed for it last in the month.
    pub billed: usize,
    /// What is billed for it: the shares of the month together.
    pub quantity: f64,
}

/// Something that differs.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// What kind.
    pub kind: Kind,
    /// The enterprise.
    pub enterprise: String,
    /// The BroadWorks user id; none where all of an enterprise differs.
    pub user_id: Option<String>,
    /// What is different, in words.
    pub message: String,
    /// Where the files declare it.
    #[serde(serialize_with = "line")]
    pub place: Option<Place>,
}

/// How a report and the files differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// An enterprise is billed that no file declares.
    EnterpriseNotDeclared,
    /// A person is billed whom no file declares.
    NotDeclared,
    /// A person is declared and not billed.
    NotBilled,
    /// A person is declared, and billing ended before the month did.
    Ended,
    /// A person is billed for another package.
    Package,
    /// A person is billed for another enterprise.
    Enterprise,
    /// A person is billed for more than a month.
    Quantity,
}

impl Kind {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Kind::EnterpriseNotDeclared | Kind::NotDeclared => "not declared",
            Kind::NotBilled => "not billed",
            Kind::Ended => "ended",
            Kind::Package => "package",
            Kind::Enterprise => "enterprise",
            Kind::Quantity => "quantity",
        }
    }
}

/// A place as `file:line`.
fn line<S: serde::Serializer>(place: &Option<Place>, serializer: S) -> Result<S::Ok, S::Error> {
    let text = place
        .as_ref()
        .map(|place| format!("{}:{}", place.file, place.line));
    text.serialize(serializer)
}

/// The days of a month `YYYY-MM`.
pub fn month(period: &str) -> Option<(Date, Date)> {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let form = period.len() == 7 && digits(period.get(..4)?) && digits(period.get(5..)?);
    let first: Date = form.then(|| format!("{period}-01"))?.parse().ok()?;
    Some((first, first.last_of_month()))
}

/// Whether the rows may be of this month: none of them begins or ends only in another.
pub fn is_of(rows: &[Row], (first, last): (Date, Date)) -> bool {
    let outside = |row: &&Row| {
        row.from.is_some_and(|day| day > last) || row.until.is_some_and(|day| day < first)
    };
    !rows.iter().any(|row| outside(&row))
}

/// The entries of one person.
struct Billed<'a> {
    /// In order of time.
    rows: Vec<&'a Row>,
    /// The one that counts at the end of the month.
    last: &'a Row,
}

impl Billed<'_> {
    /// The day on which billing ended before the month did.
    fn ended(&self, last: Date) -> Option<Date> {
        let ends = self.rows.iter().map(|row| row.until);
        let latest = ends.max_by_key(|day| day.is_none().then_some(last).or(*day))?;
        latest.filter(|day| *day < last)
    }
}

/// Compares a report with the files.
pub fn compare(config: &Config, rows: &[Row], month: (Date, Date)) -> Comparison {
    let mut people: BTreeMap<String, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        people
            .entry(row.user_id.to_lowercase())
            .or_default()
            .push(row);
    }
    let people: BTreeMap<String, Billed<'_>> = people
        .into_iter()
        .filter_map(|(id, mut rows)| {
            rows.sort_by_key(|row| row.from);
            let last = *rows.last()?;
            Some((id, Billed { rows, last }))
        })
        .collect();
    let stays = |declared: &Subscriber| {
        let state = declared.state.as_ref().map(|state| state.value);
        state != Some(UserState::Absent)
    };
    let declared: BTreeMap<String, (&String, &Declared<Subscriber>)> = config
        .subscribers
        .iter()
        .filter(|(_, entry)| stays(&entry.value))
        .map(|(id, entry)| (id.to_lowercase(), (id, entry)))
        .collect();
    let desk = Desk {
        config,
        last: month.1,
        people: &people,
        declared: &declared,
    };
    let mut differences = desk.billed();
    differences.extend(desk.not_billed());
    differences.sort_by(|a, b| (&a.enterprise, &a.user_id).cmp(&(&b.enterprise, &b.user_id)));
    Comparison {
        packages: desk.packages(),
        differences,
        notes: desk.notes(),
    }
}

/// Both sides.
struct Desk<'a> {
    config: &'a Config,
    last: Date,
    people: &'a BTreeMap<String, Billed<'a>>,
    declared: &'a BTreeMap<String, (&'a String, &'a Declared<Subscriber>)>,
}

impl Desk<'_> {
    /// What differs of those who are billed.
    fn billed(&self) -> Vec<Difference> {
        let mut found = Vec::new();
        let mut elsewhere: BTreeMap<&str, usize> = BTreeMap::new();
        for (id, billed) in self.people {
            let row = billed.last;
            match self.declared.get(id) {
                Some((_, entry)) => found.extend(self.person(billed, entry)),
                None if billed.ended(self.last).is_some() => {}
                None if !self.config.enterprises.contains_key(&row.enterprise) => {
                    *elsewhere.entry(&row.enterprise).or_default() += 1;
                }
                None => found.push(Difference {
                    kind: Kind::NotDeclared,
                    enterprise: row.enterprise.clone(),
                    user_id: Some(row.user_id.clone()),
                    message: format!(
                        "billed as {}, and no file declares this subscriber",
                        row.package
                    ),
                    place: None,
                }),
            }
        }
        found.extend(elsewhere.into_iter().map(|(enterprise, count)| Difference {
            kind: Kind::EnterpriseNotDeclared,
            enterprise: enterprise.to_owned(),
            user_id: None,
            message: format!(
                "{} billed, and no file declares this enterprise",
                people(count)
            ),
            place: None,
        }));
        found
    }

    /// What differs of one who is declared and billed.
    fn person(&self, billed: &Billed<'_>, entry: &Declared<Subscriber>) -> Vec<Difference> {
        let (row, said) = (billed.last, &entry.value);
        let mut found = Vec::new();
        let mut say = |kind: Kind, message: String, spot| {
            found.push(Difference {
                kind,
                enterprise: row.enterprise.clone(),
                user_id: Some(row.user_id.clone()),
                message,
                place: Some(self.config.place(spot)),
            });
        };
        let package = said.package.value.word();
        if row.package != package {
            let message = format!("billed as {}, declared as {package}", row.package);
            say(Kind::Package, message, entry.spot(&said.package));
        }
        if row.enterprise != said.enterprise.value {
            let message = format!(
                "billed for {}, declared for {}",
                row.enterprise, said.enterprise
            );
            say(Kind::Enterprise, message, entry.spot(&said.enterprise));
        }
        if let Some(day) = billed.ended(self.last) {
            let message = format!("declared, and billing ended on {day}");
            say(Kind::Ended, message, entry.key);
        }
        let quantity: f64 = billed.rows.iter().map(|row| row.quantity).sum();
        if quantity > WHOLE {
            let message = format!("billed for {quantity:.2} of a month");
            say(Kind::Quantity, message, entry.key);
        }
        found
    }

    /// Those who are declared and not billed.
    fn not_billed(&self) -> impl Iterator<Item = Difference> + '_ {
        let missing = self
            .declared
            .iter()
            .filter(|(id, _)| !self.people.contains_key(*id));
        missing.map(|(_, (id, entry))| Difference {
            kind: Kind::NotBilled,
            enterprise: entry.value.enterprise.value.clone(),
            user_id: Some((*id).clone()),
            message: format!(
                "declared as {}, and not billed",
                entry.value.package.value.word()
            ),
            place: Some(self.config.place(entry.key)),
        })
    }

    fn packages(&self) -> Vec<Package> {
        let mut all: BTreeMap<&str, Package> = BTreeMap::new();
        for (_, entry) in self.declared.values() {
            all.entry(entry.value.package.value.word())
                .or_default()
                .declared += 1;
        }
        for billed in self.people.values() {
            all.entry(&billed.last.package).or_default().billed += 1;
            for row in &billed.rows {
                all.entry(&row.package).or_default().quantity += row.quantity;
            }
        }
        let named = all.into_iter().map(|(name, package)| Package {
            package: name.to_owned(),
            ..package
        });
        named.collect()
    }

    fn notes(&self) -> Vec<String> {
        let count =
            |test: &dyn Fn(&Billed<'_>) -> bool| self.people.values().filter(|it| test(it)).count();
        let split = count(&|it| it.rows.len() > 1);
        let trial = count(&|it| it.last.internal);
        let known: BTreeSet<&String> = self.declared.keys().collect();
        let left = self.people.iter();
        let left = left.filter(|(id, it)| !known.contains(id) && it.ended(self.last).is_some());
        let left = left.count();
        let mut notes = Vec::new();
        if split > 0 {
            notes.push(format!(
                "{} in several entries: Webex splits billing where the package or the user id changes; the last entry counts",
                people(split)
            ));
        }
        if left > 0 {
            notes.push(format!(
                "{} billed until a day within the month, and not declared any more",
                people(left)
            ));
        }
        if trial > 0 {
            notes.push(format!(
                "{} of customers on trial (internal)",
                people(trial)
            ));
        }
        notes
    }
}

fn people(count: usize) -> String {
    match count {
        1 => "1 person".to_owned(),
        count => format!("{count} people"),
    }
}

#[cfg(test)]
mod tests;
