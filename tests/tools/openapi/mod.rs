//! The simulator against Cisco's OpenAPI documents: every call that it answers stands in a document, every request that is
//! sent here fits one, and so does every answer.
//!
//! The documents are not part of the repository: `TRUNKLINE_TEST_DATA` names a folder that has them in `openapi`. Without it
//! these tests say so on stderr and pass.

use crate::common::needs::{Need, Test, data};
use crate::tests;
mod document;
mod exceptions;
pub mod schema;
mod session;
mod story;

use std::collections::BTreeSet;

use document::Documents;
use session::Session;

/// What is tested here, and what it needs.
pub const TESTS: &[Test] = &tests![&[Need::Data("openapi")] => every_call_is_in_a_document_or_says_why_not, what_a_probe_asks_is_in_a_document_or_says_why_not, requests_and_answers_fit_the_documents];

fn documents() -> Documents {
    Documents::read(&data("openapi").unwrap())
}

fn every_call_is_in_a_document_or_says_why_not() {
    let documents = documents();
    let mut used = BTreeSet::new();
    let mut missing = Vec::new();
    for (method, path) in trunkline::sim::calls().unwrap() {
        if documents.has(method, path) {
            continue;
        }
        match exceptions::UNDOCUMENTED
            .iter()
            .find(|(known, _)| session::fits(known, path))
        {
            Some((known, _)) => {
                used.insert(*known);
            }
            None => missing.push(format!("{method} {path}")),
        }
    }
    let all = exceptions::UNDOCUMENTED.iter().map(|(known, _)| *known);
    let idle: Vec<&str> = all.filter(|known| !used.contains(known)).collect();
    assert!(
        missing.is_empty(),
        "in no document:\n{}",
        missing.join("\n")
    );
    assert!(idle.is_empty(), "exceptions that are none: {idle:?}");
}

fn what_a_probe_asks_is_in_a_document_or_says_why_not() {
    let documents = documents();
    let mut used = BTreeSet::new();
    let mut missing = Vec::new();
    for request in trunkline::webex::probe::requests() {
        let (path, query) = request.split_once('?').unwrap_or((request, ""));
        let known = documents.parameters("GET", path);
        let names = query.split('&').filter_map(|pair| pair.split('=').next());
        let odd: Vec<&str> = match &known {
            Some(known) => names
                .filter(|name| !name.is_empty() && !known.contains(*name))
                .collect(),
            None => vec!["the path"],
        };
        match exceptions::PROBES.iter().find(|(it, _)| *it == request) {
            _ if odd.is_empty() => {}
            Some((known, _)) => {
                used.insert(*known);
            }
            None => missing.push(format!("{request}: {}", odd.join(", "))),
        }
    }
    assert!(
        missing.is_empty(),
        "in no document:\n{}",
        missing.join("\n")
    );
    let all = exceptions::PROBES.iter().map(|(known, _)| *known);
    let idle: Vec<&str> = all.filter(|known| !used.contains(known)).collect();
    assert!(idle.is_empty(), "exceptions that are none: {idle:?}");
}

fn requests_and_answers_fit_the_documents() {
    let documents = documents();
    let mut session = Session::new(documents);
    story::tell(&mut session);
    session.end();
}
