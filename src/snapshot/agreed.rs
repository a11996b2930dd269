//! Rows of Webex for BroadWorks that have one key (contract section 6): one is left, and what they do not agree about is unknown.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::broadworks::{Broadworks, Cluster, Customer, CustomerTemplate, Enterprise};
use super::{Captured, ids};

/// An address of which not everything is known, and why.
type Doubt = (String, String);

impl Broadworks {
    /// Leaves one row for each key. Gives what is doubtful for that reason.
    pub(super) fn agree(&mut self) -> Vec<Doubt> {
        let mut doubts = self.spellings();
        // No file names an organisation as an object, so that only what its rows do not agree about is unknown.
        let organizations = self.organizations.iter_mut();
        organizations.for_each(|all| all.retain(|it| !it.id.trim().is_empty()));
        one_each(
            &mut self.organizations,
            |it| ids::plain(&it.id),
            |rows| Customer {
                id: rows[0].id.clone(),
                name: agreed(rows, |it| &it.name),
                access: agreed(rows, |it| &it.access),
                users: agreed(rows, |it| &it.users),
                domains: agreed(rows, |it| &it.domains),
                people: agreed(rows, |it| &it.people),
            },
        );
        doubts.extend(self.agree_on_partner_hub());
        let enterprises = one_each(
            &mut self.enterprises,
            |it| it.sp_enterprise_id.to_lowercase(),
            |rows| Enterprise {
                sp_enterprise_id: rows[0].sp_enterprise_id.clone(),
                org_id: agreed(rows, |it| &it.org_id),
                provisioning_id: agreed(rows, |it| &it.provisioning_id),
                template: agreed(rows, |it| &it.template),
                name: agreed(rows, |it| &it.name),
                enable_dir_sync: agreed(rows, |it| &it.enable_dir_sync),
                directory_sync: agreed(rows, |it| &it.directory_sync),
                restricted_by_partner: agreed(rows, |it| &it.restricted_by_partner),
            },
        );
        let enterprises = enterprises.iter();
        doubts.extend(enterprises.map(|(row, times)| {
            several(
                &format!("broadworksEnterprise/{}", row.sp_enterprise_id),
                *times,
            )
        }));
        doubts.extend(self.ids_of_templates());
        doubts
    }

    /// The organisation with this id, whatever form the id has. A blank id is that of none.
    pub fn organization(&self, id: &str) -> Option<&Customer> {
        let mut all = self.organizations.iter().flatten();
        let wanted = ids::plain(id);
        all.find(|it| !id.trim().is_empty() && (it.id == id || ids::plain(&it.id) == wanted))
    }

    /// The same of what no list of Webex has.
    fn agree_on_partner_hub(&mut self) -> Vec<Doubt> {
        let clusters = one_each(
            &mut self.clusters,
            |it| it.name.clone(),
            |rows| Cluster {
                name: rows[0].name.clone(),
                xsi_actions_url: agreed(rows, |it| &it.xsi_actions_url),
                xsi_events_url: agreed(rows, |it| &it.xsi_events_url),
                das_url: agreed(rows, |it| &it.das_url),
                xsp_url: agreed(rows, |it| &it.xsp_url),
                auth_url: agreed(rows, |it| &it.auth_url),
                nst_sync: agreed(rows, |it| &it.nst_sync),
                customers_count: agreed(rows, |it| &it.customers_count),
            },
        );
        let templates = one_each(
            &mut self.customer_templates,
            |it| it.name.clone(),
            |rows| CustomerTemplate {
                name: rows[0].name.clone(),
                provisioning_id: agreed(rows, |it| &it.provisioning_id),
                cluster: agreed(rows, |it| &it.cluster),
                provisioning_account: agreed(rows, |it| &it.provisioning_account),
                provision_existing_orgs: agreed(rows, |it| &it.provision_existing_orgs),
                partner_admin_email: agreed(rows, |it| &it.partner_admin_email),
                prefill_email: agreed(rows, |it| &it.prefill_email),
                disable_free_calling: agreed(rows, |it| &it.disable_free_calling),
            },
        );
        let clusters = clusters.iter().map(|(row, times)| {
            let address = format!("broadworksCluster/{}", row.name);
            several(&address, *times)
        });
        let templates = templates.iter().map(|(row, times)| {
            let address = format!("broadworksCustomerTemplate/{}", row.name);
            several(&address, *times)
        });
        clusters.chain(templates).collect()
    }

