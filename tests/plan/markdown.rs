//! Markdown of plans with 1 to 50,000 changes and hostile names: it is never longer than it may be, every fence and every
//! fold is closed, what cannot be undone is there, and what is not there is counted.

use std::collections::BTreeSet;

use crate::common::hold::hold;
use proptest::prelude::*;
use pulldown_cmark::{Event, Options as Reading, Parser, Tag, TagEnd};
use serde_json::{Value, json};
use trunkline::plan::Plan;
use trunkline::render::{self, Options, PlanFormat, View};

/// GitHub's step summary.
const SUMMARY: usize = 900 * 1024;

/// Names that try to get out of where they stand.
const HOSTILE: [&str; 10] = [
    "plain",
    "``` fence",
    "</details><details>",
    "a | b | c",
    "--> <script>alert(1)</script>",
    "line\nbreak\r\n```\n# Title",
    "@everyone #1 [x](https://example.org) ![i](x)",
    "**bold** __under__ ~~~",
    "`",
    "東京 🏢 \u{202e}",
];

const SEVERITIES: [&str; 4] = ["error", "warning", "info", "hold"];

/// A plan that is the same for the same numbers.
#[derive(Debug, Clone)]
struct Shape {
    changes: usize,
    /// Of a hundred changes, so many cannot be undone.
    irreversible: usize,
    /// So many different fields there are: few of them fold, many do not.
    variety: usize,
    /// How many losses one has.
    losses: usize,
    findings: usize,
    pools: usize,
    name: usize,
}

fn shapes(most: f64) -> impl Strategy<Value = Shape> {
    (
        0.0..most.log10(),
        prop_oneof![Just(0_usize), Just(1), 0..=100_usize, Just(100)],
        prop_oneof![Just(1_usize), 1..20_usize, Just(usize::MAX)],
        0..40_usize,
        prop_oneof![Just(0_usize), 0..2_000_usize],
        0..300_usize,
        0..HOSTILE.len(),
    )
        .prop_map(
            |(power, irreversible, variety, losses, findings, pools, name)| Shape {
                changes: 10_f64.powf(power).round() as usize,
                irreversible,
                variety,
                losses,
                findings,
                pools,
                name,
            },
        )
}

fn plan(shape: &Shape) -> Plan {
    let name = |n: usize| HOSTILE[(shape.name + n) % HOSTILE.len()];
    let mut lost = 0;
    let changes: Vec<Value> = (0..shape.changes)
        .map(|n| {
            let irreversible = n * 37 % 100 < shape.irreversible;
            lost += usize::from(irreversible);
            let losses: Vec<String> = (0..shape.losses).map(|l| format!("loss {l} {}", name(l))).collect();
            let kind = ["user", "group", "number"][if irreversible { 0 } else { n % 3 }];
            let value = format!("{} {}", name(n % shape.variety), n % shape.variety);
            let key = match irreversible {
                true => format!("{n:05}@acme.com"),
                // This alone on a line would end a block of code.
                false if n % 7 == 0 => "`".repeat(3 + shape.name % 2),
                false => format!("{} {n:05}", name(n)),
            };
            json!({
                "address": format!("{kind}/{key}"), "kind": kind, "key": key,
                "action": "update", "risk": if irreversible { "irreversible" } else { "reversible" },
                "acknowledged": irreversible.then_some(n % 2 == 0), "preimage": null, "dependsOn": [],
                "fields": [{
                    "path": format!("displayName {}", name(shape.variety.min(n))), "action": "change",
                    "risk": if irreversible { "irreversible" } else { "reversible" },
                    "before": name(1), "after": value,
                    "losses": if irreversible { losses } else { vec![] },
                    "source": {"file": format!("{}.yaml", name(2)), "line": 7, "column": 1, "commit": null, "author": null, "because": []},
                }],
            })
        })
        .collect();
    let findings: Vec<Value> = (0..shape.findings)
        .map(|n| json!({
            "code": "number-unknown", "severity": SEVERITIES[n % 4],
            "subject": format!("user/{}", name(n)), "message": format!("{} {n}", name(n + 1)), "help": name(n + 2),
            "file": "a.yaml", "line": n, "column": 1,
        }))
        .collect();
    let pools: Vec<Value> = (0..shape.pools)
        .map(|n| json!({"license": format!("Licence {n} {}", name(n)), "subscription": name(n + 1), "site": null,
            "total": 10, "before": 1, "peak": 2, "after": 2}))
        .collect();
    serde_json::from_value(json!({
        "formatVersion": 1, "generator": "trunkline 0.1.0", "org": {"id": "Y2lz", "name": name(0)},
        "config": {"digest": "sha256:00-->", "commit": name(4), "ref": name(3), "dirty": false},
        "snapshot": {"digest": "sha256:11", "capturedAt": "2026-11-20T08:00:00Z"},
        "guardrails": {"ref": name(1), "commit": null, "digest": "sha256:22-->"},
        "summary": {"create": 0, "update": shape.changes, "delete": 0, "move": 0, "unchanged": 0,
            "irreversible": lost, "unacknowledged": 0, "blocked": 0},
        "changes": changes, "pools": pools, "findings": findings, "operations": [],
    }))
    .unwrap()
}

