//! Trying a law on random values, the same in each run.

use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestCaseError, TestRunner};

/// Tries a law so many times, unless `PROPTEST_CASES` asks for more and `PROPTEST_RNG_SEED` for others.
pub fn hold<S: Strategy>(
    cases: u32,
    strategy: S,
    law: impl Fn(S::Value) -> Result<(), TestCaseError>,
) {
    let asked = ProptestConfig::default();
    let config = ProptestConfig {
        cases: if std::env::var_os("PROPTEST_CASES").is_some() {
            asked.cases
        } else {
            cases
        },
        rng_seed: if asked.rng_seed == RngSeed::Random {
            RngSeed::Fixed(1)
        } else {
            asked.rng_seed
        },
        failure_persistence: None,
        ..asked
    };
    TestRunner::new(config)
        .run(&strategy, law)
        .unwrap_or_else(|error| panic!("{error}"));
}
