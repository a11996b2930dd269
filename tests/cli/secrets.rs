//! No output repeats a password that somebody wrote into a file.

use crate::common::{root, run};

#[test]
fn no_output_repeats_a_password() {
    let case = root().join("tests/golden/broadworks-file-errors");
    let plan = ["plan", "org", "--snapshot", "snapshot.json"];
    let commands: [(&[&str], i32); 3] = [
        (&["validate", "org"], 1),
        (&plan, 1),
        (&["fmt", "--check", "org"], 1),
    ];
    let yaml = std::fs::read_to_string(case.join("org/acme.yaml")).unwrap();
    for secret in ["hunter2", "31337"] {
        assert!(yaml.contains(secret));
    }
    for (command, exit) in commands {
        let formats: &[&str] = match command[0] {
            "fmt" => &["text"],
            _ => &["text", "json", "sarif", "github"],
        };
        for format in formats {
            let mut args = command.to_vec();
            if command[0] != "fmt" {
                args.extend(["--format", format]);
            }
            let run = run(&case, &args);
            assert_eq!(run.exit, exit, "{args:?}: {}", run.stderr);
            let said = format!("{}{}", run.stdout, run.stderr);
            assert!(
                said.contains("passwordRef") || said.contains("secret"),
                "{args:?}: {said}"
            );
            for secret in ["hunter2", "31337"] {
                assert!(!said.contains(secret), "{args:?} prints {secret}: {said}");
            }
        }
    }
}
