//! The Webex REST API: requests and answers, tokens, paging, limits, retries, errors, and what an organisation looks like
//! now (webex-api.md).
//!
//! Knows nothing of plans, and not that a simulator exists. Readers are given a [`Reader`]; only `apply` is given a
//! [`Writer`].

mod access;
pub mod audit;
pub mod billing;
pub mod broadworks;
mod call;
pub mod capture;
pub mod checkup;
mod client;
mod clock;
pub mod consent;
pub mod devices;
mod error;
pub mod export;
pub mod features;
mod http;
mod limit;
mod link;
mod log;
mod loopback;
pub mod moves;
mod names;
pub mod numbers;
pub mod observed;
pub mod org;
mod paging;
pub mod probe;
mod refusal;
mod repeated;
mod retry;
pub mod rights;
pub mod scopes;
mod secret;
pub mod settings;
mod stop;
mod tell;
pub mod templates;
mod token;

pub use crate::snapshot::ids;
pub use access::{Reader, Writer};
pub use call::{Answer, Call, encode, query};
pub use client::{Client, Options, Transport, unsent};
pub use clock::{Clock, SystemClock, VirtualClock};
pub use error::{Detail, Error, Refusal};
pub use http::{Https, Network, NetworkError};
pub use limit::Limits;
pub use log::{Counts, RequestLog};
pub use loopback::loopback;
pub use names::{LookUps, Names};
pub use paging::Paging;
pub use retry::LONGEST_WAIT;
pub use secret::Secret;
pub use stop::Stop;
pub use tell::Tell;
pub use token::{Keep, ServiceApp, TokenError, Tokens};
