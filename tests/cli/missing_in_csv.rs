//! `snapshot --from-csv`: what an export does not say is not taken for nothing. The snapshot is incomplete, or there is none.

use super::damaged_csv::{HEADER, read_files, read_rows, refused, write};
use crate::common::run;
use serde_json::{Value, json};

#[test]
fn what_a_file_does_not_say_makes_the_snapshot_incomplete() {
    let row = "Ana,ana@acme.com,1001,,Dallas,TRUE\n";
    let users = format!("{HEADER}\n{row}");
    let other = "User ID/Email (Required),Webex Meetings Suite [Sub1]\nbo@acme.com,TRUE\n";
    let blank = format!("{HEADER}\nAna,ana@acme.com,1001,,Dallas,\n");
    let bare =
        "User ID/Email (Required),Webex Calling VAR Professional [Sub1]\nana@acme.com,TRUE\n";
    let assigned = "Phone Number,Location,Assigned To\n+12145550190,Dallas,Main attendant\n";
    let rooms = "Name,Location\nLobby,Dallas\n";
    let nobody = format!("{HEADER}\n");
    let numbered = format!("{HEADER}\nAna,ana@acme.com,1001,+12145550101,Dallas,TRUE\n");
    let of_bob = "Phone Number,Location,Assigned To\n+12145550101,Dallas,Bob Stone\n";
    let of_bob_by_address = of_bob.replace("Bob Stone", "Bob (bob@acme.com)");
    let in_austin = of_bob.replace("Dallas,Bob Stone", "Austin,Ana");
    let offices = "Name,Calling\nDalas,TRUE\n";
    let header = "Phone Number,Location\n";
    let cases: [(&[(&str, &str)], &str); 11] = [
        (
            &[("users.csv", &nobody)],
            "the export of people has no people",
        ),
        (
            &[("users.csv", &numbered), ("numbers.csv", of_bob)],
            "+12145550101 is assigned to `Bob Stone` here, and ana@acme.com has it",
        ),
        (
            &[
                ("users.csv", &numbered),
                ("numbers.csv", &of_bob_by_address),
            ],
            "+12145550101 is assigned to `Bob (bob@acme.com)` here, and ana@acme.com has it",
        ),
        (
            &[("users.csv", &numbered), ("numbers.csv", &in_austin)],
            "+12145550101 belongs to Austin in the list of numbers, and ana@acme.com, who has it, is in Dallas",
        ),
        (
            &[("users.csv", &numbered), ("numbers.csv", header)],
            "+12145550101, which ana@acme.com has in the other files, is not in the list",
        ),
        (
            &[("users.csv", &users), ("locations.csv", offices)],
            "`Dallas`, the location of ana@acme.com, is not in the list of locations",
        ),
        (
            &[("a.csv", &users), ("b.csv", other)],
            "b.csv: it has no column of `Webex Calling - Professional`",
        ),
        (
            &[("users.csv", &blank)],
            "the column `Webex Calling VAR Professional [Sub1]` is empty",
        ),
        (
            &[("users.csv", bare)],
            "people have Calling, and there is no column Extension",
        ),
        (
            &[("users.csv", &users), ("numbers.csv", assigned)],
            "+12145550190 is assigned to `Main attendant`",
        ),
        (
            &[("users.csv", &users), ("workspaces.csv", rooms)],
            "there is no column License or Calling",
        ),
    ];
    for (files, said) in cases {
        let files: Vec<(&str, &[u8])> = files.iter().map(|it| (it.0, it.1.as_bytes())).collect();
        let (told, read) = read_files(&files, &[]);
        assert_eq!(
            (told.exit, &read["complete"]),
            (7, &json!(false)),
            "{said}: {}",
            told.stderr
        );
        assert!(told.stderr.contains(said), "{said}: {}", told.stderr);
    }
}

