//! `trunkline import`: YAML that describes what a snapshot has, as the beginning of a configuration.

use std::path::PathBuf;

use super::output::{Failure, create, note};
use super::{Exit, input};
use crate::config::files::{self, Origin, Sources};
use crate::config::model::AssignmentMode;
use crate::config::{self, Loaded};
use crate::import::{self, Imported};
use crate::plan::{self, Plan};
use crate::render::{PlanFormat, escape};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The observed state
    #[arg(long, value_name = "FILE")]
    snapshot: PathBuf,
    /// The directory for the files; it may not have YAML files yet
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Who is to decide which template a person gets [default: group, or organization if the snapshot has no list of groups]
    #[arg(long, value_enum, value_name = "MODE")]
    assignment_mode: Option<Mode>,
}

/// Who decides which template a person gets.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Mode {
    /// One template for everybody
    Organization,
    /// The groups of a person
    Group,
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    refuse_configuration(args)?;
    let nothing = config::load(Sources::default());
    let (snapshot, digest) = match input::snapshot(&args.snapshot) {
        Ok(read) => read,
        Err(finding) => return input::stop(PlanFormat::Text, &nothing, vec![*finding]),
    };
    let mode = args.assignment_mode.map(|mode| match mode {
        Mode::Organization => AssignmentMode::Organization,
        Mode::Group => AssignmentMode::Group,
    });
    let imported = import::import(&snapshot, mode);
    let loaded = config::load(Sources {
        files: imported
            .files
            .iter()
            .map(|file| file.source.clone())
            .collect(),
        origin: Origin::default(),
    });
    let states = match input::States::checked(snapshot, digest, &loaded, None) {
        Ok(states) => states,
        Err(findings) => return input::stop(PlanFormat::Text, &loaded, findings),
    };
    prove(
        &loaded,
        &plan::build(states.inputs(&loaded, &loaded.config, None)),
    )?;

    fs_err::create_dir_all(&args.out)?;
    for file in &imported.files {
        create(&args.out.join(&*file.source.path), &file.source.bytes)?;
    }
    note(&summary(args, &imported))?;
    Ok(Exit::Fine)
}

/// Files that are there already may mean anything beside new ones.
fn refuse_configuration(args: &Args) -> Result<(), Failure> {
    if !args.out.exists() {
        return Ok(());
    }
    let there = files::from_directory(&args.out)?.files;
    let Some(first) = there.first() else {
        return Ok(());
    };
    let place = args.out.join(&*first.path);
    let message = format!(
        "{} has YAML files already, such as {}",
        args.out.display(),
        place.display()
    );
    Err(Failure::new(message).help("name a directory without any; import never overwrites a file"))
}

/// Files are only written once it is known that they change nothing.
fn prove(loaded: &Loaded, plan: &Plan) -> Result<(), Failure> {
    let wrong = loaded.findings.iter().find(|_| loaded.has_errors());
    let wrong = wrong.map(|finding| format!("{}: {}", finding.code, finding.message));
    let changed = plan.changes.first().map(|change| change.address.clone());
    match wrong.or(changed) {
        None => Ok(()),
        Some(what) => Err(Failure::new(format!(
            "no files were written, because they would not plan to nothing: {what}"
        ))
        .help("this is a mistake of trunkline: please report it with the snapshot, or with the part of it that this names")),
    }
}

fn summary(args: &Args, imported: &Imported) -> String {
    let mut text = String::new();
    for file in &imported.files {
        let path = args.out.join(&*file.source.path).display().to_string();
        text += &match file.count {
            None => format!("wrote {}\n", escape(&path)),
            Some(count) => format!("wrote {} ({}: {count})\n", escape(&path), file.section),
        };
    }
    for line in &imported.left_out {
        text += &format!("left out: {}\n", escape(line));
    }
    for list in &imported.not_captured {
        text += &format!("left out: {list}, which the snapshot lacks\n");
    }
    let out = args.out.display().to_string();
    let snapshot = args.snapshot.display().to_string();
    text += "Against this snapshot the files plan to nothing:\n";
    text += &format!(
        "  trunkline plan {} --snapshot {}\n",
        escape(&out),
        escape(&snapshot)
    );
    text
}
