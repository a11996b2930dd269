//! What the scripts make of errors of GitHub's API: those that pass, and those that stay.

use crate::common::needs::Test;
use crate::{TOOLS, tests};
use serde_json::json;

use super::api::{Answer, Fault};
use super::plan::{chiara, comment, comments, results};
use super::runner::Run;
use super::world::World;

/// What is tested here, and what it needs.
pub const TESTS: &[Test] =
    &tests![TOOLS => errors_that_pass_are_waited_for, errors_that_stay_are_told_in_words];

/// One comment, whatever the API does on the way; gives what the run said.
fn through(fault: Fault) -> String {
    let world = World::new();
    let pull = world.pull_request(22, "change", chiara);
    world.api.fault(fault);
    let done = Run::plan(&world, &pull).run();
    assert_eq!(
        results(&done),
        ["skipped", "success", "success"],
        "{}",
        done.log()
    );
    assert!(comment(&world, 22).starts_with("<!-- trunkline plan "));
    done.job("comment").said()
}

fn errors_that_pass_are_waited_for() {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let broken = Answer::of(502, json!("<html>Bad Gateway</html>"));
    let said = through(Fault {
        method: "GET",
        path: "/comments",
        answer: broken.clone(),
        done: false,
    });
    assert!(said.contains("answered 502; again in 0 seconds"), "{said}");
    // A comment that was written, though the answer says otherwise, is found and not written again.
    through(Fault {
        method: "POST",
        path: "/comments",
        answer: broken,
        done: true,
    });
    let mut secondary = Answer::of(
        403,
        json!({"message": "You have exceeded a secondary rate limit"}),
    );
    secondary.headers = vec![header("Retry-After", "1")];
    let said = through(Fault {
        method: "POST",
        path: "/comments",
        answer: secondary,
        done: false,
    });
    assert!(said.contains("again in 1 seconds"), "{said}");
    let mut primary = Answer::of(403, json!({"message": "API rate limit exceeded"}));
    primary.headers = vec![
        header("X-RateLimit-Remaining", "0"),
        header("X-RateLimit-Reset", "1"),
    ];
    through(Fault {
        method: "GET",
        path: "/comments",
        answer: primary,
        done: false,
    });
}

fn errors_that_stay_are_told_in_words() {
    let world = World::new();
    let pull = world.pull_request(23, "change", chiara);
    let told = |answer: Answer, method: &'static str, times: usize| {
        for _ in 0..times {
            world.api.fault(Fault {
                method,
                path: "/comments",
                answer: answer.clone(),
                done: false,
            });
        }
        let done = Run::plan(&world, &pull).run();
        assert_eq!(
            results(&done),
            ["skipped", "success", "failure"],
            "{}",
            done.log()
        );
        done.job("comment").said()
    };
    let said = told(
        Answer::of(
            403,
            json!({"message": "Resource not accessible by integration"}),
        ),
        "POST",
        1,
    );
    assert!(
        said.contains(
            "not allowed (Resource not accessible by integration); see which permissions"
        ),
        "{said}"
    );
    let said = told(Answer::of(500, json!({})), "GET", 5);
    assert!(
        said.contains("/comments?per_page=100: answered 500"),
        "{said}"
    );
    let said = told(
        Answer::of(401, json!({"message": "Bad credentials"})),
        "GET",
        1,
    );
    assert!(
        said.contains("the token was not accepted (Bad credentials)"),
        "{said}"
    );
    let mut limit = Answer::of(429, json!({}));
    limit.headers = vec![("Retry-After".to_owned(), "3000".to_owned())];
    let said = told(limit, "GET", 1);
    assert!(
        said.contains("lets nothing through for another 3000 seconds"),
        "{said}"
    );
    assert!(comments(&world, 23).is_empty());
}
