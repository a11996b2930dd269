//! The plans of many organisations in one table: as text, Markdown and JSON.

use serde_json::{Value, json};

use super::place::{Found, Member};
use crate::cli::Exit;
use crate::cli::licenses::{numbers, table, tidy};
use crate::cli::output::Failure;
use crate::finding::{Finding, Severity};
use crate::plan::{self, Plan};
use crate::render::{self, Verdict, escape, markdown_cell};

/// The formats of a summary.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Plain text
    #[default]
    Text,
    /// For a comment on a pull request, or the summary of a CI run
    Markdown,
    /// For scripts
    Json,
}

/// An organisation and the result of its plan.
#[derive(Debug)]
pub struct Line {
    /// Which one.
    pub member: Member,
    /// What `plan` of it alone would end with.
    pub exit: Exit,
    /// The plan in numbers, or why there is none.
    pub outcome: Outcome,
}

/// What came of a plan.
#[derive(Debug)]
pub enum Outcome {
    /// There is one.
    Plan {
        /// Its counts.
        summary: plan::Summary,
        /// What a reader may expect of `apply`.
        verdict: Verdict,
        /// The codes of its error findings, each once.
        errors: Vec<String>,
        /// How many of its findings need manual work.
        holds: usize,
    },
    /// There is none.
    NoPlan(Vec<Why>),
}

impl Outcome {
    /// A plan in numbers.
    pub fn of(plan: &Plan) -> Outcome {
        let of = |severity| {
            plan.findings
                .iter()
                .filter(move |it| it.severity == severity)
        };
        let mut errors: Vec<String> = of(Severity::Error).map(|it| it.code.clone()).collect();
        errors.sort();
        errors.dedup();
        Outcome::Plan {
            summary: plan.summary,
            verdict: render::verdict(plan),
            errors,
            holds: of(Severity::Hold).count(),
        }
    }
}

/// A reason why there is no plan.
#[derive(Debug)]
pub struct Why {
    /// The code of the finding, if it is one.
    pub code: Option<String>,
    /// The file and line, relative to the organisation.
    pub place: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

impl From<Finding> for Why {
    fn from(finding: Finding) -> Why {
        Why {
            code: Some(finding.code.to_string()),
            place: finding.place.map(|it| format!("{}:{}", it.file, it.line)),
            message: finding.message,
            help: finding.help,
        }
    }
}

impl Why {
    /// Lines of text.
    pub fn text(&self) -> String {
        let mut text = match &self.code {
            Some(code) => format!("error[{code}]: {}", escape(&self.message)),
            None => format!("error: {}", escape(&self.message)),
        };
        if let Some(place) = &self.place {
            text += &format!(" ({})", escape(place));
        }
        if let Some(help) = &self.help {
            text += &format!("\n  help: {}", escape(help));
        }
        text + "\n"
    }
}

/// The order of the contract's exit codes: the first that applies to any organisation is that of the run.
pub fn rank(exit: Exit) -> usize {
    let order = [
        Exit::Error,
        Exit::Incomplete,
        Exit::Blocked,
        Exit::Irreversible,
        Exit::Changes,
        Exit::Fine,
    ];
    order.iter().position(|it| *it == exit).unwrap_or(0)
}

/// All of them.
#[derive(Debug)]
pub struct Summary<'a> {
    root: &'a str,
    found: &'a Found,
    lines: Vec<Line>,
    exit: Exit,
    total: plan::Summary,
}

