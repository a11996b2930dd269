//! The applied snapshot: where it is, and whether it can be trusted to say who is new.

use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::input::{self, States};
use super::output::Failure;
use crate::apply::{self, Journal, Report};
use crate::change::Address;
use crate::config::model::AssignmentMode;
use crate::config::{Config, Loaded};
use crate::disk;
use crate::drift;
use crate::finding::{
    APPLIED_SNAPSHOT_NEWER, Code, Finding, ORG_MISMATCH, SNAPSHOT_INCOMPLETE, SNAPSHOT_MISSING,
    SNAPSHOT_UNREADABLE,
};
use crate::plan::{self, Had, Inputs, Plan, SnapshotRef};
use crate::snapshot::{self, Applied, Kept, Snapshot};
use crate::webex::ids;

/// Options of commands that have to know who is new.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
pub struct Args {
    /// The snapshot of the last apply, which determines who is new [default: applied.json.zst in the state directory, .trunkline in PATH]
    #[arg(long, alias = "baseline", value_name = "FILE")]
    applied: Option<PathBuf>,
}

/// What to do about a snapshot that cannot be used.
const HELP: &str = "name the right one with --applied, or move it away: then nobody is treated as new, renamed or gone";

/// Where applied snapshots are looked for.
#[derive(Debug)]
pub struct Place {
    named: Option<PathBuf>,
    state: PathBuf,
}

impl Place {
    /// The file to use: the one that is named, else the one that the last run against Webex left in the state directory, if it
    /// exists.
    pub fn file(&self) -> Option<PathBuf> {
        self.named.clone().or_else(|| kept(&self.state))
    }

    /// The same for a snapshot file that has this digest: where the last run against a file wrote it, what that run left comes
    /// first.
    pub fn file_for(&self, digest: &str) -> Option<PathBuf> {
        let rehearsed = input::is_rehearsed(&self.state, digest);
        let left = || kept(&input::rehearsal(&self.state)).filter(|_| rehearsed);
        self.named.clone().or_else(left).or_else(|| self.file())
    }
}

impl Args {
    /// Looked for in this state directory, unless a file is named.
    pub fn at(&self, state: &Path) -> Place {
        Place {
            named: self.applied.clone(),
            state: state.to_owned(),
        }
    }

    /// The file that is named.
    pub fn named(&self) -> Option<&Path> {
        self.applied.as_deref()
    }
}

/// The applied snapshot in a directory, if it exists.
fn kept(directory: &Path) -> Option<PathBuf> {
    let names = ["applied.json.zst", "applied.json"];
    let mut files = names.into_iter().map(|name| directory.join(name));
    files.find(|file| may_exist(file))
}

/// Whether the file exists. A file that cannot be inspected counts as existing: reading it fails, instead of it being ignored.
fn may_exist(file: &Path) -> bool {
    !matches!(std::fs::symlink_metadata(file), Err(error) if error.kind() == io::ErrorKind::NotFound)
}

/// Checks before anything is sent that the applied snapshot of this plan exists and can be read: without it, unsettled
/// people would be forgotten. Returns the addresses that it has for those who lose something.
pub fn check(file: Option<&Path>, plan: &Plan) -> Result<Had, Failure> {
    let Some(file) = file else {
        let Some(named) = &plan.applied else {
            return Ok(Had::default());
        };
        let message = format!(
            "the plan was made with the applied snapshot {} of {}, which is missing here",
            named.digest, named.captured_at
        );
        return Err(Failure::new(message).help("name it with --applied FILE"));
    };
    let unusable = |why: &str| {
        let message = format!(
            "the applied snapshot {} cannot be used: {why}",
            file.display()
        );
        Failure::new(message).help(HELP)
    };
    let (then, _) = input::snapshot(file).map_err(|finding| unusable(&finding.message))?;
    match (
        ids::plain(&then.org.id) == ids::plain(&plan.org.id),
        then.complete,
    ) {
        (false, _) => Err(unusable(&format!(
            "it is of {}, but the plan is of {}",
            then.org.id, plan.org.id
        ))),
        (_, false) => Err(unusable("it is marked as incomplete")),
        _ => Ok(Had::of(plan, &then)),
    }
}

/// What came of the state that was reached.
#[derive(Debug, Default)]
pub struct Renewed {
    /// Whether it is the applied snapshot now.
    pub saved: bool,
    /// The addresses of those who lost Calling since the last apply, and of whom no plan knows.
    pub lost: Vec<String>,
    /// Those whom the plan changes and who lost what it does not take, with what that is.
    pub owed: Vec<(Address, String)>,
}

/// Writes the state that was reached as the applied snapshot of the next plan, unless it is not known completely: what
/// is unknown now would count as new later.
pub fn renew(
    mut document: Value,
    before: Option<&Path>,
    state: &Path,
    loaded: &Loaded,
    plan: &Plan,
    ran: Option<(&Report, &Journal)>,
) -> Result<Renewed, Failure> {
    let now = snapshot::of_document(&document).map_err(Failure::new)?;
    let applied = match before {
        Some(file) => {
            read(file, &loaded.config, &now)
                .map_err(|finding| Failure::new(finding.message))?
                .0
        }
        None => Applied::new(plan::before(plan, &now), &now).map_err(Failure::new)?,
    };
    let mut renewed = Renewed::default();
    if let Some((report, journal)) = ran {
        renewed.owed = apply::losses_since(plan, &report.before, applied.then(), &now, journal)?;
    }
    // With an older one, newcomers stay new as well, and it says more of whoever could not be read. What is unknown of a licence
    // holds those who need it; who is where is known.
    let mut unknown = now.not_known.iter();
    if before.is_some() && unknown.any(|it| !it.address.starts_with("license/")) {
        return Ok(renewed);
    }
    let kept = keep(&applied, loaded, plan, now, &mut renewed)?;
    document["applied"] = serde_json::to_value(kept).map_err(Failure::new)?;
    disk::private_directory(state)?;
    snapshot::write(&state.join("applied.json.zst"), &document)?;
    renewed.saved = true;
    Ok(renewed)
}

