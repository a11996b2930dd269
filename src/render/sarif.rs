//! Findings as SARIF 2.1.0, for code scanning of GitHub and for viewers in editors.
//!
//! Owns the shape of the log, the limits of code scanning, and how a finding is recognised in the next run. Must not
//! know where the findings came from.

use rustc_hash::FxHashMap;
use serde::Serialize;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::verdict::count;
use super::{Options, json};
use crate::finding::{Code, Severity};
use crate::plan::FindingLine;

/// More results in one run are refused by GitHub, all of them.
const RESULTS: usize = 25_000;

/// The severities, worst first, with the level that SARIF has for each. A hold does not fail a run, so it is not an error.
const LEVELS: [(Severity, &str, (&str, &str)); 4] = [
    (Severity::Error, "error", ("error", "errors")),
    (Severity::Hold, "warning", ("hold", "holds")),
    (Severity::Warning, "warning", ("warning", "warnings")),
    (Severity::Info, "note", ("info", "infos")),
];

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult<'f> {
    rule_id: &'f str,
    rule_index: usize,
    level: &'static str,
    message: Text,
    locations: [Value; 1],
    partial_fingerprints: Value,
    properties: Value,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

/// The whole log: one run, and the codes that occur in it as rules.
pub(super) fn log(
    findings: &[FindingLine],
    options: &Options,
) -> Result<String, serde_json::Error> {
    let (shown, left_out) = fitting(findings);
    let mut rules: Vec<&str> = shown.iter().map(|finding| finding.code.as_str()).collect();
    rules.sort_unstable();
    rules.dedup();
    let mut seen = FxHashMap::default();
    let results: Vec<SarifResult<'_>> = shown
        .iter()
        .map(|finding| SarifResult {
            rule_id: &finding.code,
            rule_index: rules.binary_search(&finding.code.as_str()).unwrap_or(0),
            level: level(finding.severity),
            message: Text {
                text: message(finding),
            },
            locations: [location(finding, options)],
            partial_fingerprints: fingerprints(finding, &mut seen),
            properties: properties(finding),
        })
        .collect();

    let mut driver = json!({
        "name": "trunkline",
        "version": env!("CARGO_PKG_VERSION"),
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "rules": rules.iter().map(|code| rule(code)).collect::<Vec<_>>(),
    });
    let home = env!("CARGO_PKG_HOMEPAGE");
    if !home.is_empty() {
        driver["informationUri"] = home.into();
    }
    // Each organisation of a repository is a separate analysis: the next upload replaces only this one.
    let id = match options.directory.as_str() {
        "" => "trunkline/".to_owned(),
        directory => format!("trunkline/{directory}/"),
    };
    json::pretty(&json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": driver},
            "automationDetails": {"id": id},
            "columnKind": "unicodeCodePoints",
            "invocations": [invocation(&left_out)],
            "results": results,
            "properties": {"leftOut": left_out},
        }],
    }))
}

/// What fits, in the order of the findings; beyond that the worst, and by severity how many are left out.
fn fitting(findings: &[FindingLine]) -> (Vec<&FindingLine>, Map<String, Value>) {
    let mut shown: Vec<&FindingLine> = findings.iter().collect();
    let mut left_out = Map::new();
    if shown.len() > RESULTS {
        shown.sort_by_key(|finding| finding.severity);
        for finding in shown.split_off(RESULTS) {
            let number = left_out
                .entry(finding.severity.to_string())
                .or_insert(Value::from(0));
            *number = Value::from(number.as_u64().unwrap_or(0) + 1);
        }
    }
    (shown, left_out)
}

/// A run that is complete or not.
fn invocation(left_out: &Map<String, Value>) -> Value {
    let words = LEVELS.iter().filter_map(|(severity, _, (one, many))| {
        let number = left_out.get(&severity.to_string())?.as_u64()?;
        Some(count(usize::try_from(number).ok()?, one, many))
    });
    let words: Vec<String> = words.collect();
    match words.is_empty() {
        true => json!({"executionSuccessful": true}),
        false => json!({
            "executionSuccessful": true,
            "toolExecutionNotifications": [{
                "level": "warning",
                "message": {"text": format!(
                    "Left out, since code scanning accepts {RESULTS} results: {}. `--format text` counts all.",
                    words.join(", ")
                )},
            }],
        }),
    }
}

fn level(severity: Severity) -> &'static str {
    let levels = LEVELS.iter().find(|(it, ..)| *it == severity);
    levels.map_or("none", |(_, level, _)| level)
}

/// A code as a rule. A plan of another version may have one that the table here lacks.
fn rule(code: &str) -> Value {
    let Some(page) = Code::find(code) else {
        return json!({"id": code, "shortDescription": {"text": code}});
    };
    json!({
        "id": code,
        "shortDescription": {"text": page.title},
        "fullDescription": {"text": page.title},
        "help": {"text": page.page, "markdown": page.page},
        "defaultConfiguration": {"level": level(page.severity)},
    })
}

/// The finding in words, with what to do. A text that would be read as a link is escaped.
fn message(finding: &FindingLine) -> String {
    let mut text = match &finding.subject {
        Some(subject) if !finding.message.contains(subject.as_str()) => {
            format!("{subject}: {}", finding.message)
        }
        _ => finding.message.clone(),
    };
    if let Some(help) = &finding.help {
        text += &format!("\nhelp: {help}");
    }
    let lines: Vec<_> = super::style::escape_lines(&text).collect();
    lines.join("\n").replace("](", "] (")
}

/// Where it is. GitHub refuses a log in which any result has no location, so a finding without a file names one that does
/// not exist, as other tools do.
fn location(finding: &FindingLine, options: &Options) -> Value {
    let file = finding.file.as_deref().unwrap_or("no-file");
    let mut region = json!({"startLine": finding.line.unwrap_or(1)});
    if let Some(column) = finding.column {
        region["startColumn"] = column.into();
    }
    json!({"physicalLocation": {
        "artifactLocation": {"uri": uri(&options.in_repository(file)), "uriBaseId": "%SRCROOT%"},
        "region": region,
    }})
}

/// A path as a relative URI.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte))
            }
            _ => uri += &format!("%{byte:02X}"),
        }
    }
    uri
}

/// How the finding is recognised when lines have moved: its code, subject and file; without a subject its message.
/// Of equal ones each has a number, or GitHub would make one alert of them.
fn fingerprints<'f>(
    finding: &'f FindingLine,
    seen: &mut FxHashMap<[Option<&'f str>; 3], u32>,
) -> Value {
    let about = finding.subject.as_deref();
    let about = about.or(Some(finding.message.as_str()));
    let identity = [Some(finding.code.as_str()), about, finding.file.as_deref()];
    let number = seen.entry(identity).or_insert(0);
    *number += 1;
    let mut hash = Sha256::new();
    for part in identity {
        hash.update(part.unwrap_or_default());
        hash.update([0]);
    }
    let digest = format!("{:x}", hash.finalize());
    let print = format!("{}:{number}", &digest[..16]);
    // The first name is the only one that GitHub reads; it makes one of the line's text if there is none.
    json!({"primaryLocationLineHash": print, "trunkline/v1": print})
}

fn properties(finding: &FindingLine) -> Value {
    let mut properties = json!({"severity": finding.severity});
    if let Some(subject) = &finding.subject {
        properties["subject"] = subject.as_str().into();
    }
    properties
}
