//! What is written is what is read; all that was changed on the way is refused; no one else can read it.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::file::write;
use super::*;

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<i32>().prop_map(|it| Value::from(f64::from(it) / 8.0)),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-zA-Z]{1,6}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

prop_compose! {
    fn bundles()(
        key in "[a-z0-9é.]{1,12}@[a-z]{1,8}\\.com",
        name in prop::option::of(".{0,12}"),
        extension in prop::option::of("[0-9]{2,6}"),
        settings in prop::collection::btree_map("[a-zA-Z]{1,10}", json_value(), 0..6),
        why in ".{0,20}",
    ) -> Bundle {
        Bundle { settings, unread: vec![Unread { what: "voicemail".into(), why }], ..bundle(&key, name, extension) }
    }
}

fn bundle(key: &str, display_name: Option<String>, extension: Option<String>) -> Bundle {
    Bundle {
        format_version: 1,
        generator: "trunkline test".to_owned(),
        captured_at: "2026-11-20T08:00:00Z".to_owned(),
        org: "org-1".to_owned(),
        subject: Subject {
            kind: "user".to_owned(),
            key: key.to_owned(),
            id: "u-1".to_owned(),
            display_name,
            extension,
            groups: vec!["Sales".to_owned()],
            ..Subject::default()
        },
        memberships: Vec::new(),
        memberships_not_told: Vec::new(),
        settings: BTreeMap::new(),
        not_applicable: vec!["bargeIn".to_owned()],
        unread: Vec::new(),
    }
}

fn options(directory: &Path, recipients: Vec<String>) -> Options {
    Options {
        directory: directory.join(".trunkline/backups"),
        recipients,
        org: "org-1".to_owned(),
        at: "2026-11-20T08:00:00Z".parse::<Timestamp>().unwrap(),
        features: None,
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read(bundle in bundles()) {
        let bytes = bundle.to_bytes().unwrap();
        prop_assert_eq!(Bundle::from_bytes(&bytes).unwrap(), bundle);
    }

    #[test]
    fn a_flipped_byte_is_an_error(bundle in bundles(), at in any::<prop::sample::Index>(), flip in 1u8..) {
        let mut bytes = bundle.to_bytes().unwrap();
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        prop_assert!(Bundle::from_bytes(&bytes).is_err(), "byte {}", at);
    }

    #[test]
    fn a_shorter_file_is_an_error(bundle in bundles(), at in any::<prop::sample::Index>()) {
        let bytes = bundle.to_bytes().unwrap();
        prop_assert!(Bundle::from_bytes(&bytes[..at.index(bytes.len())]).is_err());
    }
}

#[test]
fn the_file_is_its_owners_and_none_is_overwritten() {
    let directory = tempfile::tempdir().unwrap();
    let options = options(directory.path(), Vec::new());
    let mut bundle = bundle("ana/../silva@acme.com", None, None);
    let (first, digest) = write(&bundle, &options).unwrap();
    bundle.subject.groups.clear();
    let (second, other) = write(&bundle, &options).unwrap();
    assert_ne!(digest, other);
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    assert_eq!(
        name(&first),
        "user-ana_.._silva@acme.com-20261120T080000Z.json"
    );
    assert_eq!(
        name(&second),
        "user-ana_.._silva@acme.com-20261120T080000Z-2.json"
    );
    assert_eq!(open(&first, None).unwrap().subject.groups, ["Sales"]);
    assert_eq!(open(&second, None).unwrap(), bundle);
    let left = std::fs::read_dir(&options.directory).unwrap().count();
    assert_eq!(left, 2, "no temporary file stays");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&first), 0o600);
        assert_eq!(mode(&options.directory), 0o700);
    }
}

/// An identity, its recipient, and an identity of another user.
const MINE: &str = "AGE-SECRET-KEY-1PHYKATKS3VFV9SQVR3258SSGU6J4MP82HPV9PSZVRRYV70VZ9DQQEE05TS";
const FOR_ME: &str = "age1px92pz3m5hgr8zyjnc44h73qhsc0xf59gswhahlhz6ql463czynqvp8qq4";
const THEIRS: &str = "AGE-SECRET-KEY-1Y7CAEP2YKERJHVCMVAXZSDTY8RH48J73Y7Q7HKK7H2U9TCH0YQGQUTL94X";

#[test]
fn an_encrypted_backup_opens_only_with_its_identity() {
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str, key: &str| {
        let path = directory.path().join(name);
        std::fs::write(&path, format!("# a comment\n{key}\n")).unwrap();
        path
    };
    let (mine, theirs) = (file("mine.txt", MINE), file("theirs.txt", THEIRS));
    let options = options(directory.path(), vec![FOR_ME.to_owned()]);
    let bundle = bundle("ana@acme.com", Some("Ana Silva".to_owned()), None);
    let (path, _) = write(&bundle, &options).unwrap();
    assert!(
        path.to_string_lossy().ends_with(".json.age"),
        "{}",
        path.display()
    );
    let bytes = std::fs::read(&path).unwrap();
    assert!(!bytes.windows(3).any(|it| it == b"Ana"), "the text shows");
    assert_eq!(open(&path, Some(&mine)).unwrap(), bundle);
    assert!(matches!(open(&path, None), Err(Error::NoIdentity(_))));
    assert!(matches!(
        open(&path, Some(&theirs)),
        Err(Error::Decrypt { .. })
    ));
    let mut broken = bytes;
    let last = broken.len() - 1;
    broken[last] ^= 1;
    std::fs::write(&path, broken).unwrap();
    assert!(matches!(
        open(&path, Some(&mine)),
        Err(Error::Decrypt { .. })
    ));
}

#[test]
fn a_recipient_that_is_none_is_said_before_anything_is_written() {
    let directory = tempfile::tempdir().unwrap();
    let options = options(directory.path(), vec!["age1nobody".to_owned()]);
    let error = write(&bundle("ana@acme.com", None, None), &options).unwrap_err();
    assert!(error.to_string().contains("age1nobody"), "{error}");
    assert!(!options.directory.exists());
    // A secret key in the place of a recipient is not repeated in what is logged.
    for secret in [MINE.to_owned(), MINE.to_lowercase()] {
        let given = secret.clone();
        let options = self::options(directory.path(), vec![given]);
        let error = write(&bundle("ana@acme.com", None, None), &options).unwrap_err();
        assert!(!error.to_string().contains(&secret), "{error}");
    }
}

#[test]
fn a_secret_stays_in_the_backup() {
    let directory = tempfile::tempdir().unwrap();
    let mut bundle = bundle("ana@acme.com", None, None);
    let codes = json!({"accessCodes": [{"code": "7391"}]});
    bundle
        .settings
        .insert("accessCodes".to_owned(), codes.clone());
    let (path, _) = write(&bundle, &options(directory.path(), Vec::new())).unwrap();
    let reference = reference(&bundle, &path);
    assert!(!reference.to_string().contains("7391"));
    assert_eq!(
        resolve("accessCodes", &reference, None).unwrap(),
        Some(codes)
    );
    assert_eq!(resolve("voicemail", &reference, None).unwrap(), None);
    bundle.captured_at = "2026-11-21T08:00:00Z".to_owned();
    std::fs::write(&path, bundle.to_bytes().unwrap()).unwrap();
    let error = resolve("accessCodes", &reference, None).unwrap_err();
    assert!(error.to_string().contains("make the plan again"), "{error}");
    let plain = json!({"enabled": true});
    assert_eq!(resolve("voicemail", &plain, None).unwrap(), Some(plain));
}
