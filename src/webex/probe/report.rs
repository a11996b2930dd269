//! The report: a row for each point, what reading cannot settle, and the answers as such. JSON as it is, Markdown for people.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Serialize;
use serde_json::Value;

use super::ask::{Evidence, Reply};
use super::points::{NOT_BY_READING, POINTS, Point};
use super::words::{self, Tally};
use super::{Verdict, View};

/// Deeper than this, members are not listed.
const DEPTH: usize = 4;

/// Everything that a probe found.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// How many requests were sent, to find out who we are too.
    pub requests: u64,
    /// How many of them were held back by a limit.
    pub limited: u64,
    /// The points that reading can settle, wholly or in part.
    pub points: Vec<Row>,
    /// The others, and why.
    pub not_by_reading: Vec<Left>,
    /// What came.
    pub answers: Vec<Answers>,
}

/// A point that was judged.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// The heading in `docs/unconfirmed.md`.
    pub point: &'static str,
    /// What the answers say.
    pub verdict: Verdict,
    /// What that rests on.
    pub facts: Vec<String>,
    /// What only writing can settle.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub left: &'static str,
}

/// A point that no reading settles.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Left {
    /// The heading in `docs/unconfirmed.md`.
    pub point: &'static str,
    /// Why.
    pub why: &'static str,
}

/// What came to one request.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answers {
    /// The request.
    pub request: &'static str,
    /// Status and error codes, and how often.
    pub statuses: String,
    /// The names of the headers.
    pub headers: Vec<String>,
    /// Parameters of the link to the next page, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// What each member is.
    pub members: BTreeMap<String, String>,
}

/// Judges.
pub fn report(evidence: &Evidence) -> Report {
    let (requests, limited) = evidence.requests;
    Report {
        requests,
        limited,
        points: POINTS.iter().map(|point| row(point, evidence)).collect(),
        not_by_reading: NOT_BY_READING
            .iter()
            .map(|(point, why)| Left { point, why })
            .collect(),
        answers: evidence
            .all()
            .map(|(request, replies)| answers(request, replies))
            .collect(),
    }
}

fn row(point: &'static Point, evidence: &Evidence) -> Row {
    let view = View {
        evidence,
        asks: point.asks,
    };
    let judgement = (point.judge)(&view);
    let mut facts = judgement.facts;
    // What was refused explains why nothing was seen.
    let asks = point
        .asks
        .iter()
        .filter(|_| judgement.verdict == Verdict::NotSeen);
    for request in asks {
        let replies = evidence.of(request);
        if !replies.is_empty() && replies.iter().all(|reply| !reply.is_fine()) {
            let statuses: Tally = replies.iter().map(Reply::status).collect();
            facts.push(format!("`{request}` answered {statuses}"));
        }
    }
    Row {
        point: point.heading,
        verdict: judgement.verdict,
        facts,
        left: point.left,
    }
}

fn answers(request: &'static str, replies: &[Reply]) -> Answers {
    let statuses: Tally = replies
        .iter()
        .map(|reply| match reply.of {
            "" => reply.status(),
            of => format!("{} {of}", reply.status()),
        })
        .collect();
    let mut headers: Vec<String> = replies
        .iter()
        .flat_map(|reply| &reply.headers)
        .map(|name| words::member(name))
        .collect();
    headers.sort_unstable();
    headers.dedup();
    let mut members: BTreeMap<String, Tally> = BTreeMap::new();
    for reply in replies {
        walk("", &reply.body, DEPTH, &mut members);
    }
    Answers {
        request,
        statuses: statuses.to_string(),
        headers,
        next: replies
            .iter()
            .find_map(|reply| reply.next.as_ref())
            .map(|next| {
                let names: Vec<String> =
                    next.parameters.iter().map(|it| words::member(it)).collect();
                names.join(", ")
            }),
        members: members
            .into_iter()
            .map(|(name, tally)| (name, tally.to_string()))
            .collect(),
    }
}

fn walk(at: &str, value: &Value, depth: usize, members: &mut BTreeMap<String, Tally>) {
    if !at.is_empty() {
        let tally = members.entry(at.to_owned()).or_default();
        tally.add(words::shape(value));
    }
    if depth == 0 {
        return;
    }
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                let name = words::member(name);
                let at = match at.is_empty() {
                    true => name,
                    false => format!("{at}.{name}"),
                };
                walk(&at, value, depth - 1, members);
            }
        }
        Value::Array(rows) => {
            let at = format!("{at}[]");
            rows.iter().for_each(|row| walk(&at, row, depth, members));
        }
        _ => {}
    }
}

impl Verdict {
    fn words(self) -> &'static str {
        match self {
            Verdict::Contradicted => "**contradicted**",
            Verdict::Compare => "compare",
            Verdict::Confirmed => "confirmed",
            Verdict::NotSeen => "not seen here",
        }
    }
}

impl Report {
    /// How many points have this verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.points
            .iter()
            .filter(|row| row.verdict == verdict)
            .count()
    }

    /// For a pull request.
    pub fn markdown(&self) -> String {
        let mut out = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        let counts = [
            (Verdict::Contradicted, "contradicted"),
            (Verdict::Compare, "to compare"),
            (Verdict::Confirmed, "confirmed"),
            (Verdict::NotSeen, "not seen here"),
        ];
        let counts = counts.map(|(verdict, words)| format!("{} {words}", self.count(verdict)));
        write!(
            out,
            "# What this organisation answers\n\n\
             Made by `trunkline snapshot --live --probe` with {} requests, all of them GET; {} were held back by a limit. It has counts, \
             names of members, codes and words of Cisco's, and nothing that names a person, a place, a number or an id.\n\n\
             Of the points of docs/unconfirmed.md: {}; {} cannot be settled by reading.\n\n\
             | point | here | what was seen |\n|---|---|---|\n",
            self.requests,
            self.limited,
            counts.join(", "),
            self.not_by_reading.len(),
        )?;
        let mut rows: Vec<&Row> = self.points.iter().collect();
        rows.sort_by_key(|row| row.verdict);
        for row in rows {
            let facts = row.facts.join("<br>");
            writeln!(out, "| {} | {} | {facts} |", row.point, row.verdict.words())?;
        }
        out.push_str("\n## What is left\n\nOnly writing settles these; use test users without anything worth keeping.\n\n");
        for row in self.points.iter().filter(|row| !row.left.is_empty()) {
            writeln!(out, "- {}: {}.", row.point, row.left)?;
        }
        for left in &self.not_by_reading {
            writeln!(out, "- {}: {}.", left.point, left.why)?;
        }
        out.push_str("\n## The answers\n");
        for answers in &self.answers {
            write!(
                out,
                "\n<details><summary><code>{}</code>: {}</summary>\n\n",
                answers.request.replace('&', "&amp;"),
                answers.statuses
            )?;
            if !answers.headers.is_empty() {
                writeln!(out, "Headers: {}\n", answers.headers.join(", "))?;
            }
            if let Some(next) = &answers.next {
                writeln!(out, "There is a next page, by: {next}\n")?;
            }
            if !answers.members.is_empty() {
                out.push_str("| member | is |\n|---|---|\n");
            }
            for (name, shapes) in &answers.members {
                writeln!(out, "| `{name}` | {shapes} |")?;
            }
            out.push_str("\n</details>\n");
        }
        Ok(())
    }
}
