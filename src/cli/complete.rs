//! `trunkline complete`: addresses, and kinds to list, for the completion of shells. Says nothing where it knows nothing, and is quick about it.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::mpsc;
use std::time::Duration;

use clap::{Arg, Command};

use super::output::{Failure, print};
use super::{Exit, input};
use crate::config::Config;
use crate::finding::CODES;
use crate::plan;
use crate::render::escape;
use crate::snapshot::{partial, tables};

/// Nobody reads longer lists. Another letter makes them shorter.
const MOST: usize = 200;

/// Nobody waits longer for a list.
const PATIENCE: Duration = Duration::from_secs(3);

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The words of the command line after the name of the program; the last one is completed
    #[arg(last = true)]
    words: Vec<String>,
}

/// Prints what the last word can become, one on each line.
pub fn run(args: &Args, program: Command) -> Result<Exit, Failure> {
    let Some(asked) = Asked::of(&args.words, program) else {
        return Ok(Exit::Fine);
    };
    // Large files are read to the end elsewhere; the program ends before the thread.
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || tell.send(asked.answers()));
    let answers = told.recv_timeout(PATIENCE).unwrap_or_default();
    let shown = answers.iter().filter(|it| escape(it) == **it).take(MOST);
    let lines: String = shown.map(|it| format!("{it}\n")).collect();
    print(&lines)?;
    Ok(Exit::Fine)
}

/// What a word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    /// An object.
    Object,
    /// An object, or the code of a finding.
    Subject,
    /// What `list` takes.
    List,
}

/// What is asked for, and where it is looked up.
#[derive(Debug, PartialEq, Eq)]
struct Asked {
    /// How it begins.
    word: String,
    /// What it is.
    what: What,
    /// The directory of the files.
    path: PathBuf,
    /// The snapshot, if it is named.
    snapshot: Option<PathBuf>,
}

impl Asked {
    /// What a command line asks for: `None` where its last word is something else.
    fn of(words: &[String], program: Command) -> Option<Asked> {
        let (word, before) = words.split_last()?;
        let line = Line::of(before, &program);
        let target = |name: &str| matches!(name, "--target" | "-target");
        let (word, what) = match (word.split_once('='), line.open.as_deref()) {
            (Some((name, value)), _) if target(name) => (value, What::Object),
            (_, Some(open)) if target(open) => (word.as_str(), What::Object),
            (_, None) if line.free.is_empty() => match line.command? {
                "explain" => (word.as_str(), What::Subject),
                "list" => (word.as_str(), What::List),
                _ => return None,
            },
            _ => return None,
        };
        // Some shells pass the quote that is not closed yet.
        let word = word.trim_start_matches(['"', '\'']);
        let directory = line.directory.unwrap_or_else(|| PathBuf::from("."));
        let mut paths = line.free.iter().map(|it| directory.join(it));
        Some(Asked {
            word: word.to_owned(),
            what,
            path: paths.find(|it| it.is_dir()).unwrap_or(directory.clone()),
            snapshot: line.snapshot.map(|file| directory.join(file)),
        })
    }

    /// What the word can become. Files with mistakes still have the names of most objects.
    fn answers(&self) -> BTreeSet<String> {
        if self.what == What::List {
            let names = tables::names().into_iter();
            return names.filter(|it| it.starts_with(&self.word)).collect();
        }
        let config = input::configuration(&self.path, None);
        let config = config.map_or_else(|_| Config::default(), |loaded| loaded.config);
        let file = input::snapshot_path(&self.path, self.snapshot.as_deref());
        let snapshot = input::snapshot(&file);
        let snapshot = snapshot.map_or_else(|_| partial::nothing(), |(snapshot, _)| snapshot);
        let mut answers = plan::beginning_with(&config, &snapshot, &self.word);
        if self.what == What::Subject && !self.word.is_empty() {
            let codes = CODES.iter().map(|page| page.code.as_str());
            answers.extend(
                codes
                    .filter(|it| it.starts_with(&self.word))
                    .map(String::from),
            );
        }
        answers
    }
}

