//! Addresses in the files that no longer belong to the same people -> the current addresses, or nothing if a person is gone.
//!
//! Only texts change, one address for another at its place, and the plan must stay as it is: the files were read like that
//! already.

use std::collections::BTreeMap;

use super::adopt::{Left, Replan, Taken, fields, write};
use crate::change::{Address, nothing, text};
use crate::config::edit::Edit;
use crate::config::files::SourceFile;
use crate::config::model::UserState;
use crate::config::{Config, Spot};
use crate::finding::Place;
use crate::plan::Plan;
use crate::snapshot::{Applied, Moved};

/// The files with the current addresses.
#[derive(Debug)]
pub struct Followed {
    /// All files.
    pub files: Vec<SourceFile>,
    /// What was written.
    pub taken: Vec<Taken>,
    /// What was not.
    pub left: Vec<Left>,
}

/// One address in the files.
struct Line<'a> {
    place: Place,
    email: &'a str,
    change: Change<'a>,
}

enum Change<'a> {
    /// Another address in its place.
    Write(&'a str),
    /// It goes.
    Take(Edit),
}

/// Writes the current addresses into the files.
pub fn follow(
    plan: &Plan,
    config: &Config,
    files: &[SourceFile],
    applied: &Applied,
    replan: Replan<'_>,
) -> Followed {
    let mut lines = lines(config, applied);
    let mut followed = Followed {
        files: files.to_vec(),
        taken: Vec::new(),
        left: Vec::new(),
    };
    // From the end to the beginning, so that places stay right; what goes whole goes last.
    lines.sort_by(|a, b| {
        let takes = |line: &Line<'_>| matches!(line.change, Change::Take(_));
        let at = |line: &Line<'_>| (line.place.file.clone(), line.place.line, line.place.column);
        takes(a).cmp(&takes(b)).then_with(|| at(b).cmp(&at(a)))
    });
    for line in &lines {
        let done = match &line.change {
            Change::Write(today) => replace(&followed.files, &line.place, line.email, today),
            Change::Take(edit) => {
                let file = &line.place.file;
                write(&followed.files, file, std::slice::from_ref(edit)).map(|(files, _)| files)
            }
        };
        match done {
            Ok(files) => {
                followed.files = files;
                followed.taken.push(line.taken());
            }
            Err(why) => followed.left.push(line.left(why)),
        }
    }
    if followed.taken.is_empty() {
        return followed;
    }
    let same = replan(&followed.files).and_then(|after| match fields(&after) == fields(plan) {
        true => Ok(()),
        false => Err("the plan would then be different".to_owned()),
    });
    if let Err(why) = same {
        followed.files = files.to_vec();
        followed.taken.clear();
        followed.left = lines.iter().map(|line| line.left(why.clone())).collect();
    }
    followed
        .taken
        .sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    followed
}

/// Every place where the files name a person by an old address.
fn lines<'a>(config: &'a Config, applied: &'a Applied) -> Vec<Line<'a>> {
    let mut lines = Vec::new();
    entries(config, applied, &mut lines);
    members(config, applied, &mut lines);
    let agreed = config.acknowledgements.iter();
    let agreed = agreed.flat_map(|it| it.value.subjects.iter().map(move |at| (it.spot(at), at)));
    let guarded = config.guardrails.iter();
    let guarded = guarded.flat_map(|it| it.value.protect.iter().map(move |at| (it.spot(at), at)));
    for (spot, subject) in agreed.chain(guarded) {
        let email = subject.value.rsplit('/').next().unwrap_or_default();
        if let Some(Moved::Renamed(today)) = applied.moved(&email.to_lowercase()) {
            lines.push(Line::new(config, spot, email, Change::Write(today)));
        }
    }
    lines
}

/// The entries of people.
fn entries<'a>(config: &'a Config, applied: &'a Applied, lines: &mut Vec<Line<'a>>) {
    for (email, declared) in &config.users {
        let change = match applied.moved(email) {
            Some(Moved::Renamed(today)) if !config.users.contains_key(today) => {
                Change::Write(today)
            }
            Some(Moved::Gone) if declared.value.state.is_none() => {
                Change::Take(Edit::Remove(path(&["users", email])))
            }
            _ => continue,
        };
        lines.push(Line::new(config, declared.key, email, change));
    }
}

