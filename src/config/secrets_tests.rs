//! What is covered of a file that has secrets, and what stays.

use super::*;

#[test]
fn references_say_where_and_not_what() {
    for fine in [
        "env/BROADWORKS_PASSWORD",
        "env/_a1",
        "file/secrets/broadworks.txt",
        "file//run/secrets/xsp-1",
    ] {
        assert!(is_reference(fine), "{fine}");
    }
    for wrong in [
        "hunter2",
        "",
        "env/",
        "file/",
        "env/hunter 2",
        "env/1A",
        "env/a-b",
        "file/a b",
        "file/dir/",
        "vault/a",
        "ENV/A",
        " env/A",
        "env/A ",
        "env:A",
        "${A}",
    ] {
        assert!(!is_reference(wrong), "{wrong}");
    }
}

fn masked(text: &str) -> Cow<'_, str> {
    Secrets::of([text].into_iter()).cover(text)
}

#[test]
fn a_text_is_shown_without_what_may_be_a_secret() {
    let shown = |text: &str, expected: &str| assert_eq!(masked(text), expected, "{text}");
    shown(
        "passwordRef: hunter2\nb: 1\n",
        "passwordRef: *******\nb: 1\n",
    );
    shown(
        "t: {name: a, passwordRef: 'hun ter', x: 1}\r\n",
        "t: {name: a, passwordRef: **** ***** ** **\r\n",
    );
    shown("{\"passwordRef\":\"héé\"}", "{\"passwordRef\":******");
    shown("password: hunter,2 # old", "password: ******** * ***");
    shown("PasswordRef : 12345", "PasswordRef : *****");
    shown("# passwordRef: old", "# passwordRef: ***");
    shown(
        "passwordRef: \"file/hunter2 \"",
        "passwordRef: ************* *",
    );
    shown(
        "provisioningAccount: w/hunter2",
        "provisioningAccount: *********",
    );
    shown(
        "provisioningAccount: [hunter2]",
        "provisioningAccount: *********",
    );
    let below = "a:\n  passwordRef: |\n    hunter\n\n    two\n  name: b\nc: d\n";
    let hidden = "a:\n  passwordRef: *\n    ******\n\n    ***\n  name: b\nc: d\n";
    shown(below, hidden);
    shown(
        "passwordRef:\n  hunter2\nb: c",
        "passwordRef:\n  *******\nb: c",
    );
    shown(
        "passwordRef: hun\n  ter2\nb: c",
        "passwordRef: ***\n  ****\nb: c",
    );
}

#[test]
fn lists_and_mistyped_keys_are_covered_too() {
    let shown = |text: &str, expected: &str| assert_eq!(masked(text), expected, "{text}");
    // A list may be no deeper than its key.
    shown(
        "passwordRef:\n- hunter2\nb: c",
        "passwordRef:\n* *******\nb: c",
    );
    shown(
        "provisioningAccount:\n- hunter2\nb: c",
        "provisioningAccount:\n- *******\nb: c",
    );
    shown(
        "operatorAccounts:\n- LSM-SECRET\nb: c",
        "operatorAccounts:\n- **********\nb: c",
    );
    // What is no `key: value` there may be the password, too.
    shown(
        "provisioningAccount:\n  name: a\n  ? passwordRef\n  : hunter2\n\n  hunter2\nb: c",
        "provisioningAccount:\n  name: a\n  * ***********\n  * *******\n\n  *******\nb: c",
    );
    // Beside the name there is only the password.
    shown(
        "provisioningAccount:\n  name: a\n  pass_word: hunter2\n  passwordRef: env/A\nb: c",
        "provisioningAccount:\n  name: a\n  pass_word: *******\n  passwordRef: env/A\nb: c",
    );
    shown(
        "provisioningAccount: {name: a, pwd: hunter2}",
        "provisioningAccount: {name: a, pwd: ********",
    );
}

