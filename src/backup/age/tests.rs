//! What is written is what is read, by those for whom it is; whatever was changed is refused.

use proptest::prelude::*;

use super::crypto::{Cipher, FileKey};
use super::header::Stanza;
use super::*;

/// An identity, and its text.
fn identity(seed: u8) -> (Identity, String) {
    let text = bech32::encode(keys::SECRET, &[seed; 32]).to_ascii_uppercase();
    (Identity::read(&text).unwrap(), text)
}

fn recipient(identity: &Identity) -> Recipient {
    Recipient::read(&bech32::encode(keys::PUBLIC, &identity.public.0)).unwrap()
}

fn made(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at * 31 % 251) as u8).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn any_recipient_reads_it_and_no_one_else(length in 0..200_000usize, count in 1..4u8, reader in any::<prop::sample::Index>()) {
        let all: Vec<Identity> = (1..=count).map(|seed| identity(seed).0).collect();
        let recipients: Vec<Recipient> = all.iter().map(recipient).collect();
        let file = encrypt(&made(length), &recipients).unwrap();
        let reader = reader.get(&all);
        prop_assert_eq!(decrypt(&file, std::slice::from_ref(reader)).unwrap(), made(length));
        let why = decrypt(&file, &[identity(99).0]).unwrap_err();
        prop_assert!(why.contains("other recipients"), "{}", why);
    }

    #[test]
    fn bech32_comes_back(prefix in "[!-~]{1,20}", data in prop::collection::vec(any::<u8>(), 0..80)) {
        let text = bech32::encode(&prefix.to_ascii_lowercase(), &data);
        prop_assert_eq!(bech32::decode(&text), Some((prefix.to_ascii_lowercase(), data.clone().into())));
        prop_assert_eq!(bech32::decode(&text.to_ascii_uppercase()), Some((prefix.to_ascii_lowercase(), data.into())));
    }

    #[test]
    fn no_bytes_make_it_panic(tail in prop::collection::vec(any::<u8>(), 0..300), lines in "(-> X25519 [ -~]{0,50}\n|[a-zA-Z0-9+/]{0,66}\n|--- [a-zA-Z0-9+/]{40,44}\n){0,6}") {
        let file = [INTRO.as_bytes(), b"\n", lines.as_bytes(), &tail].concat();
        prop_assert!(decrypt(&file, &[identity(1).0]).is_err());
    }
}

#[test]
fn the_ends_of_chunks_are_no_ends_of_files() {
    let (key, _) = identity(1);
    for length in [0, 1, 65_535, 65_536, 65_537, 131_072, 131_073] {
        let file = encrypt(&made(length), &[recipient(&key)]).unwrap();
        let again = decrypt(&file, std::slice::from_ref(&key)).unwrap();
        assert_eq!(again, made(length), "{length}");
        // Cut after a whole chunk, what is left is sound but for the flag of the last.
        for cut in [65_552, 1, 16] {
            let shorter = &file[..file.len().saturating_sub(cut)];
            assert!(
                decrypt(shorter, std::slice::from_ref(&key)).is_err(),
                "{length} - {cut}"
            );
        }
    }
}

#[test]
fn a_changed_byte_a_shorter_and_a_longer_file_are_errors() {
    let (key, _) = identity(1);
    let file = encrypt(
        b"what a person has",
        &[recipient(&identity(2).0), recipient(&key)],
    )
    .unwrap();
    let key = [key];
    assert!(decrypt(&file, &key).is_ok());
    for at in 0..file.len() {
        let mut changed = file.clone();
        changed[at] ^= 1;
        assert!(decrypt(&changed, &key).is_err(), "byte {at}");
        assert!(decrypt(&file[..at], &key).is_err(), "{at} bytes");
    }
    assert!(decrypt(&[&file[..], b"x"].concat(), &key).is_err());
}

/// A file with these stanzas before that of the recipient.
fn with(stanzas: Vec<Stanza>, recipient: &Recipient) -> Vec<u8> {
    let key = FileKey::random().unwrap();
    let mut all = stanzas;
    all.push(recipient.wrap(&key).unwrap());
    let mut file = header::write(&all, &key).unwrap();
    stream::seal(b"said", &key, &mut file).unwrap();
    file
}

fn stanza(args: &[&str], body: &[u8]) -> Stanza {
    Stanza {
        args: args.iter().map(ToString::to_string).collect(),
        body: body.to_vec(),
    }
}

#[test]
fn stanzas_of_other_kinds_are_passed_over_whatever_their_length() {
    let (key, _) = identity(1);
    for length in [0, 1, 47, 48, 49, 96, 200] {
        let file = with(
            vec![stanza(&["grease", "x", "?"], &made(length))],
            &recipient(&key),
        );
        assert_eq!(
            decrypt(&file, std::slice::from_ref(&key)).unwrap(),
            b"said",
            "{length}"
        );
    }
}

