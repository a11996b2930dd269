//! A Webex look-alike over a snapshot file: what the API is said to do (webex-api.md), with its faults on demand.
//!
//! Knows nothing of the rest of trunkline, so that it can contradict it. It uses the types of `http`; [`serve`] puts it on a
//! loopback address.
//!
//! A request goes through limit, fault, token, route and handler, and the answer is dressed on its way back. Handlers
//! are in one file per area, each with its part of the table of calls ([`routes`]); state is in [`world`].

mod assignment;
mod audit;
mod auth;
mod broadworks;
mod call;
mod calling;
mod changes;
mod clock;
mod closing;
mod devices;
mod e164;
mod engine;
mod errors;
mod extras;
mod faults;
mod features;
mod floors;
mod groups;
mod ids;
mod imports;
mod job_work;
mod jobs;
mod licenses;
mod lines;
mod load;
mod locations;
mod log;
mod moves;
mod number_jobs;
mod number_list;
mod numbers;
mod org;
mod paging;
mod people;
mod people_write;
mod products;
mod pstn;
mod queries;
mod queues;
mod refuse;
mod route;
mod routes;
mod rows;
mod save;
mod scenario;
mod scim;
mod server;
mod settings;
mod state;
mod switches;
mod table;
mod telephony;
mod templates;
mod validate;
mod workspaces;
mod world;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::{Request, Response};
use jiff::Timestamp;
use serde_json::Value;

use self::world::World;
pub use faults::{Fault, When};
pub use imports::{Import, List, RefusedRow};
pub use log::LoggedRequest;
pub use refuse::Refuse;
pub use scenario::{Change, Scenario};
pub use server::serve;
pub use state::template::Template;
pub use switches::{DirectoryGroups, NumberFormat, Switches};

/// How a simulator begins.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The only token that is good; none is any.
    pub token: Option<String>,
    /// Time is the machine's instead of one that begins when the snapshot was captured and moves by
    /// only [`Simulator::advance`].
    pub real_time: bool,
}

/// What becomes of a request.
#[derive(Debug)]
pub enum Reply {
    /// An answer.
    Response(Response<Vec<u8>>),
    /// The connection breaks without one.
    Dropped,
    /// The answer ends in the middle: the headers promise more than the body has.
    Truncated(Response<Vec<u8>>),
    /// The answer takes so long.
    Slow(Duration, Response<Vec<u8>>),
}

/// The simulator. Shared by all who send to it.
#[derive(Debug)]
pub struct Simulator {
    engine: Mutex<engine::Engine>,
}

/// Every call that is answered: its method, and its path with `{}` for what varies.
///
/// # Errors
/// What is wrong with a table from which calls come, and where.
pub fn calls() -> Result<Vec<(&'static str, &'static str)>, &'static str> {
    let routes = routes::all()?;
    Ok(routes.map(|route| (route.method, route.path)).collect())
}

impl Simulator {
    /// A simulator that begins with this snapshot.
    pub fn new(snapshot: Value, options: &Options) -> Simulator {
        Simulator {
            engine: Mutex::new(engine::Engine::new(snapshot, options)),
        }
    }

    /// Answers a request. Its address may be whole, or a path with a `Host` header.
    pub fn answer(&self, request: Request<Vec<u8>>) -> Reply {
        self.engine().answer(&request)
    }

    /// The snapshot file as it would be captured now. As long as nothing was written it is the one it began with.
    pub fn snapshot(&self) -> Value {
        self.engine().snapshot()
    }

    /// Somebody imports a CSV file in Control Hub; gives the rows that are refused.
    ///
    /// # Errors
    /// Why the whole file is refused.
    pub fn import(&self, import: Import<'_>) -> Result<Vec<RefusedRow>, String> {
        let act = |world: &mut World, rules: &Switches, now: i64| {
            imports::import(world, rules, import, now)
        };
        self.engine().in_control_hub(act)
    }

    /// What Control Hub exports as CSV.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn export(&self, list: List) -> Result<String, String> {
        self.engine()
            .in_control_hub(|world, _, _| imports::export(world, list))
    }

    /// Moves the clock on; what is due is done.
    pub fn advance(&self, by: Duration) {
        self.engine().advance(by);
    }

    /// What time it is there.
    pub fn now(&self) -> Timestamp {
        self.engine().timestamp()
    }

    /// Every request so far.
    pub fn log(&self) -> Vec<LoggedRequest> {
        self.engine().log.clone()
    }

    /// Carries out a scenario or a part of one.
    ///
    /// # Errors
    /// A text that says which word is not known.
    pub fn direct(&self, scenario: Scenario) -> Result<(), String> {
        self.engine().direct(scenario)
    }

    fn engine(&self) -> MutexGuard<'_, engine::Engine> {
        // A handler that panicked has changed nothing by halves that the next one could not live with.
        self.engine.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
