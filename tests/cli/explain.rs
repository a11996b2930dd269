//! `trunkline explain`: every code of the table has a page that a reader can use.

use std::collections::BTreeSet;

use crate::common;
use crate::common::{root, run};
use trunkline::finding::CODES;

#[test]
fn every_code_has_a_page() {
    for page in CODES.iter() {
        let code = page.code.as_str();
        let run = run(root(), &["explain", code]);
        assert_eq!((run.exit, run.stderr.as_str()), (0, ""), "{code}");
        let mut lines = run.stdout.lines();
        assert_eq!(lines.next(), Some(code));
        let title = lines.next().unwrap();
        assert!(
            title.ends_with('.') && title.len() < 100,
            "{code}: the title is one short sentence: {title}"
        );
        assert_eq!(lines.next(), Some(""));
        let text = lines.collect::<Vec<_>>().join("\n");
        assert!(
            text.len() > 150,
            "{code}: the page says too little:\n{text}"
        );
        let severities = ["error", "warning", "info", "hold"];
        let says = severities
            .iter()
            .any(|severity| text.to_lowercase().contains(severity));
        assert!(
            says,
            "{code}: the page does not say how much it weighs:\n{text}"
        );
    }
}

#[test]
fn codes_are_unique_and_of_one_shape() {
    let codes: BTreeSet<&str> = CODES.iter().map(|page| page.code.as_str()).collect();
    assert_eq!(codes.len(), CODES.len());
    for code in codes {
        let shape = code
            .split('-')
            .all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase()));
        assert!(shape, "{code} is not in small letters and dashes");
    }
}

/// The codes that the contract names in sections 2 to 4.
const CONTRACT: &str = "yaml-syntax unknown-field duplicate-key wrong-type invalid-value missing-field duplicate-value \
    version-unsupported template-unknown template-mode-mismatch retain-off-needs-existing-scope service-not-templatable \
    forbidden-license distribution-group-template directory-owned-field member-absent override-conflict \
    calling-number-format calling-extension-format number-range number-duplicate number-claimed-twice \
    extension-claimed-twice subscription-replaced replaced-by-cycle acknowledgement-wildcard \
    acknowledgement-unknown-code org-mismatch location-unknown subscription-unknown site-unknown license-unknown \
    license-ambiguous user-unknown group-unknown calling-block-unused number-type-mismatch location-no-free-number \
    subscription-differs guardrail-removals guardrail-updates guardrail-irreversible guardrail-protect \
    acknowledgement-expired acknowledgement-unused existing-users-not-in-scope membership-waits calling-type-conflict \
    host-pool-short pool-exhausted attendee-site-admin attendee-feature-off calling-no-work-phone \
    calling-number-unknown calling-number-in-use calling-location-required calling-location-unknown \
    calling-extension-in-use calling-location-mismatch calling-extension-or-number-required directory-number-diverged \
    number-swap-needs-extension calling-downgrade-unsupported pin-conflict subscription-kind-mismatch \
    subscription-inactive suspended-manual-control-hub subscription-age-unknown voicemail-messages-loss \
    calling-number-not-movable workspace-location-fixed calling-loss user-deletion workspace-deletion \
    location-deletion broadworks-subscriber-deletion";

#[test]
fn every_code_of_the_contract_is_there() {
    let missing: Vec<&str> = CONTRACT
        .split_whitespace()
        .filter(|code| trunkline::finding::Code::find(code).is_none())
        .collect();
    assert!(missing.is_empty(), "no page for {missing:?}");
}

#[test]
fn what_can_be_acknowledged() {
    let codes: BTreeSet<&str> = CODES
        .iter()
        .filter(|page| page.acknowledgeable)
        .map(|page| page.code.as_str())
        .collect();
    let losses = [
        "broadworks-subscriber-deletion",
        "calling-loss",
        "location-deletion",
        "user-deletion",
        "voicemail-messages-loss",
        "workspace-deletion",
    ];
    assert!(losses.iter().all(|code| codes.contains(code)), "{codes:?}");
    assert!(
        codes.iter().all(|code| code.ends_with("-loss")
            || code.ends_with("-deletion")
            || *code == "operator-account-immutable"),
        "{codes:?}"
    );
}

