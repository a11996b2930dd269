//! The head of a comment: the verdict, the counts, and what was compared.

use super::words::{code, prose};
use crate::drift::Drift;
use crate::plan::Plan;
use crate::render::Options;
use crate::render::drift::{causes, ways};
use crate::render::page::minute;
use crate::render::values::{cut, some_of};
use crate::render::verdict::{Light, at_a_glance, of_drift, settled};
use crate::render::view::View;

/// The verdict, the counts, and what was compared.
pub(super) fn heading(out: &mut String, view: &View<'_>, drift: Option<&Drift>, options: &Options) {
    let plan = view.plan;
    let what = match drift {
        Some(_) => "drift",
        None => "plan",
    };
    let (light, said) = match drift {
        Some(_) => of_drift(plan, &view.verdict),
        None => at_a_glance(plan, &view.verdict),
    };
    let sign = sign(light);
    *out += &format!(
        "## {sign} trunkline {what} · {}: {said}\n\n",
        prose(&cut(&plan.org.name, NAME))
    );
    if let Some(sentence) = view.verdict.sentence() {
        *out += &format!("**{}**\n\n", prose(&cut(&sentence, SENTENCE)));
    }
    if let Some(said) = drift.and_then(causes) {
        *out += &format!("**{}**\n\n", prose(&cut(&said, SENTENCE)));
    }
    if drift.is_some_and(|drift| drift.lines.iter().any(|line| line.cause.is_live())) {
        for (what, command) in ways(options) {
            *out += &format!("{what}: {}\n\n", code(command));
        }
    }
    *out += &format!("{}\n\n", view.summary());
    if !plan.targets.is_empty() {
        targets(out, plan);
    }
    compared(out, plan, drift);
    let signs = view.signs().into_iter();
    let signs: Vec<String> = signs
        .map(|(sign, means)| format!("{} {means}", code(sign)))
        .collect();
    if !signs.is_empty() {
        *out += &format!("Signs: {}\n\n", signs.join(", "));
    }
}

/// Which part was asked for, and which of it is unchanged.
fn targets(out: &mut String, plan: &Plan) {
    let targets: Vec<String> = plan
        .targets
        .iter()
        .take(TARGETS)
        .map(|it| code(&cut(it, NAME)))
        .collect();
    let more = plan.targets.len().saturating_sub(TARGETS);
    let more = if more > 0 {
        format!(", and {more} more")
    } else {
        String::new()
    };
    *out += &format!("Only a part: {}{more}\n\n", targets.join(", "));
    let settled = some_of(
        settled(plan).take(TARGETS).collect::<Vec<_>>().into_iter(),
        TARGETS,
    );
    if !settled.is_empty() {
        *out += &format!("Nothing to change: {}\n\n", prose(&cut(&settled, SENTENCE)));
    }
}

/// The states that were compared, and the rules.
fn compared(out: &mut String, plan: &Plan, drift: Option<&Drift>) {
    let short = |digest: &str| -> String { digest.chars().take("sha256:".len() + 7).collect() };
    let mut state = match &plan.config.commit {
        Some(commit) => code(&commit.chars().take(7).collect::<String>()),
        None => code(&short(&plan.config.digest)),
    };
    if plan.config.commit.is_some() {
        if plan.config.dirty {
            state += " dirty";
        }
        if let Some(reference) = &plan.config.reference {
            state += &format!(" ({})", code(&cut(reference, NAME)));
        }
    }
    *out += &format!(
        "config {state} · snapshot {}",
        minute(&plan.snapshot.captured_at)
    );
    if let Some(applied) = drift.and_then(|drift| drift.plan.applied.as_ref()) {
        *out += &format!(" · applied {}", minute(&applied.captured_at));
    }
    let digest = short(&plan.guardrails.digest);
    *out += &format!(" · guardrails {}", code(&digest));
    if let Some(reference) = &plan.guardrails.reference {
        *out += &format!(" ({})", code(&cut(reference, NAME)));
    }
    out.push_str("\n\n");
}

/// The head is always there, so foreign names are cut in it, in characters.
const NAME: usize = 120;
const SENTENCE: usize = 1_000;
/// How many targets the head names.
const TARGETS: usize = 5;

/// A light as a sign.
fn sign(light: Light) -> &'static str {
    match light {
        Light::Fine => "✅",
        Light::Care => "⚠️",
        Light::Waiting => "⏸️",
        Light::Blocked => "🛑",
    }
}
