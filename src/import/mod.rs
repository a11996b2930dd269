//! Observed state -> files of desired state whose plan against it is empty.
//!
//! Owns which file contains what, and what is omitted because no file can express it. Each kind writes its own section
//! through `KINDS`. Must not know a kind by name, what a plan is, or where the files go.

mod fit;
mod names;

pub use crate::kinds::imports::{Extent, People};
pub use names::names;

use crate::config::files::SourceFile;
use crate::config::model::AssignmentMode;
use crate::config::write::{self, Node};
use crate::kinds::KINDS;
use crate::kinds::imports::{Draft, Source};
use crate::snapshot::{Snapshot, Subscription};

/// Files of desired state.
#[derive(Debug)]
pub struct Imported {
    /// The files, in byte order of path.
    pub files: Vec<File>,
    /// What no file says, and why.
    pub left_out: Vec<String>,
    /// Lists that the snapshot lacks, so their content is unknown.
    pub not_captured: Vec<&'static str>,
}

/// One file.
#[derive(Debug)]
pub struct File {
    /// Its path and text.
    pub source: SourceFile,
    /// What it describes.
    pub section: &'static str,
    /// How many of these, where there can be many.
    pub count: Option<usize>,
}

/// Describes what a snapshot has.
pub fn import(snapshot: &Snapshot, extent: &Extent) -> Imported {
    let source = Source::new(snapshot, extent);
    let not_captured = not_captured(snapshot);
    let mut draft = Draft::default();
    for import in KINDS.iter().filter_map(|kind| kind.import) {
        import(&source, &mut draft);
    }
    subscriptions(snapshot, &mut draft);
    fit::fit(&organization(&source), &mut draft);

    let origin = format!("the snapshot of {}", snapshot.captured_at);
    let mut files = vec![File {
        source: SourceFile {
            path: "org.yaml".into(),
            bytes: write::file(
                &about_organization(&source, &origin, &not_captured),
                &organization(&source),
            )
            .into_bytes(),
        },
        section: "org",
        count: None,
    }];
    files.extend(draft.sections.into_iter().map(|section| {
        let comment = format!(
            "{}\nWritten by `trunkline import` from {origin}.",
            section.about
        );
        File {
            section: section.name,
            count: Some(section.count),
            source: SourceFile {
                path: format!("{}.yaml", section.file).into(),
                bytes: write::file(&comment, &[section.to_node()]).into_bytes(),
            },
        }
    }));
    files.sort_by(|a, b| a.source.path.cmp(&b.source.path));
    Imported {
        files,
        left_out: draft.left_out,
        not_captured,
    }
}

fn organization(source: &Source<'_>) -> Vec<(String, Node)> {
    let org = &source.snapshot.org;
    let given = |text: &str| (!text.trim().is_empty()).then(|| Node::text(text));
    let name = given(&org.name).or_else(|| given(&org.id));
    let fields = Node::fields([
        ("name", name.or_else(|| given("Organisation"))),
        ("id", (!org.id.is_empty()).then(|| Node::text(&org.id))),
        ("assignmentMode", Some(Node::text(source.mode.word()))),
        ("directorySync", Some(Node::Flag(false))),
    ]);
    vec![
        ("version".to_owned(), Node::Number(1)),
        ("org".to_owned(), Node::Block(fields)),
    ]
}

fn about_organization(source: &Source<'_>, origin: &str, not_captured: &[&str]) -> String {
    let mut about = format!(
        "The organisation. Written by `trunkline import` from {origin}.\n\
         All files here together describe that snapshot: their plan against it is empty.\n\
         \n\
         {}\n",
        about_people(source.extent.people)
    );
    about += match source.mode {
        AssignmentMode::Group => {
            "assignmentMode: with `group`, a template says which licences the members of a group get: write it under\n\
             `templates`, and `template: NAME` in the group. The alternative is `organization`: one for everyone.\n"
        }
        AssignmentMode::Organization => {
            "assignmentMode: with `organization`, one template says which licences everyone gets: write it under\n\
             `templates`, and `template: NAME` below. The alternative is `group`: each group can have one.\n"
        }
    };
    about +=
        "directorySync: write true if a directory owns the people, so that no file creates any.\n";
    if !not_captured.is_empty() {
        about += &format!(
            "\nThe snapshot lacks {}: they are not described here.\n",
            not_captured.join(", ")
        );
    }
    about
}

fn about_people(people: People) -> &'static str {
    match people {
        People::Omitted => {
            "People are not listed, they come from the snapshot. What is to hold for one person goes under `users`."
        }
        People::WithCalling => {
            "People come from the snapshot. Those with Webex Calling are listed in `people`; what is to hold for others, and is\n\
             not in a template, goes under `users` too."
        }
        People::Flat => {
            "People come from the snapshot. Everyone with a licence is listed in `people`, and there are no templates."
        }
    }
}

/// Lists that files describe or that licences need, and that the snapshot lacks.
fn not_captured(snapshot: &Snapshot) -> Vec<&'static str> {
    let kinds = KINDS.iter().filter(|kind| kind.import.is_some());
    let lists = kinds.filter_map(|kind| Some((kind.section, kind.list.as_ref()?)));
    let missing = lists.filter(|(_, list)| !(list.captured)(snapshot));
    let mut missing: Vec<&str> = missing.map(|(section, _)| section).collect();
    if snapshot.subscriptions.is_none() {
        missing.push("subscriptions");
    }
    if snapshot.sites.is_none() {
        missing.push("sites");
    }
    missing.sort_unstable();
    missing
}

fn subscriptions(snapshot: &Snapshot, draft: &mut Draft) {
    let entries = draft.named(snapshot.subscriptions(), |seen| &seen.id, "subscription");
    let entries = entries.into_iter().map(|seen| {
        // The files come before the snapshot, so a status here would hide that the subscription is suspended later.
        let Subscription {
            id,
            created_at,
            status: _,
        } = seen;
        let day = created_at.as_deref().and_then(|text| text.get(..10));
        let fields = Node::fields([("createdAt", day.map(Node::text))]);
        (id.clone(), Node::Line(fields))
    });
    draft.section(
        "subscriptions",
        "Subscriptions. Webex does not reliably provide createdAt, the day on which one began: add or correct it, since new\n\
         licences come from the oldest. `replacedBy: ID` moves everything to another subscription.",
        entries.collect(),
    );
}