impl<'a> Summary<'a> {
    /// The summary of these lines.
    pub fn new(root: &'a str, found: &'a Found, lines: Vec<Line>, exit: Exit) -> Summary<'a> {
        let mut total = plan::Summary::default();
        for line in &lines {
            let Outcome::Plan { summary, .. } = &line.outcome else {
                continue;
            };
            total.create += summary.create;
            total.update += summary.update;
            total.delete += summary.delete;
            total.moves += summary.moves;
            total.unchanged += summary.unchanged;
            total.irreversible += summary.irreversible;
            total.unacknowledged += summary.unacknowledged;
            total.blocked += summary.blocked;
        }
        Summary {
            root,
            found,
            lines,
            exit,
            total,
        }
    }

    /// In this format; Markdown is at most so long.
    pub fn print(&self, format: Format, most: usize) -> Result<String, Failure> {
        Ok(match format {
            Format::Text => self.text(),
            Format::Markdown => self.markdown(most),
            Format::Json => serde_json::to_string_pretty(&self.json())? + "\n",
        })
    }

    fn text(&self) -> String {
        let count = count(self.lines.len());
        let mut text = format!("trunkline fleet plan · {} · {count}\n\n", escape(self.root));
        if !self.lines.is_empty() {
            let mut out = table(&HEADER);
            let mut rows: Vec<[String; 9]> = self.lines.iter().map(cells).collect();
            NUMBERS.for_each(|column| align(&mut rows, column));
            for row in rows {
                out.add_row(row.map(|cell| escape(&cell).into_owned()));
            }
            NUMBERS.for_each(|column| numbers(&mut out, column));
            text += &format!("{}\n\n", tidy(&out));
        }
        for line in &self.lines {
            let Outcome::NoPlan(why) = &line.outcome else {
                continue;
            };
            text += &format!("{}: no plan\n", escape(&line.member.path));
            for line in some(why).lines() {
                text += &format!("  {line}\n");
            }
            text.push('\n');
        }
        text + &format!("{}\n{}\n", self.ends(), render::summary_line(&self.total))
    }

    /// How they end, in one line.
    fn ends(&self) -> String {
        let of = |what: fn(&Line) -> bool| self.lines.iter().filter(|line| what(line)).count();
        let none = of(|line| matches!(line.outcome, Outcome::NoPlan(_)));
        let blocked = of(
            |line| matches!(&line.outcome, Outcome::Plan { verdict, .. } if verdict.is_blocked()),
        );
        let ready = of(|line| {
            matches!(
                &line.outcome,
                Outcome::Plan {
                    verdict: Verdict::Ready,
                    ..
                }
            )
        });
        let still = self.lines.len() - none - blocked - ready;
        let mut text = format!(
            "Fleet: {}. {ready} with changes, {still} without, {blocked} blocked, {none} without a plan.",
            count(self.lines.len())
        );
        match self.found.problems.len() {
            0 => {}
            1 => text += " 1 problem below the root.",
            n => text += &format!(" {n} problems below the root."),
        }
        text
    }

    /// Whoever has to be looked at comes first, and the last ones are left out where the text would be too long.
    fn markdown(&self, most: usize) -> String {
        let head = format!(
            "<!-- trunkline fleet -->\n### trunkline fleet plan: {}\n\n{}\n\n{}\n\n",
            markdown_cell(self.root, true),
            self.ends(),
            render::summary_line(&self.total)
        );
        let row = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        let mut lines: Vec<&Line> = self.lines.iter().collect();
        lines.sort_by_key(|line| rank(line.exit));
        let rule = (0..HEADER.len()).map(|column| match NUMBERS.contains(&column) {
            true => "---:".to_owned(),
            false => "---".to_owned(),
        });
        let rule: Vec<String> = rule.collect();
        let mut rows = vec![row(&HEADER.map(str::to_owned)), row(&rule)];
        for line in lines {
            let [path, name, rest @ ..] = cells(line);
            let mut cells = vec![markdown_cell(&path, true), markdown_cell(&name, false)];
            cells.extend(rest.map(|cell| markdown_cell(&cell, false)));
            let why = match &line.outcome {
                Outcome::NoPlan(why) => why.first().map_or("", |why| why.message.as_str()),
                Outcome::Plan { .. } => "",
            };
            if let (false, Some(last)) = (why.is_empty(), cells.last_mut()) {
                *last += &format!(": {}", markdown_cell(why, false));
            }
            rows.push(row(&cells));
        }
        for problem in &self.found.problems {
            let message = markdown_cell(&problem.message, false);
            rows.push(format!(
                "\n- {}: {message}\n",
                markdown_cell(&problem.path, true)
            ));
        }
        let mut text = head;
        for (at, row) in rows.iter().enumerate() {
            if text.len() + row.len() + ROOM > most {
                let more = rows.len() - at;
                return text + &format!("\n{more} more lines do not fit.\n");
            }
            text += row;
        }
        text
    }

    fn json(&self) -> Value {
        let lines = self.lines.iter().map(|line| {
            let member = &line.member;
            let mut value = json!({
                "path": member.path, "name": member.name, "id": member.id, "slug": member.slug,
                "exit": line.exit as u8, "result": result(line),
            });
            match &line.outcome {
                Outcome::Plan { summary, errors, holds, .. } => {
                    value["summary"] = json!(summary);
                    value["errors"] = json!(errors);
                    value["holds"] = json!(holds);
                }
                Outcome::NoPlan(why) => {
                    let why = why.iter().map(|it| {
                        json!({"code": it.code, "place": it.place, "message": it.message, "help": it.help})
                    });
                    value["summary"] = Value::Null;
                    value["noPlan"] = why.collect();
                }
            }
            value
        });
        json!({
            "formatVersion": 1, "exit": self.exit as u8, "organizations": lines.collect::<Vec<_>>(),
            "summary": self.total, "gone": self.found.gone, "problems": super::problems(self.found),
        })
    }
}

