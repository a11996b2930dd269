//! Arguments that are refused: what to type instead.
//!
//! Owns the commands and options of other programs without an equivalent of the same name.

use clap::Command;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::habits::{Word, is_file};
use super::output::Failure;

/// Options of other programs without an equivalent, and what to do. The first row that fits counts: those of one command come first.
const OPTIONS: &[(Option<&str>, &[&str], &str)] = &[
    (
        Some("fmt"),
        &["dry-run", "diff", "list", "write"],
        "`trunkline fmt --check` prints the differences and writes nothing",
    ),
    (
        None,
        &["dry-run", "check", "diff"],
        "`trunkline plan` is the dry run: it changes nothing",
    ),
    (
        None,
        &["input"],
        "omit it: without a terminal nothing is asked, and `trunkline apply` then needs --yes",
    ),
    (
        None,
        &["lock", "lock-timeout", "force"],
        "omit it: `trunkline apply` always takes the lock, and nothing overrides a refusal; acknowledge what it names",
    ),
    (
        None,
        &["refresh", "refresh-only", "read"],
        "`trunkline plan --live` reads the organisation, `trunkline drift --live` shows what was changed there",
    ),
    (
        None,
        &["destroy", "prune", "replace"],
        "mark objects `state: absent`, or remove them from the files and plan with --base REV",
    ),
    (
        None,
        &["var", "var-file", "values"],
        "the files have no variables: templates and groups say once what many people get",
    ),
    (
        None,
        &["recursive", "R"],
        "omit it: the directories below are always read",
    ),
    (
        None,
        &["f", "filename", "file"],
        "omit it: a directory or a saved plan is an argument of its own, such as `trunkline plan DIR` or `trunkline apply PLANFILE`",
    ),
    (
        None,
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
        "revert the change in git and apply; `trunkline restore` restores what a person lost",
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

/// A better message than that of the parser, where there is one.
pub fn failure(error: &clap::Error, words: &[Word], program: &Command) -> Option<Failure> {
    command(error)
        .or_else(|| of_one_organisation(words, program))
        .or_else(|| option(error, words, program))
        .or_else(|| file(error, words, program))
        .or_else(|| usage(error, words, program))
}

/// The message for a command that is unknown here and well known elsewhere.
fn command(error: &clap::Error) -> Option<Failure> {
    let ContextValue::String(word) = error.get(ContextKind::InvalidSubcommand)? else {
        return None;
    };
    let (_, help) = COMMANDS
        .iter()
        .find(|(words, _)| words.contains(&word.as_str()))?;
    Some(Failure::new(format!("trunkline has no command `{word}`")).help(*help))
}

/// The message for an option that is unknown here and well known elsewhere: in another program, or in another command.
fn option(error: &clap::Error, words: &[Word], program: &Command) -> Option<Failure> {
    if error.kind() != ErrorKind::UnknownArgument {
        return None;
    }
    let ContextValue::String(refused) = error.get(ContextKind::InvalidArg)? else {
        return None;
    };
    let command = command_of(words, program).unwrap_or(program);
    let options = words
        .iter()
        .take_while(|word| word.typed != "--")
        .filter_map(Word::option)
        .filter(|(_, ours)| !has(command, ours) && !has(program, ours));
    let options: Vec<(&str, &str)> = options.collect();
    let whole = whole(command, program);
    let named = command.get_name();
    let theirs = options.iter().find_map(|(typed, _)| {
        let word = typed.trim_start_matches('-');
        let mut rows = OPTIONS.iter();
        let (.., help) = rows.find(|(only, words, _)| {
            only.is_none_or(|only| only == named) && words.contains(&word)
        })?;
        Some((*typed, (*help).to_owned()))
    });
    let (typed, help) = theirs.or_else(|| {
        let (typed, ours) = options.iter().find(|(_, ours)| ours == refused)?;
        let having = program.get_subcommands().filter(|it| has(it, ours));
        let having: Vec<String> = having
            .map(|it| format!("`trunkline {}`", it.get_name()))
            .collect();
        match having.len() {
            0 if typed == ours => None,
            1..=FEW => Some((*typed, format!("{} has `{ours}`", having.join(" and ")))),
            _ => {
                let help = format!("`{whole} --help` lists its options");
                Some((*typed, help))
            }
        }
    })?;
    Some(Failure::new(format!("`{whole}` has no option `{typed}`")).help(help))
}

/// A command as it is typed.
fn whole(command: &Command, program: &Command) -> String {
    match command.get_name() {
        name if name == program.get_name() => name.to_owned(),
        name => format!("{} {name}", program.get_name()),
    }
}

/// The message for what a command does not take, or lacks.
fn usage(error: &clap::Error, words: &[Word], program: &Command) -> Option<Failure> {
    let command = command_of(words, program)?;
    let whole = whole(command, program);
    match (error.kind(), error.get(ContextKind::InvalidArg)?) {
        (ErrorKind::UnknownArgument, ContextValue::String(word)) => {
            let (what, help) = match word.starts_with('-') {
                true => ("has no option", "lists its options"),
                false => ("takes no argument", "shows how it is used"),
            };
            let help = match error.get(ContextKind::SuggestedArg) {
                Some(ContextValue::String(near)) => format!("did you mean `{near}`?"),
                _ => format!("`{whole} --help` {help}"),
            };
            Some(Failure::new(format!("`{whole}` {what} `{word}`")).help(help))
        }
        (ErrorKind::MissingRequiredArgument, ContextValue::Strings(missing)) => {
            let message = format!("`{whole}` needs {}", missing.join(" and "));
            // Arguments have no text before the command is built.
            let mut built = command.clone();
            built.build();
            let mut all = built.get_arguments();
            let known = all.find(|it| *missing == [it.to_string()]);
            let known = known.and_then(|it| it.get_help());
            let help = match known {
                Some(help) => help.to_string(),
                None => format!("`{whole} --help` shows how it is used"),
            };
            Some(Failure::new(message).help(help))
        }
        _ => None,
    }
}

/// More commands than these are not listed.
const FEW: usize = 2;

/// The command that the arguments name.
fn command_of<'p>(words: &[Word], program: &'p Command) -> Option<&'p Command> {
    let mut words = words.iter().skip(1).filter_map(|word| word.ours.to_str());
    words.find_map(|word| program.find_subcommand(word))
}

