//! `broadworks consent-mail`: a mail on request, to people whom Webex waits for, and to nobody else.

use std::sync::Arc;

use crate::common::live::{direct, writes};
use crate::common::{Run, copy, root, trunkline};
use serde_json::{Value, json};
use trunkline::sim::{Options, Simulator, serve};

/// The service provider of the example, of whose subscribers one has to delete another account.
struct Provider {
    simulator: Arc<Simulator>,
    url: String,
    directory: tempfile::TempDir,
}

const IMANI: &str = "7205550111@voice.northlight.example";

impl Provider {
    fn new() -> Provider {
        let directory = tempfile::tempdir().unwrap();
        copy(&root().join("examples/service-provider"), directory.path());
        let snapshot = std::fs::read(directory.path().join("snapshot.json")).unwrap();
        let options = Options {
            real_time: true,
            ..Options::default()
        };
        let snapshot = serde_json::from_slice(&snapshot).unwrap();
        let simulator = Arc::new(Simulator::new(snapshot, &options));
        let address = serve(simulator.clone(), "127.0.0.1:0").unwrap();
        Provider {
            simulator,
            url: format!("{address}/v1"),
            directory,
        }
    }

    fn run(&self, args: &[&str]) -> Run {
        let output = trunkline(self.directory.path())
            .env("TRUNKLINE_API_URL", &self.url)
            .env("WEBEX_ACCESS_TOKEN", "some")
            .args(["broadworks", "consent-mail", "--live"])
            .args(args)
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Run {
            exit: output.status.code().unwrap(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
            took: Default::default(),
        }
    }

    /// Status of each request that sends a mail; nothing else is written.
    fn mails(&self) -> Vec<u16> {
        let sent = writes(&self.simulator).into_iter();
        let sent = sent.inspect(|it| assert!(it.path.ends_with("/emails/consentMove"), "{it:?}"));
        sent.map(|it| it.status).collect()
    }
}

#[test]
fn a_mail_is_sent_once_for_each_request_of_a_person() {
    let provider = Provider::new();
    let dry = provider.run(&["Imani.Brooks@harbor-dental.example", "--dry-run"]);
    assert_eq!(dry.exit, 0, "{}", dry.all());
    let words = "would be sent  imani.brooks@harbor-dental.example (7205550111@voice.northlight.example, Northlight+harbor-dental), \
                 waiting since 2026-11-12T10:05:31.000Z\n";
    assert_eq!(dry.stdout, words);
    assert_eq!(provider.mails(), [0_u16; 0]);

    let asked = provider.run(&[IMANI]);
    assert_eq!(asked.exit, 1, "there is nobody to ask: {}", asked.all());
    assert!(asked.stderr.contains("use --yes"), "{}", asked.stderr);
    assert_eq!(provider.mails(), [0_u16; 0]);

    // The same person by both names gets one mail.
    let both = [
        IMANI,
        "imani.brooks@harbor-dental.example",
        "--yes",
        "--format",
        "json",
    ];
    let sent = provider.run(&both);
    assert_eq!(sent.exit, 0, "{}", sent.all());
    let expected = json!({"formatVersion": 1, "mails": [{
        "userId": IMANI, "email": "imani.brooks@harbor-dental.example", "enterprise": "Northlight+harbor-dental",
        "since": "2026-11-12T10:05:31.000Z", "sent": true, "failure": null,
    }]});
    assert_eq!(sent.json(), expected);
    assert_eq!(provider.mails(), [204]);
}

#[test]
fn nobody_gets_a_mail_if_one_of_them_does_not_wait() {
    let provider = Provider::new();
    for (other, words) in [
        (
            "nobody@nowhere.example",
            "no subscriber has the user id or address nobody@nowhere.example",
        ),
        (
            "7205550101@voice.northlight.example",
            "is provisioned, and Webex sends the mail only to those who are pending_user_migration",
        ),
    ] {
        let run = provider.run(&[IMANI, other, "--yes"]);
        assert_eq!(run.exit, 1, "{}", run.all());
        assert!(run.stderr.contains("nothing was sent"), "{}", run.stderr);
        assert!(run.stderr.contains(words), "{}", run.stderr);
    }
    direct(
        &provider.simulator,
        json!({"tokens": {"some": {"customer": true}}}),
    );
    let run = provider.run(&[IMANI, "--yes"]);
    assert_eq!(run.exit, 1, "{}", run.all());
    assert!(
        run.stderr
            .contains("use the token of a partner's administrator"),
        "{}",
        run.stderr
    );
    assert_eq!(provider.mails(), [0_u16; 0]);
}

#[test]
fn a_lost_answer_is_told_and_nothing_is_sent_twice() {
    let provider = Provider::new();
    let fault: Value = json!({"method": "POST", "path": "/subscribers/*/emails/consentMove", "drop": true, "when": "after"});
    direct(&provider.simulator, json!({"faults": [fault]}));
    let run = provider.run(&[IMANI, "--yes"]);
    assert_eq!(run.exit, 6, "{}", run.all());
    assert!(
        run.stdout.contains("not known to be sent  imani.brooks@"),
        "{}",
        run.stdout
    );
    assert_eq!(provider.mails().len(), 1);
}

/// Only 204 means that the mail was sent: of any other answer nobody knows what it means.
#[test]
fn an_answer_that_webex_does_not_document_is_not_known_to_be_a_mail() {
    for (status, words) in [
        (206, "not known to be sent"),
        (200, "not known to be sent"),
        (202, "not known to be sent"),
        // A broken server may have carried it out.
        (502, "not known to be sent"),
        (400, "NOT sent"),
    ] {
        let provider = Provider::new();
        let fault: Value = json!({"method": "POST", "path": "/subscribers/*/emails/consentMove", "status": status});
        direct(&provider.simulator, json!({"faults": [fault]}));
        let run = provider.run(&[IMANI, "--yes"]);
        assert_eq!(run.exit, 6, "{status}: {}", run.all());
        assert!(run.stdout.starts_with(words), "{status}: {}", run.stdout);
        assert!(run.stdout.contains(&status.to_string()), "{}", run.stdout);
        assert_eq!(provider.mails(), [status]);

        let provider = Provider::new();
        let fault: Value = json!({"method": "POST", "path": "/subscribers/*/emails/consentMove", "status": status});
        direct(&provider.simulator, json!({"faults": [fault]}));
        let run = provider.run(&[IMANI, "--yes", "--format", "json"]);
        let sent = match status {
            400 => json!(false),
            _ => Value::Null,
        };
        assert_eq!(run.json()["mails"][0]["sent"], sent, "{}", run.all());
    }
}

#[test]
fn blanks_around_an_address_are_no_part_of_it() {
    let provider = Provider::new();
    for who in [
        " imani.brooks@harbor-dental.example",
        "Imani.Brooks@harbor-dental.example\u{a0}",
        "\t7205550111@voice.northlight.example \n",
    ] {
        let dry = provider.run(&[who, "--dry-run"]);
        assert_eq!(dry.exit, 0, "{who:?}: {}", dry.all());
    }
    let nobody = provider.run(&["  ", "--dry-run"]);
    assert_eq!(nobody.exit, 1, "{}", nobody.all());
}
