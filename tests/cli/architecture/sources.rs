//! The sources of the program, and what each file names.

use std::path::{Path, PathBuf};

use super::paths::{Named, paths};
use crate::common::{root, sorted};

pub struct Source {
    /// Relative to `src`, with `/`.
    pub name: String,
    text: String,
    /// Without comments.
    pub code: String,
}

impl Source {
    /// Its module, such as `["plan", "order"]`.
    pub fn module(&self) -> Vec<String> {
        let parts = self.name.trim_end_matches(".rs").split('/');
        parts
            .filter(|part| *part != "mod")
            .map(str::to_owned)
            .collect()
    }

    pub fn room(&self) -> String {
        self.module().swap_remove(0)
    }

    /// What it names, each with whether only tests do.
    pub fn names(&self) -> Vec<Named> {
        let tests = is_test(self);
        let mut found = paths(&self.text, &self.module());
        found.iter_mut().for_each(|named| named.test |= tests);
        found
    }
}

/// The Rust files below a directory.
pub fn rust_files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in sorted(directory) {
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

pub fn sources() -> Vec<Source> {
    let src = root().join("src");
    let found = rust_files(&src);
    assert!(found.len() > 40, "the sources are elsewhere");
    let read = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).unwrap();
        let name = path.strip_prefix(&src).unwrap().to_string_lossy();
        let code = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        Source {
            name: name.replace('\\', "/"),
            code: code.map(|line| format!("{line}\n")).collect(),
            text,
        }
    };
    found.iter().map(read).collect()
}

pub fn in_room(source: &Source, room: &str) -> bool {
    source.name == room || source.name.starts_with(&format!("{room}/"))
}

/// Whether a file holds tests alone.
pub fn is_test(source: &Source) -> bool {
    source.name.contains("/tests/")
        || ["tests.rs", "_tests.rs", "testing.rs", "samples.rs"]
            .iter()
            .any(|end| source.name.ends_with(end))
}

/// The code without the tests at its foot.
pub fn without_tests(source: &Source) -> &str {
    let code = source.code.as_str();
    if is_test(source) {
        return "";
    }
    code.find("#[cfg(test)]\n")
        .filter(|&at| code[at..].contains("mod tests {"))
        .map_or(code, |at| &code[..at])
}

/// Whether a path is named as a whole: not as the beginning of a longer name.
pub fn names(code: &str, path: &str) -> bool {
    let word =
        |character: Option<char>| character.is_some_and(|it| it.is_alphanumeric() || it == '_');
    code.match_indices(path).any(|(at, _)| {
        !word(code[..at].chars().next_back())
            && !code[..at].ends_with("::")
            && !word(code[at + path.len()..].chars().next())
    })
}
