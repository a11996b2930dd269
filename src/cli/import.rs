//! `trunkline import`: YAML that describes what a snapshot has, as a first configuration.

use std::path::PathBuf;

use super::output::{Failure, create, note};
use super::{Exit, input, schema};
use crate::config::files::{self, Sources};
use crate::config::model::AssignmentMode;
use crate::config::{self, Loaded};
use crate::finding::{Finding, SNAPSHOT_INCOMPLETE};
use crate::import::{self, Imported};
use crate::plan::{self, Plan};
use crate::render::{PlanFormat, escape};
use crate::snapshot::Snapshot;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The observed state
    #[arg(long, value_name = "FILE")]
    snapshot: PathBuf,
    /// The directory for the files; it must not contain YAML files yet, except those of `trunkline init`
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// How templates are assigned [default: group, or organization if the snapshot has no list of groups]
    #[arg(long, value_enum, value_name = "MODE")]
    assignment_mode: Option<Mode>,
}

/// Who decides which template a person gets.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Mode {
    /// One template for everyone
    Organization,
    /// One template for each group
    Group,
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    let begun = begun(args)?;
    let nothing = config::load(Sources::default());
    let (snapshot, digest) = match input::snapshot(&args.snapshot) {
        Ok(read) => read,
        Err(finding) => return input::stop(PlanFormat::Text, &nothing, vec![*finding]),
    };
    // Files are a complete set: what is unknown would be missing in them, and the first apply would remove it.
    if let Some(unknown) = snapshot.not_known.first() {
        let message = format!(
            "the snapshot does not have complete data of {} objects, such as {}: {}",
            snapshot.not_known.len(),
            unknown.address,
            unknown.reason
        );
        let finding = Finding::error(SNAPSHOT_INCOMPLETE, message);
        return input::stop(
            PlanFormat::Text,
            &nothing,
            vec![finding.help("take a new snapshot")],
        );
    }
    let mut imported = import::import(&snapshot, mode(args, begun.as_ref())?);
    if begun.is_some() {
        imported.files.retain(|file| file.section != "org");
    }
    refuse_existing(args, &imported)?;
    if args.out.join(schema::FILE).exists() {
        for file in &mut imported.files {
            file.source.bytes.splice(..0, schema::LINE.bytes());
        }
    }
    let loaded = config::load(together(args, begun.is_some(), &imported)?);
    let states = match input::States::checked(snapshot, digest, &loaded, None) {
        Ok(states) => states,
        Err(findings) => return input::stop(PlanFormat::Text, &loaded, findings),
    };
    prove(&loaded, &plan::build(states.inputs(&loaded, None, None)))?;

    fs_err::create_dir_all(&args.out)?;
    for file in &imported.files {
        create(&args.out.join(&*file.source.path), &file.source.bytes)?;
    }
    let corrections = match begun {
        Some(_) => corrections(args, &loaded, states.snapshot()),
        None => String::new(),
    };
    note(&summary(args, &imported, &corrections))?;
    Ok(Exit::Fine)
}

/// Files as `init` writes them identify the organisation and say nothing of its objects: others can be added. Any other
/// files could change the meaning of new ones.
fn begun(args: &Args) -> Result<Option<Loaded>, Failure> {
    if !args.out.exists() {
        return Ok(None);
    }
    let there = files::from_directory(&args.out)?;
    let Some(first) = there.files.first() else {
        return Ok(None);
    };
    let place = args.out.join(&*first.path);
    let loaded = config::load(there);
    if !loaded.has_errors() && loaded.config.org.is_some() && loaded.config.is_bare() {
        return Ok(Some(loaded));
    }
    let message = format!(
        "{} has YAML files already, such as {}",
        args.out.display(),
        place.display()
    );
    Err(Failure::new(message).help(
        "name a directory without any, or with only those of `trunkline init`; import never overwrites a file",
    ))
}

/// How templates are assigned: what the files say, else the command line.
fn mode(args: &Args, begun: Option<&Loaded>) -> Result<Option<AssignmentMode>, Failure> {
    let asked = args.assignment_mode.map(|mode| match mode {
        Mode::Organization => AssignmentMode::Organization,
        Mode::Group => AssignmentMode::Group,
    });
    let said = begun.map(|loaded| loaded.config.mode());
    match (asked, said) {
        (Some(asked), Some(said)) if asked != said => {
            let message = "`assignmentMode` of the existing files differs from --assignment-mode";
            Err(Failure::new(message).help("omit the option, or correct the file"))
        }
        (asked, said) => Ok(said.or(asked)),
    }
}

fn refuse_existing(args: &Args, imported: &Imported) -> Result<(), Failure> {
    let paths = imported.files.iter();
    let mut paths = paths.map(|file| args.out.join(&*file.source.path));
    match paths.find(|path| fs_err::symlink_metadata(path).is_ok()) {
        None => Ok(()),
        Some(path) => Err(Failure::new(format!("{} exists already", path.display()))
            .help("move it away; import never overwrites a file")),
    }
}

/// The existing files and the new ones.
fn together(args: &Args, begun: bool, imported: &Imported) -> Result<Sources, Failure> {
    let mut sources = match begun {
        true => files::from_directory(&args.out)?,
        false => Sources::default(),
    };
    let new = imported.files.iter().map(|file| file.source.clone());
    sources.files.extend(new);
    sources.files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(sources)
}

/// What the existing files say about the organisation, if it differs from Webex or is too little.
fn corrections(args: &Args, loaded: &Loaded, snapshot: &Snapshot) -> String {
    let Some(org) = &loaded.config.org else {
        return String::new();
    };
    let file = args
        .out
        .join(&*loaded.config.place(org.key).file)
        .display()
        .to_string();
    let said = &org.value.name.value;
    let mut lines = Vec::new();
    if *said != snapshot.org.name {
        lines.push(format!(
            "it has `name: {said}`, and Webex has `{}`",
            snapshot.org.name
        ));
    }
    if org.value.id.is_none() && !snapshot.org.id.is_empty() {
        let id = &snapshot.org.id;
        lines.push(format!(
            "add `id: {id}`, so that the files match only this organisation"
        ));
    }
    let lines = lines
        .iter()
        .map(|line| format!("{}: {}\n", escape(&file), escape(line)));
    lines.collect()
}

/// Files are written only once it is known that they change nothing.
fn prove(loaded: &Loaded, plan: &Plan) -> Result<(), Failure> {
    let wrong = loaded.findings.iter().find(|_| loaded.has_errors());
    let wrong = wrong.map(|finding| format!("{}: {}", finding.code, finding.message));
    let changed = plan
        .changes
        .first()
        .map(|change| change.address.to_string());
    match wrong.or(changed) {
        None => Ok(()),
        Some(what) => Err(Failure::new(format!(
            "no files were written, because their plan would not be empty: {what}"
        ))
        .help("this is a bug in trunkline: please report it with the snapshot, or with the part that is named here")),
    }
}

fn summary(args: &Args, imported: &Imported, corrections: &str) -> String {
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
    text += corrections;
    let out = args.out.display().to_string();
    let snapshot = args.snapshot.display().to_string();
    text += "The plan of these files against this snapshot is empty:\n";
    text += &format!(
        "  trunkline plan {} --snapshot {}\n",
        escape(&out),
        escape(&snapshot)
    );
    if args.out.join(schema::FILE).exists() {
        text += "To let editors complete the names of the organisation:\n";
        text += &format!(
            "  trunkline schema --snapshot {} --out {}\n",
            escape(&snapshot),
            escape(&out)
        );
    }
    text
}
