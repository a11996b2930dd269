//! Tests that need something from outside: reported as ignored where it is missing, failed where `CI=true` and it can be
//! installed.
//!
//! The harness of Rust decides at compile time what is ignored. So the programs `tools` and `workflows` have one of their own,
//! libtest-mimic, which has its arguments and prints what it prints. A test there is a function without `#[test]`, and a
//! row in the list of its module: one that has no row is code that no one calls, which the compiler reports.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use libtest_mimic::{Arguments, Trial};

/// What a test needs. Each program of the list is enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// One of these programs.
    Program(&'static [&'static str]),
    /// A module of the Python that `TRUNKLINE_TEST_PYTHON` names, or of python3.
    Module(&'static str),
    /// A variable of the environment that names a file.
    Variable(&'static str),
    /// A folder or file in that of `TRUNKLINE_TEST_DATA`. Those data are not for everyone, so CI does without them.
    Data(&'static str),
}

/// A test: its name, what it needs, what it does.
pub type Test = (&'static str, &'static [Need], fn());

/// The rows of tests by their functions: `tests![NEEDS => one, another; OTHER => third]`.
#[macro_export]
macro_rules! tests {
    ($($needs:expr => $($name:ident),+);+ $(;)?) => {
        [$($((stringify!($name), $needs, $name as fn()),)+)+]
    };
}

impl Need {
    /// What is missing, in words; `None` where it is there.
    fn missing(self) -> Option<String> {
        match self {
            Need::Program(names) => {
                let there = names.iter().any(|name| program(name).is_some());
                (!there).then(|| names.join(" or "))
            }
            Need::Module(module) => {
                let known = Command::new(python())
                    .args(["-c", &format!("import {module}")])
                    .output();
                let there = known.is_ok_and(|output| output.status.success());
                (!there).then(|| format!("python3 with {module}"))
            }
            Need::Variable(name) => {
                let there = std::env::var_os(name).is_some_and(|path| PathBuf::from(path).exists());
                (!there).then(|| name.to_owned())
            }
            Need::Data(below) => data(below)
                .is_none()
                .then(|| format!("{below} in TRUNKLINE_TEST_DATA")),
        }
    }
}

/// Where a program is.
pub fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|it| it.join(name))
        .find(|it| it.is_file())
}

/// The Python with the modules that tests need.
pub fn python() -> OsString {
    std::env::var_os("TRUNKLINE_TEST_PYTHON").unwrap_or_else(|| "python3".into())
}

/// Something in the folder of data from outside of the repository.
pub fn data(below: &str) -> Option<PathBuf> {
    let path = std::env::var_os("TRUNKLINE_TEST_DATA").map(|root| PathBuf::from(root).join(below));
    path.filter(|path| path.exists())
}

/// Runs the tests of these modules as the arguments ask for.
pub fn run(modules: &[(&str, &[Test])]) -> ExitCode {
    let in_ci = std::env::var("CI").is_ok_and(|it| it == "true");
    let mut known: BTreeMap<Need, Option<String>> = BTreeMap::new();
    let mut trials = Vec::new();
    for (module, tests) in modules {
        for (name, needs, test) in *tests {
            let mut missing = Vec::new();
            let mut fails = false;
            for need in *needs {
                let what = known.entry(*need).or_insert_with(|| need.missing());
                fails |= what.is_some() && in_ci && !matches!(need, Need::Data(_));
                missing.extend(what.clone());
            }
            trials.push(trial(
                format!("{module}::{name}"),
                missing.join(", "),
                fails,
                *test,
            ));
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn trial(name: String, missing: String, fails: bool, test: fn()) -> Trial {
    if missing.is_empty() {
        return Trial::test(name, move || {
            test();
            Ok(())
        });
    }
    let told = format!("needs {missing}");
    let said = told.clone();
    Trial::test(name, move || Err(said.into()))
        .with_kind(told)
        .with_ignored_flag(!fails)
}