/// An owner can be written in any of these ways.
#[test]
fn owners_in_the_list_of_numbers_agree_with_the_people() {
    let users = format!("{HEADER}\nAna Silva,ana@acme.com,1001,+12145550101,Dallas,TRUE\n");
    for owner in ["ana silva", "ANA@acme.com", "Ana Silva <ana@acme.com>", ""] {
        let numbers = format!(
            "Phone Number,Location,Assigned To\n+12145550101,Dallas,{owner}\n+12145550102,Dallas,\n"
        );
        let (told, read) = read_files(
            &[
                ("users.csv", users.as_bytes()),
                ("numbers.csv", numbers.as_bytes()),
            ],
            &[],
        );
        assert_eq!(told.exit, 0, "{owner}: {}", told.stderr);
        // No column has them.
        for number in read["numbers"].as_array().unwrap() {
            assert_eq!(
                (&number["state"], &number["type"]),
                (&json!(null), &json!(null))
            );
        }
    }
}

#[test]
fn groups_say_who_manages_them() {
    let users = format!("{HEADER}\nAna,ana@acme.com,1001,,Dallas,TRUE\n");
    for (rows, said) in [
        (
            "Ops,ana@acme.com,Azure AD,\n",
            "`Azure AD` is not where a group is managed: write Webex, or Directory",
        ),
        (
            "Ops,ana@acme.com,Webex,\nOps,,Directory,\n",
            "Source of Ops is webex in an earlier row",
        ),
        (
            "Ops,ana@acme.com,Webex,nested\n",
            "`nested` is not a kind of group: Security, Distribution or Unknown",
        ),
    ] {
        let groups = format!("Group,Member,Source,Kind\n{rows}");
        let files = [
            ("users.csv", users.as_bytes()),
            ("groups.csv", groups.as_bytes()),
        ];
        let (told, _) = read_files(&files, &[]);
        assert_eq!(told.exit, 1, "{said}: {}", told.stderr);
        assert!(told.stderr.contains(said), "{said}: {}", told.stderr);
    }
}

#[test]
fn lists_without_their_columns_are_no_empty_lists() {
    let users = format!("{HEADER}\nAna,ana@acme.com,1001,,Dallas,TRUE\n");
    for (name, text, said) in [
        (
            "groups.csv",
            "Group,Members\nOps,ana@acme.com\n",
            "groups.csv: there is no column Member; it has Group, Members",
        ),
        ("groups.csv", "", "groups.csv: the file is empty"),
        (
            "groups.csv",
            "Group,Member\nOps,ana@acme.com; bo@acme.com\n",
            "is not one e-mail address",
        ),
        (
            "numbers.csv",
            "Number of,Location\n1,Dallas\n",
            "numbers.csv: there is no column Phone Number",
        ),
        (
            "numbers.csv",
            "Phone Number,State\n+12145550101,Odd\n",
            "`Odd` is not the state of a number",
        ),
        (
            "workspaces.csv",
            "Room,License\nLobby,\n",
            "workspaces.csv: there is no column Name",
        ),
    ] {
        refused(&[("users.csv", &users), (name, text)], &[said]);
    }
    let (told, _) = read_rows("Ana,ana@acme.com,1001,+44 (0)20 7183 8750,London,TRUE\n");
    assert!(
        told.exit == 1 && told.stderr.contains("is not a phone number"),
        "{}",
        told.stderr
    );
}

#[test]
fn licences_that_no_column_is_about_keep_their_units_in_use() {
    let facts = json!({"formatVersion": 1, "capturedAt": "2026-11-20T08:00:00Z", "complete": true, "org": {"id": "O1", "name": "Acme"},
        "subscriptions": [{"id": "Sub1", "createdAt": "2021-03-01", "status": "suspended"}],
        "licenses": [{"id": "L2", "name": "Webex Calling - Professional", "subscriptionId": "Sub2", "siteUrl": null, "totalUnits": 100, "consumedUnits": 100}],
        "users": []});
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), "old.json", &facts.to_string());
    write(
        directory.path(),
        "users.csv",
        &format!("{HEADER}\nAna,ana@acme.com,1001,,Dallas,TRUE\n"),
    );
    let args = [
        "snapshot",
        "--from-csv",
        "users.csv",
        "--facts",
        "old.json",
        "--out",
        "s.json",
    ];
    let told = run(directory.path(), &args);
    assert!(
        told.exit == 0
            && told
                .stderr
                .contains("the units in use are those of the older snapshot"),
        "{}",
        told.all()
    );
    let read: Value =
        serde_json::from_slice(&std::fs::read(directory.path().join("s.json")).unwrap()).unwrap();
    let old = read["licenses"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["id"] == "L2")
        .unwrap();
    assert_eq!(old["consumedUnits"], 100);
    // Of suspensions the export is the only witness.
    assert_eq!(read["subscriptions"][0]["status"], Value::Null);
}

