//! Billing reports of Webex for BroadWorks: found or created, waited for, downloaded, read (webex-api.md 9.4).
//!
//! A report belongs to one month and can be created once (BWKS-132). It says what is billed; nothing here says what should be.

mod file;
mod rows;

pub use file::{download, transport};
pub use rows::{Row, rows};

use std::sync::Arc;
use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use super::access::{Reader, Writer};
use super::call::Call;
use super::client::Client;
use super::error::Error;
use super::paging::Paging;
use super::secret::Secret;
use super::tell::spoken;

const REPORTS: &str = "/broadworks/billing/reports";
/// How long it is waited before a report is looked at again: longer and longer.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum BillingError {
    /// A request failed.
    #[error(transparent)]
    Webex(#[from] Error),
    /// Webex could not make it, in Webex's words.
    #[error("Webex could not make the billing report of {period}: {why}")]
    Failed {
        /// The month.
        period: String,
        /// Webex's words.
        why: String,
    },
    /// It is not complete yet.
    #[error("the billing report of {period} is not complete after {}", spoken(*waited))]
    Late {
        /// The month.
        period: String,
        /// How long it was waited for.
        waited: Duration,
    },
    /// Its file cannot be had.
    #[error("the file of the billing report cannot be downloaded: {0}")]
    Download(String),
    /// Its file is not one, or not of this month.
    #[error("the billing report cannot be read: {0}")]
    Unreadable(String),
}

/// The report that is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// `YYYY-MM`.
    pub period: &'a str,
    /// Whether one that exists is deleted and made again.
    pub replace: bool,
    /// How long it is waited for.
    pub most: Duration,
}

/// A report that is complete.
#[derive(Debug, Clone)]
pub struct Report {
    /// Webex's id.
    pub id: String,
    /// When it was made.
    pub created: Option<String>,
    /// Where its file is, for a while: whoever has the address can read it.
    pub url: Secret,
}

/// The report of a month, complete: the one that exists, or a new one.
pub fn fetch(client: &Arc<Client>, wanted: Wanted<'_>) -> Result<Report, BillingError> {
    let reader = Reader::new(client);
    let mut known = listed(&reader, wanted.period)?;
    if wanted.replace {
        for report in known.drain(..) {
            delete(client, &report.id)?;
        }
    }
    let id = match known.into_iter().min_by_key(|report| report.rank()) {
        Some(report) => report.id,
        None => create(client, wanted.period)?,
    };
    wait(&reader, &id, wanted)
}

/// A row of the list of reports.
struct Listed {
    id: String,
    status: String,
}

impl Listed {
    /// Of several for one month, which is taken.
    fn rank(&self) -> usize {
        let order = ["COMPLETED", "IN_PROGRESS"];
        order
            .iter()
            .position(|it| *it == self.status)
            .unwrap_or(order.len())
    }
}

/// The reports of a month.
fn listed(reader: &Reader, period: &str) -> Result<Vec<Listed>, Error> {
    let all = reader.list(
        &format!("{REPORTS}?sortBy=billingPeriod"),
        "items",
        Paging::Link,
    )?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let of_month = all.iter().filter(|it| it["billingPeriod"] == period);
    Ok(of_month
        .map(|it| Listed {
            id: text(&it["id"]),
            status: text(&it["status"]),
        })
        .collect())
}

/// Has a report made. Where the answer is lost, the list says whether it is being made.
fn create(client: &Arc<Client>, period: &str) -> Result<String, Error> {
    let call = Call::new(Method::POST, REPORTS).with(json!({"billingPeriod": period}));
    let lost = match Writer::new(client).send(&call) {
        Ok(answer) => match answer.body["id"].as_str() {
            Some(id) => return Ok(id.to_owned()),
            None => Error::Malformed {
                call: format!("POST {REPORTS}"),
                why: "it has no id".to_owned(),
            },
        },
        Err(error @ Error::Lost { .. }) => error,
        Err(error) => return Err(error),
    };
    let mut known = listed(&Reader::new(client), period)?;
    known.pop().map(|report| report.id).ok_or(lost)
}

/// Deletes a report; one that is gone is gone.
fn delete(client: &Arc<Client>, id: &str) -> Result<(), Error> {
    match Writer::new(client).send(&Call::new(Method::DELETE, one(id))) {
        Err(error) if !error.is(404) => Err(error),
        _ => Ok(()),
    }
}

fn one(id: &str) -> String {
    format!("{REPORTS}/{}", super::call::encode(id))
}

/// Looks at a report until it is complete, or the time is over.
fn wait(reader: &Reader, id: &str, wanted: Wanted<'_>) -> Result<Report, BillingError> {
    let clock = reader.clock();
    let (begun, mut pause, mut told) = (clock.now(), FIRST_PAUSE, false);
    loop {
        let shown = reader.get(&one(id))?;
        let period = wanted.period.to_owned();
        match shown["status"].as_str() {
            Some("COMPLETED") => return complete(id, &shown),
            Some("FAILED") => {
                let why = words(&shown["errors"]);
                return Err(BillingError::Failed { period, why });
            }
            _ => {}
        }
        let waited = clock.now().saturating_sub(begun);
        let left = wanted.most.saturating_sub(waited);
        if left.is_zero() {
            return Err(BillingError::Late { period, waited });
        }
        if !told {
            reader.say(&format!("waiting for the billing report of {period}"));
            told = true;
        }
        reader
            .client()
            .pause(pause.min(left), &format!("GET {REPORTS}"))?;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

fn complete(id: &str, shown: &Value) -> Result<Report, BillingError> {
    let url = shown["tempDownloadURL"].as_str().unwrap_or_default();
    if url.is_empty() {
        let why = "Webex does not say where it is".to_owned();
        return Err(BillingError::Download(why));
    }
    Ok(Report {
        id: id.to_owned(),
        created: shown["created"].as_str().map(str::to_owned),
        url: url.into(),
    })
}

/// The errors of a report, as Webex says them.
fn words(errors: &Value) -> String {
    let said = errors.as_array().into_iter().flatten().map(|error| {
        let description = error["description"]
            .as_str()
            .unwrap_or("no reason is given");
        match &error["code"] {
            Value::Null => description.to_owned(),
            Value::String(code) => format!("{description} [{code}]"),
            code => format!("{description} [{code}]"),
        }
    });
    let said: Vec<String> = said.collect();
    match said.is_empty() {
        true => "no reason is given".to_owned(),
        false => said.join("; "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_told_in_webex_s_words() {
        let both = json!([{"code": 2000, "description": "too early"}, {"description": "x"}]);
        assert_eq!(words(&both), "too early [2000]; x");
        assert_eq!(words(&Value::Null), "no reason is given");
    }

    #[test]
    fn a_complete_report_is_taken_before_others() {
        let listed = |status: &str| Listed {
            id: String::new(),
            status: status.to_owned(),
        };
        assert!(listed("COMPLETED").rank() < listed("IN_PROGRESS").rank());
        assert!(listed("IN_PROGRESS").rank() < listed("FAILED").rank());
    }

    #[test]
    fn the_address_of_the_file_is_a_secret() {
        let shown =
            json!({"created": "2026-11-02", "tempDownloadURL": "https://x/y?Signature=abc"});
        let report = complete("r", &shown).unwrap();
        assert!(!format!("{report:?}").contains("abc"));
        assert!(complete("r", &json!({})).is_err());
    }
}
