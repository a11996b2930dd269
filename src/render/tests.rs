//! Whole texts of hand-built plans.

use serde_json::json;

use super::samples::*;
use super::{Detail, Options, PlanFormat};
use crate::change::*;
use crate::finding::Severity;
use crate::plan::*;
use crate::testing::own_time;

fn text(plan: &Plan, options: Options) -> String {
    super::plan(plan, PlanFormat::Text, &options).unwrap()
}

fn short(plan: &Plan) -> String {
    text(plan, Options::default())
}

fn irreversible(mut field: Field, losses: &[&str]) -> Field {
    field.risk = Risk::Irreversible;
    field.losses = losses.iter().map(|loss| String::from(*loss)).collect();
    field
}

#[test]
fn the_example_of_the_contract() {
    assert_eq!(
        short(&example()),
        "\
trunkline plan · Acme · config a1b2c3d (main) · snapshot 2026-11-20 08:00Z

  ~! user/bob@acme.com
       -! licenses/calling     Webex Calling - Professional (Sub-2021)          users.yaml:12
          lost for good: number +12145550107, extension 1007, voicemail settings, calling services
          acknowledged: left the company, HR-123

   > user/ana@acme.com
       >  licenses/calling     Sub-2021 -> Sub-2024 (nothing lost)              subscriptions.yaml:4

   ~ 412 users  + licenses/messaging  Advanced Messaging (Sub-2021)             templates.yaml:7
       in group Sales; --detail full lists them

Signs: + add, ~ change, > move (nothing lost), - remove, ! cannot be undone

Seats   Webex Calling - Professional  Sub-2021   97 -> 95 of 100
Plan: 1 to create, 414 to update (1 move), 0 to delete. Irreversible: 1 (all acknowledged). Left out: 0.
"
    );
}

#[test]
fn full_detail_folds_nothing() {
    let full = text(
        &example(),
        Options {
            detail: Detail::Full,
            ..Options::default()
        },
    );
    assert_eq!(full.matches("licenses/messaging").count(), 412);
    assert!(full.contains(
        "
   ~ user/carl411@acme.com
       +  licenses/messaging   Advanced Messaging (Sub-2021)                    templates.yaml:7
"
    ));
}

#[test]
fn nothing_to_do() {
    let mut plan = empty();
    plan.config.commit = None;
    plan.config.reference = None;
    plan.org.name = "Acme\u{1b}[2J\n".into();
    assert_eq!(
        short(&plan),
        "\
trunkline plan · Acme\\u{1b}[2J\\u{a} · config sha256:0123456 · snapshot 2026-11-20 08:00Z

Plan: 0 to create, 0 to update, 0 to delete. Irreversible: 0. Left out: 0.
No changes. The organisation matches the configuration.
"
    );
}

/// A plan with one of everything.
#[expect(clippy::too_many_lines, reason = "a table")]
fn everything() -> Plan {
    let mut plan = empty();
    plan.config.dirty = true;

    let location = from(
        &[],
        "users.yaml",
        20,
        irreversible(
            change("location", json!("Dallas"), json!("Austin")),
            &["2 voice messages"],
        ),
    );
    let number = from(
        &[],
        "users.yaml",
        21,
        change("phoneNumber", json!("+12145550107"), json!(null)),
    );
    let mut eve = update("eve@acme.com", vec![location, number]);
    eve.acknowledged = Some(false);

    let state = from(
        &[],
        "users.yaml",
        30,
        irreversible(
            remove("state", json!("present")),
            &["all licences", "voicemail settings"],
        ),
    );
    let mut zoe = object("user", "zoe@acme.com", ChangeAction::Delete, vec![state]);
    zoe.acknowledged = Some(false);

    let host =
        json!({"license": "Webex Meetings Suite", "subscription": "Sub-2021", "role": "host"});
    let attendee = json!({"license": null, "role": "attendee"});
    let fred = update(
        "fred@acme.com",
        vec![from(
            &[],
            "t.yaml",
            9,
            change("licenses/meetings/acme.webex.com", attendee, host),
        )],
    );

    let mut members: Vec<Field> = ["ana", "bob", "carl", "dora", "emil"]
        .iter()
        .map(|name| {
            from(
                &[],
                "groups.yaml",
                5,
                add(&format!("members/{name}@acme.com"), json!(true)),
            )
        })
        .collect();
    members.push(from(
        &[],
        "groups.yaml",
        5,
        remove("members/zoe@acme.com", json!(true)),
    ));
    let sales = object("group", "Sales", ChangeAction::Update, members);

    let numbers = (0..3).map(|n| {
        let fields = vec![
            from(&[], "numbers.yaml", 2, add("location", json!("Dallas"))),
            from(&[], "numbers.yaml", 3, add("state", json!("active"))),
        ];
        object(
            "number",
            &format!("+1214555010{n}"),
            ChangeAction::Create,
            fields,
        )
    });

    plan.changes.extend([zoe, fred, sales, eve]);
    plan.changes.extend(numbers);
    plan.pools = vec![
        pool(
            "Webex Calling - Professional",
            "Sub-2021",
            [97, 104, 103, 100],
        ),
        pool("Webex Meetings Suite", "Sub-20241", [998, 1000, 999, 1000]),
    ];
    plan.pools[1].site = Some("acme.webex.com".into());
    plan.findings = vec![
        finding(
            Severity::Error,
            "user-deletion",
            "user/zoe@acme.com",
            "user/zoe@acme.com is permanently deleted",
        ),
        finding(
            Severity::Info,
            "membership-waits",
            "user/gil@acme.com",
            "joins Sales later",
        ),
        finding(
            Severity::Error,
            "voicemail-messages-loss",
            "user/eve@acme.com",
            "stored voice messages are lost",
        ),
        finding(
            Severity::Warning,
            "acknowledgement-unused",
            "user/kim@acme.com",
            "covers nothing",
        ),
        finding(
            Severity::Hold,
            "suspended-manual-control-hub",
            "user/hal@acme.com",
            "Sub-2019 is suspended",
        ),
        finding(
            Severity::Error,
            "guardrail-updates",
            "user",
            "40 of 100 users change, 30 % is the limit",
        ),
        finding(
            Severity::Error,
            "pool-exhausted",
            "user/ivy@acme.com",
            "1 unit short",
        ),
    ];
    plan.findings[6].help = Some("buy one, or\nremove one".into());
    plan.findings[6].file = Some("users.yaml".into());
    plan.findings[6].line = Some(3);
    for n in 0..12 {
        let subject = format!("user/n{n:02}@acme.com");
        plan.findings.push(finding(
            Severity::Info,
            "directory-number-diverged",
            &subject,
            "differs",
        ));
    }
    plan.summary = Summary {
        create: 3,
        update: 3,
        delete: 1,
        moves: 0,
        unchanged: 9,
        irreversible: 2,
        unacknowledged: 2,
        blocked: 2,
    };
    plan
}

