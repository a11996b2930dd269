//! What commands read: the configuration from files or a revision, and snapshots; and why a plan cannot be made of them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::Exit;
use super::applied;
use super::cost;
use super::given::{self, Given};
use super::output::{self, Failure};
use crate::apply::{self, Debt, Journal, Owed, Place};
use crate::change::Address;
use crate::config::files::{Origin, SourceError};
use crate::config::{self, Config, Loaded, files};
use crate::disk;
use crate::finding::{
    Code, Finding, ORG_MISMATCH, SNAPSHOT_INCOMPLETE, SNAPSHOT_MISSING, SNAPSHOT_SECTION_MISSING,
    SNAPSHOT_UNREADABLE, Severity, VERSION_UNSUPPORTED, sort_findings,
};
use crate::git::GitError;
use crate::licensing::Reserved;
use crate::plan::{self, ConfigRef, Inputs, Plan, PolicyRef, SnapshotRef, preflight};
use crate::render::{self, FindingsFormat};
use crate::snapshot::{self, Applied, Snapshot, SnapshotError};

/// Loads the configuration in `path`, from the files or from a git revision.
pub fn configuration(path: &Path, revision: Option<&str>) -> Result<Loaded, Failure> {
    let sources = match revision {
        Some(revision) => files::from_revision(path, revision)?,
        None => {
            given::directory(path)?;
            files::from_directory(path).map_err(|error| {
                let help = error.help();
                Failure::new(error).help_if(help)
            })?
        }
    };
    Ok(config::load(sources))
}

/// Reads a plan that was saved.
pub fn plan(file: &Path) -> Result<Plan, Failure> {
    let bytes = disk::read(file, disk::LARGEST).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            Failure::new(format!("there is no file `{}`", file.display()))
                .help("save a plan with `trunkline plan --out FILE`; `trunkline explain ADDRESS` shows one object")
        }
        _ => Failure::new(format!("cannot read {}: {error}", file.display()))
            .help("name a plan that `trunkline plan --out FILE` saved"),
    })?;
    let not_a_plan = |reason: String| {
        given::instead(file, Some(Given::Plan)).unwrap_or_else(|| {
            Failure::new(format!("{} is not a plan: {reason}", file.display()))
                .help("save one with `trunkline plan --out FILE`")
        })
    };
    if let Some(reason) = disk::no_object(&bytes) {
        return Err(not_a_plan(reason.to_owned()));
    }
    let plan: Plan =
        serde_json::from_slice(&bytes).map_err(|error| not_a_plan(error.to_string()))?;
    if plan.format_version != 1 {
        let version = plan.format_version;
        return Err(not_a_plan(format!(
            "formatVersion {version} is not supported"
        )));
    }
    Ok(plan)
}

/// Reads a plan that is to be carried out: its checksum matches, and it does not contradict itself.
pub fn proven_plan(file: &Path) -> Result<Plan, Failure> {
    let plan = self::plan(file)?;
    let refused = |why: String| {
        Failure::new(format!("{} cannot be trusted: {why}", file.display()))
            .help("make a new plan, and have it reviewed")
    };
    match &plan.checksum {
        None => return Err(refused("it has no checksum".to_owned())),
        Some(checksum) if *checksum != render::checksum(&plan)? => {
            return Err(refused(
                "its checksum does not match its content".to_owned(),
            ));
        }
        Some(_) => {}
    }
    apply::consistent(&plan).map_err(|wrong| refused(wrong.to_string()))?;
    Ok(plan)
}

/// What an earlier revision declared, if one is named.
pub fn base(path: &Path, revision: Option<&str>) -> Result<Option<Config>, Failure> {
    let what = "what is to be deleted is unknown";
    revision
        .map(|revision| self::revision(path, revision, what))
        .transpose()
}

/// The rules that judge a plan, where they are not those of the files.
#[derive(Debug)]
pub struct Policy {
    /// The configuration that has them.
    pub config: Config,
    /// Where it came from.
    pub origin: PolicyRef,
}

impl Policy {
    /// The rules of this revision, if one is named.
    pub fn of(path: &Path, revision: Option<&str>) -> Result<Option<Policy>, Failure> {
        let Some(revision) = revision else {
            return Ok(None);
        };
        let (config, origin) = sources_at(path, revision, "its guardrails cannot be read")?;
        // Without files nothing is protected: they must not be the ones that judge.
        if config.org.is_none() {
            let message =
                format!("there is no configuration at {revision}, so it has no guardrails");
            return Err(Failure::new(message).help(
                "name a revision that has the YAML files, with org; the first files must be merged before --policy-ref can be used",
            ));
        }
        Ok(Some(Policy {
            config,
            origin: PolicyRef {
                reference: Some(revision.to_owned()),
                commit: origin.commit,
            },
        }))
    }
}

