//! `trunkline man`: the manual pages that packages have, one for each command.

use std::path::PathBuf;

use clap::CommandFactory;

use super::Exit;
use super::output::Failure;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The directory, created if it is missing
    #[arg(value_name = "DIRECTORY")]
    pages: PathBuf,
}

pub fn run<C: CommandFactory>(args: &Args) -> Result<Exit, Failure> {
    let write = || {
        fs_err::create_dir_all(&args.pages)?;
        clap_mangen::generate_to(C::command(), &args.pages)
    };
    write().map_err(|error| {
        Failure::new(format!("the manual pages cannot be written: {error}"))
            .help("name a directory that you can write to")
    })?;
    Ok(Exit::Fine)
}
