//! Both readings take the same texts, and read the same from them.

use proptest::prelude::*;

use super::*;

/// Whatever the fast reading takes, the second one takes without a problem, and the other way round.
fn agree(text: &str) -> Result<(), TestCaseError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let second = second_reading::<Doc>(text);
    prop_assert!(second.complete || !second.problems.is_empty());
    if fast::suits(text) {
        match fast::read::<Doc>(text) {
            Ok(documents) => {
                prop_assert_eq!(&second.problems, &[]);
                prop_assert_eq!(format!("{documents:?}"), format!("{:?}", second.documents));
            }
            Err(failure) => prop_assert!(
                !second.problems.is_empty(),
                "{} {:?}",
                failure.message,
                failure.pos
            ),
        }
    }
    let reading = read::<Doc>(text);
    prop_assert_eq!(reading.problems, second.problems);
    Ok(())
}

fn word() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "version",
        "org",
        "name",
        "mode",
        "sync",
        "users",
        "displayName",
        "phone",
        "location",
        "calling",
        "tier",
        "subscription",
        "groups",
        "active",
        "go",
        "numbers",
        "ratios",
        "labels",
        "group",
        "professional",
        "byod",
        "operator",
        "account",
        "id",
        "a",
        "1",
        "0123",
        "+1214",
        "1_0",
        "0o7",
        "0x1F",
        "1e999",
        "1e3",
        ".inf",
        ".nan",
        "inf",
        "-1",
        "300",
        "true",
        "no",
        "yes",
        "null",
        "~",
        "\"+1\"",
        "'x'",
        "\"\"",
        "é",
        "x y",
        "x#y",
        "x: y",
        "<<",
        "\"<<\"",
        "a!",
        "18446744073709551616",
    ])
    .prop_map(str::to_owned)
}

fn value() -> impl Strategy<Value = String> {
    word().prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4)
                .prop_map(|items| format!("[{}]", items.join(", "))),
            prop::collection::vec((word(), inner), 0..4).prop_map(|entries| {
                let entries: Vec<String> = entries
                    .iter()
                    .map(|(key, value)| format!("{key}: {value}"))
                    .collect();
                format!("{{{}}}", entries.join(", "))
            }),
        ]
    })
}

/// Mappings of the right shape with now and then a wrong word in it.
fn likely() -> impl Strategy<Value = String> {
    let user = prop_oneof![
        word().prop_map(|word| format!("displayName: {word}")),
        word().prop_map(|word| format!("location: {word}")),
        word().prop_map(|word| format!("calling: {word}")),
        word().prop_map(|word| format!("calling: {{tier: standard, subscription: {word}}}")),
        word().prop_map(|word| format!("groups: [a, {word}]")),
        word().prop_map(|word| format!("active: {word}")),
        word().prop_map(|word| format!("go: {word}")),
        word().prop_map(|word| format!("go: {{account: {{id: {word}}}}}")),
    ];
    let section = prop_oneof![
        word().prop_map(|word| format!("version: {word}\n")),
        word().prop_map(|word| format!("org: {{name: {word}, sync: true}}\n")),
        word().prop_map(|word| format!("ratios: [1, {word}]\n")),
        (word(), word()).prop_map(|(key, word)| format!("labels:\n  {key}: {word}\n")),
        (word(), prop::collection::vec(user, 0..3))
            .prop_map(|(key, fields)| format!("users:\n  {key}: {{{}}}\n", fields.join(", "))),
    ];
    prop::collection::vec(section, 0..4).prop_map(|sections| sections.concat())
}

/// A valid document after a slip of the hand.
fn damaged() -> impl Strategy<Value = String> {
    let edit = (
        any::<prop::sample::Index>(),
        0..6_usize,
        prop_oneof![word(), "[ :,\\-\\[\\]{}#\n\"'é]{0,3}"],
    );
    prop::collection::vec(edit, 1..4).prop_map(|edits| {
        let mut text: Vec<char> = FULL.chars().collect();
        for (start, removed, inserted) in edits {
            let start = start.index(text.len());
            let end = text.len().min(start + removed);
            text.splice(start..end, inserted.chars());
        }
        text.into_iter().collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(1000), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn on_any_text(text in any::<String>()) {
        agree(&text)?;
    }

    #[test]
    fn on_yaml_signs(text in "[a-c1~:,\\[\\]{}&*!|>'\"%@#?\\- \t\r\n\u{feff}é<]{0,40}") {
        agree(&text)?;
    }

    #[test]
    fn on_flow_values(text in value()) {
        agree(&text)?;
    }

    #[test]
    fn on_likely_documents(text in likely()) {
        agree(&text)?;
    }
    #[test]
    fn on_damaged_documents(text in damaged()) {
        agree(&text)?;
    }
}
