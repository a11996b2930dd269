//! GitHub's API, as far as the workflows ask it: comments, issues, pull requests, runs, artifacts, refs; in pages, and only
//! with the permissions that the job of the token has.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Mutex;

use serde_json::{Value, json};

use super::api::{Answer, Asked, Forge};

/// How many entries a page has, whatever is asked: so that every list has pages.
const PAGE: usize = 2;
/// The repository.
pub const REPOSITORY: &str = "acme/webex";

/// What is in the repository.
#[derive(Default)]
pub struct State {
    /// By token: what its job may do.
    pub tokens: BTreeMap<String, BTreeMap<String, String>>,
    pub comments: Vec<Value>,
    pub issues: Vec<Value>,
    /// Pull requests, by the commit that they were merged as.
    pub pulls: Vec<(String, Value)>,
    pub runs: BTreeMap<u64, Value>,
    pub artifacts: Vec<Value>,
    pub refs: BTreeMap<String, String>,
    /// By name: whether it has required reviewers.
    pub environments: BTreeMap<String, bool>,
    next: u64,
}

#[derive(Default)]
pub struct GitHub {
    pub state: Mutex<State>,
    pub url: Mutex<String>,
    /// The repository itself.
    pub origin: Mutex<PathBuf>,
}

/// The account of workflows.
pub fn bot() -> Value {
    json!({"login": "github-actions[bot]", "type": "Bot"})
}

impl State {
    pub fn id(&mut self) -> u64 {
        self.next += 1;
        1000 + self.next
    }

    /// A person writes a comment.
    pub fn comment(&mut self, issue: u64, user: Value, body: &str) -> u64 {
        let id = self.id();
        self.comments
            .push(json!({"id": id, "issue": issue, "user": user, "body": body}));
        id
    }

    /// The bodies of the comments of an issue by the account of workflows.
    pub fn ours(&self, issue: u64) -> Vec<String> {
        let ours = self
            .comments
            .iter()
            .filter(|it| it["issue"] == issue && it["user"] == bot());
        ours.map(|it| it["body"].as_str().unwrap().to_owned())
            .collect()
    }
}

impl GitHub {
    /// Whether git succeeds with this in the repository.
    fn git(&self, args: &[&str]) -> bool {
        let origin = self.origin.lock().unwrap().clone();
        let ended = Command::new("git")
            .arg("-C")
            .arg(origin)
            .args(args)
            .output();
        ended.unwrap().status.success()
    }

    /// The commit that a ref names. Those of trunkline are also moved with git.
    fn named(&self, state: &State, name: &str) -> Option<String> {
        if name.starts_with("heads/") {
            return state.refs.get(name).cloned();
        }
        let origin = self.origin.lock().unwrap().clone();
        let reference = format!("refs/{name}");
        let ended = Command::new("git")
            .arg("-C")
            .arg(origin)
            .args(["rev-parse", "--verify", "--quiet", &reference])
            .output();
        let text = String::from_utf8(ended.unwrap().stdout).unwrap();
        Some(text.trim().to_owned()).filter(|sha| !sha.is_empty())
    }

    /// One page of a list, with a link to the next.
    fn page(&self, asked: &Asked, all: Vec<Value>, wrap: impl Fn(Value) -> Value) -> Answer {
        let number: usize = asked.query.get("page").map_or(1, |it| it.parse().unwrap());
        let page: Vec<Value> = all
            .iter()
            .skip((number - 1) * PAGE)
            .take(PAGE)
            .cloned()
            .collect();
        let mut answer = Answer::of(200, wrap(Value::Array(page)));
        if number * PAGE < all.len() {
            let rest = asked.query.iter().filter(|(name, _)| *name != "page");
            let query: Vec<String> = rest
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            let url = self.url.lock().unwrap();
            let next = format!(
                "<{url}{}?{}&page={}>; rel=\"next\"",
                asked.path,
                query.join("&"),
                number + 1
            );
            let first = format!("<{url}{}?page=1>; rel=\"first\"", asked.path);
            answer
                .headers
                .push(("Link".to_owned(), format!("{first}, {next}")));
        }
        answer
    }
}

/// The permission that a request needs.
fn needed(asked: &Asked, parts: &[&str]) -> (&'static [&'static str], &'static str) {
    let level = if asked.method == "GET" {
        "read"
    } else {
        "write"
    };
    let which: &[&str] = match parts {
        ["issues", ..] => &["issues", "pull-requests"],
        ["commits", _, "pulls"] => &["pull-requests"],
        ["actions" | "environments", ..] => &["actions"],
        ["git" | "compare", ..] => &["contents"],
        _ => &[],
    };
    (which, level)
}