/// The configuration at another revision, for what it is needed for. A directory that did not exist yet declared nothing.
pub fn revision(path: &Path, revision: &str, what: &str) -> Result<Config, Failure> {
    sources_at(path, revision, what).map(|(config, _)| config)
}

fn sources_at(path: &Path, revision: &str, what: &str) -> Result<(Config, Origin), Failure> {
    let sources = match files::from_revision(path, revision) {
        Err(SourceError::Git(GitError::NoDirectory { .. })) => return Ok(Default::default()),
        sources => sources?,
    };
    let loaded = config::load(sources);
    if loaded.has_errors() {
        let message = format!("the configuration at {revision} has errors, so {what}");
        let (path, at) = (disk::quoted(path), disk::quoted(Path::new(revision)));
        let help = format!("see them with `trunkline validate {path} --ref {at}`");
        return Err(Failure::new(message).help(help));
    }
    Ok((loaded.config, loaded.origin))
}

/// The snapshot to use: the one that is named, else `snapshot.json` (or its compressed form) next to the files.
pub fn snapshot_path(path: &Path, named: Option<&Path>) -> PathBuf {
    let plain = path.join("snapshot.json");
    let compressed = path.join("snapshot.json.zst");
    match named {
        Some(named) => named.to_owned(),
        None if !plain.exists() && compressed.exists() => compressed,
        None => plain,
    }
}

/// The snapshot of a command that reads nothing else: its PATH can be the file itself.
pub fn snapshot_alone(path: &Path, named: Option<&Path>) -> Result<PathBuf, Failure> {
    match named {
        Some(_) if path.is_file() => {
            let message = format!("two snapshots are given: {} and --snapshot", path.display());
            Err(Failure::new(message).help("omit one of them"))
        }
        None if path.is_file() => Ok(path.to_owned()),
        _ => Ok(snapshot_path(path, named)),
    }
}

/// Reads a snapshot; what is wrong with it is a finding.
pub fn snapshot(path: &Path) -> Result<(Snapshot, String), Box<Finding>> {
    snapshot::read(path).map_err(|error| {
        if let SnapshotError::Unreadable { .. } = &error
            && let Some(other) = given::instead(path, Some(Given::Snapshot))
        {
            let (message, help, _) = other.parts();
            let finding = Finding::error(SNAPSHOT_UNREADABLE, message);
            return Box::new(finding.help(help.unwrap_or_default()));
        }
        let (code, help) = match &error {
            SnapshotError::Missing(_) => (
                SNAPSHOT_MISSING,
                "take one with `trunkline snapshot --live --out FILE`, and name it with --snapshot if it is not snapshot.json in the directory of the files",
            ),
            SnapshotError::Truncated { .. } => (SNAPSHOT_INCOMPLETE, "take a new one with `trunkline snapshot --live --out FILE`"),
            SnapshotError::Unreadable { .. } => (
                SNAPSHOT_UNREADABLE,
                "take a new one with `trunkline snapshot --live --out FILE`, or give the right file with `--snapshot FILE`",
            ),
            SnapshotError::Version { .. } => (
                VERSION_UNSUPPORTED,
                "take a new one with this version of trunkline: `trunkline snapshot --live --out FILE`",
            ),
        };
        Box::new(Finding::error(code, error.to_string()).help(help))
    })
}

/// Observed states that go with a configuration.
#[derive(Debug)]
pub struct States {
    snapshot: Snapshot,
    digest: String,
    applied: Option<(Applied, SnapshotRef)>,
    /// Findings about an applied snapshot that cannot be used, and about those whom earlier runs owe something.
    findings: Vec<Finding>,
    /// What they have to get back.
    reserved: Vec<Reserved>,
}

/// Where journals and backups are kept: the directory that is named, else `.trunkline` next to the files.
pub fn state(path: &Path, named: Option<&Path>) -> PathBuf {
    named.map_or_else(|| path.join(".trunkline"), Path::to_owned)
}

/// Where runs against a snapshot file keep what runs against Webex keep in the state directory itself: what one has done, the other
/// has not.
pub fn rehearsal(state: &Path) -> PathBuf {
    state.join("rehearsal")
}

