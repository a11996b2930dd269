//! The organisations as jobs of a CI: a matrix of GitHub, and parallel:matrix of GitLab.

use std::fmt::Write as _;

use serde_json::json;

use super::place::Member;
use crate::cli::output::Failure;

/// The most jobs of one matrix in a workflow run of GitHub.
const GITHUB: usize = 256;
/// The most jobs of one `parallel:matrix` of GitLab.
const GITLAB: usize = 200;

/// `{"include": […]}` on one line. It may be empty, where nothing changed or a part has nothing: GitHub refuses such a matrix,
/// so the job has to be skipped.
pub fn github(members: &[Member]) -> Result<String, Failure> {
    fits(members, GITHUB, "a matrix of GitHub")?;
    let jobs = members.iter().map(|it| {
        json!({"path": it.path, "name": it.name.as_ref().unwrap_or(&it.slug), "slug": it.slug, "key": key(&it.slug)})
    });
    let matrix = json!({"include": jobs.collect::<Vec<_>>()});
    Ok(serde_json::to_string(&matrix)? + "\n")
}

/// The slug in the letters that names of secrets and variables may have.
fn key(slug: &str) -> String {
    slug.to_ascii_uppercase().replace('-', "_")
}

/// A hidden job that jobs of a child pipeline extend. Without organisations it is the job itself that says so: a pipeline
/// without jobs is an error for GitLab.
pub fn gitlab(members: &[Member]) -> Result<String, Failure> {
    fits(members, GITLAB, "parallel:matrix of GitLab")?;
    if members.is_empty() {
        return Ok(NOTHING.to_owned());
    }
    let mut text = String::from(
        "# Made by `trunkline fleet --format gitlab`.\n.trunkline-fleet:\n  parallel:\n    matrix:\n",
    );
    for member in members {
        // JSON is YAML; GitLab expands variables.
        let quoted = |text: &str| serde_json::to_string(&text.replace('$', "$$"));
        let (path, slug) = (quoted(&member.path)?, quoted(&member.slug)?);
        writeln!(
            text,
            "      - TRUNKLINE_PATH: {path}\n        TRUNKLINE_SLUG: {slug}"
        )?;
    }
    Ok(text)
}

/// A hidden job without a matrix, whose jobs never run, and one that does.
const NOTHING: &str = "\
# Made by `trunkline fleet --format gitlab`: there is no organisation to work on.
.trunkline-fleet:
  rules:
    - when: never
nothing-to-do:
  script:
    - echo \"there is no organisation to work on\"
";

fn fits(members: &[Member], most: usize, what: &str) -> Result<(), Failure> {
    let count = members.len();
    if count <= most {
        return Ok(());
    }
    let parts = count.div_ceil(most);
    let message =
        format!("there are {count} organisations, and {what} can have at most {most} jobs");
    let help = format!("make {parts} of it, with --shard 1/{parts} to --shard {parts}/{parts}");
    Err(Failure::new(message).help(help))
}
