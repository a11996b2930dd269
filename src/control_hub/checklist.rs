//! The checklist: each import and each click in order, and what is left out.
//!
//! Plain text, so that no name in it is taken for anything else.

use std::fmt::Write;

use super::sheet::{Class, File, Is};
use super::{Inputs, Object, Task};
use crate::change::{Change, Risk};
use crate::finding::{CODES, Severity};
use crate::plan::FindingLine;
use crate::render::{escape, field};

/// The name of the file.
pub const CHECKLIST: &str = "checklist.txt";

/// How it begins: a directory with such a file is one of ours.
pub const MARK: &str = "trunkline plan --format control-hub\n";

/// Behind the title of a step.
const FOREVER: &str = ". CANNOT BE UNDONE";

/// Where users are imported.
const USERS: &str = "Management > Users > Add users > Manage users by CSV";

/// The checklist.
pub fn text(inputs: &Inputs<'_>, files: &[File], tasks: &[Task<'_>]) -> File {
    let plan = inputs.plan;
    let mut text = MARK.to_owned();
    let digest = plan.config.digest.trim_start_matches("sha256:");
    let config = plan.config.commit.as_deref().unwrap_or(digest);
    let config = escape(config.get(..7).unwrap_or(config));
    let (org, captured) = (escape(&plan.org.name), escape(&plan.snapshot.captured_at));
    line(
        &mut text,
        &format!("{org}: configuration {config}, snapshot of {captured}"),
    );
    let mut steps = Steps::default();
    match inputs.refused {
        Some(why) => {
            text.push_str("\nBLOCKED: there is nothing to import.\n");
            line(&mut text, &format!("{}.", escape(why)));
            text.push_str("Fix what is named below and plan again.\n");
        }
        None if tasks.is_empty() => text.push_str("\nThere is nothing to do.\n"),
        None => {
            text.push_str(
                "\nDo the steps in this order. The task of an import has to be complete, without a refused row, before the next step.\n\
                 Do not open the files in a spreadsheet: it removes the plus sign of numbers.\n",
            );
            if !inputs.spelling.is_from_an_export() {
                columns(&mut steps, files);
            }
            for task in tasks {
                match task {
                    Task::Import { file } => import(&mut steps, &files[*file]),
                    Task::Click { clicks, objects } => click(&mut steps, clicks, objects),
                }
            }
            steps.add(
                "Check",
                &[
                    "Take a new snapshot and plan again: only the items left out below should remain."
                        .to_owned(),
                ],
            );
        }
    }
    text.push_str(&steps.text);
    left_out(&mut text, inputs);
    File {
        name: CHECKLIST.to_owned(),
        text,
        rows: steps.count,
        is: Is::Checklist,
        losses: Vec::new(),
    }
}