#[test]
fn what_is_not_supported_is_named() {
    let (key, _) = identity(1);
    let recipient = recipient(&key);
    let why =
        |stanzas| decrypt(&with(stanzas, &recipient), std::slice::from_ref(&key)).unwrap_err();
    let passphrase = why(vec![stanza(&["scrypt", "c2FsdA", "10"], &[0; 32])]);
    assert!(passphrase.contains("passphrase"), "{passphrase}");
    // Shares of low order: the secret is zero, no matter who has it.
    for low in [[0; 32], {
        let mut one = [0; 32];
        one[0] = 1;
        one
    }] {
        let share = base64::Engine::encode(&base64::engine::general_purpose::STANDARD_NO_PAD, low);
        let zero = why(vec![stanza(&["X25519", &share], &[0; 32])]);
        assert!(zero.contains("zero"), "{zero}");
        assert!(Recipient(low).wrap(&FileKey::random().unwrap()).is_err());
    }
    for malformed in [
        stanza(&["X25519"], &[0; 32]),
        stanza(&["X25519", "AAAA"], &[0; 32]),
        stanza(&["X25519", &"A".repeat(43), "more"], &[0; 32]),
        stanza(&["X25519", &"a".repeat(43)], &[0; 33]),
    ] {
        let said = format!("{malformed:?}");
        assert!(why(vec![malformed]).contains("header"), "{said}");
    }
}

#[test]
fn a_last_chunk_that_is_empty_is_refused() {
    let (key, _) = identity(1);
    let file_key = FileKey::random().unwrap();
    let mut file = header::write(&[recipient(&key).wrap(&file_key).unwrap()], &file_key).unwrap();
    let salt = [7; 16];
    let cipher = Cipher::new(&file_key.payload(&salt).unwrap()).unwrap();
    file.extend(salt);
    file.extend(cipher.seal([0; 12], &made(65_536)).unwrap());
    file.extend(
        cipher
            .seal([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1], b"")
            .unwrap(),
    );
    assert!(decrypt(&file, &[key]).is_err());
}

#[test]
fn recipients_are_read_or_refused_by_name() {
    let key = "age1px92pz3m5hgr8zyjnc44h73qhsc0xf59gswhahlhz6ql463czynqvp8qq4";
    assert!(Recipient::read(key).is_ok());
    let plugin = bech32::encode("age1yubikey", &[2; 33]);
    for (text, why) in [
        ("age1nobody", "mistyped"),
        (&key.to_ascii_uppercase(), "age1"),
        (&key.replace("px9", "py9"), "mistyped"),
        ("ssh-ed25519 AAAA ana@acme.com", "SSH"),
        (&identity(1).1, "secret"),
        (&plugin, "plugins"),
        (&bech32::encode("age", &[2; 31]), "age1"),
        (&bech32::encode("bc", &[2; 32]), "age1"),
        ("", "mistyped"),
    ] {
        let said = Recipient::read(text).unwrap_err();
        assert!(said.contains(why), "{text}: {said}");
        assert!(
            !said.contains("AGE-SECRET-KEY-1"),
            "a secret is repeated: {said}"
        );
    }
}

#[test]
fn identities_are_read_or_refused_by_name() {
    let key = identity(1).1;
    let all = identities(&format!(
        "# created: today\r\n\r\n{key}\r\n{}",
        identity(2).1
    ))
    .unwrap();
    assert_eq!(all.len(), 2);
    assert!(!format!("{all:?}").contains(&key));
    let (body, last) = key.split_at(key.len() - 1);
    let broken = format!("{body}{}", if last == "Q" { 'P' } else { 'Q' });
    for (text, why) in [
        ("", "no identity"),
        ("# only this\n", "no identity"),
        ("\nage1nobody", "line 2"),
        (&broken, "line 1"),
        (&key.to_ascii_lowercase(), "line 1"),
        ("AGE-PLUGIN-YUBIKEY-1QQQ", "plugins"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----", "SSH"),
        ("-----BEGIN AGE ENCRYPTED FILE-----", "encrypted itself"),
        ("age-encryption.org/v1\n-> scrypt", "encrypted itself"),
    ] {
        let said = identities(text).unwrap_err();
        assert!(said.contains(why), "{text}: {said}");
        assert!(!said.contains(&broken), "a secret is repeated: {said}");
    }
}

/// Texts of BIP 173.
#[test]
fn bech32_is_that_of_the_standard() {
    assert_eq!(
        bech32::decode("A12UEL5L"),
        Some(("a".to_owned(), Vec::new().into()))
    );
    let spelled = "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw";
    let all = bech32::decode(spelled).unwrap().1;
    assert_eq!(all.len(), 20);
    assert_eq!(bech32::encode("abcdef", &all), spelled);
    for wrong in [
        "A12uEL5L",
        "pzry9x0s0muk",
        "1pzry9x0s0muk",
        "x1b4n0q5v",
        "li1dgmt3",
        "A1G7SGD8",
        "10a06t8",
        "1qzzfhee",
    ] {
        assert_eq!(bech32::decode(wrong), None, "{wrong}");
    }
}
