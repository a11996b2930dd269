//! Where an apply finds files, state and plan, and what it writes to.

use std::path::{Path, PathBuf};

use super::super::connection::Connection;
use super::super::output::Failure;
use super::super::{Exit, cost, input, live};
use super::{Args, PLAN};
use crate::apply::{self, Owed, Place};
use crate::config::Loaded;
use crate::plan::Plan;
use crate::webex::Names;

/// Where things are.
pub(super) struct Places {
    /// The files.
    pub path: PathBuf,
    /// The state directory.
    pub root: PathBuf,
    /// Where this run keeps journal, plan, backups and applied snapshot.
    pub state: PathBuf,
}

impl Places {
    /// Those that the arguments name.
    pub fn of(args: &Args) -> Result<Places, Failure> {
        if !args.what.exists() {
            let message = format!("there is no file or directory `{}`", args.what.display());
            return Err(Failure::new(message).help(
                "name a plan that `trunkline plan --out FILE` saved, or the directory of the files",
            ));
        }
        let path = match (&args.path, args.what.is_file()) {
            (Some(path), true) => path.clone(),
            (None, false) => args.what.clone(),
            (Some(_), false) => {
                let message = format!("{} is not a plan", args.what.display());
                return Err(Failure::new(message)
                    .help("name a file that `trunkline plan --out FILE` saved"));
            }
            // A plan is often saved next to the files that it was made from.
            (None, true) => {
                let here = PathBuf::from(".");
                let beside = args.what.parent().filter(|it| !it.as_os_str().is_empty());
                let configured = |path: &Path| {
                    input::configuration(path, None).is_ok_and(|loaded| loaded.config.org.is_some())
                };
                match beside {
                    Some(beside) if !configured(&here) && configured(beside) => beside.to_owned(),
                    _ => here,
                }
            }
        };
        let root = input::state(&path, args.state.as_deref());
        let state = match args.live.live {
            true => root.clone(),
            false => input::rehearsal(&root),
        };
        Ok(Places { path, root, state })
    }

    /// The applied snapshot that says who was there before this run.
    pub fn applied(&self, args: &Args, connection: &Connection) -> Option<PathBuf> {
        let place = args.applied.at(&self.root);
        match connection.digest() {
            Some(digest) => place.file_for(&digest),
            None => place.file(),
        }
    }

    /// What is written to.
    pub fn connect(&self, args: &Args, loaded: &Loaded) -> Result<Connection, Failure> {
        if args.live.live {
            let pinned = loaded
                .config
                .org
                .as_ref()
                .and_then(|org| org.value.id.as_ref());
            let live = live::connect(&args.live.connection, pinned.map(|id| id.value.as_str()))?;
            return Ok(Connection::live(live));
        }
        let path = input::snapshot_path(&self.path, args.snapshot.as_deref());
        Connection::embedded(&path, args.live.connection.log.as_deref())
    }

    /// Refuses a plan that takes something from anybody while somebody else is owed something here, except by the run that is resumed.
    pub fn paid(
        &self,
        args: &Args,
        connection: &Connection,
        plan: &Plan,
        names: &Names,
    ) -> Result<(), Failure> {
        let journal = cost::journal(&self.state);
        let live = args.live.live;
        if !live && !connection.was_written_by(&journal) {
            return Ok(());
        }
        let mut owed = input::owed(&self.state, live)?;
        owed.retain(|it| it.is_to(&connection.target) && !(args.resume && it.is_of(&journal)));
        let place = Place {
            journals: &self.state,
            files: &self.path,
            state: args.state.as_deref(),
        };
        match apply::unpaid(plan, &owed, names, place).map_err(super::super::live::failure)? {
            None => Ok(()),
            Some(unpaid) => {
                let help = unpaid.help.clone();
                Err(Failure::new(unpaid).help(help).exit(Exit::Blocked))
            }
        }
    }

    /// Whether the run that is resumed may owe something to a person or workspace.
    pub fn owes(&self, args: &Args) -> Result<bool, Failure> {
        let journal = cost::journal(&self.state);
        let owed = input::owed(&self.state, args.live.live)?;
        let mut mine = owed.iter().filter(|it| it.is_of(&journal));
        Ok(mine.any(Owed::may_be_owed))
    }

    /// The plan that is named; with --resume, the one of the last run.
    pub fn planfile(&self, args: &Args) -> Option<PathBuf> {
        match (args.what.is_file(), args.resume) {
            (true, _) => Some(args.what.clone()),
            (false, true) => Some(self.state.join(PLAN)),
            (false, false) => None,
        }
    }
}
