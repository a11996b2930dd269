//! trunkline: a GitOps reconciler for Cisco Webex organisations.
//!
//! Data flows one way, one room after another; each stage is a function from a value to a value:
//!
//! ```text
//! files, git revisions ─ config ─┐
//!                                ├─ plan (asks licensing and every kind) ─┬─ render
//! snapshot file ─┐               │                                        └─ apply (asks every kind) ─ webex
//!                ├─ snapshot ────┤
//! webex ─────────┘               └─ import (asks every kind) ─ files
//! ```
//!
//! [`sim`] answers in place of Webex, on a socket or in process.
//!
//! A room names only rooms further down in this table; `tests/cli/architecture.rs` says which, row by row.
//!
//! | room | owns | must not know |
//! |---|---|---|
//! | [`cli`] | wiring of stages, exit code, choice of format | any kind's name, HTTP, YAML |
//! | [`control_hub`] | a plan as files that Control Hub's own import takes, and a checklist for the rest | how a plan came about, requests, where the files go |
//! | [`render`] | one view built once; a file per format | how a plan came about, kinds by name |
//! | [`drift`] | why the organisation differs from the files, and what is taken into them | files, HTTP, git, formats, kinds by name |
//! | [`apply`] | doing what a plan says, and proving what was done; the only one with a writer | YAML, git, formats, kinds and fields by name, deciding anything |
//! | [`restore`] | from a backup to a plan | HTTP, files, kinds |
//! | [`import`] | files that describe a snapshot | kinds by name, plans, where the files go |
//! | [`billing`] | a billing report against what is declared | HTTP, formats, what is planned |
//! | [`plan`] | what changes, in what order, how risky, whether it may be applied | HTTP, files, time, kinds by name, formats |
//! | [`kinds`] | one kind's fields, comparison, requests, losses: a folder and a row in `KINDS` | stages, other kinds' folders |
//! | [`backup`] | what a person or workspace has, in one file: format, checksum, encryption | plans, desired state, kinds |
//! | [`change`] | a change, its fields and requests, as kinds, plans and applies share them | how a plan is made, HTTP, files, time, kinds by name, formats |
//! | [`licensing`] | what each user should hold and why, seats | HTTP, files, formats: pure functions |
//! | [`webex`] | the Webex API: tokens, requests, paging, limits, retries, and what an organisation looks like now | plans, desired state, that `sim` exists |
//! | [`config`] | text, git revisions, parsing and writing, checks that need no snapshot, JSON Schema | the API, the snapshot |
//! | [`snapshot`] | reading observed state | desired state, git, HTTP |
//! | [`sim`] | a Webex look-alike over a snapshot file, with faults on demand | every other room: it must be able to contradict them |
//! | [`git`] | revisions, their trees, who wrote a line | everything else |
//! | [`finding`] | what has to be said, and the table of codes | everything else |
//! | [`disk`] | reading regular files of bounded size; files for their owner alone | everything else |
//! | [`phone`] | telephone numbers: E.164, ranges, the library of numbering plans | everything else |
//! | [`canonical`] | the one form in which names and addresses are compared | everything else |

pub mod apply;
pub mod backup;
pub mod billing;
pub mod canonical;
pub mod change;
pub mod cli;
pub mod config;
pub mod control_hub;
pub mod disk;
pub mod drift;
pub mod finding;
pub mod git;
pub mod import;
pub mod kinds;
pub mod licensing;
pub mod phone;
pub mod plan;
pub mod render;
pub mod restore;
pub mod sim;
pub mod snapshot;
#[cfg(test)]
mod testing;
pub mod webex;
