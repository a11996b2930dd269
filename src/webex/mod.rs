//! The Webex REST API: requests and answers, tokens, paging, limits, retries, errors, and what an organisation looks like
//! now (webex-api.md).
//!
//! Knows nothing of plans, and not that a simulator exists. Whoever reads is given a [`Reader`]; only `apply` is given a
//! [`Writer`].

mod call;
mod client;
mod clock;
mod error;
pub mod ids;
mod names;
pub mod observed;
pub mod settings;

pub use call::{Answer, Call, encode, query};
pub use client::{Client, Options, Paging, Reader, Transport, Writer};
pub use clock::{Clock, SystemClock};
pub use error::{Detail, Error, Refusal};
pub use names::Names;
