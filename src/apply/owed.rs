//! Who is owed something: people whom an apply left without something that no plan removes, according to the journals of a
//! state directory.

mod ledger;

use std::io::BufReader;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::Value;

use super::guard;
use super::journal::{self, Journal};
use super::progress::{JournalError, lines};
use super::target::Target;
use crate::backup;
use crate::change::Address;
use crate::disk;
use crate::finding::{CHANGE_NOT_COMPARED, Finding, PUT_BACK_OWED};
use crate::kinds::KINDS;
use crate::kinds::licenses::wire as licenses;
use crate::snapshot::{License, Snapshot};
use crate::webex::ids;
use ledger::Ledger;

/// A person or workspace whose Calling licence an apply was about to change, and who has not been found whole since.
#[derive(Debug, Clone, PartialEq)]
pub struct Owed {
    /// The organisation.
    org: String,
    /// What the run wrote to.
    target: String,
    /// When the run began or was resumed; unknown if the journal has no readable time.
    at: Option<Timestamp>,
    /// The address then.
    address: Address,
    /// The journal that records it.
    journal: PathBuf,
    operation: u32,
    /// As the object was before.
    before: Value,
    /// Whether the request left Calling alone.
    beside: bool,
    /// The licences that it replaced, each with the new one.
    exchanges: Vec<(String, String)>,
    /// The backups, the oldest first, each with those who can read it.
    backups: Vec<(PathBuf, Vec<String>)>,
    /// Whether anything was sent.
    begun: bool,
    /// Whether a later request has found other licences.
    moved: bool,
    /// What was found to be lost.
    lost: Option<String>,
}

/// Everyone who is owed something by the runs of a state directory: by those that wrote to Webex or a simulator, or,
/// not `live`, by those that wrote to snapshot files. Journals are read in the order in which they were written.
pub fn owed(state: &Path, live: bool) -> Result<Vec<Owed>, JournalError> {
    let mut ledger = Ledger::default();
    for journal in journals(state)? {
        let file = BufReader::new(disk::open(&journal)?);
        ledger.live = live;
        ledger.begin(&journal);
        lines(&journal, file, |line| ledger.take(line))?;
    }
    Ok(ledger.open.into_values().flatten().collect())
}

/// What the runs before that of a journal owe that wrote to the same.
pub(super) fn owed_before(journal: &Journal) -> Result<Vec<Owed>, JournalError> {
    let live = Target::of(journal.target()) != Target::File;
    let mut owed = owed(journal.directory(), live)?;
    owed.retain(|it| it.is_to(journal.target()));
    Ok(owed)
}

/// Those that were set aside, and the last one.
fn journals(state: &Path) -> std::io::Result<Vec<PathBuf>> {
    let earlier = journal::earlier(state)?.into_iter().map(|(_, path)| path);
    let last = state.join("journal.jsonl");
    let last = match fs_err::symlink_metadata(&last) {
        Ok(_) => Some(last),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    Ok(earlier.chain(last).collect())
}

/// What is owed to someone, as in a snapshot.
#[derive(Debug)]
pub struct Debt {
    /// What is to be said of it.
    pub finding: Finding,
    /// As the person or workspace was before, with the id of today.
    pub before: Value,
}

/// Where the journals are, and how commands name the place.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The directory of the journals and backups.
    pub journals: &'a Path,
    /// The directory with the YAML files.
    pub files: &'a Path,
    /// The state directory, if it is not the usual one.
    pub state: Option<&'a Path>,
}

/// What is owed to those who are in the snapshot.
pub fn debts(owed: &[Owed], snapshot: &Snapshot, place: Place<'_>) -> Vec<Debt> {
    let org = ids::plain(&snapshot.org.id);
    let here = owed.iter().filter(|it| it.is_in(&org));
    let found = here.filter_map(|it| it.debt(snapshot, place));
    let mut debts: Vec<Debt> = Vec::new();
    // The oldest debt of a person has the backup that counts; what was not compared says less.
    for debt in found {
        let mut told = debts.iter_mut();
        match told.find(|it| it.finding.subject == debt.finding.subject) {
            Some(told) if told.finding.code == CHANGE_NOT_COMPARED => *told = debt,
            Some(_) => {}
            None => debts.push(debt),
        }
    }
    debts
}

impl Owed {
    /// Whether it is of this operation of this journal.
    fn is_by(&self, operation: u32, journal: &Path) -> bool {
        self.operation == operation && self.journal == journal
    }

