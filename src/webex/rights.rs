//! Whether a token may send a request, as far as anyone can say before it is sent (webex-api.md 1.3).
//!
//! Owns three reasons why not: the role of its owner, scopes that Webex named with it, and an organisation that is no service
//! provider. What is in doubt is not refused here: Webex decides.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::access::Reader;
use super::error::Error;
use super::org::Whoami;
use super::scopes;

/// Roles that read and never write.
const READING: [&str; 1] = ["id_readonly_admin"];

/// Below these paths requests need the token of a partner's administrator. What shows whether it is one: a request that reads
/// little (BWKS-117).
const OF_PARTNERS: [(&str, &str); 2] = [
    ("/broadworks/enterprises", "/broadworks/enterprises?max=1"),
    ("/broadworks/", "/broadworks/subscribers?max=1"),
];

/// Why a request would be refused.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lack {
    /// Its owner may only read.
    Role(String),
    /// Webex named the scopes of the token, and this is not among them.
    Scope(String),
    /// It is not the token of a partner: what Webex answered to a question.
    Partner(String),
}

impl Lack {
    /// Why, in words.
    pub fn why(&self) -> String {
        match self {
            Lack::Role(role) => {
                format!("the only role of its owner is {role}, which changes nothing")
            }
            Lack::Scope(scope) => format!("it does not have the scope {scope}"),
            Lack::Partner(answer) => {
                format!("it is not the token of a partner's administrator: {answer}")
            }
        }
    }

    /// Whether Webex itself says so. Which scope a request needs is in part derived, so that Webex decides.
    pub fn is_certain(&self) -> bool {
        !matches!(self, Lack::Scope(_))
    }

    /// Who has to act, and how.
    pub fn who(&self) -> String {
        match self {
            Lack::Role(_) => "use the token of a full administrator, or of a service app that one has authorised".to_owned(),
            Lack::Scope(scope) => format!("give the token the scope {scope}: a full administrator authorises the service app again"),
            Lack::Partner(_) => "an administrator of the partner (the service provider) has to apply it, with a token of the partner's organisation"
                .to_owned(),
        }
    }
}

/// The roles of the owner of a token, if all of them only read.
pub fn only_reads(me: &Whoami) -> Option<String> {
    let reads = |role: &String| READING.contains(&role.as_str());
    let reading = !me.roles.is_empty() && me.roles.iter().all(reads);
    reading.then(|| me.roles.join(", "))
}

/// What is known of a token.
#[derive(Debug)]
pub struct Rights<'a> {
    reader: &'a Reader,
    /// Its roles, if all of them only read.
    reading: Option<String>,
    granted: Option<BTreeSet<String>>,
    /// What was answered to a question about partners: why not, if not.
    answers: RefCell<BTreeMap<&'static str, Option<Lack>>>,
}

impl<'a> Rights<'a> {
    /// Of the token of a reader, whose owner is known.
    pub fn new(reader: &'a Reader, me: &Whoami) -> Rights<'a> {
        Rights {
            reader,
            reading: only_reads(me),
            granted: reader.client().tokens().scopes(),
            answers: RefCell::default(),
        }
    }

    /// Why a request that changes something would be refused; `None` if nothing says so. `path` may have names in braces.
    ///
    /// # Errors
    ///
    /// What ends a run: a token that is not valid any more, a stop, no network.
    pub fn lack(&self, method: &str, path: &str) -> Result<Option<Lack>, Error> {
        if let Some(role) = &self.reading {
            return Ok(Some(Lack::Role(role.clone())));
        }
        if let (Some(granted), Some(needed)) = (&self.granted, scopes::needed(method, path))
            && !needed.given_by(&|scope| granted.contains(scope))
        {
            return Ok(Some(Lack::Scope(needed.to_string())));
        }
        let mut areas = OF_PARTNERS.iter();
        match areas.find(|(area, _)| path.starts_with(area)) {
            Some((_, question)) => self.ask(question),
            None => Ok(None),
        }
    }

    /// Asks once.
    fn ask(&self, question: &'static str) -> Result<Option<Lack>, Error> {
        if let Some(known) = self.answers.borrow().get(question) {
            return Ok(known.clone());
        }
        let refused = |error: &Error| [400, 401, 403, 404].into_iter().find(|it| error.is(*it));
        let lack = match self.reader.get(question) {
            Ok(_) => None,
            Err(error) => match refused(&error) {
                Some(status) => Some(Lack::Partner(format!("GET {question} answered {status}"))),
                None => return Err(error),
            },
        };
        self.answers.borrow_mut().insert(question, lack.clone());
        Ok(lack)
    }
}
