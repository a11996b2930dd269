//! `plan --format control-hub`: the directory of its files, and what is there before.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use clap::builder::PossibleValue;

use super::Exit;
use super::output::{self, Failure};
use crate::config::Config;
use crate::control_hub::{self, CHECKLIST, Failed, File, Inputs, MARK};
use crate::disk;
use crate::plan::Plan;
use crate::render::PlanFormat;
use crate::snapshot::Snapshot;
use crate::webex::export::Spelling;
use crate::{apply, render};

/// The formats of `plan`: those of any plan, and files for Control Hub, which need the snapshot too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A format of plans.
    Plan(PlanFormat),
    /// Files for Control Hub.
    ControlHub,
}

/// All of them.
const FORMATS: [Format; 9] = [
    Format::Plan(PlanFormat::Text),
    Format::Plan(PlanFormat::Markdown),
    Format::Plan(PlanFormat::Json),
    Format::Plan(PlanFormat::Csv),
    Format::Plan(PlanFormat::Html),
    Format::Plan(PlanFormat::Tfplan),
    Format::Plan(PlanFormat::Sarif),
    Format::Plan(PlanFormat::Github),
    Format::ControlHub,
];

impl Format {
    /// The format of the plan itself.
    pub fn of_plan(self) -> Option<PlanFormat> {
        match self {
            Format::Plan(format) => Some(format),
            Format::ControlHub => None,
        }
    }
}

impl Default for Format {
    fn default() -> Format {
        Format::Plan(PlanFormat::default())
    }
}

impl ValueEnum for Format {
    fn value_variants<'a>() -> &'a [Format] {
        &FORMATS
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            Format::Plan(format) => format.to_possible_value(),
            Format::ControlHub => Some(PossibleValue::new("control-hub").help(
                "CSV files that Control Hub imports, and a checklist for the rest, in the directory --out",
            )),
        }
    }
}

/// What is only for these files.
#[derive(Debug, clap::Args)]
pub struct HubArgs {
    /// With --format control-hub: a current export of users, or a download of workspaces, whose columns are used; can be repeated
    #[arg(long = "export", value_name = "FILE")]
    exports: Vec<PathBuf>,
    /// With --format control-hub: write files although errors left fields out
    #[arg(long)]
    partial: bool,
}

/// The files that were asked for.
#[derive(Debug)]
pub struct Hub<'a> {
    directory: &'a Path,
    spelling: Spelling,
    partial: bool,
}

impl HubArgs {
    /// Whether such files were asked for, and all that they need is there.
    pub fn check<'a>(
        &self,
        format: Format,
        out: Option<&'a Path>,
    ) -> Result<Option<Hub<'a>>, Failure> {
        if format != Format::ControlHub {
            let (option, help) = match (self.exports.is_empty(), self.partial) {
                (false, _) => (
                    "--export",
                    "add `--format control-hub --out DIR`; `trunkline snapshot --from-csv FILE` makes a snapshot of exports",
                ),
                (true, true) => (
                    "--partial",
                    "`trunkline apply --partial` carries out a plan without what errors left out",
                ),
                (true, false) => return Ok(None),
            };
            return Err(
                Failure::new(format!("{option} is only for --format control-hub")).help(help),
            );
        }
        let directory = out.ok_or_else(|| {
            Failure::new("--format control-hub writes several files: it needs a directory")
                .help("name one with --out DIR")
        })?;
        // Before the plan is made, which may take a while.
        output::refuse_other(directory)?;
        earlier(directory)?;
        let spelling = Spelling::read(&self.exports).map_err(|error| {
            let failure = Failure::new(error.to_string()).details(lines(&error));
            failure.help_if(error.help())
        })?;
        Ok(Some(Hub {
            directory,
            spelling,
            partial: self.partial,
        }))
    }
}

/// The problems of an export, where there are several.
fn lines(error: &crate::webex::export::ExportError) -> Vec<String> {
    match error {
        crate::webex::export::ExportError::Problems(problems) => problems.lines(),
        _ => Vec::new(),
    }
}

impl Hub<'_> {
    /// Writes the files, and prints what they are. Those of an earlier plan go first: nobody is to import them by mistake.
    pub fn write(&self, plan: &Plan, snapshot: &Snapshot, config: &Config) -> Result<(), Failure> {
        let refused = apply::unblocked(plan, self.partial).err();
        let refused = refused.map(|why| why.to_string());
        let files = control_hub::files(&Inputs {
            plan,
            snapshot,
            config,
            spelling: &self.spelling,
            refused: refused.as_deref(),
        });
        output::refuse_other(self.directory)?;
        // Whatever comes of it, files of an earlier plan are no longer right.
        let earlier = earlier(self.directory)?;
        for path in &earlier {
            fs_err::remove_file(path)?;
        }
        let files = files.map_err(|error| match error {
            Failed::Stale(people) => Failure::new("the export and the snapshot differ")
                .details(some(people))
                .help("take a new snapshot and a new export, right after each other")
                .exit(Exit::Stale),
            error @ Failed::Io(_) => Failure::new(error),
        })?;
        disk::private_directory(self.directory)?;
        for File { name, text, .. } in &files {
            output::save(&self.directory.join(name), text)?;
        }
        output::print(&self.summary(&files, refused.as_deref()))
    }

    fn summary(&self, files: &[File], refused: Option<&str>) -> String {
        let mut text = String::new();
        for File { name, rows, .. } in files {
            let path = self.directory.join(name).display().to_string();
            let what = match name == CHECKLIST {
                true => count(*rows, "step", "steps"),
                false => count(*rows, "row", "rows"),
            };
            text += &format!("{}  {what}\n", render::escape(&path));
        }
        match refused {
            Some(why) => {
                text += &format!(
                    "BLOCKED, there is nothing to import: {}.\n",
                    render::escape(why)
                )
            }
            None if files.len() > 1 => {
                text += "The checklist says in which order to import them.\n"
            }
            None => {}
        }
        text
    }
}

/// The first of these, and how many more there are.
fn some(mut lines: Vec<String>) -> Vec<String> {
    const LISTED: usize = 20;
    let more = lines.len().saturating_sub(LISTED);
    lines.truncate(LISTED);
    lines.extend((more > 0).then(|| format!("and {more} more")));
    lines
}

fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// The files of an earlier plan in a directory, the checklist last. A directory that has anything else is refused.
fn earlier(directory: &Path) -> Result<Vec<PathBuf>, Failure> {
    let refused = |why: &str| {
        Failure::new(format!("{} {why}", directory.display()))
            .help("name a new or empty directory, or one with files of `plan --format control-hub` and nothing else")
    };
    match fs_err::metadata(directory) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Ok(found) if found.is_dir() => {}
        Ok(_) => return Err(refused("is not a directory")),
        Err(error) => return Err(error.into()),
    }
    let mut files = Vec::new();
    let mut ours = false;
    for entry in fs_err::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if !entry.file_type()?.is_file() || !control_hub::is_name(&name) {
            return Err(refused(&format!(
                "contains `{name}`, which was not written by an earlier plan"
            )));
        }
        if name == CHECKLIST {
            let text = disk::read(&entry.path(), disk::LARGEST)?;
            ours = text.starts_with(MARK.as_bytes());
        }
        files.push(entry.path());
    }
    if !files.is_empty() && !ours {
        return Err(refused(
            "has files in it, and no checklist of an earlier plan",
        ));
    }
    files.sort_by_key(|path| {
        (
            path.file_name().is_some_and(|name| name == CHECKLIST),
            path.clone(),
        )
    });
    Ok(files)
}