    /// The id of the subject, as Webex has written it.
    pub(super) fn written_id(&self) -> &str {
        self.before["id"].as_str().unwrap_or_default()
    }

    /// The id of the subject, in its plain form.
    pub(super) fn id(&self) -> String {
        ids::plain(self.written_id())
    }

    /// The kind of the subject.
    pub(super) fn kind(&self) -> &str {
        self.address.parts().0
    }

    /// Whether it is of this organisation, by its id in its plain form.
    pub(super) fn is_in(&self, org: &str) -> bool {
        ids::plain(&self.org) == org
    }

    /// Whether the run has sent anything, or found a loss.
    pub fn may_be_owed(&self) -> bool {
        self.begun || self.lost.is_some()
    }

    /// Whether it is owed by the run of this journal.
    pub fn is_of(&self, journal: &Path) -> bool {
        self.journal == journal
    }

    /// Whether the run wrote to the same.
    pub fn is_to(&self, target: &str) -> bool {
        Target::of(&self.target) == Target::of(target)
    }

    fn debt(&self, snapshot: &Snapshot, place: Place<'_>) -> Option<Debt> {
        if !self.may_be_owed() {
            return None;
        }
        let now = self.now(snapshot)?;
        let mut before = self.before.clone();
        before["id"] = now.object["id"].clone();
        let finding = self.finding(&now, snapshot, place)?;
        Some(Debt { finding, before })
    }

    fn finding(&self, now: &Now, snapshot: &Snapshot, place: Place<'_>) -> Option<Finding> {
        let Some(lost) = self.owes(&now.object, snapshot.licenses()) else {
            let differs = licenses::ids_of(&now.object) != licenses::ids_of(&self.before);
            let moved = self.moved || self.begun && differs;
            return (moved && !self.beside).then(|| self.not_compared(now, place));
        };
        let run = match Target::of(&self.target) {
            Target::Webex => "an earlier apply".to_owned(),
            Target::Simulator | Target::File => format!("an earlier apply to {}", self.target),
        };
        let message = format!(
            "{run} left {} incomplete, and did not restore it: {lost}",
            now.address
        );
        let finding = Finding::error(PUT_BACK_OWED, message);
        let about = now.address.clone();
        Some(finding.about(about).help(self.way_out(place)))
    }

    /// What is owed to the subject as it is now, in words: what is gone, or what was lost and cannot be seen. `licenses` are those of the
    /// organisation.
    pub(super) fn owes(&self, now: &Value, licenses: &[License]) -> Option<String> {
        let gone = self.gone(now, licenses);
        match (&self.lost, gone.as_slice()) {
            (_, [_, ..]) => Some(gone.join(", ")),
            // No one knows more of them than what can be seen, and that is there again.
            (lost, []) => lost.clone().filter(|_| !self.beside),
        }
    }

    /// A subject whose change was made, and whose settings have not been compared.
    fn not_compared(&self, now: &Now, place: Place<'_>) -> Finding {
        let message = "an apply ended before it could compare the settings with those from before its change of Calling";
        let help = format!(
            "resume it with `{}`; if that is no longer possible, compare with the backup{}, and delete `{}`",
            self.resumes(place),
            self.backups
                .first()
                .map_or_else(String::new, |(path, _)| format!(" {}", path.display())),
            self.journal.display()
        );
        Finding::warning(CHANGE_NOT_COMPARED, message)
            .about(now.address.clone())
            .help(help)
    }

    /// The person or workspace now, by id: the address may have changed. `None`: deleted since.
    fn now(&self, snapshot: &Snapshot) -> Option<Now> {
        let id = self.id();
        let holders = KINDS
            .iter()
            .filter_map(|kind| Some((kind, kind.holders.as_ref()?)));
        let mut found = holders.filter_map(|(kind, holders)| {
            let (key, object) = (holders.with_id)(snapshot, &id)?;
            Some(Now {
                address: Address::new(kind.name, key),
                object,
            })
        });
        found.next()
    }

