//! `trunkline explain CODE`: what a finding code means.

use crate::cli::Exit;
use crate::cli::output::{Failure, options, print};
use crate::finding::{CODES, Code, did_you_mean};
use crate::render::Detail;

/// Lines of this many columns; codes and paths are never broken.
fn whole_words(width: usize) -> textwrap::Options<'static> {
    textwrap::Options::new(width)
        .break_words(false)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
}

/// Whether a subject is a code, in letters of any case.
pub fn is_code(subject: &str) -> bool {
    Code::find(&subject.to_ascii_lowercase()).is_some()
}

/// Whether a subject would be a code without a typing mistake: words of small letters with hyphens, near to a code.
pub fn is_near(subject: &str) -> bool {
    let word = |it: char| it.is_ascii_lowercase() || it == '-';
    let codes = || CODES.iter().map(|page| page.code.as_str());
    subject.chars().all(word) && did_you_mean(subject, codes()).is_some()
}

/// Longer lines of prose are hard to read.
const PROSE: usize = 80;

/// Prints the page of a code.
pub fn run(code: &str) -> Result<Exit, Failure> {
    let Some(page) = Code::find(&code.to_ascii_lowercase()) else {
        let help = did_you_mean(code, CODES.iter().map(|page| page.code.as_str()));
        let failure = Failure::new(format!("there is no finding code `{code}`"));
        return Err(failure.help(help.unwrap_or_default()));
    };
    let width = options(&std::io::stdout(), Detail::Full).width;
    print(&format!(
        "{}\n{}\n\n{}\n",
        page.code,
        textwrap::fill(page.title.trim(), whole_words(width)),
        textwrap::fill(page.page, whole_words(width.min(PROSE)))
    ))?;
    Ok(Exit::Fine)
}
