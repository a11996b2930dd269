//! `docs/cli.md` is made of the command line itself: every command, option, default and choice.
//!
//! `UPDATE_GOLDEN=1 cargo test --test cli` rewrites it, with the help texts.

use std::fmt::Write as _;

use crate::common::{golden, root};
use clap::{Arg, Command};

const HEAD: &str = "\
# The command line

Every command with its arguments and options, as `trunkline COMMAND --help` prints them. This page is generated from the program; do not edit it.
What the exit codes mean is in [exit-codes](exit-codes.md).

The result goes to stdout, everything else to stderr. Colours are for terminals; `NO_COLOR=1` turns them off. The environment variables
for Webex are in [apply](apply.md#the-token).
";

/// Text in a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "\\<")
}

/// What is written on the command line, such as `--out FILE`.
fn written(arg: &Arg) -> String {
    let value = match arg.get_value_names() {
        Some(names) if arg.get_action().takes_values() => names.join(" "),
        _ => String::new(),
    };
    let name = match arg.get_long() {
        Some(long) => format!("--{long} {value}"),
        None => value,
    };
    let name = name.trim_end();
    match arg.get_short() {
        Some(short) => format!("`-{short}`, `{name}`"),
        None => format!("`{name}`"),
    }
}

/// What it does, with its choices and its default.
fn described(arg: &Arg) -> String {
    let help = arg.get_long_help().or(arg.get_help());
    let help = help
        .unwrap_or_else(|| panic!("{} has no help", arg.get_id()))
        .to_string();
    let mut text = cell(&help.split_whitespace().collect::<Vec<_>>().join(" "));
    let choices = arg.get_possible_values();
    if arg.get_action().takes_values() {
        for choice in choices.iter().filter(|choice| !choice.is_hide_set()) {
            write!(text, "<br>`{}`", choice.get_name()).unwrap();
            if let Some(help) = choice.get_help() {
                write!(text, ": {}", cell(&help.to_string())).unwrap();
            }
        }
        let defaults = arg.get_default_values().iter();
        let defaults: Vec<&str> = defaults.map(|value| value.to_str().unwrap()).collect();
        if !defaults.is_empty() {
            write!(text, "<br>Default: `{}`", defaults.join(" ")).unwrap();
        }
    }
    if let Some(variable) = arg.get_env() {
        write!(text, "<br>Environment: `{}`", variable.to_str().unwrap()).unwrap();
    }
    text
}

fn section(name: &str, command: &mut Command) -> String {
    let usage = command.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ").trim();
    let about = command
        .get_about()
        .unwrap_or_else(|| panic!("{} has no text", command.get_name()));
    let mut text = format!("\n## {name}\n\n{about}.\n\n```text\n{usage}\n```\n");
    let shown = command
        .get_arguments()
        .filter(|arg| arg.get_id() != "help" && !arg.is_hide_set());
    let mut shown = shown.peekable();
    if shown.peek().is_some() {
        text += "\n| argument or option | does |\n|---|---|\n";
    }
    for arg in shown {
        writeln!(text, "| {} | {} |", written(arg), described(arg)).unwrap();
    }
    for below in command.get_subcommands_mut() {
        if below.get_name() != "help" {
            text += &section(&format!("{name} {}", below.get_name().to_owned()), below);
        }
    }
    text
}

#[test]
fn the_reference_is_the_command_line() {
    let mut program = trunkline::cli::command();
    program.build();
    let mut page = format!("{HEAD}\n| command | does |\n|---|---|\n");
    let mut sections = String::new();
    for command in program.get_subcommands_mut() {
        let name = command.get_name().to_owned();
        writeln!(
            page,
            "| [`{name}`](#{name}) | {} |",
            cell(&command.get_about().unwrap().to_string())
        )
        .unwrap();
        sections += &section(&name, command);
    }
    page += &sections;
    golden(&root().join("docs/cli.md"), &page).unwrap_or_else(|why| panic!("{why}"));
    for word in [
        "`--max-risk RISK`",
        "Default: `text`",
        "<br>`irreversible`",
        "`--live`",
        "## broadworks billing",
        "## broadworks consent-mail",
    ] {
        assert!(page.contains(word), "the page lacks {word}");
    }
}
