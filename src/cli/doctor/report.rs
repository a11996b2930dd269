//! What was found: lines by area, scopes, and the commands that lack some; as text and as JSON.

use serde_json::{Value, json};

use super::super::Exit;
use super::super::output::Failure;
use crate::render::{Options, escape};
use crate::webex::checkup::{Scope, State};
use crate::webex::scopes::{NEEDS, Need, Task, Without};

/// How good a thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// As it should be.
    Fine,
    /// Worth knowing.
    Note,
    /// Something will go wrong some day, or works only in part.
    Warning,
    /// A command fails because of it, with this exit code.
    Error(Exit),
}

impl Mark {
    fn word(self) -> &'static str {
        match self {
            Mark::Fine => "ok",
            Mark::Note => "note",
            Mark::Warning => "warning",
            Mark::Error(_) => "error",
        }
    }
}

/// One thing that was looked at.
#[derive(Debug)]
struct Check {
    area: &'static str,
    mark: Mark,
    message: String,
    help: Option<String>,
}

/// Everything that was found.
#[derive(Debug, Default)]
pub struct Report {
    checks: Vec<Check>,
    scopes: Vec<Scope>,
}

/// What a task lacks, and of what nobody can say.
struct Lacking {
    task: Task,
    lacks: Vec<&'static Need>,
    unknown: Vec<&'static Need>,
}

impl Report {
    /// Adds a line.
    pub fn add(&mut self, area: &'static str, mark: Mark, message: impl Into<String>) {
        self.checks.push(Check {
            area,
            mark,
            message: message.into(),
            help: None,
        });
    }

    /// Adds a line that says what to do.
    pub fn advise(
        &mut self,
        area: &'static str,
        mark: Mark,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.checks.push(Check {
            area,
            mark,
            message: message.into(),
            help: Some(help.into()),
        });
    }

    /// Adds what would end another command.
    pub fn fail(&mut self, area: &'static str, failure: Failure) {
        let (message, help, exit) = failure.parts();
        self.checks.push(Check {
            area,
            mark: Mark::Error(exit),
            message,
            help,
        });
    }

    /// Sets what is known of the token's scopes.
    pub fn set_scopes(&mut self, scopes: Vec<Scope>) {
        self.scopes = scopes;
    }

    /// Whether a scope is known to be missing.
    fn lacks(&self, name: &str) -> bool {
        let of = self.scopes.iter().find(|scope| scope.name == name);
        of.is_some_and(|scope| matches!(scope.state, State::Lacks(_)))
    }

    /// The first that applies, in the order of the contract: 1, 7, 4, 0. A token with which the organisation cannot be read
    /// whole makes a snapshot incomplete.
    pub fn exit(&self) -> Exit {
        let any = |exit: Exit| self.checks.iter().any(|it| it.mark == Mark::Error(exit));
        let partial = NEEDS.iter().any(|need| {
            need.task == Task::Read && need.without == Without::Fails && self.lacks(need.scope)
        });
        match () {
            () if any(Exit::Error) => Exit::Error,
            () if any(Exit::Incomplete) || partial => Exit::Incomplete,
            () if any(Exit::Blocked) => Exit::Blocked,
            () => Exit::Fine,
        }
    }

    /// What each task lacks; those that lack nothing too.
    fn commands(&self) -> Vec<Lacking> {
        let tasks = match self.scopes.is_empty() {
            true => [].iter(),
            false => Task::ALL.iter(),
        };
        let of = |task: Task| {
            let needs = NEEDS.iter().filter(move |need| need.task == task);
            let state = |need: &Need| {
                let scope = self.scopes.iter().find(|scope| scope.name == need.scope);
                scope.map(|scope| &scope.state)
            };
            let known = needs.filter_map(|need| Some((need, state(need)?)));
            let known: Vec<_> = known.collect();
            let pick = |wanted: fn(&State) -> bool| {
                let picked = known.iter().filter(|(_, state)| wanted(state));
                picked.map(|(need, _)| *need).collect()
            };
            (!known.is_empty()).then(|| Lacking {
                task,
                lacks: pick(|state| matches!(state, State::Lacks(_))),
                unknown: pick(|state| matches!(state, State::Unknown(_))),
            })
        };
        tasks.filter_map(|task| of(*task)).collect()
    }