    /// Paths of the fields that are kept with Calling.
    fn kept(&self) -> impl Iterator<Item = &'static str> {
        guard::kept(self.kind())
    }

    /// What is missing, in words.
    pub(super) fn gone(&self, now: &Value, licenses: &[License]) -> Vec<String> {
        let named = |id: &str| {
            let mut licenses = licenses.iter();
            licenses.find(|license| ids::plain(&license.id) == ids::plain(id))
        };
        let calls = |held: &[String]| {
            let mut held = held.iter().filter_map(|id| named(id));
            held.any(|license| license.name.contains("Calling"))
        };
        let has = licenses::ids_of(now);
        let holds = |id: &String| has.iter().any(|held| ids::plain(held) == ids::plain(id));
        let exchanged = self.exchanges.iter();
        let exchanged = exchanged.filter(|(a, b)| !holds(a) && !holds(b));
        let names = exchanged
            .map(|(old, _)| named(old).map_or(old.as_str(), |license| license.name.as_str()));
        let mut gone: Vec<String> = names.map(|name| format!("{name} is gone")).collect();
        let said = gone.iter().any(|it| it.contains("Calling"));
        if calls(&licenses::ids_of(&self.before)) && !calls(&has) && !said {
            gone.push("the Calling licence is gone".to_owned());
        }
        gone.extend(self.without(now));
        gone
    }

    /// Fields that are kept with Calling and are empty now, in words.
    fn without(&self, now: &Value) -> Vec<String> {
        let gone = self.kept().filter_map(|path| {
            let was = self.before[path].as_str().filter(|it| !it.is_empty())?;
            now[path].is_null().then(|| format!("{path} was {was}"))
        });
        gone.collect()
    }

    /// The command that resumes the run, while its plan is the last one.
    fn resumes(&self, place: Place<'_>) -> String {
        let Place { files, state, .. } = place;
        let files = named(files);
        let (live, state) = (self.live(), option(state));
        format!("trunkline apply{files} --resume{live}{state}")
    }

    /// The option that names what the run wrote to.
    fn live(&self) -> &'static str {
        match Target::of(&self.target) {
            Target::Webex | Target::Simulator => " --live",
            Target::File => "",
        }
    }

    /// How to restore it.
    pub(super) fn way_out(&self, place: Place<'_>) -> String {
        let closed = format!(
            "if this has already been fixed by other means, delete `{}`",
            self.journal.display()
        );
        let text = |path| self.before[path].as_str().unwrap_or("none");
        let kept = self.kept().map(|path| format!("{path} {}", text(path)));
        let kept: Vec<String> = kept.collect();
        if self.beside {
            return format!(
                "restore it in Control Hub, or write it in the files ({}) and run `trunkline apply --partial`; {closed}",
                kept.join(", ")
            );
        }
        let Some((path, recipients)) = self.good_backup(place.journals) else {
            return format!(
                "there is no backup: assign Calling again in the files ({}), and set the settings again; {closed}",
                kept.join(", ")
            );
        };
        let (live, files, state) = (self.live(), named(place.files), option(place.state));
        let identity = match recipients.is_empty() {
            true => String::new(),
            false => " --identity FILE".to_owned(),
        };
        let of = match recipients.is_empty() {
            true => String::new(),
            false => format!(
                ". FILE is the age identity of {}",
                recipients.join(" or of ")
            ),
        };
        format!(
            "restore it: 1. `trunkline restore {}{files}{identity}{live} --out restore.json`; 2. \
             `trunkline apply restore.json{files}{identity}{live}{state}`{of}. If no other plan has been applied since, \
             `{}{identity}` restores it too; {closed}",
            disk::quoted(&path),
            self.resumes(place)
        )
    }

    /// The oldest backup of a subject who still had Calling.
    pub(super) fn good_backup(&self, state: &Path) -> Option<(PathBuf, Vec<String>)> {
        let backups = self.backups.iter().map(|(path, recipients)| {
            let path = backup::locate(path, &state.join("backups"));
            let encrypted = path.extension().is_some_and(|it| it == "age");
            let recipients = match (encrypted, recipients.is_empty()) {
                (true, true) => vec!["its recipient".to_owned()],
                _ => recipients.clone(),
            };
            (path, recipients)
        });
        let good = |(path, recipients): &(PathBuf, Vec<String>)| {
            // Encrypted backups can be read elsewhere, and may be kept there.
            !recipients.is_empty()
                || backup::open(path, None).is_ok_and(|bundle| bundle.subject.calls())
        };
        let mut backups = backups.filter(good);
        backups.next()
    }
}

/// The directory of the files as an argument, unless it is the current one.
fn named(files: &Path) -> String {
    match files == Path::new(".") {
        true => String::new(),
        false => format!(" {}", disk::quoted(files)),
    }
}

/// The state directory as an option, unless it is the usual one.
fn option(state: Option<&Path>) -> String {
    state.map_or_else(String::new, |it| format!(" --state {}", disk::quoted(it)))
}

/// A subject as in the snapshot.
struct Now {
    address: Address,
    object: Value,
}