    /// Customer templates whose enterprises have different provisioning ids, where nobody wrote down which is right.
    fn ids_of_templates(&self) -> Vec<Doubt> {
        let mut shown: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for enterprise in self.enterprises() {
            let names = enterprise.template.as_deref();
            if let Some((template, id)) = names.zip(enterprise.provisioning_id.as_deref()) {
                shown.entry(template).or_default().insert(id);
            }
        }
        for template in self.customer_templates.iter().flatten() {
            if template.provisioning_id.is_some() {
                shown.remove(template.name.as_str());
            }
        }
        let several = shown.into_iter().filter(|(_, ids)| ids.len() > 1);
        let doubts = several.map(|(template, ids)| {
            let ids: Vec<&str> = ids.into_iter().collect();
            let reason = format!(
                "its enterprises have different provisioning ids: {}",
                ids.join(", ")
            );
            (format!("broadworksCustomerTemplate/{template}"), reason)
        });
        doubts.collect()
    }

    /// Subscribers and workspaces whose BroadWorks user ids differ in upper and lower case alone, and workspaces with one id.
    /// Several subscribers with one id are an error where one of them is meant.
    fn spellings(&self) -> Vec<Doubt> {
        let subscribers = self.subscribers().iter().map(|it| it.user_id.as_str());
        let mut doubts = alike("broadworksSubscriber", subscribers);
        let workspaces = self.workspaces().iter().map(|it| it.user_id.as_str());
        doubts.extend(alike("broadworksWorkspace", workspaces));
        let mut rows: Vec<_> = self.workspaces().iter().collect();
        rows.sort_by_key(|it| &it.user_id);
        let same = rows.chunk_by(|a, b| a.user_id == b.user_id);
        let differ = same.filter(|rows| rows.iter().any(|it| *it != rows[0]));
        doubts.extend(differ.map(|rows| {
            let address = format!("broadworksWorkspace/{}", rows[0].user_id);
            several(&address, rows.len())
        }));
        doubts
    }
}

fn several(address: &str, times: usize) -> Doubt {
    let reason = format!("the snapshot has it {times} times, with different data");
    (address.to_owned(), reason)
}

/// Keys that differ in upper and lower case alone, which BroadWorks does not tell apart.
fn alike<'a>(kind: &str, keys: impl Iterator<Item = &'a str>) -> Vec<Doubt> {
    let mut forms: FxHashMap<String, BTreeSet<&str>> = FxHashMap::default();
    for key in keys {
        forms.entry(key.to_lowercase()).or_default().insert(key);
    }
    let mut doubts: Vec<Doubt> = Vec::new();
    for forms in forms.into_values().filter(|forms| forms.len() > 1) {
        for form in &forms {
            let others: Vec<&str> = forms.iter().copied().filter(|it| it != form).collect();
            let reason = format!(
                "the snapshot also has {}, and BroadWorks does not distinguish them",
                others.join(" and ")
            );
            doubts.push((format!("{kind}/{form}"), reason));
        }
    }
    doubts.sort();
    doubts
}

/// Leaves one row for each key, made of all of them. Gives those that were made of different rows, and of how many.
fn one_each<T: PartialEq + Clone>(
    list: &mut Captured<T>,
    key: impl Fn(&T) -> String,
    join: impl Fn(&[T]) -> T,
) -> Vec<(T, usize)> {
    let mut of_key: FxHashMap<String, usize> = FxHashMap::default();
    let mut groups: Vec<Vec<T>> = Vec::new();
    let Some(rows) = list.take() else {
        return Vec::new();
    };
    for row in rows {
        let at = *of_key.entry(key(&row)).or_insert(groups.len());
        match groups.get_mut(at) {
            Some(group) => group.push(row),
            None => groups.push(vec![row]),
        }
    }
    let mut doubtful = Vec::new();
    let kept = groups.into_iter().filter_map(|mut rows| {
        if rows.iter().any(|row| *row != rows[0]) {
            let row = join(&rows);
            doubtful.push((row.clone(), rows.len()));
            return Some(row);
        }
        rows.pop()
    });
    *list = Some(kept.collect());
    doubtful
}