fn markdown(plan: &Plan, max_bytes: usize) -> String {
    let options = Options {
        max_bytes,
        ..Options::default()
    };
    render::plan(plan, PlanFormat::Markdown, &options).unwrap()
}

/// What is wrong with the structure of a text, as a reader that follows CommonMark sees it.
fn structure(text: &str) -> Result<(), String> {
    let mut fence: Option<usize> = None;
    for line in text.lines() {
        let ticks = line.len() - line.trim_start_matches('`').len();
        match fence {
            None if ticks >= 3 => fence = Some(ticks),
            Some(open) if ticks >= open && line.len() == ticks => fence = None,
            _ => {}
        }
    }
    if fence.is_some() {
        return Err("a fence is not closed".to_owned());
    }
    let mut depth = 0;
    let mut in_code = false;
    for event in Parser::new_ext(text, Reading::ENABLE_TABLES | Reading::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => in_code = true,
            Event::End(TagEnd::CodeBlock) => in_code = false,
            Event::Html(html) | Event::InlineHtml(html) => tags(&html, &mut depth)?,
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                return Err(format!("a link to {dest_url}"));
            }
            Event::Text(text) if !in_code && text.contains('@') => {
                return Err(format!("somebody is mentioned: {text}"));
            }
            Event::Start(Tag::Heading { level, .. }) if level as usize == 1 => {
                return Err("a foreign heading".to_owned());
            }
            _ => {}
        }
    }
    match depth {
        0 => Ok(()),
        depth => Err(format!("{depth} folds are open")),
    }
}

/// Our own tags, balanced, and no others.
fn tags(html: &str, depth: &mut i64) -> Result<(), String> {
    if html.starts_with("<!--") {
        let ours = html.starts_with("<!-- trunkline plan ") && html.matches("-->").count() == 1;
        return ours
            .then_some(())
            .ok_or_else(|| format!("a foreign comment: {html}"));
    }
    for tag in html.split('<').skip(1) {
        let (tag, _) = tag.split_once('>').ok_or("a tag without an end")?;
        match tag {
            "details" | "details open" => *depth += 1,
            "/details" => *depth -= 1,
            "summary" | "/summary" | "code" | "/code" | "b" | "/b" | "br" => {}
            tag => return Err(format!("a foreign tag: <{tag}>")),
        }
        if *depth < 0 {
            return Err("a fold is closed twice".to_owned());
        }
    }
    Ok(())
}

/// The number in front of these words in the last line, 0 if they are not there.
fn left_out(text: &str, words: &[&str]) -> usize {
    let last = text.lines().last().unwrap();
    let Some(list) =
        last.strip_prefix("**Left out, because of the limit on the length of this text: ")
    else {
        return 0;
    };
    let (list, _) = list.split_once(".**").unwrap();
    let parts = list.split(", ").filter_map(|part| part.split_once(' '));
    let found = parts.filter(|(_, what)| words.contains(what));
    found
        .map(|(number, _)| number.parse::<usize>().unwrap())
        .sum()
}

