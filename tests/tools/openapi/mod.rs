//! The simulator against Cisco's OpenAPI documents: every call that it answers stands in a document, every request that is
//! sent here fits one, and so does every answer.
//!
//! The documents are not part of the repository: `TRUNKLINE_TEST_DATA` names a folder that has them in `openapi`. Without it
//! these tests say so on stderr and pass.

mod document;
mod exceptions;
mod schema;
mod session;
mod story;

use std::collections::BTreeSet;
use std::path::PathBuf;

use document::Documents;
use session::Session;

fn documents() -> Option<Documents> {
    let data = std::env::var_os("TRUNKLINE_TEST_DATA").map(PathBuf::from);
    let folder = data.map(|data| data.join("openapi"));
    let folder = folder.filter(|folder| folder.exists());
    if folder.is_none() {
        eprintln!("left out: TRUNKLINE_TEST_DATA names no folder with openapi");
    }
    folder.map(|folder| Documents::read(&folder))
}

#[test]
fn every_call_stands_in_a_document_or_says_why_not() {
    let Some(documents) = documents() else {
        return;
    };
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

#[test]
fn what_a_probe_asks_stands_in_a_document_or_says_why_not() {
    let Some(documents) = documents() else {
        return;
    };
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

#[test]
fn requests_and_answers_fit_the_documents() {
    let Some(documents) = documents() else {
        return;
    };
    let mut session = Session::new(documents);
    story::tell(&mut session);
    session.end();
}