/// What all rows that say something say; `None` where they do not agree.
fn agreed<T, V: PartialEq + Clone>(rows: &[T], of: impl Fn(&T) -> &Option<V>) -> Option<V> {
    let mut told = rows.iter().filter_map(|row| of(row).as_ref());
    let first = told.next()?;
    told.all(|other| other == first).then(|| first.clone())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::snapshot::{Snapshot, of_document};

    fn read(broadworks: &Value) -> Snapshot {
        let document = json!({
            "formatVersion": 1, "capturedAt": "2026-11-20T08:00:00Z", "complete": true,
            "org": {"id": "o", "name": "Harbor"}, "broadworks": broadworks,
        });
        of_document(&document).unwrap()
    }

    fn doubts(broadworks: &Value) -> Vec<String> {
        let snapshot = read(broadworks);
        let told = snapshot.not_known.iter();
        told.map(|it| format!("{}: {}", it.address, it.reason))
            .collect()
    }

    #[test]
    fn what_rows_of_one_key_do_not_agree_about_is_unknown() {
        let row = |name: &str, people: u64| {
            json!({"spEnterpriseId": name, "orgId": "O-1", "enableDirSync": true,
                   "directorySync": {"status": "COMPLETE", "users": people}})
        };
        let twice = json!({"enterprises": [row("SP+a", 300), row("SP+a", 3), row("SP+b", 1), row("SP+b", 1)]});
        let snapshot = read(&twice);
        let all = snapshot.broadworks.as_ref().unwrap().enterprises();
        assert_eq!(all.len(), 2);
        assert_eq!(all[0].org_id.as_deref(), Some("O-1"));
        assert_eq!(all[0].enable_dir_sync, Some(true));
        assert!(all[0].directory_sync.is_none() && all[1].directory_sync.is_some());
        let told = ["broadworksEnterprise/SP+a: the snapshot has it 2 times, with different data"];
        assert_eq!(doubts(&twice), told);
        let cased = json!({"enterprises": [row("SP+a", 3), row("sp+A", 3)]});
        assert_eq!(doubts(&cased), told);
    }

    #[test]
    fn an_organisation_is_what_all_of_its_rows_say() {
        let snapshot = read(&json!({"organizations": [
            {"id": "ORG1", "users": 5, "people": ["ana@x.example"]},
            {"id": "ORG1", "users": 5000, "access": true},
            {"id": "ORG1", "users": 5},
            {"id": "", "people": []},
        ]}));
        let all = snapshot.broadworks.unwrap().organizations.unwrap();
        assert_eq!(all.len(), 1);
        assert_eq!((all[0].users, all[0].access), (None, Some(true)));
        assert_eq!(
            all[0].people.as_deref(),
            Some(&["ana@x.example".to_owned()][..])
        );
    }

    #[test]
    fn a_template_has_one_provisioning_id() {
        let homes = json!([{"spEnterpriseId": "SP+a", "template": "gold", "provisioningId": "P1"},
                           {"spEnterpriseId": "SP+b", "template": "gold", "provisioningId": "P2"}]);
        let unwritten = json!({"enterprises": homes, "customerTemplates": [{"name": "gold"}]});
        assert_eq!(
            doubts(&unwritten),
            [
                "broadworksCustomerTemplate/gold: its enterprises have different provisioning ids: P1, P2"
            ]
        );
        let written = json!({"enterprises": homes, "customerTemplates": [{"name": "gold", "provisioningId": "P1"}]});
        assert!(doubts(&written).is_empty());
        let twice = json!({"customerTemplates": [{"name": "gold", "provisioningId": "P"},
                                                 {"name": "gold", "provisioningId": "Z"}]});
        assert_eq!(doubts(&twice).len(), 1);
    }

    #[test]
    fn user_ids_that_differ_in_case_are_one() {
        let row = |id: &str| json!({"userId": id, "enterprise": "SP+a"});
        let told = doubts(&json!({"subscribers": [row("101@v"), row("101@V"), row("102@v")]}));
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told[0].starts_with("broadworksSubscriber/101@V: the snapshot also has 101@v"));
        let place = |extension: &str| json!({"userId": "9@v", "enterprise": "SP+a", "extension": extension});
        let told = doubts(&json!({"workspaces": [place("9"), place("8")]}));
        assert_eq!(told.len(), 1, "{told:?}");
    }
}