    /// For people. The lines of a terminal are broken between words.
    pub fn text(&self, name: Option<&str>, options: &Options) -> String {
        let width = match options.terminal {
            true => options.width,
            false => usize::MAX,
        };
        let wrapped = |first: &str, text: &str, indent: usize| {
            let indent = " ".repeat(indent);
            let lines = textwrap::Options::new(width)
                .word_separator(textwrap::WordSeparator::AsciiSpace)
                .word_splitter(textwrap::WordSplitter::NoHyphenation)
                .break_words(false)
                .initial_indent(first)
                .subsequent_indent(&indent);
            textwrap::fill(&escape(text), lines) + "\n"
        };
        let name = name.map_or_else(String::new, |name| format!(" · {}", escape(name)));
        let mut out = format!("trunkline doctor{name}\n");
        let mut area = "";
        for check in &self.checks {
            if check.area != area {
                area = check.area;
                out += &format!("\n{area}\n");
            }
            let word = check.mark.word();
            out += &wrapped(&format!("  {word:8} "), &check.message, 11);
            if let Some(help) = &check.help {
                out += &wrapped("           help: ", help, 17);
            }
        }
        out += &self.scopes_text();
        out
    }

    fn scopes_text(&self) -> String {
        let mut out = String::new();
        if self.scopes.is_empty() {
            return out;
        }
        out += "\nScopes of the token\n";
        let width = self.scopes.iter().map(|it| it.name.len()).max();
        let width = width.unwrap_or_default();
        for scope in &self.scopes {
            let (word, why) = match &scope.state {
                State::Has => ("has", String::new()),
                State::Lacks(why) => ("lacks", format!("  {}", escape(why))),
                State::Unknown(why) => ("unknown", format!("  {}", escape(why))),
            };
            let line = format!("  {word:8} {:width$}{why}", scope.name);
            out += line.trim_end();
            out.push('\n');
        }
        out += "\nCommands\n";
        for it in self.commands() {
            let commands = it.task.commands();
            if it.lacks.is_empty() {
                let known = match it.unknown.is_empty() {
                    true => "ok",
                    false => "unknown",
                };
                out += &format!("  {known:8} {commands}\n");
                continue;
            }
            let fails = it.lacks.iter().any(|need| need.without == Without::Fails);
            let word = match fails {
                true => "error",
                false => "warning",
            };
            out += &format!("  {word:8} {commands}\n");
            for need in it.lacks {
                out += &format!("           {}: {}\n", need.scope, without(need));
            }
        }
        out
    }

    /// For scripts.
    pub fn json(&self) -> Value {
        let checks: Vec<Value> = self
            .checks
            .iter()
            .map(|it| {
                json!({
                    "area": it.area.to_lowercase(), "result": it.mark.word(), "message": it.message, "help": it.help,
                })
            })
            .collect();
        let scopes: Vec<Value> = self
            .scopes
            .iter()
            .map(|it| {
                let (state, why) = match &it.state {
                    State::Has => ("has", None),
                    State::Lacks(why) => ("lacks", Some(why)),
                    State::Unknown(why) => ("unknown", Some(why)),
                };
                json!({"scope": it.name, "state": state, "reason": why})
            })
            .collect();
        let names =
            |needs: &[&Need]| -> Vec<&str> { needs.iter().map(|need| need.scope).collect() };
        let commands: Vec<Value> = self
            .commands()
            .iter()
            .map(|it| {
                json!({"commands": it.task.commands(), "lacks": names(&it.lacks), "unknown": names(&it.unknown)})
            })
            .collect();
        json!({
            "formatVersion": 1, "exitCode": self.exit() as u8, "checks": checks, "scopes": scopes, "commands": commands,
        })
    }
}

/// What happens without a scope.
fn without(need: &Need) -> String {
    match need.without {
        Without::Fails => format!("{} cannot be read", need.what),
        Without::Changes(changes) => format!("{changes} fail"),
        Without::Lacks(lost) => lost.to_owned(),
    }
}