#[test]
fn one_of_everything() {
    assert_eq!(
        short(&everything()),
        "\
trunkline plan · Acme · config a1b2c3d dirty (main) · snapshot 2026-11-20 08:00Z

  ~! user/eve@acme.com
       ~! location                          Dallas -> Austin                    users.yaml:20
          lost for good: 2 voice messages
          NOT ACKNOWLEDGED: needs an acknowledgement with code voicemail-messages-loss
       ~  phoneNumber                       +12145550107 -> none                users.yaml:21

  -! user/zoe@acme.com
       -! state                             deleted                             users.yaml:30
          lost for good: all licences, voicemail settings
          NOT ACKNOWLEDGED: needs an acknowledgement with code user-deletion

   ~ group/Sales
       +  members                           5 added: ana@acme.com, bob@acme.com, and 3 more
                                            groups.yaml:5
       -  members/zoe@acme.com              removed                             groups.yaml:5

   + 3 numbers
       +  location                          Dallas                              numbers.yaml:2
       +  state                             active                              numbers.yaml:3
       +12145550100, +12145550101, +12145550102

   ~ user/fred@acme.com
       ~  licenses/meetings/acme.webex.com  attendee account -> Webex Meetings Suite (Sub-2021), host
                                            t.yaml:9

Signs: + add, ~ change, - remove, ! cannot be undone

Seats   Webex Calling - Professional           Sub-2021     97 -> 103 of 100 (peak 104)  over by 4
        Webex Meetings Suite (acme.webex.com)  Sub-20241   998 -> 999 of 1000 (peak 1000)

4 errors
  error user-deletion  user/zoe@acme.com
      user/zoe@acme.com is permanently deleted
  error voicemail-messages-loss  user/eve@acme.com
      stored voice messages are lost
  error guardrail-updates  user
      40 of 100 users change, 30 % is the limit
  error pool-exhausted  user/ivy@acme.com  users.yaml:3
      1 unit short
      help: buy one, or
            remove one

1 hold (manual work)
  hold suspended-manual-control-hub  user/hal@acme.com
      Sub-2019 is suspended

1 warning
  warning acknowledgement-unused  user/kim@acme.com
      covers nothing

13 infos
  info membership-waits  user/gil@acme.com  joins Sales later
  info directory-number-diverged  12 times: user/n00@acme.com, user/n01@acme.com, user/n02@acme.com, and 9 more
      differs

Plan: 3 to create, 3 to update, 1 to delete. Irreversible: 2 (2 NOT acknowledged). Left out: 2.
BLOCKED, apply refuses this plan: 2 irreversible changes not acknowledged, guardrail-updates (user), 1 error.
"
    );
}

#[test]
fn a_second_acknowledgement_may_be_needed() {
    let mut plan = example();
    let bob = plan.changes.last_mut().unwrap();
    bob.acknowledged = Some(false);
    plan.findings = vec![finding(
        Severity::Error,
        "voicemail-messages-loss",
        "user/bob@acme.com",
        "lost",
    )];
    plan.summary.unacknowledged = 1;
    assert!(short(&plan).contains(
        "
          acknowledged: left the company, HR-123
          NOT ACKNOWLEDGED: needs an acknowledgement with code voicemail-messages-loss
"
    ));
}