/// A page may show YAML; what it shows has to load.
#[test]
fn examples_in_pages_are_valid() {
    for page in CODES.iter() {
        let block: Vec<&str> = page
            .page
            .lines()
            .filter_map(|line| line.strip_prefix("    "))
            .collect();
        if block.is_empty() {
            continue;
        }
        let directory = tempfile::tempdir().unwrap();
        let mut text = block.join("\n") + "\n";
        if text.starts_with("licenses:") {
            text = format!("templates:\n  example:\n    {}\n", block.join("\n    "));
        }
        for (top, whole) in [
            ("version:", "version: 1\n"),
            ("org:", "org: {name: Acme, assignmentMode: group}\n"),
        ] {
            if !text.contains(top) {
                text = format!("{whole}{text}");
            }
        }
        common::write(&directory.path().join("example.yaml"), &text);
        let validate = run(directory.path(), &["validate", "--format", "json"]);
        let findings = validate.json();
        // An excerpt may refer to what it does not show, and lack what is beside it in the whole.
        let allowed = [
            "template-unknown",
            "template-mode-mismatch",
            "missing-field",
        ];
        let wrong: Vec<&serde_json::Value> = findings["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|finding| {
                finding["severity"] == "error"
                    && !allowed.contains(&finding["code"].as_str().unwrap())
            })
            .collect();
        assert!(
            wrong.is_empty(),
            "the example of {} does not load:\n{text}\n{wrong:#?}",
            page.code
        );
    }
}

#[test]
fn a_typo_gets_a_suggestion() {
    for (typo, meant) in [
        ("caling-loss", "calling-loss"),
        ("pool-exausted", "pool-exhausted"),
        ("user-delete", "user-deletion"),
    ] {
        let run = run(root(), &["explain", typo]);
        assert_eq!((run.exit, run.stdout.as_str()), (1, ""));
        assert!(
            run.stderr.contains(typo) && run.stderr.contains(&format!("Did you mean `{meant}`?")),
            "{}",
            run.stderr
        );
    }
    let far = run(&root().join("examples/acme"), &["explain", "qqqqqqqqqqqq"]);
    assert_eq!((far.exit, far.stdout.as_str()), (1, ""));
    assert!(
        far.stderr.contains("help:") && !far.stderr.contains("Did you mean"),
        "{}",
        far.stderr
    );
}

/// What people write instead of an address leads to the address.
#[test]
fn other_words_for_an_object() {
    let directory = tempfile::tempdir().unwrap();
    common::small(directory.path());
    let file = directory.path().join("snapshot.json");
    let text = std::fs::read_to_string(&file).unwrap();
    let text = text.replace("Bob Stone", "Bořek Čapek-Stone");
    common::write(&file, text);
    for (subject, help) in [
        ("users/bob@acme.com", "Did you mean `user/bob@acme.com`?"),
        ("people/bbo@acme.com", "Did you mean `user/bob@acme.com`?"),
        ("users/nobody", "addresses begin with `user/`"),
        ("call-queues/Orders", "addresses begin with `callQueue/`"),
        ("subscriptions/Sub-1", "`trunkline list subscriptions`"),
        ("Borek Capek-Stone", "Did you mean `user/bob@acme.com`?"),
        ("Capek-Stone, Borek", "Did you mean `user/bob@acme.com`?"),
        ("Sub-1", "`trunkline list subscriptions`"),
        ("Advanced Messaging", "`trunkline list licenses`"),
    ] {
        let told = run(directory.path(), &["explain", subject]);
        assert_eq!(told.exit, 1, "{subject}: {}", told.all());
        assert!(told.stderr.contains(help), "{subject}: {}", told.stderr);
        assert!(!told.stderr.contains("no changes of their own") || subject.starts_with("sub"));
    }
    let shouted = run(directory.path(), &["explain", "CALLING-LOSS"]);
    assert_eq!(shouted.exit, 0, "{}", shouted.all());
    // A word that is no code is one only alone: with a directory it is an object that does not exist.
    let object = run(directory.path(), &["explain", "calling", "."]);
    assert!(
        object.exit == 1 && object.stderr.contains("has `calling`"),
        "{}",
        object.all()
    );
}