fn line(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

/// Numbered steps.
#[derive(Debug, Default)]
struct Steps {
    text: String,
    count: usize,
}

impl Steps {
    fn add(&mut self, title: &str, lines: &[String]) {
        self.count += 1;
        // Writing to a String cannot fail.
        let _ = write!(self.text, "\n[ ] {}. {title}\n", self.count);
        for line in lines {
            let _ = writeln!(self.text, "    {line}");
        }
    }
}

/// Without an export nobody knows how this organisation's columns are spelled.
fn columns(steps: &mut Steps, files: &[File]) {
    if !files.iter().any(|file| matches!(file.is, Is::People(..))) {
        return;
    }
    let lines = [
        format!("{USERS} > Export CSV, with attributes and licenses"),
        "Each column of the files below has to be in the export, spelled the same. To make sure, run this command again with \
         --export FILE, which names the export."
            .to_owned(),
    ];
    steps.add("Compare the columns", &lines);
}

/// The import of a file.
fn import(steps: &mut Steps, file: &File) {
    let rows = |what: &str, many: &str| match file.rows {
        1 => format!("1 {what}"),
        n => format!("{n} {many}"),
    };
    let irreversible = |class: Class| match class {
        Class::Irreversible => FOREVER,
        Class::New | Class::Usual => "",
    };
    let (title, clicks) = match &file.is {
        Is::People(class, takes) => {
            let mode = if *takes {
                "Add and remove services"
            } else {
                "Add services only"
            };
            let what = match class {
                Class::New => rows("new person", "new people"),
                Class::Usual | Class::Irreversible => rows("person", "people"),
            };
            let clicks = format!("{USERS} > Import > choose the file > {mode} > Submit");
            (format!("{what}{}", irreversible(*class)), clicks)
        }
        Is::Workspaces(class) => (
            format!(
                "{}{}",
                rows("workspace", "workspaces"),
                irreversible(*class)
            ),
            "Management > Workspaces > Workspaces in my organization > choose the file > Submit"
                .to_owned(),
        ),
        Is::Numbers(dialog) => (
            rows("number", "numbers"),
            format!(
                "Services > PSTN & Routing > Numbers > Manage > Add > choose {} > paste the numbers of the file > Save",
                escape(dialog)
            ),
        ),
        Is::Checklist => return,
    };
    let losses = file.losses.iter().map(|loss| escape(loss).into_owned());
    let lines: Vec<String> = [clicks].into_iter().chain(losses).collect();
    let verb = match file.is {
        Is::Numbers(_) => "Add the numbers of",
        _ => "Import",
    };
    steps.add(&format!("{verb} {}: {title}", file.name), &lines);
}

/// What is done by clicks.
fn click(steps: &mut Steps, clicks: &str, objects: &[Object<'_>]) {
    let mut lines = vec![match clicks {
        "" => "No page of Control Hub is known for this: `trunkline apply` sends it.".to_owned(),
        clicks => clicks.to_owned(),
    }];
    for object in objects {
        lines.push(address(object.change));
        if object.aside {
            lines.push("  phoneNumber: remove it; a later step sets the new one".to_owned());
        }
        for it in &object.fields {
            let what = field(it, object.change.action);
            lines.push(format!("  {}: {what}", escape(&it.path)));
            if !it.losses.is_empty() {
                lines.push(format!(
                    "    permanently lost: {}",
                    escape(&it.losses.join(", "))
                ));
            }
            if let Some(reason) = &it.acknowledgement {
                lines.push(format!(
                    "    acknowledged: {}",
                    escape(reason.reason.trim())
                ));
            }
        }
        if let Some(why) = &object.why {
            lines.push(format!("  in no file: {}", escape(why)));
        }
    }
    let mut fields = objects.iter().flat_map(|object| &object.fields);
    let forever = match fields.any(|field| field.risk == Risk::Irreversible) {
        true => FOREVER,
        false => "",
    };
    let title = match objects {
        [one] => format!("Manually: {}{forever}", address(one.change)),
        several => format!("Manually: {} objects{forever}", several.len()),
    };
    steps.add(&title, &lines);
}

fn address(change: &Change) -> String {
    format!("{} {}", change.action, escape(&change.address))
}

/// Errors and holds: what is in no step.
fn left_out(text: &mut String, inputs: &Inputs<'_>) {
    let findings = inputs.plan.findings.iter();
    let findings: Vec<&FindingLine> = findings
        .filter(|it| matches!(it.severity, Severity::Error | Severity::Hold))
        .collect();
    if findings.is_empty() {
        return;
    }
    text.push_str("\nLeft out\n");
    for finding in findings {
        let subject = finding
            .subject
            .as_deref()
            .map(|it| format!(" {}", escape(it)));
        let acknowledge = CODES
            .iter()
            .any(|it| it.code.as_str() == finding.code && it.acknowledgeable);
        let kind = match finding.severity {
            Severity::Hold => "manually, or later",
            _ if acknowledge => "not acknowledged",
            _ => "error",
        };
        let (code, subject) = (escape(&finding.code), subject.unwrap_or_default());
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "\n-{subject} ({kind}, {code})\n    {}",
            escape(&finding.message)
        );
        if let Some(help) = &finding.help {
            let _ = writeln!(text, "    {}", escape(help));
        }
    }
}
