//! How many requests a capture takes, from the first cheap answers.

use std::fmt;

use serde_json::Value;

use super::{Basis, Run};
use crate::webex::features;

/// What is about to be asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Estimate {
    /// People in the organisation, as far as licences show.
    pub people: u64,
    /// Those with Calling.
    pub callers: u64,
    /// Groups.
    pub groups: u64,
    /// Rows of the list of numbers.
    pub numbers: u64,
    /// Requests in all, those that were sent included.
    pub requests: u64,
}

pub(super) fn estimate(run: &Run<'_>, basis: &Basis) -> Estimate {
    let licenses = basis.licenses.as_deref().unwrap_or_default();
    let users = |license: &Value| license["consumedByUsers"].as_u64().unwrap_or_default();
    let people = licenses.iter().map(users).max().unwrap_or_default();
    let is_calling = |license: &&Value| {
        let name = license["name"].as_str().unwrap_or_default();
        name.starts_with("Webex Calling")
    };
    let callers = licenses.iter().filter(is_calling).map(users).sum();
    let groups = basis.groups.as_deref().unwrap_or_default();
    let pages = |rows: u64, size: u64| rows.div_ceil(size).max(1);
    let members = |group: &Value| match group["memberSize"].as_u64() {
        Some(0) => 0,
        size => pages(size.unwrap_or_default(), 500),
    };
    let numbers = basis.numbers.unwrap_or_default();
    let locations = basis.calling.as_ref().map_or(0, Vec::len);
    let requests = run.reader.client().counts().total()
        // People, and their sources; those of groups.
        + 2 * pages(people, 100)
        + pages(groups.len() as u64, 100)
        + groups.iter().map(members).sum::<u64>()
        + locations as u64
        + pages(numbers, 2000)
        // Workspaces, devices, BroadWorks.
        + 4
        + if run.wanted.voicemail { callers } else { 0 }
        // Their lists show how many features there are.
        + if run.wanted.features { features::lists(locations) as u64 } else { 0 }
        + super::proof::REQUESTS;
    Estimate {
        people,
        callers,
        groups: groups.len() as u64,
        numbers,
        requests,
    }
}

fn count(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // In the organisation of a service provider licences tell of nobody.
        if (self.people, self.groups, self.numbers) == (0, 0, 0) {
            return write!(
                f,
                "about {} requests; the number of people and subscribers is known only once they are read",
                self.requests
            );
        }
        write!(
            f,
            "about {} requests for {} ({} with Calling), {}, {}",
            self.requests,
            count(self.people, "person", "people"),
            self.callers,
            count(self.groups, "group", "groups"),
            count(
                self.numbers,
                "number or extension",
                "numbers and extensions"
            )
        )
    }
}
