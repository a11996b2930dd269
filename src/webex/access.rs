//! Reading and writing, apart: code that is given a [`Reader`] can change nothing.

use std::sync::Arc;

use http::Method;
use serde_json::Value;

use super::call::{Answer, Call};
use super::client::Client;
use super::clock::Clock;
use super::error::Error;
use super::paging::{Paging, Walk};

/// Reads. It sends GET, and the questions of this room that Webex takes as a POST; nothing that changes anything.
#[derive(Debug, Clone)]
pub struct Reader(Arc<Client>);

impl Reader {
    /// Reads with this client.
    pub fn new(client: &Arc<Client>) -> Reader {
        Reader(client.clone())
    }

    /// One object or a list in one page; whatever may be repeated is repeated.
    pub fn get(&self, path: &str) -> Result<Value, Error> {
        Ok(self.page(path)?.body)
    }

    /// An object that may not be there.
    pub fn find(&self, path: &str) -> Result<Option<Value>, Error> {
        match self.get(path) {
            Ok(found) => Ok(Some(found)),
            Err(error) if error.is(404) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Every entry of a list: what is under `key` of each page. Entries come once, whatever the paging does; one that
    /// says how many there are must have returned at least that many.
    pub fn list(&self, path: &str, key: &str, paging: Paging) -> Result<Vec<Value>, Error> {
        let mut all = Vec::new();
        self.each(path, key, paging, &mut |entry| all.push(entry))?;
        Ok(all)
    }

    /// As [`Reader::list`], entry by entry. After an error the entries that came before it have been handed over.
    pub fn each(
        &self,
        path: &str,
        key: &str,
        paging: Paging,
        sink: &mut dyn FnMut(Value),
    ) -> Result<(), Error> {
        Walk::new(&|path| self.page(path), path, key).run(paging, sink)
    }

    /// As [`Reader::list`], of entries that may have no id.
    pub fn lines(&self, path: &str, key: &str, paging: Paging) -> Result<Vec<Value>, Error> {
        let mut all = Vec::new();
        let get = |path: &str| self.page(path);
        let mut walk = Walk::new(&get, path, key).lenient();
        walk.run(paging, &mut |entry| all.push(entry))?;
        Ok(all)
    }

    /// A question that Webex takes as a POST and that changes nothing; whatever may be repeated is repeated.
    pub(super) fn ask(&self, question: &Call) -> Result<Value, Error> {
        Ok(self.0.carry(question, true, &always)?.body)
    }

    /// Shows a message about the run.
    pub fn say(&self, line: &str) {
        self.0.options.tell.say(line);
    }

    /// The clock by which waiting is done.
    pub fn clock(&self) -> &dyn Clock {
        &*self.0.clock
    }

    /// The client behind it.
    pub fn client(&self) -> &Client {
        &self.0
    }

    /// One page, with its headers.
    pub(super) fn page(&self, path: &str) -> Result<Answer, Error> {
        self.0.carry(&Call::new(Method::GET, path), true, &always)
    }
}

/// Writes.
#[derive(Debug, Clone)]
pub struct Writer(Arc<Client>);

impl Writer {
    /// Writes with this client.
    pub fn new(client: &Arc<Client>) -> Writer {
        Writer(client.clone())
    }

    /// Sends a request. One that was certainly not carried out (429, 423, no connection) is repeated after the time that
    /// Webex asks for; one that may have been carried out is [`Error::Lost`], and never repeated here.
    pub fn send(&self, call: &Call) -> Result<Answer, Error> {
        self.send_while(call, &always)
    }

    /// The same, unless the check that comes after a long wait fails: what the request was made from may be different then.
    pub fn send_while(
        &self,
        call: &Call,
        check: &dyn Fn() -> Result<(), Error>,
    ) -> Result<Answer, Error> {
        self.0.carry(call, call.method == Method::GET, check)
    }
}

/// What is sent again after any wait.
fn always() -> Result<(), Error> {
    Ok(())
}
