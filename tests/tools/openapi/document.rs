//! The OpenAPI documents: operations by method and path, with the schema and the example of each body.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::rc::Rc;

use serde_json::Value;

/// One operation of a document.
pub struct Operation {
    document: Rc<Value>,
    node: Value,
}

/// A body of a request or of an answer, as documented.
pub struct Body<'a> {
    /// The document that references are looked up in.
    pub document: &'a Value,
    /// The schema; null where the document has none.
    pub schema: &'a Value,
    /// What the document shows, one or several.
    pub examples: Vec<&'a Value>,
}

/// All operations, by `METHOD /path` with `{}` for each parameter.
pub struct Documents(BTreeMap<String, Vec<Operation>>);

impl Documents {
    /// Reads every document of a folder.
    pub fn read(folder: &Path) -> Self {
        let mut operations: BTreeMap<String, Vec<Operation>> = BTreeMap::new();
        let mut files: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|end| end == "yml"))
            .collect();
        files.sort();
        for file in files {
            let text = std::fs::read_to_string(&file).unwrap();
            let document: Value = serde_saphyr::from_str_with_options(&text, large())
                .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            let document = Rc::new(document);
            for (path, methods) in members(&document["paths"]) {
                for (method, node) in members(methods) {
                    let key = key(method, path);
                    let operation = Operation {
                        document: Rc::clone(&document),
                        node: node.clone(),
                    };
                    operations.entry(key).or_default().push(operation);
                }
            }
        }
        Self(operations)
    }

    /// Whether a document has the operation, the path's parameters under any name.
    pub fn has(&self, method: &str, path: &str) -> bool {
        self.0.contains_key(&key(method, path))
    }

    /// The names of the query's parameters, from every document that has the operation; `None` where none has.
    pub fn parameters(&self, method: &str, path: &str) -> Option<BTreeSet<String>> {
        let operations = self.0.get(&key(method, path))?;
        let all = operations.iter().flat_map(|operation| {
            let given = operation.node["parameters"].as_array();
            given
                .into_iter()
                .flatten()
                .map(|it| resolve(&operation.document, it))
        });
        let queries = all.filter(|it| it["in"] == "query");
        Some(
            queries
                .filter_map(|it| it["name"].as_str().map(str::to_owned))
                .collect(),
        )
    }

    /// The operation, from each document that has it.
    pub fn operations(&self, method: &str, path: &str) -> &[Operation] {
        self.0.get(&key(method, path)).map_or(&[], Vec::as_slice)
    }
}

impl Operation {
    /// The documented JSON body of the request, if it has one.
    pub fn request(&self) -> Option<Body<'_>> {
        let body = resolve(&self.document, &self.node["requestBody"]);
        self.body(body)
    }

    /// The documented answer of a status; `None` where the status is not documented.
    pub fn answer(&self, status: u16) -> Option<Option<Body<'_>>> {
        let answers = self.node["responses"].as_object()?;
        let answer = resolve(&self.document, answers.get(&status.to_string())?);
        Some(self.body(answer))
    }

    fn body<'a>(&'a self, node: &'a Value) -> Option<Body<'a>> {
        let contents = node["content"].as_object()?;
        let content = contents
            .iter()
            .find(|(kind, _)| kind.contains("json"))
            .map(|(_, content)| content)?;
        let mut examples: Vec<&Value> = content.get("example").into_iter().collect();
        examples.extend(
            members(&content["examples"])
                .map(|(_, example)| &resolve(&self.document, example)["value"]),
        );
        Some(Body {
            document: &self.document,
            schema: &content["schema"],
            examples,
        })
    }
}

/// What a `$ref` names, else the value itself.
pub fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let mut value = value;
    // a document that refers in circles is no document
    for _ in 0..16 {
        let Some(reference) = value["$ref"].as_str() else {
            break;
        };
        let pointer = reference.trim_start_matches('#');
        value = document.pointer(pointer).unwrap_or(&Value::Null);
    }
    value
}

/// The members of an object; none of anything else.
pub fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.as_str(), value))
}

fn key(method: &str, path: &str) -> String {
    let segments: Vec<&str> = path
        .split('/')
        .map(|segment| {
            if segment.starts_with('{') {
                "{}"
            } else {
                segment
            }
        })
        .collect();
    format!("{} {}", method.to_uppercase(), segments.join("/"))
}

/// Options of the YAML reader that let documents of this size pass.
fn large() -> serde_saphyr::Options {
    serde_saphyr::options! {
        budget: None,
    }
}
