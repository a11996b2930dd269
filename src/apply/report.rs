//! The result of a plan: every change is done, already so, failed or skipped, with the reason.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::change::Address;

/// The addresses of objects for which something was sent. What can hold a licence comes with its state right before the first request of
/// this run, as JSON of a snapshot.
pub type Touched = BTreeMap<Address, Option<Box<str>>>;

/// The result of every change of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Always 1.
    pub format_version: u32,
    /// The organisation.
    pub org: String,
    /// The digest of the plan.
    pub plan: String,
    /// Counts of changes.
    pub summary: Counted,
    /// The changes, in the order of the plan.
    pub changes: Vec<Outcome>,
    /// Fields that error findings had kept out of the plan: they are not there yet either.
    pub left_out: usize,
    /// Whether it was stopped before its end.
    pub stopped: bool,
    /// Requests that were sent, by method, repeats included.
    pub requests: BTreeMap<String, u64>,
    /// What was there right before the first request for it, for [`losses_since`](super::losses_since).
    #[serde(skip)]
    pub before: Touched,
}

/// Counts of changes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Counted {
    /// Done and read back.
    pub done: usize,
    /// Already as planned.
    pub already_so: usize,
    /// Failed; stale ones among them.
    pub failed: usize,
    /// Of these, changed elsewhere since the plan was made.
    pub stale: usize,
    /// Not tried.
    pub skipped: usize,
    /// Needs manual work because of a hold.
    #[serde(default)]
    pub waiting: usize,
    /// Refused by Webex temporarily.
    #[serde(default, skip_serializing_if = "is_none")]
    pub later: usize,
}

/// The result of one change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The change.
    pub address: Address,
    /// Its result.
    #[serde(flatten)]
    pub verdict: Verdict,
}

/// How a change, or its part in one request, ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "camelCase")]
pub enum Verdict {
    /// It was already as planned; nothing was sent.
    #[serde(rename_all = "camelCase")]
    AlreadySo,
    /// It was sent, and reads back as planned.
    Done,
    /// It was not tried.
    #[serde(rename_all = "camelCase")]
    Skipped {
        /// Because of what.
        because: String,
    },
    /// All that requests can do is done; because of a hold the rest needs manual work.
    #[serde(rename_all = "camelCase")]
    Waiting {
        /// What waits, and for what.
        because: String,
    },
    /// Webex does not do it yet; a later run does.
    #[serde(rename_all = "camelCase")]
    Later {
        /// The temporary reason.
        because: String,
    },
    /// It failed.
    #[serde(rename_all = "camelCase")]
    Failed {
        /// Webex's message, or what was found instead.
        why: String,
        /// The id that Cisco support can search for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tracking_id: Option<String>,
    },
    /// The object was changed elsewhere since the plan was made.
    #[serde(rename_all = "camelCase")]
    Stale {
        /// What differs.
        fields: Vec<String>,
        /// In words.
        why: String,
    },
}

/// How the request went for each object.
pub type Verdicts = Vec<(Address, Verdict)>;

impl Verdict {
    /// Whether the change is as planned.
    pub fn is_good(&self) -> bool {
        matches!(self, Verdict::Done | Verdict::AlreadySo)
    }

    /// A failure that is not in an answer of Webex.
    pub fn failed(why: String) -> Verdict {
        Verdict::Failed {
            why,
            tracking_id: None,
        }
    }

    /// A change of which some requests were carried out, and others were not tried.
    pub fn in_part(because: &str) -> Verdict {
        Verdict::Failed {
            why: format!("done in part: {because}"),
            tracking_id: None,
        }
    }

    /// The verdict on a change of which two requests ended like this: the worse one. What was begun is not skipped.
    pub fn and(self, other: Verdict) -> Verdict {
        if let (Verdict::Done, Verdict::Skipped { because })
        | (Verdict::Skipped { because }, Verdict::Done) = (&self, &other)
        {
            return Verdict::in_part(because);
        }
        fn weight(verdict: &Verdict) -> u8 {
            match verdict {
                Verdict::AlreadySo => 0,
                Verdict::Done => 1,
                Verdict::Waiting { .. } => 2,
                Verdict::Skipped { .. } => 3,
                Verdict::Later { .. } => 4,
                Verdict::Failed { .. } => 5,
                Verdict::Stale { .. } => 6,
            }
        }
        if weight(&other) > weight(&self) {
            other
        } else {
            self
        }
    }
}

fn is_none(count: &usize) -> bool {
    *count == 0
}

impl Report {
    /// Counts the changes.
    pub fn count(changes: &[Outcome]) -> Counted {
        let mut counted = Counted::default();
        for change in changes {
            match change.verdict {
                Verdict::Done => counted.done += 1,
                Verdict::AlreadySo => counted.already_so += 1,
                Verdict::Skipped { .. } => counted.skipped += 1,
                Verdict::Waiting { .. } => counted.waiting += 1,
                Verdict::Later { .. } => counted.later += 1,
                Verdict::Failed { .. } => counted.failed += 1,
                Verdict::Stale { .. } => {
                    counted.failed += 1;
                    counted.stale += 1;
                }
            }
        }
        counted
    }

    /// Whether everything is there that requests could do.
    pub fn is_whole(&self) -> bool {
        let Counted {
            failed,
            skipped,
            later,
            ..
        } = self.summary;
        failed + skipped + later + self.left_out == 0 && !self.stopped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worse_verdict_counts() {
        let failed = || Verdict::Failed {
            why: "no".to_owned(),
            tracking_id: None,
        };
        assert_eq!(Verdict::Done.and(Verdict::AlreadySo), Verdict::Done);
        assert_eq!(Verdict::Done.and(failed()), failed());
        assert_eq!(failed().and(Verdict::Done), failed());
        let stale = Verdict::Stale {
            fields: vec!["extension".to_owned()],
            why: "changed".to_owned(),
        };
        assert_eq!(failed().and(stale.clone()), stale);
        let skipped = || Verdict::Skipped {
            because: "it needs x".to_owned(),
        };
        let part = Verdict::in_part("it needs x");
        assert_eq!(Verdict::Done.and(skipped()), part);
        assert_eq!(part.clone().and(skipped()), part);
        assert_eq!(Verdict::AlreadySo.and(skipped()), skipped());
    }

    #[test]
    fn the_json_form_names_the_outcome() {
        let outcome = Outcome {
            address: "user/ana@acme.com".into(),
            verdict: Verdict::Failed {
                why: "no".to_owned(),
                tracking_id: Some("T_1".to_owned()),
            },
        };
        let json = serde_json::to_value(&outcome).unwrap();
        assert_eq!(
            json,
            serde_json::json!({"address": "user/ana@acme.com", "outcome": "failed", "why": "no", "trackingId": "T_1"})
        );
    }
}
