//! Habits of other programs: what users of Terraform, kubectl and git type, and the equivalent here.

use std::collections::BTreeSet;
use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command};

use super::output::Failure;

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

/// Options of other programs without an equivalent, and what to do.
const OPTIONS: &[(&[&str], &str)] = &[
    (
        &["dry-run", "check", "diff"],
        "`trunkline plan` is the dry run: it changes nothing",
    ),
    (
        &["input"],
        "omit it: without a terminal nothing is asked, and `trunkline apply` then needs --yes",
    ),
    (
        &["lock", "lock-timeout", "force"],
        "omit it: `trunkline apply` always takes the lock, and nothing overrides a refusal; acknowledge what it names",
    ),
    (
        &["refresh", "refresh-only", "read"],
        "`trunkline plan --live` reads the organisation, `trunkline drift --live` shows what was changed there",
    ),
    (
        &["destroy", "prune", "replace"],
        "mark objects `state: absent`, or remove them from the files and plan with --base REV",
    ),
    (
        &["var", "var-file", "values"],
        "the files have no variables: templates and groups say once what many people get",
    ),
    (
        &["recursive", "R"],
        "omit it: the directories below are always read",
    ),
    (
        &["f", "filename", "file"],
        "name the directory of the files: `trunkline plan DIR`",
    ),
    (
        &["watch", "w"],
        "run `trunkline drift` on a schedule; `trunkline init` writes the workflow for it",
    ),
];

/// Commands of other programs, and ours.
const COMMANDS: &[(&[&str], &str)] = &[
    (
        &["destroy", "delete", "rm", "remove"],
        "remove the objects from the files and run `trunkline plan --base REV`, or mark them `state: absent`",
    ),
    (
        &[
            "create", "add", "new", "edit", "set", "patch", "rename", "mv",
        ],
        "edit the YAML files; `trunkline plan` shows what would change, `trunkline apply` carries it out",
    ),
    (
        &["diff", "status", "preview"],
        "`trunkline plan` shows what would change, `trunkline drift` what was changed live",
    ),
    (
        &["refresh", "pull", "fetch"],
        "`trunkline snapshot --live --out FILE` captures the organisation",
    ),
    (
        &["state", "output", "console", "taint", "untaint"],
        "there is no state file: `trunkline explain ADDRESS` shows one object, `trunkline snapshot` captures all",
    ),
    (
        &["force-unlock", "unlock"],
        "an apply that ended leaves no lock; if another one is running, the message of `trunkline apply` says who started it",
    ),
    (
        &["get", "describe", "ls", "search", "find"],
        "`trunkline list users` lists objects, `trunkline explain ADDRESS` shows one and why it is so",
    ),
    (
        &["log", "logs", "history", "blame", "events"],
        "`trunkline explain ADDRESS` says who wrote the lines about an object, `trunkline drift --live` who changed it in Webex",
    ),
    (
        &["lint", "check", "test", "verify"],
        "`trunkline validate` checks the files, `trunkline fmt --check` their layout",
    ),
    (
        &["format"],
        "`trunkline fmt` writes the files in one layout",
    ),
    (
        &["rollback", "undo", "revert", "reset"],
        "revert the change in git and apply; `trunkline restore` returns what a person lost",
    ),
    (
        &["export", "dump", "backup"],
        "`trunkline snapshot` captures an organisation, `trunkline import` writes it as YAML; `trunkline apply` makes backups itself",
    ),
    (
        &["login", "auth", "whoami", "logout", "config"],
        "tokens are read from the environment: WEBEX_ACCESS_TOKEN, or those of a service app; `trunkline doctor --live` says whose it is and what it may do",
    ),
    (
        &["context", "env"],
        "each organisation has its own directory: name it, or use `-C DIR`",
    ),
    (
        &["graph", "order"],
        "`trunkline plan --detail order` lists the requests in their order, and what each waits for",
    ),
    (
        &["deploy", "sync", "up", "run", "push"],
        "`trunkline apply` carries out a plan",
    ),
];

/// The arguments with the names that this program has for them. What follows `--` stays as it is. `program` knows which options
/// there are: Terraform writes long ones with one dash.
pub fn ours(args: impl IntoIterator<Item = OsString>, program: &Command) -> Vec<OsString> {
    let long = long_names(program);
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
            Some(text) if !over => named(text, &long).map_or(arg, OsString::from),
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

/// The message for an option that is unknown here and well known elsewhere.
pub fn option(error: &clap::Error, args: &[OsString]) -> Option<Failure> {
    if error.kind() != ErrorKind::UnknownArgument {
        return None;
    }
    let words = args
        .iter()
        .map_while(|arg| arg.to_str().filter(|arg| *arg != "--"));
    let mut options = words.filter(|word| word.starts_with('-'));
    options.find_map(|written| {
        let name = written.split_once('=').map_or(written, |(name, _)| name);
        let word = name.trim_start_matches('-');
        let (_, help) = OPTIONS.iter().find(|(words, _)| words.contains(&word))?;
        Some(Failure::new(format!("trunkline has no option `{name}` here")).help(*help))
    })
}

/// The message for a file without its option: which options of the command take one.
pub fn file(error: &clap::Error, args: &[OsString], program: &Command) -> Option<Failure> {
    if error.kind() != ErrorKind::UnknownArgument {
        return None;
    }
    let ContextValue::String(word) = error.get(ContextKind::InvalidArg)? else {
        return None;
    };
    if word.starts_with('-') || !is_file(word) {
        return None;
    }
    let mut words = args.iter().skip(1).filter_map(|arg| arg.to_str());
    let command = words.find_map(|arg| program.find_subcommand(arg))?;
    let options = command.get_arguments().filter_map(|it| {
        let value = it.get_value_names()?.first()?;
        let of_files = matches!(value.as_str(), "FILE" | "DIR");
        of_files.then(|| Some(format!("--{} {value}", it.get_long()?)))?
    });
    let options: Vec<String> = options.collect();
    let name = command.get_name();
    let message = format!("`trunkline {name}` takes no argument such as `{word}`");
    let help = format!("say with an option what it is: {}", options.join(", "));
    Some(Failure::new(message).help(help)).filter(|_| !options.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(args: &[&str]) -> Vec<String> {
        let args = ours(args.iter().map(OsString::from), &crate::cli::command());
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
