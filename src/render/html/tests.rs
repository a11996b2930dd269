//! What holds for every page.

use serde_json::{Value, json};

use super::*;
use crate::change::{Change, ChangeAction};
use crate::finding::Severity;
use crate::render::samples::*;

const HOSTILE: &str = "</script><img src=x onerror=alert(1)><!--<script>\u{202e}\"' onload=x";

fn page(plan: &Plan) -> String {
    super::plan(plan, &Options::default()).unwrap()
}

fn between<'t>(text: &'t str, from: &str, to: &str) -> &'t str {
    text.split_once(from).unwrap().1.split_once(to).unwrap().0
}

fn data(page: &str) -> Value {
    serde_json::from_str(between(page, "type=\"application/json\">", "</script>")).unwrap()
}

/// Foreign text wherever a plan can have some.
fn hostile() -> Plan {
    let mut plan = empty();
    plan.generator = HOSTILE.into();
    plan.org.name = HOSTILE.into();
    plan.config.reference = Some(HOSTILE.into());
    plan.snapshot.captured_at = HOSTILE.into();
    plan.targets = vec![HOSTILE.into()];
    let mut field = from(
        &[HOSTILE],
        HOSTILE,
        7,
        change(
            HOSTILE,
            json!(HOSTILE),
            json!(format!("{HOSTILE}\n{HOSTILE}")),
        ),
    );
    field.risk = crate::change::Risk::Irreversible;
    field.losses = vec![HOSTILE.into()];
    plan.changes = vec![
        update(HOSTILE, vec![field]),
        object(
            HOSTILE,
            HOSTILE,
            ChangeAction::Create,
            vec![add("displayName", json!(HOSTILE))],
        ),
    ];
    plan.pools = vec![pool(HOSTILE, HOSTILE, [1, 3, 2, 2])];
    let mut found = finding(Severity::Error, HOSTILE, HOSTILE, HOSTILE);
    found.help = Some(HOSTILE.into());
    found.file = Some(HOSTILE.into());
    plan.findings = vec![found.clone(), found];
    plan
}

#[test]
fn foreign_text_is_never_markup() {
    let harmless = page(&example());
    let hostile = page(&hostile());
    for mark in ["<script", "</script", "<style", "<meta", "<body", "</html>"] {
        let number = |page: &str| page.matches(mark).count();
        assert_eq!(number(&hostile), number(&harmless), "{mark}");
    }
    assert!(!hostile.contains("<img") && !hostile.contains("<!--"));
    assert!(!hostile.contains('\u{202e}'), "text could be reordered");
    // It is all there, as text.
    let texts = data(&hostile)["texts"].to_string();
    assert!(texts.contains("</script><img src=x onerror=alert(1)>"));
}

#[test]
fn the_script_makes_no_markup_of_text() {
    for way in [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "Function(",
    ] {
        assert!(!SCRIPT.contains(way) && !PARTS.contains(way), "{way}");
    }
    for text in [STYLE, PARTS, SCRIPT] {
        assert!(
            !text.contains("</"),
            "an element could be ended by its own text"
        );
    }
}

#[test]
fn nothing_is_asked_of_a_network() {
    let page = page(&example());
    for way in [
        "http://", "https://", "//www", " src=", "url(", "@import", "<iframe", "<object", "fetch(",
        "XMLHttp",
    ] {
        assert!(!page.contains(way), "{way}");
    }
    assert!(
        !page.contains(" style="),
        "the policy allows no styles of elements"
    );
    let links = page.split("href=\"").skip(1);
    for link in links {
        assert!(
            link.starts_with('#') || link.starts_with("data:image/png;"),
            "{link:.60}"
        );
    }
}

#[test]
fn the_policy_knows_the_style_and_the_script_and_nothing_else() {
    let page = page(&example());
    let policy = between(&page, "Content-Security-Policy\" content=\"", "\"");
    let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
    let style = hash(between(&page, "<style>", "</style>"));
    let script = hash(between(&page, "<script>", "</script>"));
    assert_eq!(
        policy.replace("&#39;", "'"),
        format!(
            "default-src 'none'; img-src data:; style-src {style}; script-src {script}; base-uri 'none'; form-action 'none'"
        )
    );
}

#[test]
fn the_same_plan_gives_the_same_bytes() {
    for plan in [empty(), example(), hostile()] {
        assert_eq!(page(&plan), page(&plan.clone()));
    }
}

#[test]
fn line_ends_of_a_checkout_do_not_matter() {
    assert_eq!(unix("a\r\nb\n"), "a\nb\n");
}

#[test]
fn what_matters_stands_in_the_markup() {
    let page = page(&example());
    let (markup, _) = page.split_once("<script").unwrap();
    for text in [
        "414 changes, 1 cannot be undone",
        "Plan: 1 to create, 414 to update (1 move), 0 to delete. Irreversible: 1 (all acknowledged). Left out: 0.",
        "Webex Calling - Professional",
        "user/bob@acme.com",
        "lost for good: number +12145550107, extension 1007, voicemail settings, calling services",
        "acknowledged: left the company, HR-123",
        "412 users",
        "Sub-2021 → Sub-2024 (nothing lost)",
        "users.yaml:12",
    ] {
        assert!(markup.contains(text), "{text}");
    }
}

#[test]
fn equal_texts_and_rows_stand_once() {
    let data = data(&page(&example()));
    assert_eq!(data["changes"]["address"].as_array().unwrap().len(), 414);
    assert_eq!(data["rows"]["path"].as_array().unwrap().len(), 3);
    let mut alike: Vec<u64> = serde_json::from_value(data["changes"]["alike"].clone()).unwrap();
    alike.sort_unstable();
    assert_eq!((alike[0], alike[1], alike[2], alike[413]), (0, 0, 1, 1));
}

#[test]
fn full_detail_begins_with_every_change_alone() {
    let alone = |detail| {
        let options = Options {
            detail,
            ..Options::default()
        };
        data(&super::plan(&example(), &options).unwrap())["alone"] == true
    };
    assert!(alone(Detail::Full) && !alone(Detail::Short));
}

#[test]
fn a_change_of_a_hundred_thousand_costs_few_bytes() {
    let changes = |number: usize| -> Vec<Change> {
        let one = |n: usize| {
            let fields = vec![
                from(
                    &["override users licenses"],
                    "people.yaml",
                    n as u32,
                    add("extension", json!(n.to_string())),
                ),
                from(
                    &["template sales licenses.messaging"],
                    "templates.yaml",
                    7,
                    add("licenses/messaging", messaging()),
                ),
            ];
            update(&format!("person{n:06}@acme.com"), fields)
        };
        (0..number).map(one).collect()
    };
    let size = |number| {
        let mut plan = empty();
        plan.changes = changes(number);
        page(&plan).len()
    };
    let each = (size(4_000) - size(2_000)) / 2_000;
    assert!(each < 200, "{each} bytes for each change");
}