impl Forge for GitHub {
    fn answer(&self, asked: &Asked) -> Answer {
        let mut state = self.state.lock().unwrap();
        let token = asked
            .headers
            .get("authorization")
            .and_then(|it| it.strip_prefix("Bearer "));
        let Some(permissions) = token.and_then(|token| state.tokens.get(token)) else {
            return Answer::of(401, json!({"message": "Bad credentials"}));
        };
        let prefix = format!("/repos/{REPOSITORY}/");
        let missing = || Answer::of(404, json!({"message": "Not Found"}));
        let Some(rest) = asked.path.strip_prefix(&prefix) else {
            return missing();
        };
        let parts: Vec<&str> = rest.split('/').collect();
        let (which, level) = needed(asked, &parts);
        let may = |which: &&&str| match permissions.get(**which).map(String::as_str) {
            Some("write") => true,
            Some("read") => level == "read",
            _ => false,
        };
        if !which.iter().any(|which| may(&which)) {
            return Answer::of(
                403,
                json!({"message": "Resource not accessible by integration"}),
            );
        }
        let number = |text: &str| text.parse::<u64>().unwrap();
        match (asked.method.as_str(), parts.as_slice()) {
            ("GET", ["issues", issue, "comments"]) => {
                let issue = number(issue);
                let all = state
                    .comments
                    .iter()
                    .filter(|it| it["issue"] == issue)
                    .cloned()
                    .collect();
                self.page(asked, all, |page| page)
            }
            ("POST", ["issues", issue, "comments"]) => {
                let body = asked.body["body"].as_str().unwrap();
                state.comment(number(issue), bot(), body);
                Answer::of(201, json!({}))
            }
            ("PATCH", ["issues", "comments", id]) => {
                let id = number(id);
                match state.comments.iter_mut().find(|it| it["id"] == id) {
                    Some(comment) => {
                        assert_eq!(
                            comment["user"],
                            bot(),
                            "a comment of somebody else was changed"
                        );
                        comment["body"] = asked.body["body"].clone();
                        Answer::of(200, json!({}))
                    }
                    None => missing(),
                }
            }
            ("GET", ["issues"]) => {
                assert_eq!(asked.query["state"], "open");
                let all = state
                    .issues
                    .iter()
                    .filter(|it| it["state"] == "open")
                    .cloned()
                    .collect();
                self.page(asked, all, |page| page)
            }
            ("POST", ["issues"]) => {
                let id = state.id();
                state
                    .issues
                    .push(json!({"number": id, "user": bot(), "state": "open",
                    "title": asked.body["title"], "body": asked.body["body"]}));
                Answer::of(201, json!({}))
            }
            ("PATCH", ["issues", issue]) => {
                let issue = number(issue);
                let found = state.issues.iter_mut().find(|it| it["number"] == issue);
                let issue = found.expect("an issue that there is");
                assert_eq!(
                    issue["user"],
                    bot(),
                    "an issue of somebody else was changed"
                );
                for (name, value) in asked.body.as_object().unwrap() {
                    issue[name.as_str()] = value.clone();
                }
                Answer::of(200, json!({}))
            }
            ("GET", ["commits", sha, "pulls"]) => {
                let all = state.pulls.iter().filter(|(commit, _)| commit == sha);
                let all = all.map(|(_, pull)| pull.clone()).collect();
                self.page(asked, all, |page| page)
            }
            ("GET", ["actions", "runs", run]) => match state.runs.get(&number(run)) {
                Some(run) => Answer::of(200, run.clone()),
                None => missing(),
            },
            ("GET", ["actions", "artifacts"]) => {
                let name = &asked.query["name"];
                let all = state
                    .artifacts
                    .iter()
                    .filter(|it| it["name"] == name.as_str());
                let all = all.cloned().collect();
                self.page(
                    asked,
                    all,
                    |page| json!({"total_count": 0, "artifacts": page}),
                )
            }
            ("GET", ["compare", both]) => {
                let (base, head) = both.split_once("...").unwrap();
                let known = |sha: &str| self.git(&["cat-file", "-e", &format!("{sha}^{{commit}}")]);
                if !known(base) || !known(head) {
                    return missing();
                }
                let before = self.git(&["merge-base", "--is-ancestor", base, head]);
                let after = self.git(&["merge-base", "--is-ancestor", head, base]);
                let status = match (base == head, before, after) {
                    (true, ..) => "identical",
                    (_, true, _) => "ahead",
                    (_, _, true) => "behind",
                    _ => "diverged",
                };
                Answer::of(200, json!({"status": status}))
            }
            ("GET", ["environments", name]) => match state.environments.get(*name) {
                Some(true) => {
                    let rules = json!([{"type": "branch_policy"}, {"type": "required_reviewers"}]);
                    Answer::of(200, json!({"protection_rules": rules}))
                }
                Some(false) => Answer::of(
                    200,
                    json!({"protection_rules": [{"type": "branch_policy"}]}),
                ),
                None => missing(),
            },
            ("GET", ["git", "ref", name @ ..]) => match self.named(&state, &name.join("/")) {
                Some(sha) => Answer::of(200, json!({"object": {"sha": sha}})),
                None => missing(),
            },
            ("PATCH", ["git", "refs", name @ ..]) => {
                let name = name.join("/");
                let Some(now) = self.named(&state, &name) else {
                    return Answer::of(422, json!({"message": "Reference does not exist"}));
                };
                let sha = asked.body["sha"].as_str().unwrap().to_owned();
                let forward = self.git(&["merge-base", "--is-ancestor", &now, &sha]);
                if asked.body["force"] != true && !forward {
                    return Answer::of(422, json!({"message": "Update is not a fast forward"}));
                }
                assert!(self.git(&["update-ref", &format!("refs/{name}"), &sha]));
                state.refs.insert(name, sha);
                Answer::of(200, json!({}))
            }
            ("POST", ["git", "refs"]) => {
                let name = asked.body["ref"]
                    .as_str()
                    .unwrap()
                    .strip_prefix("refs/")
                    .unwrap();
                if self.named(&state, name).is_some() {
                    return Answer::of(422, json!({"message": "Reference already exists"}));
                }
                let sha = asked.body["sha"].as_str().unwrap().to_owned();
                assert!(self.git(&["update-ref", &format!("refs/{name}"), &sha]));
                state.refs.insert(name.to_owned(), sha);
                Answer::of(201, json!({}))
            }
            other => panic!("GitHub has no {other:?}"),
        }
    }
}