/// What the line of omitted rows takes.
const ROOM: usize = 60;
/// How many reasons are shown of one organisation.
const SHOWN: usize = 3;

fn some(why: &[Why]) -> String {
    let mut text: String = why.iter().take(SHOWN).map(Why::text).collect();
    if let Some(more) = why.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        text += &format!("and {more} more\n");
    }
    text
}

fn count(n: usize) -> String {
    format!("{n} organisation{}", if n == 1 { "" } else { "s" })
}

const HEADER: [&str; 9] = [
    "path",
    "name",
    "create",
    "update",
    "delete",
    "irreversible",
    "left out",
    "holds",
    "result",
];

/// The columns of the header that are numbers.
const NUMBERS: std::ops::Range<usize> = 2..8;

/// Makes room for the words behind numbers, such as `3 (1 move)`, so that the numbers end below each other.
fn align(rows: &mut [[String; 9]], column: usize) {
    let words = |cell: &str| cell.find(' ').map_or(0, |at| cell.len() - at);
    let room = rows
        .iter()
        .map(|row| words(&row[column]))
        .max()
        .unwrap_or(0);
    for row in rows {
        let spaces = room - words(&row[column]);
        row[column] += &" ".repeat(spaces);
    }
}

fn cells(line: &Line) -> [String; 9] {
    let member = &line.member;
    let (path, name, result) = (member.path.clone(), member.shown().to_owned(), result(line));
    let Outcome::Plan { summary, holds, .. } = &line.outcome else {
        let none = || "-".to_owned();
        return [
            path,
            name,
            none(),
            none(),
            none(),
            none(),
            none(),
            none(),
            result,
        ];
    };
    let update = match summary.moves {
        0 => summary.update.to_string(),
        1 => format!("{} (1 move)", summary.update),
        n => format!("{} ({n} moves)", summary.update),
    };
    let irreversible = match summary.unacknowledged {
        0 => summary.irreversible.to_string(),
        n => format!("{} ({n} NOT acknowledged)", summary.irreversible),
    };
    let (create, delete) = (summary.create.to_string(), summary.delete.to_string());
    let (blocked, holds) = (summary.blocked.to_string(), holds.to_string());
    [
        path,
        name,
        create,
        update,
        delete,
        irreversible,
        blocked,
        holds,
        result,
    ]
}

/// How it ended, in a few words.
fn result(line: &Line) -> String {
    match &line.outcome {
        Outcome::NoPlan(why) => match why.iter().find_map(|why| why.code.as_deref()) {
            Some(code) => format!("no plan ({code})"),
            None => "no plan".to_owned(),
        },
        Outcome::Plan {
            verdict, errors, ..
        } if verdict.is_blocked() => {
            let codes: Vec<&str> = errors.iter().take(SHOWN).map(String::as_str).collect();
            let more = if errors.len() > SHOWN { ", …" } else { "" };
            format!("blocked ({}{more})", codes.join(", "))
        }
        Outcome::Plan { verdict, .. } => match verdict {
            Verdict::Ready => "changes",
            Verdict::Waiting { .. } => "waits for manual work",
            _ => "no changes",
        }
        .to_owned(),
    }
}
