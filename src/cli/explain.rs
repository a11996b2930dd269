//! `trunkline explain`: what a finding code means.

use super::Exit;
use super::output::{Failure, print};
use crate::finding::{CODES, Code, did_you_mean};

/// The width of the text, in columns.
const WIDTH: usize = 80;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// A finding code, such as calling-loss
    code: String,
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    let Some(page) = Code::find(&args.code) else {
        let help = did_you_mean(&args.code, CODES.iter().map(|page| page.code.as_str()));
        let failure = Failure::new(format!("there is no finding code `{}`", args.code));
        return Err(failure.help(
            help.unwrap_or_else(|| "plans and validate print the codes of what they find".into()),
        ));
    };
    print(&format!(
        "{}\n{}\n\n{}\n",
        page.code,
        page.title.trim(),
        textwrap::fill(page.page, WIDTH)
    ))?;
    Ok(Exit::Fine)
}