#[test]
fn a_number_is_not_free_because_a_list_is_short() {
    let users = format!(
        "{HEADER}\nAna,ana@acme.com,1001,+12145550101,Dallas,TRUE\nBo,bo@acme.com,1002,+12145550101,Dallas,TRUE\n"
    );
    let one = format!("{HEADER}\nAna,ana@acme.com,1001,+12145550101,Dallas,TRUE\n");
    let room = "Name,Location,Phone Number,License\nLobby,Dallas,+12145550150,\n";
    let numbers = "Phone Number,Location\n+12145550101,Dallas\n+12145550150,Dallas\n";
    let (told, read) = read_files(
        &[
            ("users.csv", one.as_bytes()),
            ("workspaces.csv", room.as_bytes()),
            ("numbers.csv", numbers.as_bytes()),
        ],
        &[],
    );
    assert_eq!(
        (told.exit, &read["numbers"][1]["owner"]["key"]),
        (0, &json!("Lobby")),
        "{}",
        told.stderr
    );
    let assigned = "Phone Number,Location,State\n+12145550190,Dallas,Assigned\n";
    let bare = "Name,Country\nDallas,US\n";
    let cases: [(&[(&str, &str)], &str); 3] = [
        (
            &[("users.csv", &users)],
            "+12145550101 is the number of ana@acme.com and of bo@acme.com",
        ),
        (
            &[("users.csv", &one), ("numbers.csv", assigned)],
            "+12145550190 is assigned, and neither",
        ),
        (
            &[("users.csv", &one), ("locations.csv", bare)],
            "which locations have Calling is unknown",
        ),
    ];
    for (files, said) in cases {
        let files: Vec<(&str, &[u8])> = files.iter().map(|it| (it.0, it.1.as_bytes())).collect();
        let (told, read) = read_files(&files, &[]);
        assert_eq!(
            (told.exit, &read["complete"]),
            (7, &json!(false)),
            "{said}: {}",
            told.stderr
        );
        assert!(told.stderr.contains(said), "{said}: {}", told.stderr);
    }
    let service = "Phone Number,Location,Type\n+12145550190,Dallas,Service\n";
    refused(
        &[("users.csv", &one), ("numbers.csv", service)],
        &["`Service` is not a type of number"],
    );
}

#[test]
fn an_empty_cell_of_calling_is_not_false() {
    let rows = "Ana,ana@acme.com,1001,,Dallas,TRUE\nBo,bo@acme.com,,,,\n";
    let (told, read) = read_rows(rows);
    assert_eq!(
        (told.exit, &read["complete"]),
        (7, &json!(false)),
        "{}",
        told.stderr
    );
    assert!(
        told.stderr.contains("is empty for 1 of 2 people"),
        "{}",
        told.stderr
    );
}

