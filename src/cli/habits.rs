//! Habits of other programs: options that users of Terraform, kubectl and git type, with the names that they have here.

use std::collections::BTreeSet;
use std::ffi::OsString;

use clap::{Arg, Command};

/// Other names of options. The second is ours, with its value where the name implies one.
const NAMES: [(&str, &str); 9] = [
    ("-o", "--format"),
    ("--output", "--format"),
    ("--json", "--format=json"),
    ("--auto-approve", "--yes"),
    ("--no-color", "--color=never"),
    ("--no-colour", "--color=never"),
    ("--colour", "--color"),
    ("--parallelism", "--parallel"),
    ("--compact-warnings", "--quiet"),
];

/// An argument: as it was typed, and with the name that this program has for it.
#[derive(Debug)]
pub struct Word {
    /// As it was typed.
    pub typed: OsString,
    /// What the program reads.
    pub ours: OsString,
}

impl Word {
    /// The name of an option, without its value: as it was typed, and ours.
    pub fn option(&self) -> Option<(&str, &str)> {
        let (typed, ours) = (self.typed.to_str()?, self.ours.to_str()?);
        ours.starts_with('-').then(|| (name(typed), name(ours)))
    }
}

/// An option without its value.
fn name(option: &str) -> &str {
    option.split_once('=').map_or(option, |(name, _)| name)
}

/// The arguments with the names that this program has for them. What follows `--` stays as it is. `program` knows which options
/// there are: Terraform writes long ones with one dash.
pub fn ours(args: impl IntoIterator<Item = OsString>, program: &Command) -> Vec<Word> {
    let long = long_names(program);
    let mut over = false;
    let mut args = args.into_iter().peekable();
    let mut ours = Vec::new();
    while let Some(mut arg) = args.next() {
        let typed = arg.clone();
        over |= arg == "--";
        let text = arg.to_str().filter(|_| !over);
        match text
            .and_then(switch)
            .map(|(name, on)| (OsString::from(name), on))
        {
            Some((_, false)) => continue,
            Some((name, true)) => arg = name,
            None => {}
        }
        let next = args.peek().and_then(|next| next.to_str());
        let named = match arg.to_str() {
            Some("-o" | "--output") if !over && next.is_some_and(is_file) => "--out".into(),
            Some(text) if !over => named(text, &long).map_or(arg, OsString::from),
            _ => arg,
        };
        ours.push(Word { typed, ours: named });
    }
    // Alone it asks for the version, as in many programs.
    if let [_, one] = ours.as_mut_slice()
        && one.ours == "-v"
    {
        one.ours = "--version".into();
    }
    ours
}

/// Whether a value is a file and not a format: a format is a word, and a file has a path or an ending.
pub fn is_file(value: &str) -> bool {
    value.contains(['.', '/', '\\'])
}

/// Switches, which Terraform also takes with `=true` and `=false`.
const SWITCHES: [&str; 4] = ["json", "auto-approve", "no-color", "detailed-exitcode"];

/// What a switch of Terraform with a value says: `None` for anything else.
fn switch(arg: &str) -> Option<(&str, bool)> {
    let (name, value) = arg.split_once('=')?;
    let on = match value {
        "true" => true,
        "false" => false,
        _ => return None,
    };
    let word = name.trim_start_matches('-');
    (name.starts_with('-') && SWITCHES.contains(&word)).then_some((name, on))
}

/// The long options of all commands.
fn long_names(program: &Command) -> BTreeSet<&str> {
    let below = program.get_subcommands();
    let all = below.chain([program]).flat_map(Command::get_arguments);
    let long = all.filter_map(Arg::get_long);
    long.chain(["help", "version"]).collect()
}

fn named(arg: &str, long: &BTreeSet<&str>) -> Option<String> {
    let (name, value) = match arg.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (arg, None),
    };
    // One letter is a short option here, too.
    let one_dash = name.strip_prefix('-').filter(|word| word.len() > 1);
    let theirs = |word: &str| {
        NAMES
            .iter()
            .any(|(name, _)| name.strip_prefix("--") == Some(word))
    };
    let two = one_dash
        .filter(|word| long.contains(word) || theirs(word))
        .map(|word| format!("--{word}"));
    let name = two.as_deref().unwrap_or(name);
    let known = NAMES.iter().find(|(theirs, _)| *theirs == name);
    if two.is_none() && known.is_none() {
        return None;
    }
    let name = known.map_or(name, |(_, ours)| ours);
    Some(match value {
        Some(value) => format!("{name}={value}"),
        None => name.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(args: &[&str]) -> Vec<String> {
        let words = ours(args.iter().map(OsString::from), &crate::cli::command());
        words
            .into_iter()
            .map(|it| it.ours.into_string().unwrap())
            .collect()
    }

    #[test]
    fn options_of_other_programs_have_our_names() {
        let args = [
            "trunkline",
            "-chdir=org",
            "plan",
            "-out=x.json",
            "-no-color",
            "-o",
            "json",
            "--json",
            "--auto-approve",
            "-target",
            "user/a",
        ];
        let ours = [
            "trunkline",
            "--chdir=org",
            "plan",
            "--out=x.json",
            "--color=never",
            "--format",
            "json",
            "--format=json",
            "--yes",
            "--target",
            "user/a",
        ];
        assert_eq!(words(&args), ours);
    }

    #[test]
    fn one_dash_is_enough_for_options_that_there_are() {
        assert_eq!(
            words(&[
                "trunkline",
                "fmt",
                "-check",
                "-version",
                "-quiet",
                "-Cdir",
                "-qv",
                "-x"
            ]),
            [
                "trunkline",
                "fmt",
                "--check",
                "--version",
                "--quiet",
                "-Cdir",
                "-qv",
                "-x"
            ]
        );
    }

    #[test]
    fn switches_with_a_value() {
        assert_eq!(
            words(&["trunkline", "plan", "-json=false", "dir"]),
            ["trunkline", "plan", "dir"]
        );
        assert_eq!(
            words(&["plan", "--json=true", "-detailed-exitcode=true"]),
            ["plan", "--format=json", "--detailed-exitcode"]
        );
        assert_eq!(
            words(&["plan", "--", "-json=false"]),
            ["plan", "--", "-json=false"]
        );
        assert_eq!(words(&["trunkline", "-v"]), ["trunkline", "--version"]);
        assert_eq!(
            words(&["trunkline", "plan", "-v"]),
            ["trunkline", "plan", "-v"]
        );
    }

    #[test]
    fn a_file_is_no_format() {
        assert_eq!(
            words(&["plan", "-o", "plan.json"]),
            ["plan", "--out", "plan.json"]
        );
        assert_eq!(
            words(&["snapshot", "--output", "dir/s"]),
            ["snapshot", "--out", "dir/s"]
        );
        assert_eq!(words(&["plan", "-o", "json"]), ["plan", "--format", "json"]);
    }

    #[test]
    fn what_is_not_theirs_stays() {
        let args = [
            "trunkline",
            "plan",
            "-h",
            "--out",
            "o",
            "dir",
            "--",
            "-out",
            "--json",
        ];
        assert_eq!(words(&args), args);
    }
}