/// Whether a snapshot file with this digest is as the last run against a file has written it.
pub fn is_rehearsed(state: &Path, digest: &str) -> bool {
    let wrote = Journal::wrote(&cost::journal(&rehearsal(state)));
    wrote.is_ok_and(|wrote| wrote.as_deref() == Some(digest))
}

/// Reads the snapshots; returns what prevents a plan.
pub fn states(
    path: &Path,
    named: Option<&Path>,
    applied: Option<&applied::Place>,
    loaded: &Loaded,
    base: Option<&Config>,
) -> Result<States, Vec<Finding>> {
    let path = snapshot_path(path, named);
    if output::any_error(&loaded.findings) {
        // The wrong organisation is reported at once, too; everything else about the snapshot can wait.
        let mut findings = loaded.findings.clone();
        if let Ok((snapshot, _)) = snapshot(&path) {
            let wrong = preflight::check(&loaded.config, base, &snapshot).into_iter();
            findings.extend(wrong.filter(|finding| finding.code == ORG_MISMATCH));
        }
        return Err(findings);
    }
    let observed = snapshot(&path).map_err(|finding| vec![*finding])?;
    of_file(observed, applied, loaded, base)
}

/// The same for a report of Calling failures, if only lists are missing; also returns the names of those lists.
pub fn states_of_report(
    path: &Path,
    named: Option<&Path>,
    applied: Option<&applied::Place>,
    loaded: &Loaded,
    base: Option<&Config>,
) -> Result<(States, Vec<&'static str>), Vec<Finding>> {
    let missing = match states(path, named, applied, loaded, base) {
        Ok(states) => return Ok((states, Vec::new())),
        Err(missing) => missing,
    };
    let dispensable = |finding: &Finding| {
        let list = finding.subject.as_deref();
        finding.code == SNAPSHOT_SECTION_MISSING
            && list.is_some_and(|list| snapshot::partial::DISPENSABLE.contains(&list))
    };
    if output::any_error(&loaded.findings) || !missing.iter().all(dispensable) {
        return Err(missing);
    }
    let observed = snapshot(&snapshot_path(path, named));
    let (mut snapshot, digest) = observed.map_err(|finding| vec![*finding])?;
    let absent = snapshot::partial::complete(&mut snapshot);
    Ok((of_file((snapshot, digest), applied, loaded, base)?, absent))
}

/// The state that was read from Webex, with its digest; returns what prevents a plan. Here, names that differ also prevent one.
pub fn states_of(
    observed: (Snapshot, String),
    applied: Option<&applied::Place>,
    loaded: &Loaded,
    base: Option<&Config>,
) -> Result<States, Vec<Finding>> {
    if let Some(finding) = preflight::other_name(&loaded.config, &observed.0) {
        let severity = Severity::Error;
        return Err(vec![Finding {
            severity,
            ..finding
        }]);
    }
    let applied = applied.and_then(applied::Place::file);
    with_applied(observed, applied.as_deref(), loaded, base)
}

/// The state of a snapshot file.
fn of_file(
    observed: (Snapshot, String),
    applied: Option<&applied::Place>,
    loaded: &Loaded,
    base: Option<&Config>,
) -> Result<States, Vec<Finding>> {
    let applied = applied.and_then(|place| place.file_for(&observed.1));
    with_applied(observed, applied.as_deref(), loaded, base)
}

fn with_applied(
    (observed, digest): (Snapshot, String),
    applied: Option<&Path>,
    loaded: &Loaded,
    base: Option<&Config>,
) -> Result<States, Vec<Finding>> {
    let mut states = States::checked(observed, digest, loaded, base)?;
    states.applied = applied
        .map(|file| applied::read(file, &loaded.config, &states.snapshot))
        .transpose()
        .map_err(|finding| vec![*finding])?;
    if let Some((applied, _)) = &states.applied
        && let Some(finding) = applied::newer(applied.then(), &states.snapshot)
    {
        states.findings.push(finding);
        states.applied = None;
    }
    Ok(states)
}

/// Whom the runs owe something whose journals are in this directory: the live ones, or those against files.
pub fn owed(journals: &Path, live: bool) -> Result<Vec<Owed>, Failure> {
    apply::owed(journals, live).map_err(|error| {
        let message = format!(
            "cannot read the journal of an earlier apply, which says what is still to be restored and for whom: {error}"
        );
        Failure::new(message).help(
            "restore the file from a copy or make it readable; or name another directory with --state: then nothing is known \
             of that apply",
        )
    })
}

