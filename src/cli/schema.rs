//! `trunkline schema`: the JSON Schema of the configuration, with the names of an organisation if a snapshot is given.

use std::path::{Path, PathBuf};

use super::output::{Failure, note, print, refuse_other, share};
use super::{Exit, input};
use crate::config;
use crate::config::files::Sources;
use crate::config::schema::{self, MOST, Names};
use crate::finding::Finding;
use crate::import::names;
use crate::render::PlanFormat;
use crate::snapshot::Snapshot;

/// The name of the schema file.
pub const FILE: &str = "trunkline.schema.json";
/// The first line of a file by which editors find the schema next to it.
pub const LINE: &str = "# yaml-language-server: $schema=trunkline.schema.json\n";

/// The same line for a file with this path beside the schema or below it.
pub fn line(path: &str) -> String {
    let up = "../".repeat(path.matches('/').count());
    LINE.replace("$schema=", &format!("$schema={up}"))
}

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Write trunkline.schema.json into this directory
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// An observed state: editors complete its names, and mark those that `plan` would refuse
    #[arg(long, value_name = "FILE")]
    snapshot: Option<PathBuf>,
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    let names = match &args.snapshot {
        None => Names::default(),
        Some(path) => match observed(path) {
            Ok(snapshot) => names(&snapshot),
            Err(findings) => {
                let nothing = config::load(Sources::default());
                return input::stop(PlanFormat::Text, &nothing, findings);
            }
        },
    };
    let text = schema::text(&names)?;
    match &args.out {
        Some(directory) => {
            refuse_other(directory)?;
            fs_err::create_dir_all(directory)?;
            share(&directory.join(FILE), &text)?;
        }
        None => print(&text)?,
    }
    note(&left_out(&names))?;
    Ok(Exit::Fine)
}

/// A snapshot from which plans can be made: without them, editors must not mark anything as wrong either.
pub fn observed(path: &Path) -> Result<Snapshot, Vec<Finding>> {
    let nothing = config::load(Sources::default());
    let (snapshot, digest) = input::snapshot(path).map_err(|finding| vec![*finding])?;
    let states = input::States::checked(snapshot, digest, &nothing, None)?;
    Ok(states.snapshot().clone())
}

/// What is omitted from a schema, and why.
pub fn left_out(names: &Names) -> String {
    let lines = names.left_out().map(|(kind, count)| {
        let kind = kind.plural();
        format!("omitted: {count} {kind}, because more than {MOST} make editors slow\n")
    });
    lines.collect()
}
