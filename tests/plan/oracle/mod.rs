//! The oracle: a second implementation of how licences are decided, compared with the plan on random organisations.
//!
//! It is derived from the contract (sections 2, 3, 4 and 7), not from the product's code, so that it can contradict it.
//! Compared are, for each person, every change of a licence (path, action, before, after, whether it is permanently lost), the
//! findings that say why a licence stays as it is, and who is refused Calling because of the work phone.
//!
//! Out of scope, and why:
//! - workspaces: the contract says little of their tiers; they are taken out of the organisations, with their units;
//! - claims of numbers and extensions (explicit ones, `auto`, swaps): whom rule 5 refuses is taken from the plan's findings,
//!   but for work phones that no one else may claim (`numbers.rs`);
//! - members of groups, `--base`, guardrails, people who were renamed or are gone: the generator or other tests have them.
//!
//! `PROPTEST_CASES` asks for more organisations, `PROPTEST_RNG_SEED` for others.

mod compare;
mod crowd;
mod decide;
mod facts;
mod numbers;
mod seats;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use crate::common::hold::hold;
use crate::common::law::{brief, plan};
use crate::common::organisation::{Shape, make, tape, tapes};
use compare::{differences, expected, may_be_short, planned, reasons, said};
use crowd::{crowded, without_rooms};
use facts::Facts;
use numbers::{disagreement, refused};
use proptest::prelude::*;
use seats::{Outcome, conflict_in_a_replaced_subscription, settle};

#[test]
fn the_plan_changes_the_licences_that_the_contract_says() {
    let any = (tapes(), tape(96))
        .prop_map(|(tapes, more)| crowded(without_rooms(make(&tapes, Shape::Any)), &more));
    let (all, seen) = (Cell::new(0), Cell::new(0));
    let tally = RefCell::new(BTreeMap::new());
    hold(500, any, |organisation| {
        all.set(all.get() + 1);
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
        seen.set(seen.get() + 1);
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
        if conflict_in_a_replaced_subscription(&facts) {
            // The move goes on, and that the templates disagree is said all the same.
            let conflict = |it: &&String| it.starts_with("error calling-type-conflict");
            reasons.extend(said.iter().filter(conflict).cloned());
        }
        reasons.extend(said.intersection(&may_be_short(&facts, &outcomes)).cloned());
        let findings = differences(&said, &reasons);
        prop_assert!(
            changes.is_empty() && findings.is_empty() && wrong.is_empty(),
            "{changes}{findings}{wrong}{}",
            brief(&plan)
        );
        Ok(())
    });
    // Left out are few, and what is compared is not idle.
    let (all, seen, tally) = (all.get(), seen.get(), tally.into_inner());
    assert!(seen * 10 > all * 9, "{seen} of {all} are compared");
    for kind in ["changes", "falls back", "waits", "pool-exhausted", "rule 5"] {
        assert!(
            all < 500 || tally.contains_key(kind),
            "no {kind}: {tally:?}"
        );
    }
}
