//! Files that name each other in a circle: a change of one may need a change of each, so there are few of them.

use std::collections::{BTreeMap, BTreeSet};

use super::sources::{Source, is_test, sources};

/// More files than this cannot be understood at once.
const MOST: usize = 6;

/// The files that each file names, by module. The face of a folder (`mod.rs`) has what its files share, and is no part of a circle.
fn arrows(all: &[Source]) -> BTreeMap<Vec<String>, BTreeSet<Vec<String>>> {
    let files = all
        .iter()
        .filter(|it| !it.name.ends_with("mod.rs") && !is_test(it));
    let modules: BTreeSet<Vec<String>> = files.clone().map(Source::module).collect();
    let named = files.map(|source| {
        let own = source.module();
        let paths = source.names().into_iter().filter(|it| !it.test);
        let paths = paths.filter_map(|it| {
            it.path
                .strip_prefix(&["crate".to_owned()])
                .map(<[_]>::to_vec)
        });
        let targets = paths.filter_map(|path| {
            let mut beginnings = (1..=path.len()).rev().map(|length| &path[..length]);
            beginnings.find_map(|it| modules.get(it).cloned())
        });
        (own.clone(), targets.filter(|it| *it != own).collect())
    });
    named.collect()
}

#[test]
fn circles_of_files_are_small() {
    let arrows = arrows(&sources());
    assert!(arrows.values().map(BTreeSet::len).sum::<usize>() > 300);
    let reached: BTreeMap<_, BTreeSet<_>> = arrows
        .keys()
        .map(|from| {
            let (mut found, mut open) = (BTreeSet::new(), vec![from]);
            while let Some(at) = open.pop() {
                open.extend(arrows[at].iter().filter(|to| found.insert((*to).clone())));
            }
            (from, found)
        })
        .collect();
    for (file, reaches) in &reached {
        let circle = reaches.iter().filter(|it| reached[it].contains(*file));
        let circle: Vec<String> = circle.map(|it| it.join("/")).collect();
        assert!(
            circle.len() <= MOST,
            "{} files name each other in a circle: {}",
            circle.len(),
            circle.join(", ")
        );
    }
}