impl States {
    /// Only a snapshot, unless it prevents a plan.
    pub fn checked(
        snapshot: Snapshot,
        digest: String,
        loaded: &Loaded,
        base: Option<&Config>,
    ) -> Result<States, Vec<Finding>> {
        let findings = preflight::check(&loaded.config, base, &snapshot);
        match findings.is_empty() {
            true => Ok(States {
                snapshot,
                digest,
                applied: None,
                findings: Vec::new(),
                reserved: Vec::new(),
            }),
            false => Err(findings),
        }
    }

    /// Adds those whom earlier runs of these files owe something, by the state directory that is named or the usual one. What a run
    /// against a file owes concerns only the file that it wrote.
    pub fn owing(
        mut self,
        files: &Path,
        named: Option<&Path>,
        live: bool,
    ) -> Result<States, Failure> {
        let root = state(files, named);
        let rehearsal = rehearsal(&root);
        let mut runs = vec![(&root, true)];
        if !live && is_rehearsed(&root, &self.digest) {
            runs.push((&rehearsal, false));
        }
        for (journals, live) in runs {
            let place = Place {
                journals,
                files,
                state: named,
            };
            let debts = apply::debts(&owed(journals, live)?, &self.snapshot, place);
            for Debt { finding, before } in debts {
                self.findings.push(finding);
                self.reserved.extend(serde_json::from_value(before));
            }
        }
        Ok(self)
    }

    /// The observed state.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// The state after the last apply, and where it came from.
    pub fn applied(&self) -> Option<(&Applied, &SnapshotRef)> {
        self.applied
            .as_ref()
            .map(|(applied, reference)| (applied, reference))
    }

    /// The addresses that these words mean.
    pub fn addresses(
        &self,
        config: &Config,
        words: &[String],
    ) -> Result<BTreeSet<Address>, Failure> {
        let words = words.iter();
        let applied = self.applied().map(|(applied, _)| applied);
        let found =
            words.map(|word| plan::address(config, &self.snapshot, &plan::today(applied, word)));
        let found: Result<_, _> = found.collect();
        found.map_err(|unknown| Failure::new(unknown.message).help(unknown.help))
    }

    /// What a plan is made from. `policy` has the guardrails that judge, if not the files; `base` is the one that says what
    /// is deleted.
    pub fn inputs<'a>(
        &'a self,
        loaded: &'a Loaded,
        policy: Option<&'a Policy>,
        base: Option<&'a Config>,
    ) -> Inputs<'a> {
        Inputs {
            config: &loaded.config,
            policy: policy.map_or(&loaded.config, |policy| &policy.config),
            snapshot: &self.snapshot,
            applied: self.applied().map(|(applied, _)| applied),
            base,
            targets: BTreeSet::new(),
            config_ref: ConfigRef {
                digest: loaded.config.digest(),
                commit: loaded.origin.commit.clone(),
                reference: loaded.origin.reference.clone(),
                dirty: loaded.origin.dirty,
            },
            snapshot_ref: SnapshotRef {
                digest: self.digest.clone(),
                captured_at: self.snapshot.captured_at.clone(),
            },
            applied_ref: self.applied().map(|(_, reference)| reference.clone()),
            policy_ref: policy.map(|policy| policy.origin.clone()),
            findings: [&loaded.findings[..], &self.findings].concat(),
            reserved: &self.reserved,
        }
    }
}

/// Reports why there is no plan: in this format on stdout, or as text on stderr.
pub fn stop(
    format: impl Into<FindingsFormat>,
    loaded: &Loaded,
    mut findings: Vec<Finding>,
) -> Result<Exit, Failure> {
    sort_findings(&mut findings);
    output::findings(&findings, format.into(), false, loaded)?;
    Ok(stopped(&findings))
}

/// How a command ends that these findings stop.
pub fn stopped(findings: &[Finding]) -> Exit {
    let mut errors = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error);
    match errors.all(|finding| is_incomplete(finding.code)) {
        true => Exit::Incomplete,
        false => Exit::Error,
    }
}

/// How a command ends because of an error with this code.
pub fn exit_of(code: Code) -> Exit {
    match is_incomplete(code) {
        true => Exit::Incomplete,
        false => Exit::Error,
    }
}

/// Whether a finding means that input is missing rather than wrong.
fn is_incomplete(code: Code) -> bool {
    use crate::finding::{CONFIGURATION_EMPTY, SNAPSHOT_WITHOUT_USERS};
    let codes = [
        CONFIGURATION_EMPTY,
        SNAPSHOT_MISSING,
        SNAPSHOT_INCOMPLETE,
        SNAPSHOT_SECTION_MISSING,
        SNAPSHOT_WITHOUT_USERS,
    ];
    codes.contains(&code)
}
