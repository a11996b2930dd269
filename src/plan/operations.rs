//! The requests of a plan as the plan file has them.

use super::order::{Order, Part};
use crate::change::{Address, DraftChange, Operation, Path};

/// The requests, in order.
pub fn operations(changes: &[DraftChange], order: &Order) -> Vec<Operation> {
    let number = |at: usize| at as u32 + 1;
    let sent = order.sent.iter().enumerate();
    sent.filter_map(|(at, sent)| {
        let first = sent.parts.first()?;
        let request = &changes[first.change].requests[first.request];
        let subjects: Vec<Address> = sent
            .parts
            .iter()
            .map(|part| changes[part.change].address())
            .collect();
        Some(Operation {
            id: number(at),
            method: request.method.to_owned(),
            path: request.path.to_owned(),
            subject: subjects.first()?.clone(),
            subjects: match subjects.len() {
                1 => Vec::new(),
                _ => subjects,
            },
            fields: paths(changes, &sent.parts),
            without: request.without.iter().map(|&path| path.into()).collect(),
            depends_on: sent.after.iter().map(|&on| number(on)).collect(),
        })
    })
    .collect()
}

/// The paths that a request sends, each once, in order.
fn paths(changes: &[DraftChange], parts: &[Part]) -> Vec<Path> {
    let mut paths: Vec<&Path> = Vec::new();
    for part in parts {
        let fields = &changes[part.change].fields;
        for &field in &part.fields {
            let path = &fields[field].path;
            // Whatever shares a request has few paths, and mostly the same.
            if parts.len() == 1 || !paths.contains(&path) {
                paths.push(path);
            }
        }
    }
    paths.sort_unstable();
    paths.into_iter().cloned().collect()
}
