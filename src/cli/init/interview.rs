//! What `init` asks on a terminal: where the organisation comes from, its name, and the forge.
//!
//! Owns the questions. Must not know what is done with the answers.

use std::io::{self, BufRead};
use std::path::{Path, PathBuf};

use super::ci::Ci;

/// Where the state of the organisation comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Webex, with the token of the environment.
    Token,
    /// Files that Control Hub exported, a directory or one of them; and the name of the organisation, which they do not have.
    Csv(PathBuf, String),
    /// An invented organisation.
    Example,
    /// No source yet; the name of the organisation, if one was given.
    Nowhere(Option<String>),
}

/// The answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    /// Where the state of the organisation comes from.
    pub source: Source,
    /// Which workflows to write.
    pub ci: Ci,
}

/// What is known before anything is asked.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    /// Whether the environment has a token.
    pub token: bool,
    /// The forge that the remotes name.
    pub forge: Option<Ci>,
}

const SOURCES: &str = "\
Where does the organisation come from?
  1  Webex: read with the token in the environment
  2  files that Control Hub exported (CSV)
  3  an example: a bakery with five people, to look around
  4  no source yet: write commented files to fill in
";

/// Asks. An empty line takes what is in brackets; `None`: the input ended.
pub fn ask(
    input: &mut impl BufRead,
    say: &mut impl FnMut(&str),
    known: Known,
) -> io::Result<Option<Answers>> {
    say(SOURCES);
    let usual = if known.token { "1" } else { "3" };
    let source = loop {
        let Some(line) = line(input, say, &format!("1, 2, 3 or 4 [{usual}]: "))? else {
            return Ok(None);
        };
        let chosen = if line.is_empty() {
            usual
        } else {
            line.as_str()
        };
        match chosen {
            "1" if !known.token => say(
                "There is no token: set WEBEX_ACCESS_TOKEN and run `trunkline init` again, or choose another.\n",
            ),
            "1" => break Source::Token,
            "2" => match csv(input, say)? {
                Some((path, name)) => break Source::Csv(path, name),
                None => return Ok(None),
            },
            "3" => break Source::Example,
            "4" => match line_of_name(input, say)? {
                Some(name) => break Source::Nowhere(name),
                None => return Ok(None),
            },
            other => say(&format!("`{other}` is not one of them.\n")),
        }
    };
    if source == Source::Example {
        return Ok(Some(Answers {
            source,
            ci: Ci::None,
        }));
    }
    let ci = forge(input, say, known.forge.unwrap_or(Ci::Github))?;
    Ok(ci.map(|ci| Answers { source, ci }))
}

fn csv(
    input: &mut impl BufRead,
    say: &mut impl FnMut(&str),
) -> io::Result<Option<(PathBuf, String)>> {
    let path = loop {
        let Some(line) = line(
            input,
            say,
            "The directory with the CSV files, or one of them: ",
        )?
        else {
            return Ok(None);
        };
        match Path::new(&line).exists() && !line.is_empty() {
            true => break line.into(),
            false => say(&format!("There is no file or directory `{line}`.\n")),
        }
    };
    loop {
        let question = "The name of the organisation in Webex (the exports do not have it): ";
        let Some(name) = line(input, say, question)? else {
            return Ok(None);
        };
        if !name.is_empty() {
            return Ok(Some((path, name)));
        }
    }
}

fn line_of_name(
    input: &mut impl BufRead,
    say: &mut impl FnMut(&str),
) -> io::Result<Option<Option<String>>> {
    let name = line(input, say, "The name of the organisation in Webex []: ")?;
    Ok(name.map(|name| (!name.is_empty()).then_some(name)))
}

fn forge(
    input: &mut impl BufRead,
    say: &mut impl FnMut(&str),
    usual: Ci,
) -> io::Result<Option<Ci>> {
    let words = [
        ("github", Ci::Github),
        ("gitlab", Ci::Gitlab),
        ("none", Ci::None),
    ];
    let word = words.iter().find(|(_, ci)| *ci == usual);
    let word = word.map_or("none", |(word, _)| word);
    loop {
        let question = format!("Workflows for github, gitlab or none [{word}]: ");
        let Some(line) = line(input, say, &question)? else {
            return Ok(None);
        };
        let chosen = words.iter().find(|(it, _)| it.eq_ignore_ascii_case(&line));
        match (line.is_empty(), chosen) {
            (true, _) => return Ok(Some(usual)),
            (false, Some((_, ci))) => return Ok(Some(*ci)),
            (false, None) => say(&format!("`{line}` is not one of them.\n")),
        }
    }
}

/// A line without its end; `None` at the end of the input.
fn line(
    input: &mut impl BufRead,
    say: &mut impl FnMut(&str),
    question: &str,
) -> io::Result<Option<String>> {
    say(question);
    let mut line = String::new();
    let read = input.read_line(&mut line)?;
    Ok((read > 0).then(|| line.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(typed: &str, token: bool) -> (Option<Answers>, String) {
        let mut said = String::new();
        let known = Known {
            token,
            forge: Some(Ci::Gitlab),
        };
        let got = ask(&mut typed.as_bytes(), &mut |text| said += text, known).unwrap();
        (got, said)
    }

    #[test]
    fn answers_and_what_is_usual() {
        let of = |typed, token| answers(typed, token).0.map(|it| (it.source, it.ci));
        assert_eq!(of("\n\n", true), Some((Source::Token, Ci::Gitlab)));
        assert_eq!(of("\n", false), Some((Source::Example, Ci::None)));
        assert_eq!(
            of("4\nAcme\nnone\n", false),
            Some((Source::Nowhere(Some("Acme".to_owned())), Ci::None))
        );
        assert_eq!(
            of("4\n\nGitHub\n", true),
            Some((Source::Nowhere(None), Ci::Github))
        );
        let here = tempfile::tempdir().unwrap();
        let typed = format!("2\n/not/there\n{}\n\nAcme\n\n", here.path().display());
        let csv = Source::Csv(here.path().to_owned(), "Acme".to_owned());
        assert_eq!(of(&typed, true), Some((csv, Ci::Gitlab)));
        for ended in ["", "2\n", "4\n", "4\nAcme\n", "1\n"] {
            assert_eq!(of(ended, true), None, "{ended:?}");
        }
    }

    #[test]
    fn what_cannot_be_is_asked_again() {
        let (got, said) = answers("1\n7\n4\n\nsvn\n\n", false);
        assert_eq!(got.map(|it| it.ci), Some(Ci::Gitlab));
        for words in [
            "There is no token",
            "`7` is not one of them",
            "`svn` is not one of them",
        ] {
            assert!(said.contains(words), "{said}");
        }
    }
}