/// The members of groups.
fn members<'a>(config: &'a Config, applied: &'a Applied, lines: &mut Vec<Line<'a>>) {
    for (name, declared) in &config.groups {
        let Some(list) = &declared.value.members else {
            continue;
        };
        for member in &list.value {
            let email = member.value.as_str();
            let out = || {
                let list = path(&["groups", name, "members"]);
                Change::Take(Edit::Exclude(list, email.to_owned()))
            };
            let has = |other: &str| {
                let mut members = list.value.iter();
                members.any(|it| it.value.eq_ignore_ascii_case(other))
            };
            let lower = email.to_lowercase();
            let wanted = config.users.get(&lower);
            let wanted = wanted.and_then(|user| user.value.state.as_ref());
            let created = wanted.is_some_and(|state| state.value == UserState::Present);
            let change = match applied.moved(&lower) {
                Some(Moved::Renamed(today)) if has(today) => out(),
                Some(Moved::Renamed(today)) => Change::Write(today),
                Some(Moved::Gone) if !created => out(),
                _ => continue,
            };
            lines.push(Line::new(config, declared.spot(member), email, change));
        }
    }
}

fn path(keys: &[&str]) -> Vec<String> {
    keys.iter().map(|&key| key.to_owned()).collect()
}

/// The files with one address instead of another.
fn replace(
    files: &[SourceFile],
    place: &Place,
    email: &str,
    today: &str,
) -> Result<Vec<SourceFile>, String> {
    let odd = || "the address is written in an unusual way".to_owned();
    let mut files = files.to_vec();
    let file = files
        .iter_mut()
        .find(|file| file.path == place.file)
        .ok_or_else(odd)?;
    let text = std::str::from_utf8(&file.bytes).map_err(|_| odd())?;
    let before = text
        .split_inclusive('\n')
        .take((place.line as usize).saturating_sub(1));
    let start = before.map(str::len).sum::<usize>();
    let line = text[start..].split('\n').next().unwrap_or_default();
    let column = line
        .char_indices()
        .nth((place.column as usize).saturating_sub(1));
    let start = start + column.ok_or_else(odd)?.0;
    let token = text
        .get(start..start + place.len as usize)
        .ok_or_else(odd)?;
    let at = token
        .to_ascii_lowercase()
        .find(&email.to_ascii_lowercase())
        .ok_or_else(odd)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '@' | '.' | '_' | '-' | '+');
    if !today.chars().all(plain) || !today.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return Err(odd());
    }
    let mut written = text.to_owned();
    written.replace_range(start + at..start + at + email.len(), today);
    file.bytes = written.into_bytes();
    Ok(files)
}

impl<'a> Line<'a> {
    fn new(config: &Config, spot: Spot, email: &'a str, change: Change<'a>) -> Line<'a> {
        Line {
            place: config.place(spot),
            email,
            change,
        }
    }

    fn address(&self) -> Address {
        match self.change {
            Change::Write(today) => Address::new("user", today),
            Change::Take(_) => Address::new("user", self.email.to_lowercase()),
        }
    }

    fn taken(&self) -> Taken {
        Taken {
            address: self.address(),
            path: "email".into(),
            file: Some(self.place.file.to_string()),
            line: Some(self.place.line as usize),
            was: text(self.email),
            now: match self.change {
                Change::Write(today) => text(today),
                Change::Take(_) => nothing(),
            },
            rights: false,
        }
    }

    fn left(&self, why: String) -> Left {
        Left {
            address: self.address(),
            path: "email".into(),
            why,
            help: format!(
                "change {} line {} manually",
                self.place.file, self.place.line
            ),
            diff: None,
        }
    }
}

/// The files of both that have changed.
pub fn changed(
    before: &[SourceFile],
    followed: &[SourceFile],
    adopted: Vec<SourceFile>,
) -> Vec<SourceFile> {
    let mut files: BTreeMap<_, _> = before
        .iter()
        .zip(followed)
        .filter(|(before, now)| before.bytes != now.bytes)
        .map(|(_, now)| (now.path.clone(), now.clone()))
        .collect();
    files.extend(adopted.into_iter().map(|file| (file.path.clone(), file)));
    files.into_values().collect()
}
