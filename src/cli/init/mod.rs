//! `trunkline init`: the first files of a new directory.
//!
//! Existing files are never overwritten, and nothing is written before it is known that everything can be.

mod ci;
mod guide;
mod interview;
mod starter;

use std::path::{Path, PathBuf};

use super::output::{Failure, create, note, refuse_other};
use super::schema::{self, FILE};
use super::{Exit, given, input};
use crate::config;
use crate::config::files::{self, Sources};
use crate::config::schema::{self as json_schema, Names};
use crate::import::names;
use crate::render::{PlanFormat, escape};
pub use ci::Around;
use ci::{Ci, Runs};
use starter::Facts;

#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The directory for the files; it must not contain YAML files yet
    #[arg(default_value = ".")]
    path: PathBuf,
    /// An observed state, for the name and id of the organisation and the names that editors complete
    #[arg(long, value_name = "FILE")]
    snapshot: Option<PathBuf>,
    /// Which workflows to write [default: from the URLs of the git remotes, or github]
    #[arg(long, value_enum, value_name = "FORGE")]
    ci: Option<Ci>,
    #[command(flatten)]
    runs: Runs,
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    refuse_configuration(&args.path)?;
    if args.snapshot.is_none()
        && args.ci.is_none()
        && let Some(answers) = guide::answers(&args.path)?
    {
        return guide::go(args, answers);
    }
    match write(args, Facts::default())? {
        Exit::Fine => note(&next(args))?,
        exit => return Ok(exit),
    }
    Ok(Exit::Fine)
}

/// Writes the files; with these facts where there is no snapshot, or it does not have them.
fn write(args: &Args, known: Facts) -> Result<Exit, Failure> {
    let (facts, names) = match &args.snapshot {
        None => (known, Names::default()),
        Some(path) => match schema::observed(path) {
            Ok(snapshot) => (Facts::of(&snapshot).or(known), names(&snapshot)),
            Err(findings) => {
                let nothing = config::load(Sources::default());
                return input::stop(PlanFormat::Text, &nothing, findings);
            }
        },
    };
    let around = Around::of(&args.path)?;
    let ci = args.ci.or(around.told).unwrap_or(Ci::Github);
    args.runs.check(ci)?;

    let mut new: Vec<(PathBuf, String)> = Vec::new();
    let files = starter::files(&facts).into_iter();
    new.extend(files.map(|(name, text)| (args.path.join(name), text)));
    new.push((args.path.join(FILE), json_schema::text(&names)?));
    // Merge requests of GitLab have no token, and are compared with a snapshot in git.
    let gitignore = starter::gitignore(ci != Ci::Gitlab);
    let ignore = args.path.join(".gitignore");
    let ignored = ignore.exists();
    if !ignored {
        new.push((ignore.clone(), gitignore.clone()));
    }
    for (name, text) in around.workflows(ci, &args.runs)? {
        // `.github` and the directory in it.
        let above = Path::new(name).ancestors().skip(1);
        let above = above.filter_map(|it| it.to_str().filter(|it| !it.is_empty()));
        above
            .map(|it| around.below(it))
            .try_for_each(|it| refuse_other(&it))?;
        new.push((around.below(name), text));
    }
    refuse_existing(&new)?;
    for (path, _) in &new {
        if let Some(directory) = path.parent().filter(|it| !it.as_os_str().is_empty()) {
            fs_err::create_dir_all(directory)?;
        }
    }
    for (path, text) in &new {
        create(path, text.as_bytes())?;
        note(&format!("wrote {}\n", shown(path)))?;
    }
    note(&schema::left_out(&names))?;
    if ignored {
        let lines = gitignore.lines();
        let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        let lines: Vec<&str> = lines.collect();
        note(&format!(
            "{} exists already: it should have {}\n",
            shown(&ignore),
            lines.join(", ")
        ))?;
    }
    if ci != Ci::None {
        note(&about(args, &around))?;
    }
    Ok(Exit::Fine)
}

