//! What a snapshot has more often than there can be.

use super::Snapshot;

impl Snapshot {
    /// The addresses of what there can be one of and the snapshot has more often, and how often. Lists are in order of key.
    pub fn repeated(&self) -> Vec<(String, usize)> {
        let users = self.users().iter().map(|it| &*it.email);
        let licenses = self.licenses().iter().map(|it| &*it.id);
        let subscriptions = self.subscriptions.iter().flatten().map(|it| &*it.id);
        let mut found = repeated("user", users);
        found.extend(repeated("license", licenses));
        found.extend(repeated("subscription", subscriptions));
        found
    }
}

fn repeated<'a>(kind: &str, keys: impl Iterator<Item = &'a str>) -> Vec<(String, usize)> {
    let keys: Vec<&str> = keys.collect();
    let same = keys.chunk_by(|a, b| a == b).filter(|same| same.len() > 1);
    same.map(|same| (format!("{kind}/{}", same[0]), same.len()))
        .collect()
}
