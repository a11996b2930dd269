//! Jobs: requests whose work Webex does afterwards.

use std::time::Duration;

use super::send::{Sending, Trouble};
use crate::kinds::wire::{Then, Wire};
use crate::webex::{Answer, Paging, encode};

/// How long a job may take.
const JOB: Duration = Duration::from_secs(3600);

impl Sending<'_> {
    /// Waits for the end of a job. What it could not do shows when the objects are read.
    pub(super) fn follow(&self, path: &str, answer: &Answer) -> Result<(), Trouble> {
        let id = answer.body["id"]
            .as_str()
            .or(answer.body["response"]["id"].as_str());
        match id {
            Some(id) => self.wait_for(&format!("{path}{}", encode(id))),
            // A single person without Calling is moved at once (webex-api.md 6.7).
            None => Ok(()),
        }
    }

    pub(super) fn wait_for(&self, path: &str) -> Result<(), Trouble> {
        let reader = self.names().reader();
        let end = reader.clock().now() + JOB;
        let mut pause = Duration::from_millis(500);
        while reader.clock().now() < end {
            let job = reader.get(path)?;
            if ["COMPLETED", "FAILED", "ABANDONED"]
                .contains(&job["latestExecutionStatus"].as_str().unwrap_or_default())
            {
                return Ok(());
            }
            reader.clock().sleep(pause);
            pause = (pause * 2).min(Duration::from_secs(10));
        }
        Ok(())
    }

    /// Waits until no job of this sort runs.
    pub(super) fn wait_for_jobs(&self, wire: &Wire) -> Result<(), Trouble> {
        let Then::Job(path) = wire.then else {
            return Ok(());
        };
        let list = path.trim_end_matches('/');
        let jobs = self.names().reader().list(list, "items", Paging::Link)?;
        let running = jobs.iter().filter(|job| {
            ["STARTING", "STARTED"]
                .contains(&job["latestExecutionStatus"].as_str().unwrap_or_default())
        });
        for id in running.filter_map(|job| job["id"].as_str()) {
            self.wait_for(&format!("{path}{}", encode(id)))?;
        }
        Ok(())
    }
}
