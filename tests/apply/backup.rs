//! Backups that older versions wrote are read.

use trunkline::backup::open;

use crate::common::root;

#[test]
fn a_backup_that_the_age_crate_encrypted_is_read() {
    let folder = root().join("tests/apply/backup");
    let identity = folder.join("identity.txt");
    let backup = open(&folder.join("by-the-age-crate.json.age"), Some(&identity)).unwrap();
    assert_eq!(backup.subject.key, "ana@acme.com");
    assert_eq!(backup.subject.phone_number.as_deref(), Some("+12145550101"));
    assert!(backup.settings.len() > 20, "{:?}", backup.settings.keys());
}