/// A command line as far as it is written.
#[derive(Debug, Default)]
struct Line<'l> {
    command: Option<&'l str>,
    /// An option that waits for its value.
    open: Option<String>,
    /// What belongs to no option.
    free: Vec<&'l str>,
    directory: Option<PathBuf>,
    snapshot: Option<PathBuf>,
}

impl<'l> Line<'l> {
    fn of(words: &'l [String], program: &'l Command) -> Line<'l> {
        let mut line = Line::default();
        for word in words {
            if let Some(name) = line.open.take() {
                line.set(&name, word);
            } else if word.starts_with('-') {
                let (name, value) = match word.split_once('=') {
                    Some((name, value)) => (name, Some(value)),
                    None => (word.as_str(), None),
                };
                match value {
                    Some(value) => line.set(name, value),
                    None if takes_value(name, line.command, program) => {
                        line.open = Some(name.to_owned());
                    }
                    None => {}
                }
            } else if line.command.is_none() {
                let command = program.find_subcommand(word);
                line.command = command.map(Command::get_name);
            } else {
                line.free.push(word);
            }
        }
        line
    }

    fn set(&mut self, option: &str, value: &str) {
        match option.trim_start_matches('-') {
            "C" | "chdir" => self.directory = Some(PathBuf::from(value)),
            "snapshot" => self.snapshot = Some(PathBuf::from(value)),
            _ => {}
        }
    }
}

/// Whether the next word is the value of an option. Terraform writes long ones with one dash.
fn takes_value(option: &str, command: Option<&str>, program: &Command) -> bool {
    let name = option.trim_start_matches('-');
    let is = |arg: &&Arg| {
        arg.get_long() == Some(name)
            || arg
                .get_short()
                .is_some_and(|short| name == short.to_string())
    };
    let own = command.and_then(|command| program.find_subcommand(command));
    let mut all = own
        .into_iter()
        .chain([program])
        .flat_map(Command::get_arguments);
    all.find(is)
        .is_some_and(|arg| arg.get_action().takes_values())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(line: &str) -> Option<Asked> {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        Asked::of(&words, crate::cli::command())
    }

    #[test]
    fn where_an_object_can_stand() {
        let word = |line: &str| asked(line).map(|it| (it.word, it.what));
        let explained = |word: &str| Some((word.to_owned(), What::Subject));
        let target = |word: &str| Some((word.to_owned(), What::Object));
        assert_eq!(word("explain "), explained(""));
        assert_eq!(
            word("-C webex --color never explain user/a"),
            explained("user/a")
        );
        assert_eq!(word("explain --snapshot s.json ana"), explained("ana"));
        assert_eq!(word("plan --target ana"), target("ana"));
        assert_eq!(word("plan webex --live --target=user/"), target("user/"));
        assert_eq!(word("apply -target user/"), target("user/"));
        assert_eq!(word("plan --target \"user/a"), target("user/a"));
        let listed = Some(("us".to_owned(), What::List));
        assert_eq!(word("list --snapshot s.json us"), listed);
        for line in [
            "",
            "pl",
            "plan ",
            "plan --out ",
            "explain ana --snapshot ",
            "explain ana .",
            "--color ",
            "list users ",
        ] {
            assert_eq!(word(line), None, "{line}");
        }
        assert_eq!(Asked::of(&[], crate::cli::command()), None);
    }

    #[test]
    fn where_it_is_looked_up() {
        let found = asked("-C /tmp explain --snapshot s.json ana").unwrap();
        assert_eq!(found.path, PathBuf::from("/tmp"));
        assert_eq!(found.snapshot, Some(PathBuf::from("/tmp/s.json")));
        // A saved plan is no directory.
        let found = asked("apply Cargo.toml src --target ana").unwrap();
        assert_eq!(found.path, PathBuf::from("./src"));
    }
}
