//! An HTTP server instead of a forge's API: what it was asked, and faults on demand.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::Value;

/// A request.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: String,
    /// Without the query.
    pub path: String,
    pub query: BTreeMap<String, String>,
    /// With names in lower case.
    pub headers: BTreeMap<String, String>,
    pub body: Value,
}

/// An answer.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Value,
    /// In place of the body: the content of a file.
    pub file: Option<Vec<u8>>,
}

impl Answer {
    pub fn of(status: u16, body: Value) -> Answer {
        Answer {
            status,
            body,
            headers: Vec::new(),
            file: None,
        }
    }
}

/// What goes wrong, once.
#[derive(Debug, Clone)]
pub struct Fault {
    pub method: &'static str,
    /// What the path has in it.
    pub path: &'static str,
    pub answer: Answer,
    /// Whether the request is carried out all the same, and only its answer is lost.
    pub done: bool,
}

/// A forge's own answers.
pub trait Forge: Send + Sync + 'static {
    fn answer(&self, asked: &Asked) -> Answer;
}

/// The server. Its thread ends with the test.
pub struct Api {
    pub url: String,
    log: Arc<Mutex<Vec<Asked>>>,
    faults: Arc<Mutex<Vec<Fault>>>,
}

impl Api {
    pub fn serve(forge: Arc<dyn Forge>) -> Api {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let api = Api {
            url,
            log: Arc::default(),
            faults: Arc::default(),
        };
        let (log, faults) = (api.log.clone(), api.faults.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (forge, log, faults) = (forge.clone(), log.clone(), faults.clone());
                std::thread::spawn(move || {
                    let Some(asked) = read(&stream) else { return };
                    log.lock().unwrap().push(asked.clone());
                    let fault = take(&faults, &asked);
                    let answer = match fault {
                        Some(Fault { answer, done, .. }) => {
                            if done {
                                forge.answer(&asked);
                            }
                            answer
                        }
                        None => forge.answer(&asked),
                    };
                    write(stream, &answer);
                });
            }
        });
        api
    }

    /// The next request of this kind meets this.
    pub fn fault(&self, fault: Fault) {
        self.faults.lock().unwrap().push(fault);
    }

    /// All that was asked since the last time.
    pub fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.log.lock().unwrap())
    }
}

fn take(faults: &Mutex<Vec<Fault>>, asked: &Asked) -> Option<Fault> {
    let mut faults = faults.lock().unwrap();
    let found = faults
        .iter()
        .position(|fault| fault.method == asked.method && asked.path.contains(fault.path))?;
    Some(faults.remove(found))
}

fn read(stream: &TcpStream) -> Option<Asked> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    if headers.contains_key("expect") {
        let mut stream = stream;
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").ok()?;
    }
    let length = headers.get("content-length").and_then(|it| it.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (name.to_owned(), value.to_owned())
    };
    Some(Asked {
        method,
        path: path.to_owned(),
        query: query
            .split('&')
            .filter(|it| !it.is_empty())
            .map(pair)
            .collect(),
        headers,
        body: serde_json::from_slice(&body).unwrap_or(Value::Null),
    })
}

fn write(mut stream: TcpStream, answer: &Answer) {
    let body = match (&answer.file, &answer.body) {
        (Some(file), _) => file.clone(),
        (None, Value::Null) => Vec::new(),
        (None, Value::String(text)) => text.clone().into_bytes(),
        (None, other) => other.to_string().into_bytes(),
    };
    let mut head = format!(
        "HTTP/1.1 {} X\r\nContent-Length: {}\r\nConnection: close\r\n",
        answer.status,
        body.len()
    );
    for (name, value) in &answer.headers {
        head += &format!("{name}: {value}\r\n");
    }
    // A client that has gone away is no matter of ours.
    let _ = stream.write_all(&[format!("{head}\r\n").as_bytes(), &body].concat());
}
