//! `trunkline explain CODE`: what a finding code means.

use crate::cli::Exit;
use crate::cli::output::{Failure, print};
use crate::finding::{CODES, Code, did_you_mean};

/// Lines of 80 columns; codes and paths are never broken.
fn whole_words() -> textwrap::Options<'static> {
    textwrap::Options::new(80)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
}

/// Whether a subject is a code, or would be one without a typing mistake: words of small letters with hyphens, near to a code.
pub fn is_meant(subject: &str) -> bool {
    let word = |it: char| it.is_ascii_lowercase() || it == '-';
    let codes = || CODES.iter().map(|page| page.code.as_str());
    Code::find(subject).is_some()
        || subject.chars().all(word) && did_you_mean(subject, codes()).is_some()
}

/// Prints the page of a code.
pub fn run(code: &str) -> Result<Exit, Failure> {
    let Some(page) = Code::find(code) else {
        let help = did_you_mean(code, CODES.iter().map(|page| page.code.as_str()));
        let failure = Failure::new(format!("there is no finding code `{code}`"));
        return Err(failure.help(help.unwrap_or_default()));
    };
    print(&format!(
        "{}\n{}\n\n{}\n",
        page.code,
        page.title.trim(),
        textwrap::fill(page.page, whole_words())
    ))?;
    Ok(Exit::Fine)
}
