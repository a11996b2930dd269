//! `trunkline broadworks`: what service providers need besides plans.

mod billing;
mod consent;

use super::Exit;
use super::output::Failure;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Compare the billing report of a month with the subscribers that the files declare; nothing is changed by it
    Billing(billing::Args),
    /// Have Webex send its mail again to people who have to delete another Webex account first
    ConsentMail(consent::Args),
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    match &args.command {
        Command::Billing(args) => billing::run(args),
        Command::ConsentMail(args) => consent::run(args),
    }
}
