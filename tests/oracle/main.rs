//! The oracle: a second implementation of how licences are decided, compared with the plan on random organisations.
//!
//! It is derived from the contract (sections 2, 3, 4 and 7), not from the product's code, so that it can contradict it.
//! `PROPTEST_CASES` asks for more organisations, `PROPTEST_RNG_SEED` for others.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod compare;
mod crowd;
mod decide;
mod facts;
mod numbers;
mod seats;

#[path = "../common/apply.rs"]
#[allow(dead_code, reason = "these laws read plans and carry none out")]
mod apply;
#[path = "../common/law.rs"]
mod law;
#[path = "../common/organisation/mod.rs"]
#[allow(dead_code, reason = "a part of the helpers is used")]
mod organisation;
#[path = "../common/yaml.rs"]
#[allow(dead_code, reason = "a part of the helpers is used")]
mod yaml;

use std::cell::RefCell;
use std::collections::BTreeMap;

use compare::{differences, expected, may_be_short, planned, reasons, said};
use crowd::{crowded, without_rooms};
use facts::{Facts, list};
use law::{brief, hold, plan};
use numbers::{disagreement, refused};
use organisation::{Shape, make, tape, tapes};
use proptest::prelude::*;
use seats::{
    Outcome, better_without_event, conflict_in_a_replaced_subscription, pinned_move_left_out,
    settle,
};
use serde_json::Value;

/// Whether requests wait for each other in a ring. (Difference 4: the contract has an order in which they do not.)
fn order_cycle(plan: &Value) -> bool {
    list(&plan["findings"]).any(|finding| finding["code"] == "order-cycle")
}

#[test]
fn the_plan_changes_the_licences_that_the_contract_says() {
    let any = (tapes(), tape(96))
        .prop_map(|(tapes, more)| crowded(without_rooms(make(&tapes, Shape::Any)), &more));
    let (seen, tally) = (RefCell::new(0), RefCell::new(BTreeMap::new()));
    hold(150, any, |organisation| {
        let plan = plan(&organisation, 0)?;
        let refused = refused(&plan);
        let facts = Facts::read(
            &organisation.config,
            &organisation.snapshot,
            organisation.baseline.as_ref(),
        );
        let wrong = disagreement(
            &facts,
            &organisation.config,
            &organisation.snapshot,
            &refused,
        );
        let refused = refused.into_iter().map(|(email, _)| email).collect();
        let outcomes = settle(&facts, &refused);
        if pinned_move_left_out(&facts, &outcomes)
            || conflict_in_a_replaced_subscription(&facts)
            || better_without_event(&facts, &outcomes)
            || order_cycle(&plan)
        {
            return Ok(());
        }
        *seen.borrow_mut() += 1;
        for outcome in outcomes.values() {
            let kind = match outcome {
                Outcome::LeftOut(code) => code,
                Outcome::Changes(_) => "changes",
                Outcome::Falls => "falls back",
                Outcome::Waits => "waits",
            };
            *tally.borrow_mut().entry(kind).or_insert(0) += 1;
        }
        let changes = differences(&planned(&plan), &expected(&facts, &outcomes));
        let mut reasons = reasons(&facts, &outcomes);
        let said = said(&plan);
        reasons.extend(said.intersection(&may_be_short(&facts, &outcomes)).cloned());
        let findings = differences(&said, &reasons);
        prop_assert!(
            changes.is_empty() && findings.is_empty() && wrong.is_empty(),
            "{changes}{findings}{wrong}{}",
            brief(&plan)
        );
        Ok(())
    });
    let (seen, tally) = (seen.into_inner(), tally.into_inner());
    assert!(seen > 100, "too few organisations are compared: {seen}");
    for kind in ["changes", "falls back", "waits", "pool-exhausted", "rule 5"] {
        assert!(tally.contains_key(kind), "no {kind}: {tally:?}");
    }
}
