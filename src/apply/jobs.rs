//! Jobs: requests whose work Webex does afterwards.

use std::time::Duration;

use super::sending::{SendError, Sending};
use crate::kinds::wire::{Subject, Then, Wire};
use crate::webex::{Answer, Paging, encode, ids};

/// How long a job may take.
const JOB: Duration = Duration::from_secs(3600);
/// How long it may take until a job is visible.
const SHOWN: Duration = Duration::from_secs(90);

/// How long to look for a job if the answer names no id.
const BEGUN: Duration = Duration::from_secs(10);

/// What a job could not do for one object, in Webex's words.
#[derive(Debug, Clone)]
pub struct JobFailure {
    /// The number, the id or the name of the object.
    item: String,
    /// What went wrong.
    pub said: String,
    /// The id that Cisco support can search for.
    pub tracking_id: Option<String>,
}

impl JobFailure {
    /// What Webex said of one object.
    pub(super) fn new(item: &str, said: String) -> JobFailure {
        JobFailure {
            item: item.to_owned(),
            said,
            tracking_id: None,
        }
    }

    /// Whether this is about an object: jobs name people by the bare part of their ids.
    pub fn is_about(&self, subject: &Subject<'_>) -> bool {
        let id = subject.seen.as_ref().map(|seen| ids::uuid(&seen.id));
        self.item == subject.change.key || id.is_some_and(|id| ids::uuid(&self.item) == id)
    }
}

impl Sending<'_> {
    /// Waits for the end of a job; returns what it reports as failed. Whether it has done the rest shows when the
    /// objects are read.
    pub(super) fn follow(&self, path: &str, answer: &Answer) -> Result<Vec<JobFailure>, SendError> {
        // The documents have the id in `response`, public clients saw it in `jobDetails` there.
        let response = &answer.body["response"];
        let ids = [
            &answer.body["id"],
            &response["id"],
            &response["jobDetails"]["id"],
        ];
        match ids.into_iter().find_map(serde_json::Value::as_str) {
            Some(id) => self.outcome(&format!("{path}{}", encode(id))),
            // The answer names none: whatever runs now is waited for. A single person without Calling is moved at once
            // (webex-api.md 6.7).
            None => {
                let mut failed = Vec::new();
                for id in self.begun(path)? {
                    failed.extend(self.outcome(&format!("{path}{}", encode(&id)))?);
                }
                Ok(failed)
            }
        }
    }

    /// Waits for the end of a job; gives what it could not do.
    fn outcome(&self, path: &str) -> Result<Vec<JobFailure>, SendError> {
        self.wait_for(path)?;
        let reader = self.names().reader();
        let failed = reader.lines(&format!("{path}/errors"), "items", Paging::Link);
        // A missing answer is no reason to give up: the objects show the result too.
        let failed = failed.unwrap_or_default().into_iter().filter_map(|entry| {
            let text = |it: &serde_json::Value| it.as_str().map(str::to_owned);
            let message = &entry["error"]["message"][0];
            let said = text(&message["description"])?;
            Some(JobFailure {
                item: text(&entry["item"]).unwrap_or_default(),
                said: match text(&message["code"]) {
                    Some(code) => format!("{said} [{code}]"),
                    None => said,
                },
                tracking_id: text(&entry["trackingId"]),
            })
        });
        Ok(failed.collect())
    }

    pub(super) fn wait_for(&self, path: &str) -> Result<(), SendError> {
        let reader = self.names().reader();
        let begun = reader.clock().now();
        let mut pause = Duration::from_millis(500);
        loop {
            let now = reader.clock().now();
            // It was started a moment ago, and may not be visible at once.
            let Some(job) = reader.find(path)? else {
                if now >= begun + SHOWN {
                    return Ok(());
                }
                reader.clock().sleep(pause);
                continue;
            };
            let ended = ["COMPLETED", "FAILED", "ABANDONED"]
                .contains(&job["latestExecutionStatus"].as_str().unwrap_or_default());
            if ended || now >= begun + JOB {
                return Ok(());
            }
            reader.clock().sleep(pause);
            pause = (pause * 2).min(Duration::from_secs(10));
        }
    }

    /// Waits until no job of this kind runs.
    pub(super) fn wait_for_jobs(&self, wire: &Wire) -> Result<(), SendError> {
        let Then::Job(path) = wire.then else {
            return Ok(());
        };
        for id in self.running(path)? {
            self.wait_for(&format!("{path}{}", encode(&id)))?;
        }
        Ok(())
    }

    /// The ids of the jobs below a path that run, once one shows.
    fn begun(&self, path: &str) -> Result<Vec<String>, SendError> {
        let clock = self.names().reader().clock();
        let end = clock.now() + BEGUN;
        loop {
            let running = self.running(path)?;
            if !running.is_empty() || clock.now() >= end {
                return Ok(running);
            }
            clock.sleep(Duration::from_secs(1));
        }
    }

    /// The ids of the jobs below a path that have not ended.
    fn running(&self, path: &str) -> Result<Vec<String>, SendError> {
        let list = path.trim_end_matches('/');
        let jobs = self.names().reader().list(list, "items", Paging::Link)?;
        let running = jobs.iter().filter(|job| {
            ["STARTING", "STARTED"]
                .contains(&job["latestExecutionStatus"].as_str().unwrap_or_default())
        });
        let ids = running.filter_map(|job| job["id"].as_str());
        Ok(ids.map(str::to_owned).collect())
    }
}
