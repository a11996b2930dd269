//! What `trunkline completions bash` prints, read by bash.

use std::process::Command;

use crate::common::needs::{Need, Test};
use crate::common::{root, run, write};
use crate::tests;

/// What is tested here, and what it needs.
pub const TESTS: &[Test] = &tests![&[Need::Program(&["bash"])] => bash_can_read_its_completions];

fn bash_can_read_its_completions() {
    let script = run(root(), &["completions", "bash"]).stdout;
    let directory = tempfile::tempdir().unwrap();
    write(&directory.path().join("trunkline.bash"), script);
    let output = Command::new("bash")
        .args(["-n", "trunkline.bash"])
        .current_dir(directory.path())
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
}
