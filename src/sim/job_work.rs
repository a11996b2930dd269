//! What jobs do when their time has come.

use super::state::jobs::{Outcome, Work};
use super::switches::Switches;
use super::world::World;
use super::{closing, moves, number_jobs, telephony};

/// Carries out the jobs that are due, in order of time. Whether there were any.
pub fn tick(world: &mut World, rules: &Switches, now: i64) -> bool {
    let mut due: Vec<(i64, usize)> = Vec::new();
    for (at, job) in world.jobs.list.iter().enumerate() {
        if job.is_due(now) {
            due.push((job.ends, at));
        }
    }
    due.sort_unstable();
    for (when, at) in &due {
        let Some(work) = world.jobs.list.get(*at).map(|job| job.work.clone()) else {
            continue;
        };
        let outcome = work.run(world, rules, *when);
        if let Some(job) = world.jobs.list.get_mut(*at) {
            job.outcome = Some(outcome);
        }
    }
    !due.is_empty()
}

impl Work {
    fn run(&self, world: &mut World, rules: &Switches, now: i64) -> Outcome {
        match self {
            Work::MoveNumbers(numbers) => number_jobs::carry_out_move(world, numbers),
            Work::UseNumbers(numbers) => number_jobs::carry_out_use(world, numbers),
            Work::MovePeople(moves) => moves::carry_out(world, rules, moves, now),
            Work::Close(closing) => closing::carry_out(world, closing, now),
            Work::Prefix(location, prefix) => telephony::set_prefix(world, *location, prefix),
        }
    }
}
