//! `trunkline completions`: a script for a shell. Those for bash, zsh and fish ask the program for addresses
//! ([`super::complete`]).

use clap::CommandFactory;
use clap_complete::Shell;

use super::Exit;
use super::output::{Failure, print};

const BASH: &str = include_str!("addresses.bash");
const ZSH: &str = include_str!("addresses.zsh");
const FISH: &str = include_str!("addresses.fish");

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub fn run<C: CommandFactory>(args: &Args) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut C::command(), "trunkline", &mut script);
    let script = String::from_utf8_lossy(&script);
    print(&match args.shell {
        Shell::Bash => format!("{script}{BASH}"),
        Shell::Fish => format!("{script}{FISH}"),
        Shell::Zsh => zsh(&script),
        _ => script.into_owned(),
    })?;
    Ok(Exit::Fine)
}

/// Where the script for zsh begins to run; functions come before.
const ZSH_RUNS: &str = "\nif [ \"$funcstack[1]\" = ";

/// The script for zsh, with addresses where it has nothing better than files.
fn zsh(script: &str) -> String {
    let lines = script.lines().map(|line| {
        let address = line.contains(":ADDRESS:_default")
            || line.starts_with("':subject -- ")
            || line.starts_with("':kind -- ");
        let line = match address {
            true => line.replace(":_default'", ":_trunkline_addresses'"),
            false => line.to_owned(),
        };
        line + "\n"
    });
    let script: String = lines.collect();
    match script.rsplit_once(ZSH_RUNS) {
        Some((functions, runs)) => format!("{functions}{ZSH}{ZSH_RUNS}{runs}"),
        None => script,
    }
}
