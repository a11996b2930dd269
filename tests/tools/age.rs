//! Files of our `age` and of the program `age`, which others wrote: each reads what the other wrote.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use trunkline::backup::age::{Recipient, decrypt, encrypt, identities};

use crate::common::needs::{Need, Test};
use crate::tests;

/// What is tested here, and what it needs.
pub const TESTS: &[Test] = &tests![
    &[Need::Program(&["age"]), Need::Program(&["age-keygen"])] => each_reads_what_the_other_wrote
];

/// Runs a program with this on stdin; gives what it printed.
fn piped(command: &mut Command, stdin: &[u8]) -> Vec<u8> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let bytes = stdin.to_vec();
    let writer = std::thread::spawn(move || input.write_all(&bytes));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success(), "{command:?}");
    output.stdout
}

/// A new identity in a file: its text, and its recipient.
fn keygen(path: &Path) -> (String, String) {
    piped(Command::new("age-keygen").arg("-o").arg(path), b"");
    let text = std::fs::read_to_string(path).unwrap();
    let recipient = piped(Command::new("age-keygen").arg("-y").arg(path), b"");
    (
        text,
        String::from_utf8(recipient).unwrap().trim().to_owned(),
    )
}

fn each_reads_what_the_other_wrote() {
    let directory = tempfile::tempdir().unwrap();
    let (first, second) = (
        directory.path().join("first"),
        directory.path().join("second"),
    );
    let (text, recipient) = keygen(&first);
    let (_, other) = keygen(&second);
    for length in [0, 1, 1_000, 65_535, 65_536, 65_537, 131_072, 300_000] {
        let bytes: Vec<u8> = (0..length).map(|at| (at * 31 % 251) as u8).collect();
        let ours = [&recipient, &other].map(|it| Recipient::read(it).unwrap());
        let ours = encrypt(&bytes, &ours).unwrap();
        for identity in [&first, &second] {
            let read = piped(Command::new("age").arg("-d").arg("-i").arg(identity), &ours);
            assert!(read == bytes, "age reads another text of {length} bytes");
        }
        let theirs = piped(
            Command::new("age").args(["-r", &other, "-r", &recipient]),
            &bytes,
        );
        let read = decrypt(&theirs, &identities(&text).unwrap()).unwrap();
        assert!(read == bytes, "another text of {length} bytes is read");
    }
}