#[test]
fn units_of_workspaces_are_in_use_where_no_file_lists_them() {
    let license = json!({"id": "L1", "name": "Webex Calling - Professional", "subscriptionId": "Sub1", "siteUrl": null, "totalUnits": 10, "consumedUnits": 3});
    let room = json!({"id": "W1", "name": "Lobby", "location": "Dallas", "licenses": ["L1"]});
    let bo = json!({"id": "U2", "email": "bo@acme.com", "licenses": ["L1"]});
    // By the older list of workspaces; without one, as many as there were.
    for (workspaces, used) in [(json!([room]), 2), (Value::Null, 3)] {
        let mut facts = json!({"formatVersion": 1, "capturedAt": "2026-11-20T08:00:00Z", "complete": true, "org": {"id": "O1", "name": "Acme"},
            "subscriptions": [], "licenses": [license], "users": [bo]});
        if !workspaces.is_null() {
            facts["workspaces"] = workspaces;
        }
        let directory = tempfile::tempdir().unwrap();
        write(directory.path(), "old.json", &facts.to_string());
        write(
            directory.path(),
            "users.csv",
            &format!("{HEADER}\nAna,ana@acme.com,1001,,Dallas,TRUE\n"),
        );
        let args = [
            "snapshot",
            "--from-csv",
            "users.csv",
            "--facts",
            "old.json",
            "--out",
            "s.json",
        ];
        let told = run(directory.path(), &args);
        assert!(
            told.exit == 0
                && told
                    .stderr
                    .contains("bo@acme.com of the older snapshot: not in the export"),
            "{}",
            told.all()
        );
        let read: Value =
            serde_json::from_slice(&std::fs::read(directory.path().join("s.json")).unwrap())
                .unwrap();
        assert_eq!(read["licenses"][0]["consumedUnits"], used);
    }
}

#[test]
fn a_column_that_is_not_understood_makes_the_snapshot_incomplete() {
    let users = format!(
        "{HEADER},Cisco Call on Cloud,New Thing\nAna,ana@acme.com,,,,FALSE,TRUE,FALSE\nBo,bo@acme.com,,,,FALSE,FALSE,FALSE\n"
    );
    let files: [(&str, &[u8]); 1] = [("users.csv", users.as_bytes())];
    let (told, read) = read_files(&files, &[]);
    assert_eq!(
        (told.exit, &read["complete"]),
        (7, &json!(false)),
        "{}",
        told.stderr
    );
    for part in [
        "the column `Cisco Call on Cloud` is TRUE for 1 of 2 people",
        "the column `New Thing` is not understood; it is TRUE for no one",
    ] {
        assert!(told.stderr.contains(part), "{part}: {}", told.stderr);
    }
    let (told, read) = read_files(
        &files,
        &[
            "--column",
            "Cisco Call on Cloud=Webex Calling - Professional [Sub2]",
            "--column",
            "New Thing=-",
        ],
    );
    assert_eq!(
        (told.exit, &read["complete"]),
        (0, &json!(true)),
        "{}",
        told.stderr
    );
    assert_eq!(read["users"][0]["licenses"].as_array().unwrap().len(), 1);
    let (_, read) = read_files(
        &files,
        &[
            "--column",
            "Cisco Call on Cloud=Webex Calling - Professional [Sub1]",
            "--column",
            "New Thing=-",
        ],
    );
    let one = &read["licenses"][0];
    assert_eq!(
        json!([
            one["consumedUnits"],
            read["licenses"].as_array().unwrap().len()
        ]),
        json!([1, 1]),
        "two columns of one licence"
    );
    let (told, _) = read_files(&files, &["--column", "Nothing=-"]);
    assert!(
        told.exit == 1 && told.stderr.contains("no file has the column `Nothing`"),
        "{}",
        told.stderr
    );
    let (told, _) = read_files(&files, &["--column", "Nothing"]);
    assert!(
        told.exit == 1 && told.stderr.contains("`Nothing` must be HEADER=NAME"),
        "{}",
        told.stderr
    );
}

#[test]
fn one_odd_cell_does_not_hide_a_column() {
    let users = format!(
        "{HEADER},Cloud Telephony\nAna,ana@acme.com,,,,FALSE,TRUE\nBo,bo@acme.com,,,,FALSE,yes\n"
    );
    let (told, read) = read_files(&[("users.csv", users.as_bytes())], &[]);
    assert_eq!(
        (told.exit, &read["complete"]),
        (7, &json!(false)),
        "{}",
        told.stderr
    );
    assert!(
        told.stderr
            .contains("`Cloud Telephony` is TRUE for 1 of 2 people"),
        "{}",
        told.stderr
    );
}