/// Whether a command has an option.
fn has(command: &Command, option: &str) -> bool {
    let mut all = command.get_arguments();
    match option.strip_prefix("--") {
        Some("help") => true,
        Some(long) => all.any(|it| it.get_long() == Some(long)),
        None => {
            let mut letters = option.chars().skip(1);
            let short = letters.next().filter(|_| letters.next().is_none());
            all.any(|it| it.get_short().is_some() && it.get_short() == short)
        }
    }
}

/// The command for several organisations.
const FLEET: &str = "fleet";

/// The message for a command of ours that is typed below `fleet`, which does not have it.
fn of_one_organisation(words: &[Word], program: &Command) -> Option<Failure> {
    let words = words.iter().skip(1).filter_map(|word| word.ours.to_str());
    let mut words = words.filter(|word| !word.starts_with('-'));
    let fleet = words.find_map(|word| program.find_subcommand(word))?;
    let word = words.next()?;
    let known = program.find_subcommand(word)?;
    let refused = fleet.get_name() == FLEET && fleet.find_subcommand(word).is_none();
    let (fleet, known) = (fleet.get_name(), known.get_name());
    let message = format!("there is no `trunkline {fleet} {known}`");
    let help = format!(
        "run `trunkline {known}` for each organisation: `trunkline {fleet}` lists their directories"
    );
    refused.then(|| Failure::new(message).help(help))
}

/// The message for a file without its option: which options of the command take one.
fn file(error: &clap::Error, words: &[Word], program: &Command) -> Option<Failure> {
    if error.kind() != ErrorKind::UnknownArgument {
        return None;
    }
    let ContextValue::String(word) = error.get(ContextKind::InvalidArg)? else {
        return None;
    };
    if word.starts_with('-') || !is_file(word) {
        return None;
    }
    let command = command_of(words, program)?;
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