/// What the next applied snapshot keeps in addition to the state that was reached, and who lost Calling since the last one.
fn keep(
    applied: &Applied,
    loaded: &Loaded,
    plan: &Plan,
    now: Snapshot,
    renewed: &mut Renewed,
) -> Result<Kept, Failure> {
    let then = applied.then();
    let lost = drift::losses_to_keep(plan, then, &now);
    let known = |id: &str| then.applied.iter().any(|kept| kept.has_lost(id));
    let fresh = lost.iter().filter(|(_, id)| !known(id));
    renewed.lost = fresh.map(|(address, _)| address.clone()).collect();
    let told = |address: &String| renewed.owed.iter().any(|(it, _)| it == address);
    renewed.lost.retain(|address| !told(address));
    let lost = lost.into_iter().map(|(_, id)| id).collect();
    let states = States::checked(now, String::new(), loaded, None)
        .map_err(|findings| Failure::new(findings.first().map_or("", |first| &first.message)))?;
    let open = plan::unsettled(Inputs {
        applied: Some(applied),
        ..states.inputs(loaded, None, None)
    });
    let named = |email: &str| names(&loaded.config, email);
    Ok(applied.keep(states.snapshot(), &open, &lost, named))
}

/// Whether the files name a person by this address.
fn names(config: &Config, email: &str) -> bool {
    let is = |text: &str| {
        text.rsplit('/')
            .next()
            .is_some_and(|key| key.eq_ignore_ascii_case(email))
    };
    let members = config
        .groups
        .values()
        .flat_map(|group| &group.value.members);
    let agreed = config
        .acknowledgements
        .iter()
        .flat_map(|it| it.value.subjects.iter());
    let protected = config.guardrails.iter().flat_map(|it| &it.value.protect);
    config.users.contains_key(email)
        || members
            .flat_map(|list| &list.value)
            .any(|member| is(&member.value))
        || agreed.chain(protected).any(|subject| is(&subject.value))
}

/// Reads it and compares it with the current state. Any problem with it is an error: without it a new person would count as
/// one who was there before.
pub fn read(
    file: &Path,
    config: &Config,
    now: &Snapshot,
) -> Result<(Applied, SnapshotRef), Box<Finding>> {
    let than = ("the snapshot is of", now.org.id.as_str());
    let (then, digest) = checked(file, config, Some(than))?;
    let reference = SnapshotRef {
        digest,
        captured_at: then.captured_at.clone(),
    };
    let applied =
        Applied::new(then, now).map_err(|why| unusable(file, SNAPSHOT_UNREADABLE, &why))?;
    Ok((applied, reference))
}

/// That the applied snapshot is from after the snapshot: what happened between them would be read backwards.
pub fn newer(then: &Snapshot, now: &Snapshot) -> Option<Finding> {
    let (was, is) = (then.captured_moment()?, now.captured_moment()?);
    (was > is).then(|| {
        let message = format!(
            "the applied snapshot ({was}) is newer than the snapshot ({is}), so it is ignored, and nobody counts as new"
        );
        Finding::warning(APPLIED_SNAPSHOT_NEWER, message)
            .help("take a new snapshot with `trunkline snapshot --live --out FILE`, or plan with `--live`")
    })
}

/// Reads it and compares it only with the files, which may name the organisation.
pub fn of_files(file: &Path, config: &Config) -> Result<Snapshot, Box<Finding>> {
    let id = config.org.as_ref().and_then(|org| org.value.id.as_ref());
    let than = id.map(|id| ("org.id is", id.value.as_str()));
    checked(file, config, than).map(|(then, _)| then)
}

/// Reads it, if it is of this organisation (with the words that say which one that is) and has what new people are recognised by.
fn checked(
    file: &Path,
    config: &Config,
    than: Option<(&str, &str)>,
) -> Result<(Snapshot, String), Box<Finding>> {
    let (then, digest) = input::snapshot(file).map_err(|finding| match finding.code {
        SNAPSHOT_MISSING => {
            let message = format!("there is no applied snapshot at {}", file.display());
            let help = "correct the name after --applied, or omit it: before the first apply there is none";
            Box::new(Finding::error(SNAPSHOT_MISSING, message).help(help))
        }
        code => unusable(file, code, &finding.message),
    })?;
    if let Some((words, org)) = than
        && ids::plain(&then.org.id) != ids::plain(org)
    {
        let why = match then.org.id.as_str() {
            "" => "it names no organisation".to_owned(),
            id => format!("it is of {id}, but {words} {org}"),
        };
        return Err(unusable(file, ORG_MISMATCH, &why));
    }
    if !then.complete {
        return Err(unusable(
            file,
            SNAPSHOT_INCOMPLETE,
            "it is marked as incomplete",
        ));
    }
    let groups = config.mode() == AssignmentMode::Group || !config.groups.is_empty();
    let lacks = [
        ("users", then.users.is_none()),
        ("groups", groups && then.groups.is_none()),
    ];
    if let Some((section, _)) = lacks.into_iter().find(|(_, lacks)| *lacks) {
        let why = format!("it has no `{section}`");
        return Err(unusable(file, SNAPSHOT_INCOMPLETE, &why));
    }
    Ok((then, digest))
}

fn unusable(file: &Path, code: Code, why: &str) -> Box<Finding> {
    let message = format!(
        "the applied snapshot {} cannot be used: {why}",
        file.display()
    );
    Box::new(Finding::error(code, message).help(HELP))
}