#[test]
fn workspaces_of_control_hub_have_the_licence_that_their_column_names() {
    let users = format!("{HEADER}\nAna,ana@acme.com,1001,,Dallas,TRUE\n");
    let workspaces = "Name,Type,Location,Calling,Extension,Phone Number\nLobby,Desk,Dallas,Cisco Webex Calling Workspace,1900,\n\
Board,Meeting room,Dallas,Cisco Webex Calling Professional Workspace,1901,\nQuiet,Desk,,Free Calling,,\n";
    let files: [(&str, &[u8]); 2] = [
        ("users.csv", users.as_bytes()),
        ("workspaces.csv", workspaces.as_bytes()),
    ];
    let (told, read) = read_files(&files, &[]);
    assert_eq!(
        (told.exit, &read["complete"]),
        (7, &json!(false)),
        "{}",
        told.stderr
    );
    assert!(
        told.stderr.contains(
            "workspaces.csv, line 2, column `Calling`: no list names the subscription of \
            `Webex Calling - Workspaces`"
        ),
        "{}",
        told.stderr
    );
    let board = read["workspaces"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["name"] == "Board")
        .unwrap();
    assert_eq!(
        board["licenses"],
        json!(["csv:Webex Calling - Professional/Sub1"])
    );
    let unknown = workspaces.replace("Free Calling", "Something new");
    let (told, _) = read_files(&[files[0], ("workspaces.csv", unknown.as_bytes())], &[]);
    assert!(
        told.exit == 7 && told.stderr.contains("`Something new` is not understood"),
        "{}",
        told.stderr
    );
}

/// The column License takes what an administrator finds in the export of users, and says what that is.
#[test]
fn workspaces_name_a_licence_by_its_name_or_by_its_column() {
    let header = format!("{HEADER},Webex Calling VAR Professional [Sub2]");
    let users = format!("{header}\nAna,ana@acme.com,1001,,Dallas,TRUE,FALSE\n");
    let read = |license: &str| {
        let workspaces = format!("Name,Location,License,Extension\nLobby,Dallas,{license},1900\n");
        let files: [(&str, &[u8]); 2] = [
            ("users.csv", users.as_bytes()),
            ("workspaces.csv", workspaces.as_bytes()),
        ];
        read_files(&files, &[])
    };
    let second = "csv:Webex Calling - Professional/Sub2";
    for (license, id) in [
        ("Webex Calling VAR Professional [Sub2]", second),
        ("Webex Calling VAR Professional (Suspended) [Sub2]", second),
        ("Webex Calling - Professional [Sub2]", second),
        (
            "Webex Calling - Workspaces [Sub2]",
            "csv:Webex Calling - Workspaces/Sub2",
        ),
    ] {
        let (told, read) = read(license);
        assert_eq!(told.exit, 0, "{license}: {}", told.stderr);
        let lobby = &read["workspaces"][0];
        assert_eq!(lobby["licenses"], json!([id]), "{license}");
    }
    let accepted = "write one of `Webex Calling VAR Professional [Sub1]`, `Webex Calling VAR Professional [Sub2]`";
    let (told, _) = read("Webex Calling VAR Professional");
    assert!(
        told.exit == 7 && told.stderr.contains(accepted),
        "{}",
        told.stderr
    );
    for license in ["Webex Calling - Workspaces", "Telephony [Sub1]"] {
        let (told, _) = read(license);
        let place = format!(
            "workspaces.csv, line 2, column `License`: `{license}` is neither a licence nor a column"
        );
        assert!(
            told.exit == 1 && told.stderr.contains(&place) && told.stderr.contains(accepted),
            "{}",
            told.stderr
        );
    }
}

