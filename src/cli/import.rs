//! `trunkline import`: YAML that describes what a snapshot has, as a first configuration.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::output::{Failure, create, note, refuse_other};
use super::{Exit, input, schema};
use crate::config::files::{self, SourceFile, Sources};
use crate::config::model::AssignmentMode;
use crate::config::{self, Loaded};
use crate::finding::{Finding, SNAPSHOT_INCOMPLETE, Severity};
use crate::import::{self, Extent, Imported, People};
use crate::plan::{self, FindingLine, Plan};
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
    /// Write no entries of people: only what groups and their templates say of them
    #[arg(long, conflicts_with = "flat")]
    without_people: bool,
    /// Write no templates: an entry for everyone who has a licence, with all of them
    #[arg(long)]
    flat: bool,
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
    refuse_other(&args.out)?;
    let begun = begun(args)?;
    let nothing = config::load(Sources::default());
    let (snapshot, digest) = match input::snapshot(&args.snapshot) {
        Ok(read) => read,
        Err(finding) => return input::stop(PlanFormat::Text, &nothing, vec![*finding]),
    };
    // Files are a complete set: what is unknown would be missing in them, and the first apply would remove it.
    if let Some(unknown) = snapshot.not_known.first() {
        let message = format!(
            "the snapshot does not have complete data of {}: {}{}",
            unknown.address,
            unknown.reason,
            match snapshot.not_known.len() - 1 {
                0 => String::new(),
                more => format!(" (and of {more} more)"),
            }
        );
        let finding = Finding::error(SNAPSHOT_INCOMPLETE, message);
        return input::stop(
            PlanFormat::Text,
            &nothing,
            vec![finding.help("take a new snapshot")],
        );
    }
    let extent = Extent {
        mode: mode(args, begun.as_ref())?,
        people: match (args.without_people, args.flat) {
            (true, _) => People::Omitted,
            (false, true) => People::Flat,
            (false, false) => People::WithCalling,
        },
        ..Extent::default()
    };
    let draft = draft(args, begun.is_some(), &snapshot, &extent)?;
    refuse_existing(args, &draft.0)?;
    let states = match input::States::checked(snapshot, digest, &draft.1, None) {
        Ok(states) => states,
        Err(findings) => return input::stop(PlanFormat::Text, &draft.1, findings),
    };
    let (imported, loaded) = settle(args, begun.is_some(), &states, extent, draft)?;
    refuse_existing(args, &imported)?;

    fs_err::create_dir_all(&args.out)?;
    for file in &imported.files {
        let path = args.out.join(&*file.source.path);
        if let Some(directory) = path.parent() {
            fs_err::create_dir_all(directory)?;
        }
        create(&path, &file.source.bytes)?;
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
        None => {
            let files = imported.files.iter();
            let below = files.flat_map(|file| Path::new(&*file.source.path).ancestors().skip(1));
            let below: BTreeSet<&Path> = below.filter(|it| !it.as_os_str().is_empty()).collect();
            below
                .iter()
                .try_for_each(|it| refuse_other(&args.out.join(it)))
        }
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
    // Exports of Control Hub do not name the organisation.
    if *said != snapshot.org.name && !snapshot.org.name.is_empty() {
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

/// Files as they would be written, and the configuration that they are.
type Drafted = (Imported, Loaded);

fn draft(
    args: &Args,
    begun: bool,
    snapshot: &Snapshot,
    extent: &Extent,
) -> Result<Drafted, Failure> {
    let mut imported = import::import(snapshot, extent);
    if begun {
        imported.files.retain(|file| file.section != "org");
    }
    if args.out.join(schema::FILE).exists() {
        for file in &mut imported.files {
            let line = schema::line(&file.source.path);
            file.source.bytes.splice(..0, line.bytes());
        }
    }
    let loaded = config::load(together(args, begun, &imported)?);
    Ok((imported, loaded))
}

/// Files are written only once it is known that they change nothing. Where they would, as an odd snapshot may make them,
/// less is said: nothing of the people concerned, then nothing of templates for those who are there, then of no one.
fn settle(
    args: &Args,
    begun: bool,
    states: &input::States,
    mut extent: Extent,
    mut drafted: Drafted,
) -> Result<Drafted, Failure> {
    for round in 0.. {
        let (_, loaded) = &drafted;
        let built = plan::build(states.inputs(loaded, None, None));
        let objections = objections(loaded, &built, states);
        let Some(first) = objections.first() else {
            break;
        };
        match round {
            0 => extent.except = addresses(&built),
            1 => extent.newcomers_only = true,
            2 => extent.people = People::Omitted,
            _ => {
                return Err(Failure::new(format!(
                    "no files were written, because their plan would not be empty: {first}"
                ))
                .help("this is a bug in trunkline: please report it with the snapshot, or with the part that is named here"));
            }
        }
        drafted = draft(args, begun, states.snapshot(), &extent)?;
    }
    Ok(drafted)
}

/// A configuration that says nothing: the errors of its plan are those of the snapshot.
fn bare() -> Loaded {
    let bytes = b"version: 1\norg: {name: Any, assignmentMode: organization}\n";
    let file = SourceFile {
        path: "org.yaml".into(),
        bytes: bytes.to_vec(),
    };
    config::load(Sources {
        files: vec![file],
        ..Sources::default()
    })
}

/// What is wrong with files and their plan: errors, and anything that would change.
fn objections(loaded: &Loaded, plan: &Plan, states: &input::States) -> Vec<String> {
    let errors = loaded.errors();
    let errors = errors.map(|it| format!("{}: {}", it.code, it.message));
    let is_error = |it: &&FindingLine| it.severity == Severity::Error;
    let mut blocked: Vec<&FindingLine> = plan.findings.iter().filter(is_error).collect();
    if !blocked.is_empty() {
        let bare = plan::build(states.inputs(&bare(), None, None));
        let same = |a: &FindingLine, b: &FindingLine| a.code == b.code && a.subject == b.subject;
        blocked.retain(|it| !bare.findings.iter().any(|other| same(it, other)));
    }
    let blocked = blocked
        .iter()
        .map(|it| format!("{}: {}", it.code, it.message));
    let changed = plan.changes.iter().map(|change| change.address.to_string());
    errors.chain(blocked).chain(changed).collect()
}

/// What a plan changes, or has an error about.
fn addresses(plan: &Plan) -> BTreeSet<String> {
    let changed = plan.changes.iter().map(|change| change.address.to_string());
    let errors = plan
        .findings
        .iter()
        .filter(|it| it.severity == Severity::Error);
    let wrong = errors.filter_map(|it| it.subject.clone());
    changed.chain(wrong).collect()
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
