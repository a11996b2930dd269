//! `trunkline fmt`: the YAML files in one layout.

use std::io::Read;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::output::{Failure, note, options, print, replace};
use super::{Exit, given};
use crate::config::files::{self, SourceFile};
use crate::config::fmt::{Outcome, format, format_ours};
use crate::config::secrets::{self, Secrets};
use crate::disk;
use crate::finding::{Finding, sort_findings};
use crate::render::{self, Detail, FindingsFormat, escape};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The directory with the YAML files, or one file; `-` reads stdin and writes to stdout
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Only print what would change; exit with 1 if anything would
    #[arg(long)]
    check: bool,
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    if args.path == Path::new("-") {
        return filter(args.check);
    }
    let files = sources(&args.path)?;
    let mut exit = Exit::Fine;
    let mut left = Vec::new();
    let made = match args.path.is_file() {
        true => format,
        false => format_ours,
    };
    let outcomes: Vec<Outcome> = files.par_iter().map(made).collect();
    for (file, outcome) in files.iter().zip(outcomes) {
        let path = place(&args.path, file);
        match outcome {
            Outcome::Same => {}
            Outcome::Left(why) => left.extend(why),
            Outcome::Changed(new) if args.check => {
                show(&path.to_string_lossy(), file, &new)?;
                exit = Exit::Error;
            }
            Outcome::Changed(new) => {
                match inside(&args.path, &path).and_then(|()| replace(&path, new.as_bytes())) {
                    Ok(()) => print(&format!("{}\n", escape(&path.to_string_lossy())))?,
                    // The other files can still be written.
                    Err(failure) => exit = failure.report(),
                }
            }
        }
    }
    match left.is_empty() {
        true => Ok(exit),
        false => stop(left, &files),
    }
}

/// From stdin to stdout, as editors want it.
fn filter(check: bool) -> Result<Exit, Failure> {
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes)?;
    let file = SourceFile {
        path: "stdin".into(),
        bytes,
    };
    match format(&file) {
        Outcome::Left(why) => stop(why, &[file]),
        Outcome::Same if check => Ok(Exit::Fine),
        Outcome::Changed(new) if check => {
            show("stdin", &file, &new)?;
            Ok(Exit::Error)
        }
        Outcome::Same => print(&String::from_utf8_lossy(&file.bytes)).map(|()| Exit::Fine),
        Outcome::Changed(new) => print(&new).map(|()| Exit::Fine),
    }
}

/// The files of a directory, or the one that is named.
fn sources(path: &Path) -> Result<Vec<SourceFile>, Failure> {
    if !path.is_file() {
        return Ok(files::below(path)?);
    }
    if let Some(other) = given::instead(path, None) {
        return Err(other);
    }
    let file = SourceFile {
        path: path.to_string_lossy().into(),
        bytes: disk::read(path, disk::LARGEST_TREE)
            .map_err(|error| Failure::new(format!("cannot read {}: {error}", path.display())))?,
    };
    Ok(vec![file])
}

/// Whether a file that was found below a directory is there: the target of a symbolic link elsewhere is not ours to write.
fn inside(root: &Path, path: &Path) -> Result<(), Failure> {
    if root.is_file() {
        // It was named explicitly.
        return Ok(());
    }
    let real = fs_err::canonicalize(path)?;
    match real.starts_with(fs_err::canonicalize(root)?) {
        true => Ok(()),
        false => Err(Failure::new(format!(
            "{} is a symbolic link to {}, which is outside of {}: it was not changed",
            path.display(),
            real.display(),
            root.display()
        ))
        .help("name the file itself to have it formatted")),
    }
}

/// The path of a file relative to the current directory.
fn place(path: &Path, file: &SourceFile) -> PathBuf {
    match path.is_file() {
        true => path.to_owned(),
        false if path == Path::new(".") => PathBuf::from(&*file.path),
        false => path.join(&*file.path),
    }
}

fn show(name: &str, file: &SourceFile, new: &str) -> Result<(), Failure> {
    let old = String::from_utf8_lossy(&file.bytes);
    let options = options(&std::io::stdout(), Detail::Short);
    let secrets = Secrets::of([&*old, new].into_iter());
    let (old, new) = (secrets.cover(&old), secrets.cover(new));
    print(&render::diff(name, &old, &new, &options))
}

/// Says why files were not changed.
fn stop(mut why: Vec<Finding>, files: &[SourceFile]) -> Result<Exit, Failure> {
    sort_findings(&mut why);
    let masked = secrets::hide(files, &mut why);
    let options = options(&std::io::stderr(), Detail::Short);
    let text = render::findings(&why, FindingsFormat::Text, &options, &|path| {
        if let Some(masked) = masked.get(path) {
            return Some(masked.as_str());
        }
        let file = files.iter().find(|file| &*file.path == path)?;
        std::str::from_utf8(&file.bytes).ok()
    })?;
    note(&text)?;
    Ok(Exit::Error)
}
