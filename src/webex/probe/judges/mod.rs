//! A function for each point: what came -> a verdict and the facts that it rests on. Facts are counts and the words of
//! [`super::words`]; no text of an answer enters one by another way.

pub mod licences;
pub mod numbers;
pub mod people;
pub mod places;
pub mod requests;
pub mod settings;

use serde_json::Value;

use super::{Judgement, Verdict};

/// Contradicted by what is wrong, else confirmed by what is right, else not seen.
fn by(right: usize, wrong: usize, facts: impl IntoIterator<Item = String>) -> Judgement {
    let verdict = match (right, wrong) {
        (_, 1..) => Verdict::Contradicted,
        (1.., _) => Verdict::Confirmed,
        _ => Verdict::NotSeen,
    };
    judged(verdict, facts)
}

/// As [`by`], where nothing that is right proves it.
fn unless(wrong: usize, facts: impl IntoIterator<Item = String>) -> Judgement {
    by(0, wrong, facts)
}

fn judged(verdict: Verdict, facts: impl IntoIterator<Item = String>) -> Judgement {
    let facts = facts.into_iter().filter(|fact| !fact.is_empty());
    Judgement {
        verdict,
        facts: facts.collect(),
    }
}

/// The text of a member; empty where there is none.
fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

/// The entries of a list; none where there is no list.
fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}
