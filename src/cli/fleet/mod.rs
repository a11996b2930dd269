//! `trunkline fleet`: the organisations of a repository, as a table or as the jobs of a CI, and a plan of all of them.

mod jobs;
mod place;
mod plan;
mod summary;

use clap::Subcommand;
use serde_json::json;

use super::Exit;
use super::licenses::{table, tidy};
use super::output::{Failure, aside, note, print};
use crate::render::escape;
use place::{Found, Place};

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(flatten)]
    place: Place,
    /// How to print them
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(subcommand)]
    below: Option<Below>,
}

#[derive(Debug, Subcommand)]
enum Below {
    /// Plan every organisation on this machine, with one summary
    #[command(after_long_help = super::texts::FLEET_PLAN)]
    Plan(plan::Args),
}

/// The formats of a list of organisations.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Plain text
    #[default]
    Text,
    /// For scripts
    Json,
    /// The matrix of a GitHub job, on one line
    GithubMatrix,
    /// A hidden job with parallel:matrix, for a child pipeline of GitLab
    Gitlab,
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    if let Some(Below::Plan(args)) = &args.below {
        return plan::run(args);
    }
    let found = args.place.find()?;
    let text = match args.format {
        Format::Text => text(&found),
        Format::Json => as_json(&found)?,
        Format::GithubMatrix => jobs::github(&found.members)?,
        Format::Gitlab => jobs::gitlab(&found.members)?,
    };
    print(&text)?;
    say(&found)
}

/// What the list does not show; the exit code.
fn say(found: &Found) -> Result<Exit, Failure> {
    if found.members.is_empty() && found.problems.is_empty() {
        aside("--changed-since and --shard leave no organisation\n")?;
    }
    for path in &found.gone {
        let path = escape(path);
        note(&format!("note: {path} is no longer an organisation\n"))?;
    }
    for problem in &found.problems {
        let (path, message) = (escape(&problem.path), escape(&problem.message));
        note(&format!(
            "error: {path}: {message}\n  help: {}\n",
            problem.help
        ))?;
    }
    Ok(match found.problems.is_empty() {
        true => Exit::Fine,
        false => Exit::Error,
    })
}

fn text(found: &Found) -> String {
    if found.members.is_empty() {
        return String::new();
    }
    let mut out = table(&["path", "name", "slug", "id"]);
    for member in &found.members {
        let id = member.id.as_deref().unwrap_or_default();
        out.add_row(
            [&member.path, member.shown(), &member.slug, id].map(|cell| escape(cell).into_owned()),
        );
    }
    format!("{}\n", tidy(&out))
}

fn as_json(found: &Found) -> Result<String, Failure> {
    let members = found.members.iter();
    let members =
        members.map(|it| json!({"path": it.path, "name": it.name, "id": it.id, "slug": it.slug}));
    let value = json!({
        "formatVersion": 1, "organizations": members.collect::<Vec<_>>(), "gone": found.gone,
        "problems": problems(found),
    });
    Ok(serde_json::to_string_pretty(&value)? + "\n")
}

/// The problems, as JSON has them.
fn problems(found: &Found) -> Vec<serde_json::Value> {
    let problems = found.problems.iter();
    problems
        .map(|it| json!({"path": it.path, "message": it.message, "help": it.help}))
        .collect()
}
