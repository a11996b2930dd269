//! What follows the answers on a terminal: the commands that a user would type, up to the first plan.

use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::Path;

use super::super::output::{Failure, create, note};
use super::super::{Exit, input, live};
use super::ci::Around;
use super::interview::{self, Answers, Known, Source};
use super::starter::Facts;
use super::{Args, shown, write};
use crate::render::escape;
use crate::webex::Tokens;
use crate::webex::org::same_org;

/// An invented organisation: its files, and what Webex has of it.
const EXAMPLE: [(&str, &str); 3] = [
    (
        "bakery.yaml",
        include_str!("../../../examples/quickstart/bakery.yaml"),
    ),
    (
        "phones.yaml",
        include_str!("../../../examples/quickstart/phones.yaml"),
    ),
    (
        "snapshot.json",
        include_str!("../../../examples/quickstart/snapshot.json"),
    ),
];

/// Asks on a terminal; `None`: there is none, so nothing is asked.
pub fn answers(path: &Path) -> Result<Option<Answers>, Failure> {
    let stdin = std::io::stdin();
    if !stdin.is_terminal() || !std::io::stderr().is_terminal() {
        return Ok(None);
    }
    let known = Known {
        token: Tokens::from_environment(&|name| std::env::var(name).ok()).is_ok(),
        forge: Around::of(path)?.told,
    };
    // If the questions cannot be shown, there will be no answers either.
    let mut say = |text: &str| drop(note(text));
    let answers = interview::ask(&mut stdin.lock(), &mut say, known)?;
    let nothing = || Failure::new("nothing was written: the questions were not answered");
    answers
        .ok_or_else(|| nothing().help("give --ci or --snapshot, and nothing is asked"))
        .map(Some)
}

/// Does what was answered. It ends with the first command that does not succeed.
pub fn go(asked: &Args, answers: Answers) -> Result<Exit, Failure> {
    let Answers { source, ci } = answers;
    asked.runs.check(ci)?;
    let path = asked.path.as_path();
    let args = |snapshot: Option<&Path>| Args {
        snapshot: snapshot.map(Path::to_owned),
        ci: Some(ci),
        ..asked.clone()
    };
    let from_webex = source == Source::Token;
    let mut known = Facts::default();
    let words = match source {
        Source::Example => return example(path),
        Source::Nowhere(name) => {
            let args = args(None);
            write(&args, Facts::named(name))?;
            note(&super::next(&args))?;
            return Ok(Exit::Fine);
        }
        Source::Token => vec!["--live".into()],
        Source::Csv(files, name) => {
            known = Facts::named(Some(name));
            vec!["--from-csv".into(), files.into_os_string()]
        }
    };
    let snapshot = path.join("snapshot.json");
    if fs_err::symlink_metadata(&snapshot).is_ok() {
        existing(&snapshot, from_webex)?;
    } else {
        fs_err::create_dir_all(path)?;
        let taking = [
            vec!["snapshot".into()],
            words,
            vec!["--out".into(), snapshot.clone().into()],
        ];
        let exit = follow(taking.concat())?;
        if exit != Exit::Fine {
            return Ok(exit);
        }
    }
    match write(&args(Some(&snapshot)), known)? {
        Exit::Fine => {}
        exit => return Ok(exit),
    }
    let import = [
        "import".into(),
        "--snapshot".into(),
        snapshot.into(),
        "--out".into(),
        path.into(),
    ];
    match follow(import.to_vec())? {
        Exit::Fine => follow(vec!["plan".into(), path.into()]),
        exit => Ok(exit),
    }
}

/// Says which snapshot is used because it is there. That of another organisation than the token's is not.
fn existing(snapshot: &Path, from_webex: bool) -> Result<(), Failure> {
    let (observed, _) = input::snapshot(snapshot).map_err(|finding| {
        Failure::new(&finding.message)
            .help("move it away, and run `trunkline init` again to take a new one")
    })?;
    let org = &observed.org;
    if from_webex {
        let live = live::connect(&live::Args::default(), None)?;
        if !same_org(&org.id, &live.me.org) {
            let message = format!(
                "{} is of {} ({}), and the token is of {}",
                shown(snapshot),
                org.name,
                org.id,
                live.me.org
            );
            return Err(Failure::new(message)
                .help("move the file away, or use a token of its organisation"));
        }
    }
    let text = format!(
        "{} already exists and is used: {} ({}), captured at {}. Move it away to take a new one.\n",
        shown(snapshot),
        escape(&org.name),
        escape(&org.id),
        escape(&observed.captured_at)
    );
    note(&text)?;
    Ok(())
}

fn example(path: &Path) -> Result<Exit, Failure> {
    let there = EXAMPLE.iter().map(|(name, _)| path.join(name));
    if let Some(file) = there.into_iter().find(|file| file.exists()) {
        return Err(Failure::new(format!(
            "nothing was written, because {} exists",
            shown(&file)
        ))
        .help("choose an empty directory, or move the file away"));
    }
    fs_err::create_dir_all(path)?;
    for (name, text) in EXAMPLE {
        // The schema of the repository is not there.
        let lines = text.split_inclusive('\n');
        let text: String = lines
            .filter(|line| !line.starts_with("# yaml-language-server"))
            .collect();
        let file = path.join(name);
        create(&file, text.as_bytes())?;
        note(&format!("wrote {}\n", shown(&file)))?;
    }
    follow(vec!["plan".into(), path.into()])
}

/// Shows a command, and carries it out.
fn follow(words: Vec<OsString>) -> Result<Exit, Failure> {
    let typed: Vec<String> = words
        .iter()
        .map(|word| super::quoted(Path::new(word)))
        .collect();
    note(&format!("\n$ trunkline {}\n", typed.join(" ")))?;
    let program = std::iter::once(OsString::from("trunkline"));
    Ok(super::super::run(program.chain(words)))
}
