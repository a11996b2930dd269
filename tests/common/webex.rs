//! The client against the simulator in process: its clock moves by the client's sleeps, so that nothing waits.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::{Request, Response};
use serde_json::{Value, json};
use trunkline::sim::{self, Reply, Simulator};
use trunkline::webex::{Client, Clock, Options, Reader, Transport};

/// A simulator that is a transport and a clock.
#[derive(Debug)]
pub struct Embedded {
    pub simulator: Arc<Simulator>,
    now: Mutex<Duration>,
}

/// How long a client waits for an answer.
const PATIENCE: Duration = Duration::from_secs(60);

impl Embedded {
    pub fn new(snapshot: Value) -> Arc<Embedded> {
        Arc::new(Embedded {
            simulator: Arc::new(Simulator::new(snapshot, &sim::Options::default())),
            now: Mutex::default(),
        })
    }

    /// A client with the usual behaviour, but for chance.
    pub fn client(self: &Arc<Embedded>) -> Arc<Client> {
        self.client_with(Options::new("http://webex.test/v1", "any"))
    }

    pub fn client_with(self: &Arc<Embedded>, options: Options) -> Arc<Client> {
        Client::new(self.clone(), self.clone(), Options { seed: 7, ..options })
    }

    pub fn reader(self: &Arc<Embedded>) -> Reader {
        Reader::new(&self.client())
    }

    /// Sets switches, faults and the like.
    pub fn direct(&self, scenario: Value) {
        let scenario = serde_json::from_value(scenario).unwrap();
        self.simulator.direct(scenario).unwrap();
    }

    /// The next request to a path meets a fault.
    pub fn fault(&self, fault: Value) {
        self.direct(json!({"faults": [fault]}));
    }
}

impl Clock for Embedded {
    fn now(&self) -> Duration {
        *self.now.lock().unwrap()
    }

    fn sleep(&self, time: Duration) {
        let end = self.now() + time;
        let mut now = self.now.lock().unwrap();
        if end > *now {
            self.simulator.advance(end - *now);
            *now = end;
        }
    }
}

impl Transport for Embedded {
    fn send(&self, request: Request<Vec<u8>>) -> io::Result<Response<Vec<u8>>> {
        match self.simulator.answer(request) {
            Reply::Response(response) => Ok(response),
            Reply::Dropped => Err(io::ErrorKind::ConnectionReset.into()),
            Reply::Truncated(_) => Err(io::ErrorKind::UnexpectedEof.into()),
            Reply::Slow(time, response) => {
                self.sleep(time.min(PATIENCE));
                match time > PATIENCE {
                    true => Err(io::ErrorKind::TimedOut.into()),
                    false => Ok(response),
                }
            }
        }
    }
}