#[test]
fn references_and_other_words_stay() {
    for text in [
        "passwordRef: env/BROADWORKS_PASSWORD # from CI",
        "{name: a, passwordRef: env/A, b: c}",
        "passwordRef: \"file/a.txt\"",
        "password is a word",
        "noPassword: no\nmy-password: b",
        "passwordRefs: [a]",
        "provisioningAccount: {name: a, passwordRef: env/A}",
        "provisioningAccount:\n  name: a",
        "",
    ] {
        assert!(matches!(masked(text), Cow::Borrowed(_)), "{text}");
    }
}

#[test]
fn ids_of_accounts_are_covered_wherever_they_are() {
    for (text, shown) in [
        ("    accountId: LSM-4471-20", "    accountId: ***********"),
        (
            "    accountId: \"LSM 4471\" # bill",
            "    accountId: **** ***** # bill",
        ),
        (
            "  a: {operator: Lone Star, accountId: LSM-1, confirmAccountId: 'LSM-1'}",
            "  a: {operator: Lone Star, accountId: *****, confirmAccountId: *******}",
        ),
        (
            "    acountID: 4471 # typed wrongly",
            "    acountID: **** # typed wrongly",
        ),
        ("    \"accountId\": \"ünï\"}", "    \"accountId\": *****}"),
        (
            "    accountId: |\n      LSM-1\n    b: c\n",
            "    accountId: *\n      *****\n    b: c\n",
        ),
        (
            "accountId: LSM-1 # LSM-1 is from the bill",
            "accountId: ***** # ***** is from the bill",
        ),
        (
            "operatorAccounts: {acme: LSM-1}\n",
            "operatorAccounts: {acme: *****}\n",
        ),
        (
            "operatorAccounts:\n  acme: LSM-1\na: b\n",
            "operatorAccounts:\n  acme: *****\na: b\n",
        ),
        (
            "operatorAccounts:\n  - LSM-1\n",
            "operatorAccounts:\n  - *****\n",
        ),
        (
            "operatorAccounts:\n  a:\n    operator: Lone Star\n    nmae: x\n",
            "operatorAccounts:\n  a:\n    operator: Lone Star\n    nmae: *\n",
        ),
    ] {
        assert_eq!(masked(text), shown, "{text}");
    }
    for text in [
        "    accountId:",
        "    operatorAccount: acme-mobile",
        "    id: Y2lz",
        "    name: a:b:c",
    ] {
        assert!(matches!(masked(text), Cow::Borrowed(_)), "{text}");
    }
}

#[test]
fn a_known_secret_is_covered_where_it_is_typed_again() {
    let text = "passwordRef: hunter2secret\npasword: hunter2secret\n";
    let shown = "passwordRef: *************\npasword: *************\n";
    assert_eq!(masked(text), shown);
}

#[test]
fn messages_quote_no_secret() {
    let text = "webexGo:\n  operatorAccounts:\n    acme: LSM-1\n    b: 7\n";
    let file = SourceFile {
        path: "a.yaml".into(),
        bytes: text.as_bytes().to_vec(),
    };
    let finding = |line, column, len, message: &str| {
        Finding::error(crate::finding::WRONG_TYPE, message).at(Place {
            file: "a.yaml".into(),
            line,
            column,
            len,
        })
    };
    let mut findings = [
        finding(3, 11, 5, "found text `LSM-1`"),
        finding(4, 8, 1, "found the number `7` of 7"),
    ];
    hide(&[file], &mut findings);
    let messages = findings.map(|finding| finding.message);
    assert_eq!(
        messages,
        ["found text `***`", "found the number `***` of 7"]
    );
}

#[test]
fn a_text_without_the_words_of_the_keys_has_no_secret() {
    for key in PASSWORDS.iter().chain([&AROUND, &ACCOUNTS, &"accountId"]) {
        assert!(
            may_have_secrets(key) && may_have_secrets(&key.to_uppercase()),
            "{key}"
        );
    }
    for text in [
        "",
        "u",
        "pass: word",
        "ou nt",
        "licenses: {add: {calling: professional}}",
    ] {
        assert!(!may_have_secrets(text), "{text}");
    }
}