#[test]
fn folded_changes_stand_where_the_first_would() {
    let mut plan = empty();
    let give = |name: &str, line| {
        let held = json!("x\u{1b}");
        let field = from(
            &["template all roles"],
            "users.yaml",
            line,
            change("roles", json!([]), json!([held, "b"])),
        );
        update(name, vec![field])
    };
    plan.changes = ["g", "f", "e", "d", "c", "a"]
        .map(|name| give(name, 1))
        .to_vec();
    plan.changes.push(give("b", 2));
    plan.summary.update = 7;
    assert_eq!(
        short(&plan).split_once('\n').unwrap().1,
        "
   ~ 6 users  ~ roles  none -> x\\u{1b}, b                                       users.yaml:1
       a, c, d, e, f, and 1 more; --detail full lists them

   ~ user/b
       ~  roles                none -> x\\u{1b}, b                               users.yaml:2

Signs: ~ change

Plan: 0 to create, 7 to update, 0 to delete. Irreversible: 0. Left out: 0.
"
    );
}

#[test]
fn an_error_without_changes_is_no_peace() {
    let mut plan = empty();
    plan.findings = vec![finding(
        Severity::Error,
        "pool-exhausted",
        "user/ivy@acme.com",
        "1 unit short",
    )];
    plan.summary.blocked = 1;
    let text = short(&plan);
    assert!(
        text.ends_with("Left out: 1.\nBLOCKED: 1 error, and nothing else to change.\n"),
        "{text}"
    );
    plan.findings[0].severity = Severity::Hold;
    assert!(short(&plan).ends_with("Left out: 1.\nNo changes now: 1 hold needs manual work.\n"));
    plan.findings[0].severity = Severity::Error;
    plan.changes = vec![moved("ana")];
    assert!(short(&plan).ends_with(
        "Left out: 1.\nBLOCKED: 1 error. With --partial, apply does the changes above without the fields that the errors name.\n"
    ));
}

#[test]
fn colours_change_nothing_but_colour() {
    let plan = everything();
    let coloured = text(
        &plan,
        Options {
            color: true,
            ..Options::default()
        },
    );
    let mut plain = String::new();
    let mut parts = coloured.split('\u{1b}');
    plain.push_str(parts.next().unwrap());
    parts.for_each(|part| plain.push_str(part.split_once('m').unwrap().1));
    assert_eq!(plain, short(&plan));
    assert!(coloured.contains("\u{1b}[1;31m-!\u{1b}[0m \u{1b}[1;31muser/zoe@acme.com\u{1b}[0m\n"));
}

#[test]
fn a_hundred_thousand_changes_take_no_time() {
    let mut plan = empty();
    plan.changes = (0..100_000)
        .map(|n| {
            let field = from(
                &["group Sales"],
                "users.yaml",
                n,
                add("extension", json!(n.to_string())),
            );
            update(
                &format!("user{n:06}@acme.com"),
                vec![
                    field,
                    from(
                        &["group Sales"],
                        "t.yaml",
                        7,
                        add("licenses/messaging", messaging()),
                    ),
                ],
            )
        })
        .collect();
    plan.findings = (0..100_000)
        .map(|n| {
            finding(
                Severity::Warning,
                "calling-no-work-phone",
                &format!("user/{n}"),
                "none",
            )
        })
        .collect();
    let (length, took) = own_time(|| short(&plan).len());
    assert!(length > 10_000_000);
    assert!(took.as_secs() < 10, "quadratic? {took:?}");
}

#[test]
fn every_line_fits_the_terminal() {
    for width in [60, 80, 100, 120] {
        for plan in [example(), everything()] {
            let text = text(
                &plan,
                Options {
                    width,
                    terminal: true,
                    ..Options::default()
                },
            );
            let long = text.lines().find(|line| line.chars().count() > width);
            assert_eq!(long, None, "at {width}");
            assert!(text.lines().all(|line| !line.ends_with(' ')), "{text}");
        }
    }
}

#[test]
fn an_object_has_a_minus_only_where_it_is_deleted() {
    let signs = |plan: &Plan| -> Vec<String> {
        let text = short(plan);
        let objects = text.lines().filter(|line| line.contains("user/"));
        let heads = objects.filter(|line| line.starts_with("  ") && !line.starts_with("     "));
        heads.map(|line| line.trim().to_owned()).collect()
    };
    let mut plan = example();
    assert!(signs(&plan).contains(&"~! user/bob@acme.com".to_owned()));
    plan.changes[0].action = ChangeAction::Delete;
    plan.changes[1].action = ChangeAction::Create;
    let said = signs(&plan);
    assert!(said.contains(&"- user/ana@acme.com".to_owned()), "{said:?}");
    assert!(
        said.contains(&"+ user/carl000@acme.com (new)".to_owned()),
        "{said:?}"
    );
}