#[test]
fn columns_of_workspaces_that_contradict_each_other_are_named() {
    let users = format!("{HEADER}\nAna,ana@acme.com,1001,,Dallas,TRUE\n");
    let read = |calling: &str| {
        let licence = "Webex Calling - Professional [Sub1]";
        let workspaces = format!(
            "Name,Location,License,Calling,Extension\nLobby,Dallas,{licence},{calling},1900\n"
        );
        let files: [(&str, &[u8]); 2] = [
            ("users.csv", users.as_bytes()),
            ("workspaces.csv", workspaces.as_bytes()),
        ];
        read_files(&files, &[])
    };
    for same in ["", "Cisco Webex Calling Professional Workspace"] {
        let (told, read) = read(same);
        assert_eq!(
            (told.exit, &read["complete"]),
            (0, &json!(true)),
            "{same}: {}",
            told.stderr
        );
    }
    for other in ["FALSE", "None", "Cisco Webex Calling Workspace"] {
        let (told, read) = read(other);
        let place = format!("workspaces.csv, line 2, column `Calling`: `{other}` and the licence");
        assert!(
            told.exit == 7 && read["complete"] == json!(false) && told.stderr.contains(&place),
            "{other}: {}",
            told.stderr
        );
    }
}

#[test]
fn the_date_of_a_file_is_said_and_not_believed() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    let users = format!("{HEADER}\nAna,ana@acme.com,1001,,Dallas,TRUE\n");
    std::fs::create_dir(here.join("csv")).unwrap();
    write(here, "csv/users.csv", &users);
    write(
        here,
        "csv/numbers.csv",
        "Phone Number,Location\n+12145550101,Dallas\n",
    );
    let dated = |file: &str, date: &str| {
        let date: jiff::Timestamp = date.parse().unwrap();
        let file = std::fs::File::options()
            .write(true)
            .open(here.join("csv").join(file));
        file.unwrap().set_modified(date.into()).unwrap();
    };
    let take = |more: &[&str]| {
        let told = run(
            here,
            &[&["snapshot", "--from-csv", "csv", "--out", "s.json"], more].concat(),
        );
        let read: Value =
            serde_json::from_slice(&std::fs::read(here.join("s.json")).unwrap()).unwrap();
        (told, read)
    };
    dated("users.csv", "2026-11-20T08:00:00Z");
    dated("numbers.csv", "2026-11-10T08:00:00Z");
    let (told, read) = take(&[]);
    assert_eq!(
        (told.exit, &read["capturedAt"]),
        (0, &json!("2026-11-20T08:00:00Z")),
        "{}",
        told.all()
    );
    assert!(
        told.stderr
            .contains("counts as of 2026-11-20T08:00:00Z, the date of csv/users.csv"),
        "{}",
        told.stderr
    );
    assert!(
        told.stderr
            .contains("csv/numbers.csv is 10 days older than csv/users.csv"),
        "{}",
        told.stderr
    );
    for odd in ["1980-01-01T00:00:00Z", "2100-01-01T00:00:00Z"] {
        dated("users.csv", odd);
        let (told, read) = take(&[]);
        assert_eq!(
            (told.exit, &read["complete"]),
            (7, &json!(false)),
            "{}",
            told.all()
        );
        assert!(
            told.stderr.contains("say so with --captured-at"),
            "{}",
            told.stderr
        );
    }
    let (told, read) = take(&["--captured-at", "2026-11-12"]);
    assert_eq!(
        (told.exit, &read["capturedAt"]),
        (0, &json!("2026-11-12T00:00:00Z")),
        "{}",
        told.all()
    );
    assert!(!told.stderr.contains("counts as of"), "{}", told.stderr);
    let told = run(
        here,
        &[
            "snapshot",
            "--from-csv",
            "csv",
            "--out",
            "s.json",
            "--captured-at",
            "12.11.2026",
        ],
    );
    assert!(
        told.exit == 1 && told.stderr.contains("such as 2026-11-20"),
        "{}",
        told.all()
    );
}

#[test]
fn a_list_of_numbers_has_their_locations() {
    let users = format!("{HEADER}\nAna,ana@acme.com,1001,,Dallas,TRUE\n");
    refused(
        &[
            ("users.csv", &users),
            ("numbers.csv", "Phone Number\n+12145550101\n"),
        ],
        &["there is no column Location"],
    );
}