/// All YAML files below the directory would be read as configuration, too.
fn refuse_configuration(path: &Path) -> Result<(), Failure> {
    if !path.exists() {
        return Ok(());
    }
    given::directory(path)?;
    refuse_other(path)?;
    let there = files::from_directory(path)?.files;
    let Some(first) = there.first() else {
        return Ok(());
    };
    let message = format!(
        "{} has YAML files already, such as {}",
        path.display(),
        path.join(&*first.path).display()
    );
    let mut free = ["webex", "organisation"].into_iter();
    let free = free.find(|it| !Path::new(it).exists()).unwrap_or("DIR");
    Err(Failure::new(message).help(format!(
        "every YAML file below the directory is read: choose a separate directory, such as `trunkline init {free}`"
    )))
}

fn refuse_existing(new: &[(PathBuf, String)]) -> Result<(), Failure> {
    let there = new
        .iter()
        .filter(|(path, _)| fs_err::symlink_metadata(path).is_ok());
    let there: Vec<String> = there.map(|(path, _)| shown(path)).collect();
    match there.is_empty() {
        true => Ok(()),
        false => Err(Failure::new(format!(
            "nothing was written, because of existing files: {}",
            there.join(", ")
        ))
        .help("move these away; --ci none omits the workflows")),
    }
}

/// Which workflows these are, and what is still to be filled in.
fn about(args: &Args, around: &Around) -> String {
    let mut text = String::new();
    if !around.repository {
        let path = shown(&args.path);
        text += &format!(
            "{path} is not in a git repository: the workflows treat it as the top of one.\n"
        );
    }
    if args.ci.is_none() && around.told.is_none() {
        text += "The workflows are for GitHub; alternatives are --ci gitlab and --ci none.\n";
    }
    text += "The workflows need values from you: their first lines say which.\n";
    text
}

/// The next three commands.
fn next(args: &Args) -> String {
    let path = quoted(&args.path);
    let plain = args.path.strip_prefix(".").unwrap_or(&args.path);
    let snapshot = match &args.snapshot {
        Some(snapshot) => quoted(snapshot),
        None => quoted(&plain.join("snapshot.json")),
    };
    let first = match &args.snapshot {
        Some(_) => (format!("trunkline validate {path}"), "checks the files"),
        None => (
            format!("trunkline snapshot --live --out {snapshot}"),
            "captures the organisation; needs a token in WEBEX_ACCESS_TOKEN",
        ),
    };
    let import = format!("trunkline import --snapshot {snapshot} --out {path}");
    let elsewhere = |named: &&PathBuf| **named != args.path.join("snapshot.json");
    let plan = match args.snapshot.as_ref().filter(elsewhere) {
        Some(_) => format!("trunkline plan {path} --snapshot {snapshot}"),
        None => format!("trunkline plan {path}"),
    };
    let lines = [
        first,
        (import, "writes it as files, next to these"),
        (plan, "nothing to change yet: edit the files"),
    ];
    let width = lines
        .iter()
        .map(|(command, _)| command.chars().count())
        .max();
    let width = width.unwrap_or_default();
    let lines = lines.map(|(command, why)| format!("  {command:width$}   # {why}\n"));
    format!("Next:\n{}", lines.concat())
}

/// A path as a word of a shell.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || "/._-+@:".contains(c);
    match text.chars().all(plain) && !text.is_empty() {
        true => text,
        false => format!("'{}'", escape(&text).replace('\'', r"'\''")),
    }
}

/// A path for people.
fn shown(path: &Path) -> String {
    match path.strip_prefix(".") {
        Ok(below) if below.as_os_str().is_empty() => "this directory".to_owned(),
        Ok(below) => escape(&below.display().to_string()).into_owned(),
        Err(_) => escape(&path.display().to_string()).into_owned(),
    }
}
