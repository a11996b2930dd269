//! `trunkline schema`: the JSON Schema of the configuration.

use std::path::PathBuf;

use super::Exit;
use super::output::{Failure, print, save};
use crate::config::schema;

/// The name of the schema file.
const FILE: &str = "trunkline.schema.json";

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Write trunkline.schema.json into this directory
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    let text = schema::text()?;
    match &args.out {
        Some(directory) => {
            fs_err::create_dir_all(directory)?;
            save(&directory.join(FILE), &text)?;
        }
        None => print(&text)?,
    }
    Ok(Exit::Fine)
}
