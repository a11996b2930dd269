//! The files, and where git has them.

use std::path::Path;

use super::super::{Exit, input};
use super::report::{Mark, Report};
use crate::config::Loaded;
use crate::disk::quoted;
use crate::finding::Severity;
use crate::git::Repo;

const FILES: &str = "Files";
const GIT: &str = "Git";

/// Loads the files; nothing if there is no directory.
pub fn check(path: &Path, report: &mut Report) -> Option<Loaded> {
    let loaded = match input::configuration(path, None) {
        Ok(loaded) => loaded,
        Err(failure) => {
            report.fail(FILES, failure);
            return None;
        }
    };
    let of = |severity| {
        let all = loaded.findings.iter();
        all.filter(|it| it.severity == severity).count()
    };
    let files = counted(loaded.files.len(), "file");
    let help = match path == Path::new(".") {
        true => "see them with `trunkline validate`".to_owned(),
        false => format!("see them with `trunkline validate {}`", quoted(path)),
    };
    match (of(Severity::Error), of(Severity::Warning)) {
        (0, 0) => report.add(FILES, Mark::Fine, format!("{files}, no errors")),
        (0, warnings) => {
            let text = format!("{files}, {}", counted(warnings, "warning"));
            report.advise(FILES, Mark::Warning, text, help);
        }
        _ if !loaded.has_errors() => report.advise(
            FILES,
            Mark::Error(Exit::Incomplete),
            "there is no configuration here",
            "`trunkline init` writes a first one; `trunkline doctor DIR` looks at another directory",
        ),
        (errors, _) => {
            let text = format!("{files}, {}", counted(errors, "error"));
            report.advise(FILES, Mark::Error(Exit::Error), text, help);
        }
    }
    if let Some(org) = &loaded.config.org
        && org.value.id.is_none()
    {
        report.advise(
            FILES,
            Mark::Warning,
            "org.id is not set: the organisation is recognised only by its name",
            "add it; `trunkline doctor --live` prints the id of the token's organisation",
        );
    }
    git(path, &loaded, report);
    Some(loaded)
}

fn git(path: &Path, loaded: &Loaded, report: &mut Report) {
    let repo = match Repo::discover(path) {
        Ok(Some(repo)) => repo,
        Ok(None) => {
            let text = "the files are not in a git repository: plans name no commit, and no one can review a change";
            return report.advise(GIT, Mark::Warning, text, "create one with `git init`");
        }
        Err(error) => return report.add(GIT, Mark::Warning, error.to_string()),
    };
    let origin = &loaded.origin;
    let at = match (&origin.commit, &origin.reference) {
        (Some(commit), Some(branch)) => format!("commit {} on {branch}", short(commit)),
        (Some(commit), None) => format!("commit {}, on no branch", short(commit)),
        (None, _) => "no commit yet".to_owned(),
    };
    match origin.dirty {
        true => report.add(
            GIT,
            Mark::Note,
            format!("{at}; the YAML files have changes that are not committed"),
        ),
        false => report.add(GIT, Mark::Fine, at),
    }
    let state = path.join(".trunkline");
    if !repo.is_bare() && state.exists() && repo.ignores(&state) == Some(false) {
        report.advise(
            GIT,
            Mark::Warning,
            ".trunkline is not ignored by git: it has backups with personal data",
            "add `.trunkline/` to .gitignore",
        );
    }
}

fn short(commit: &str) -> &str {
    commit.get(..7).unwrap_or(commit)
}

/// A number with its noun.
pub fn counted(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
