//! The JSON Schema, judged by an implementation of others: it is a schema, and the examples fit it.

use std::process::Command;

use crate::common::needs::{Need, Test, python};
use crate::common::root;
use crate::tests;

/// What is tested here, and what it needs.
pub const TESTS: &[Test] =
    &tests![&[Need::Module("jsonschema"), Need::Module("yaml")] => another_implementation_agrees];

fn another_implementation_agrees() {
    let script = r#"
import glob, json, sys
import jsonschema, yaml
schema = json.load(open("schema/trunkline.schema.json"))
jsonschema.Draft202012Validator.check_schema(schema)
class Strings(yaml.SafeLoader):
    pass
Strings.yaml_implicit_resolvers = {k: [r for r in v if r[0] != "tag:yaml.org,2002:timestamp"] for k, v in yaml.SafeLoader.yaml_implicit_resolvers.items()}
validator = jsonschema.Draft202012Validator(schema)
bad = 0
for path in sorted(glob.glob("examples/**/*.yaml", recursive=True)):
    for document in yaml.load_all(open(path), Strings):
        for error in validator.iter_errors(document):
            print(path, list(error.absolute_path), error.message[:200])
            bad = 1
sys.exit(bad)
"#;
    let output = Command::new(python())
        .args(["-c", script])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
