//! `trunkline explain ADDRESS`: what becomes of one object, why, and who wrote the lines that say so.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::Args;
use crate::cli::output::{self, Failure, print};
use crate::cli::{Exit, input, pager};
use crate::config::{Loaded, history};
use crate::git::Written;
use crate::plan::explain::{Explanation, Question, explain};
use crate::render::{self, Detail, ObjectFormat};

/// Explains the object with this address.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let path = args.path.as_deref().unwrap_or(Path::new("."));
    let revision = args.revision.as_deref();
    let format = args.format.unwrap_or_default();
    let loaded = input::configuration(path, revision)?;
    let base = input::base(path, args.base.as_deref())?;
    let (named, state) = (args.snapshot.as_deref(), args.state.as_deref());
    let applied = args.applied.at(&input::state(path, state));
    let states = match input::states(path, named, Some(&applied), &loaded, base.as_ref()) {
        Ok(states) => states.owing(path, state, false)?,
        Err(findings) => return input::stop(format, &loaded, findings),
    };
    let question = Question {
        subject: &args.subject,
        license: args.license.as_deref(),
    };
    let inputs = states.inputs(&loaded, None, base.as_ref());
    let mut explanation = explain(inputs, question)
        .map_err(|unknown| Failure::new(unknown.message).help(unknown.help))?;
    sign(&mut explanation, path, revision, &loaded)?;
    let options = output::options(&std::io::stdout(), Detail::Full);
    let text = render::explanation(&explanation, format, &options)?;
    match format {
        ObjectFormat::Text => pager::show(&text)?,
        ObjectFormat::Json => print(&text)?,
    }
    // The program ends: millions of values need not be given back one by one.
    std::mem::forget((explanation, states, loaded));
    Ok(Exit::Fine)
}

/// Says of each line who wrote it.
fn sign(
    explanation: &mut Explanation,
    path: &Path,
    revision: Option<&str>,
    loaded: &Loaded,
) -> Result<(), Failure> {
    let mut wanted: BTreeMap<String, BTreeSet<u32>> = BTreeMap::new();
    for line in explanation.lines_mut() {
        wanted
            .entry(line.file.clone())
            .or_default()
            .insert(line.line);
    }
    let history = history::look_up(path, revision, loaded, wanted)?;
    for line in explanation.lines_mut() {
        let lines = history.get(&line.file);
        match lines.and_then(|lines| lines.get(&line.line)) {
            Some(Written::Committed(author)) => {
                line.committed = Some(true);
                line.commit = Some(author.commit.clone());
                line.author = Some(author.name.clone());
                line.date = Some(author.date.clone());
            }
            Some(Written::Uncommitted) => line.committed = Some(false),
            Some(Written::Unknown) | None => {}
        }
    }
    Ok(())
}