/// All that is promised of the Markdown of a plan.
fn promised(shape: &Shape, max_bytes: usize) -> Result<(), String> {
    let plan = plan(shape);
    let text = markdown(&plan, max_bytes);
    if text.len() > max_bytes {
        return Err(format!("{} bytes", text.len()));
    }
    structure(&text)?;
    let lost: Vec<&str> = View::new(&plan, render::Detail::Short)
        .blocks
        .iter()
        .filter(|block| block.symbol.irreversible)
        .map(|block| block.members[0].address.as_str())
        .collect();
    let present = |address: &&&str| text.contains(&format!("**`{address}`**"));
    let standing = lost.iter().take_while(present).count();
    if standing < lost.len().min(200) {
        return Err(format!(
            "{standing} of {} that cannot be undone stand",
            lost.len()
        ));
    }
    let words = [
        "change that cannot be undone",
        "changes that cannot be undone",
    ];
    let counted = left_out(&text, &words);
    if standing + counted != lost.len() {
        return Err(format!(
            "{standing} stand and {counted} are counted of {}",
            lost.len()
        ));
    }
    // Every other change stands once, or is counted.
    let shown: usize = shown(&text);
    let counted = left_out(&text, &["change", "changes"]);
    if shown + counted + lost.len() != shape.changes {
        let all = shape.changes - lost.len();
        return Err(format!("{shown} stand and {counted} are counted of {all}"));
    }
    Ok(())
}

/// How many changes stand in folds and diffs.
fn shown(text: &str) -> usize {
    let folds = text.lines().filter_map(|line| {
        let (_, rest) = line
            .strip_prefix("<details><summary><code>")?
            .split_once("</code> <b>")?;
        rest.split_once(' ')?.0.parse::<usize>().ok()
    });
    let singles = ["user/", "group/", "number/"].map(|kind| {
        let beginnings: BTreeSet<String> = ["~ ", "+ ", "- ", "> "]
            .map(|it| format!("{it} {kind}"))
            .into();
        let begins = |line: &&str| beginnings.iter().any(|it| line.starts_with(it));
        text.lines().filter(begins).count()
    });
    folds.sum::<usize>() + singles.iter().sum::<usize>()
}

/// Tries it on shapes.
fn always(most: f64, max_bytes: usize) {
    hold(16, shapes(most), |shape| {
        prop_assert_eq!(promised(&shape, max_bytes), Ok(()));
        Ok(())
    });
}

#[test]
fn a_comment_always_fits() {
    always(50_000.0, render::COMMENT);
}

#[test]
fn so_does_a_summary() {
    always(5_000.0, SUMMARY);
}

#[test]
fn fifty_thousand_losses_are_counted() {
    let shape = Shape {
        changes: 50_000,
        irreversible: 100,
        variety: usize::MAX,
        losses: 9,
        findings: 2_000,
        pools: 300,
        name: 1,
    };
    assert_eq!(promised(&shape, render::COMMENT), Ok(()));
    assert_eq!(promised(&shape, SUMMARY), Ok(()));
}

#[test]
fn names_in_the_head_are_cut() {
    let shape = Shape {
        changes: 300,
        irreversible: 100,
        variety: usize::MAX,
        losses: 9,
        findings: 0,
        pools: 0,
        name: 0,
    };
    let mut plan = plan(&shape);
    let long = "x".repeat(100_000);
    plan.org.name = long.clone();
    plan.config.reference = Some(long.clone());
    plan.targets = vec![format!("user/{long}").into(); 20];
    let mut guardrail = serde_json::to_value(&plan).unwrap();
    guardrail["findings"] = (0..20)
        .map(|_| json!({"code": "guardrail-protect", "severity": "error", "subject": long, "message": "m",
            "help": null, "file": null, "line": null, "column": null}))
        .collect();
    let plan: Plan = serde_json::from_value(guardrail).unwrap();
    let text = markdown(&plan, render::COMMENT);
    assert!(text.len() <= render::COMMENT, "{} bytes", text.len());
    assert!(text.matches("- **`user/").count() >= 200, "{text:.3000}");
}

#[test]
fn the_structure_is_really_looked_at() {
    assert!(structure("```\n").is_err());
    assert!(structure("<details><summary>x</summary>\n\n").is_err());
    assert!(structure("x @y").is_err());
    assert!(structure("[x](y)").is_err());
    assert!(structure("<b>x</b> <script>").is_err());
    assert!(structure("`</details>`\n\n```\n</details>\n```\n").is_ok());
}
