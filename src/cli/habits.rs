//! Habits of other programs: what users of Terraform, kubectl and git type, and the equivalent here.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue};

use super::output::Failure;

/// Options that Terraform writes with one dash.
const ONE_DASH: [&str; 7] = [
    "-auto-approve",
    "-chdir",
    "-detailed-exitcode",
    "-json",
    "-no-color",
    "-out",
    "-target",
];

/// Other names of options. The second is ours, with its value where the name implies one.
const NAMES: [(&str, &str); 5] = [
    ("-o", "--format"),
    ("--output", "--format"),
    ("--json", "--format=json"),
    ("--auto-approve", "--yes"),
    ("--no-color", "--color=never"),
];

/// Commands of other programs, and ours.
const COMMANDS: [(&[&str], &str); 11] = [
    (
        &["destroy", "delete", "rm"],
        "remove the objects from the files and run `trunkline plan --base REV`, or mark them `state: absent`",
    ),
    (
        &["diff"],
        "`trunkline plan` shows what would change, `trunkline drift` what was changed live",
    ),
    (
        &["refresh", "pull"],
        "`trunkline snapshot --live --out FILE` captures the organisation",
    ),
    (
        &["state", "output", "console", "taint", "untaint"],
        "there is no state file: `trunkline explain ADDRESS` shows one object, `trunkline snapshot` captures all",
    ),
    (
        &["get", "describe", "ls"],
        "`trunkline list users` lists objects, `trunkline explain ADDRESS` shows one and why it is so",
    ),
    (
        &["lint", "check", "test"],
        "`trunkline validate` checks the files, `trunkline fmt --check` their layout",
    ),
    (
        &["format"],
        "`trunkline fmt` writes the files in one layout",
    ),
    (
        &["rollback", "undo", "revert"],
        "revert the change in git and apply; `trunkline restore` returns what a person lost",
    ),
    (
        &["export", "dump"],
        "`trunkline snapshot` captures an organisation, `trunkline import` writes it as YAML",
    ),
    (
        &["login", "auth", "whoami"],
        "tokens are read from the environment: WEBEX_ACCESS_TOKEN, or those of a service app; `trunkline doctor --live` says whose it is and what it may do",
    ),
    (
        &["deploy", "sync", "up"],
        "`trunkline apply` carries out a plan",
    ),
];

/// The arguments with the names that this program has for them. What follows `--` stays as it is.
pub fn ours(args: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut over = false;
    let mut args = args.into_iter().peekable();
    let mut ours = Vec::new();
    while let Some(mut arg) = args.next() {
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
        ours.push(match arg.to_str() {
            Some("-o" | "--output") if !over && next.is_some_and(is_file) => "--out".into(),
            Some(text) if !over => named(text).map_or(arg, OsString::from),
            _ => arg,
        });
    }
    // Alone it asks for the version, as in many programs.
    if let [_, one] = ours.as_mut_slice()
        && *one == "-v"
    {
        *one = "--version".into();
    }
    ours
}

/// Whether a value is a file and not a format: a format is a word, and a file has a path or an ending.
fn is_file(value: &str) -> bool {
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

fn named(arg: &str) -> Option<String> {
    let (name, value) = match arg.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (arg, None),
    };
    let two = ONE_DASH.contains(&name).then(|| format!("-{name}"));
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

/// The message for a command that is unknown here and well known elsewhere.
pub fn command(error: &clap::Error) -> Option<Failure> {
    let ContextValue::String(word) = error.get(ContextKind::InvalidSubcommand)? else {
        return None;
    };
    let (_, help) = COMMANDS
        .iter()
        .find(|(words, _)| words.contains(&word.as_str()))?;
    Some(Failure::new(format!("trunkline has no command `{word}`")).help(*help))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(args: &[&str]) -> Vec<String> {
        let args = ours(args.iter().map(OsString::from));
        args.into_iter()
            .map(|it| it.into_string().unwrap())
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
