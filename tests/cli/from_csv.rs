//! `snapshot --from-csv`: what Control Hub exports, as a snapshot.

use std::path::Path;

use crate::common::run;
use serde_json::{Value, json};

const USERS: &str = "\u{feff}First Name,Last Name,Display Name,User ID/Email (Required),User Status,Extension,Phone Number,Location,\
Webex Calling VAR Professional [Sub11],Webex Teams (Suspended) [Sub12],acme.webex.com - WebEx Enterprise Edition [Sub11],acme.webex.com - Attendee account,Jabber Calling
Ana,Diaz,Ana Diaz,Ana@acme.com,Active,1001,12145550101,Dallas,TRUE,TRUE,FALSE,TRUE,FALSE
Bo,Li,,bo@acme.com,Not Verified,,+12145550102,,FALSE,FALSE,TRUE,,FALSE
Cy,Ito,Cy Ito,cy@acme.com,Active,,,,FALSE,,,,FALSE
";

fn write(directory: &Path, name: &str, text: &str) {
    std::fs::write(directory.join(name), text).unwrap();
}

fn snapshot(directory: &Path, more: &[&str]) -> Value {
    let mut args = vec!["snapshot", "--from-csv", "csv", "--out", "snapshot.json"];
    args.extend(more);
    let run = run(directory, &args);
    assert_eq!((run.exit, run.stdout.as_str()), (0, ""), "{}", run.stderr);
    serde_json::from_slice(&std::fs::read(directory.join("snapshot.json")).unwrap()).unwrap()
}

#[test]
fn an_export_of_users_is_a_snapshot_of_what_it_tells() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir(directory.path().join("csv")).unwrap();
    write(directory.path(), "csv/exported_users.csv", USERS);
    let read = snapshot(directory.path(), &[]);
    for absent in ["locations", "numbers", "groups", "workspaces", "devices"] {
        assert_eq!(read[absent], Value::Null, "{absent}");
    }
    let ana = &read["users"][0];
    assert_eq!(
        json!([
            ana["email"],
            ana["phoneNumber"],
            ana["extension"],
            ana["location"],
            ana["attendeeSites"]
        ]),
        json!([
            "ana@acme.com",
            "+12145550101",
            "1001",
            "Dallas",
            ["acme.webex.com"]
        ])
    );
    let bo = &read["users"][1];
    assert_eq!(
        json!([
            bo["displayName"],
            bo["status"],
            bo["workPhone"],
            bo["phoneNumber"]
        ]),
        json!(["Bo Li", "pending", "+12145550102", null])
    );
    let names: Vec<&str> = read["licenses"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "Advanced Messaging",
            "Webex Calling - Professional",
            "Webex Meetings Suite"
        ]
    );
    assert_eq!(
        read["subscriptions"],
        json!([{"id": "Sub11", "createdAt": null, "status": null}, {"id": "Sub12", "createdAt": null, "status": "suspended"}])
    );
    assert_eq!(
        read["sites"],
        json!([{"url": "acme.webex.com", "attendeeAccountEnabled": true}])
    );
}

/// LIC-049.
#[test]
fn a_site_without_an_attendee_column_lacks_the_feature() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir(directory.path().join("csv")).unwrap();
    let column = "acme.webex.com - Attendee account,";
    let without = USERS.replace(column, "");
    let without = without.replace("TRUE,TRUE,FALSE,TRUE,FALSE", "TRUE,TRUE,FALSE,FALSE");
    let without = without.replace("FALSE,FALSE,TRUE,,FALSE", "FALSE,FALSE,TRUE,FALSE");
    let without = without.replace("FALSE,,,,FALSE", "FALSE,,,FALSE");
    write(directory.path(), "csv/users.csv", &without);
    let read = snapshot(directory.path(), &[]);
    assert_eq!(
        read["sites"],
        json!([{"url": "acme.webex.com", "attendeeAccountEnabled": false}])
    );
    assert_eq!(read["users"][0]["attendeeSites"], json!([]));
}

#[test]
fn facts_bring_ids_and_units() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir(directory.path().join("csv")).unwrap();
    write(directory.path(), "csv/users.csv", USERS);
    let facts = json!({"formatVersion": 1, "capturedAt": "2026-11-20T08:00:00Z", "complete": true,
        "org": {"id": "O1", "name": "Acme"},
        "subscriptions": [{"id": "Sub12", "createdAt": "2021-03-01", "status": "active"}],
        "licenses": [{"id": "L-MS", "name": "Advanced Messaging", "subscriptionId": "Sub12", "siteUrl": null, "totalUnits": 50, "consumedUnits": 1}],
        "users": [{"id": "U-ana", "email": "ana@acme.com", "source": "directory"}]});
    write(directory.path(), "old.json", &facts.to_string());
    let read = snapshot(directory.path(), &["--facts", "old.json"]);
    assert_eq!(read["org"]["id"], "O1");
    let ana = &read["users"][0];
    assert_eq!(
        json!([ana["id"], ana["source"]]),
        json!(["U-ana", "directory"])
    );
    let messaging = read["licenses"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["id"] == "L-MS")
        .unwrap();
    assert_eq!(
        json!([messaging["totalUnits"], messaging["consumedUnits"]]),
        json!([50, 1])
    );
    let suspended = &read["subscriptions"][1];
    assert_eq!(
        json!([suspended["createdAt"], suspended["status"]]),
        json!(["2021-03-01", "suspended"])
    );
}

/// CALL-018 and CALL-019: who is in scope and has no Calling.
#[test]
fn failures_are_reported_without_the_api() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir(directory.path().join("csv")).unwrap();
    write(directory.path(), "csv/user.csv", USERS);
    write(
        directory.path(),
        "csv/locations.csv",
        "Name,Country,Main Number\nDallas,US,+12145550100\n",
    );
    write(
        directory.path(),
        "csv/numbers.csv",
        "Phone Number,Location\n+12145550100,Dallas\n12145550101,Dallas\n",
    );
    write(
        directory.path(),
        "csv/groups.csv",
        "Group,Member\nCallers,ana@acme.com\nCallers,bo@acme.com\n",
    );
    write(
        directory.path(),
        "csv/workspaces.csv",
        "Name,Location,Extension,License\nLobby,Dallas,1900,\n",
    );
    write(
        directory.path(),
        "org.yaml",
        "version: 1\norg: {name: Acme, assignmentMode: group, directorySync: true}\n\
templates: {calls: {licenses: {calling: professional}, existingUsers: true}}\ngroups: {Callers: {template: calls}}\n",
    );
    let read = snapshot(directory.path(), &[]);
    assert_eq!(
        read["numbers"][1]["owner"],
        json!({"kind": "user", "key": "ana@acme.com"})
    );
    let report = run(
        directory.path(),
        &["plan", "--only", "calling-failures", "--format", "json"],
    );
    let report: Value = report.json();
    let text = report.to_string();
    assert!(
        text.contains("bo@acme.com") && text.contains("calling-number-unknown"),
        "{text}"
    );
    assert!(
        !text.contains("ana@acme.com") && !text.contains("cy@acme.com"),
        "{text}"
    );
}

/// CALL-018 to CALL-022: the list of people alone tells who failed and why, as far as one list can tell it.
#[test]
fn the_list_of_people_is_enough_to_distinguish_the_reasons() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir(directory.path().join("csv")).unwrap();
    let users = "\
Display Name,User ID/Email (Required),User Status,Extension,Phone Number,Location,Webex Calling VAR Professional [Sub1]
Ana,ana@acme.com,Active,,214-555-0101,,FALSE
Bob,bob@acme.com,Active,1001,+12145550102,Dallas,TRUE
Cy,cy@acme.com,Active,,,,FALSE
Dan,dan@acme.com,Active,,+12145550102,,FALSE
Eve,eve@acme.com,Active,,+12145550103,,FALSE
";
    write(directory.path(), "csv/user.csv", users);
    write(
        directory.path(),
        "org.yaml",
        "version: 1\norg: {name: Acme, assignmentMode: organization, template: calls}\n\
templates: {calls: {licenses: {calling: professional}, existingUsers: true}}\n",
    );
    snapshot(directory.path(), &[]);
    let report = ["plan", "--only", "calling-failures", "--format", "json"];
    let told = run(directory.path(), &report);
    assert_eq!(told.exit, 0, "{}", told.all());
    let told_json = told.json();
    let rows = told_json["callingFailures"].as_array().unwrap().iter();
    let rows: Vec<(&str, &str)> = rows
        .map(|row| (row["user"].as_str().unwrap(), row["code"].as_str().unwrap()))
        .collect();
    assert_eq!(
        rows,
        [
            ("ana@acme.com", "calling-number-format"),
            ("cy@acme.com", "calling-no-work-phone"),
            ("dan@acme.com", "calling-number-in-use"),
            ("eve@acme.com", "calling-number-unknown"),
        ]
    );
    // The number may well be in the inventory: no list says that it is not.
    let reason = told_json["callingFailures"][3]["reason"].as_str().unwrap();
    assert!(
        reason.contains("+12145550103") && reason.contains("the snapshot has no `numbers`"),
        "{reason}"
    );
    assert!(
        told.stderr
            .contains("the snapshot has no locations, numbers, workspaces"),
        "{}",
        told.stderr
    );
    // A report is no plan: nothing is planned or saved from it.
    for args in [
        &["plan"][..],
        &["plan", "--only", "calling-failures", "--out", "saved.json"],
    ] {
        let refused = run(directory.path(), args);
        assert_eq!(refused.exit, 7, "{args:?}: {}", refused.all());
    }
    assert!(!directory.path().join("saved.json").exists());
    // Who is in a group is in no export of people: then no one knows who should have Calling.
    write(
        directory.path(),
        "org.yaml",
        "version: 1\norg: {name: Acme, assignmentMode: group}\n\
templates: {calls: {licenses: {calling: professional}, existingUsers: true}}\ngroups: {Callers: {template: calls}}\n",
    );
    let refused = run(directory.path(), &report);
    assert_eq!(refused.exit, 7, "{}", refused.all());
}

#[test]
fn what_is_no_export_says_so() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir(directory.path().join("csv")).unwrap();
    let args = ["snapshot", "--from-csv", "csv", "--out", "snapshot.json"];
    let failed = run(directory.path(), &args);
    assert_eq!(failed.exit, 1);
    assert!(
        failed.stderr.contains("there is no export of users in csv"),
        "{}",
        failed.stderr
    );
    write(
        directory.path(),
        "csv/users.csv",
        "Display Name,User ID/Email (Required),Messaging [Sub1]\nAna,,TRUE\n",
    );
    let failed = run(directory.path(), &args);
    assert!(
        failed
            .stderr
            .contains("line 2: the e-mail address is missing"),
        "{}",
        failed.stderr
    );
}

/// Files of a directory `csv`, as bytes, and what `snapshot --from-csv csv` says of them.
fn read_files(files: &[(&str, &[u8])], more: &[&str]) -> (crate::common::Run, Value) {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir(directory.path().join("csv")).unwrap();
    for (name, bytes) in files {
        std::fs::write(directory.path().join("csv").join(name), bytes).unwrap();
    }
    let mut args = vec!["snapshot", "--from-csv", "csv", "--out", "snapshot.json"];
    args.extend(more);
    let told = run(directory.path(), &args);
    let read = std::fs::read(directory.path().join("snapshot.json"));
    let read = read.map_or(Value::Null, |read| serde_json::from_slice(&read).unwrap());
    (told, read)
}

fn refused(files: &[(&str, &str)], parts: &[&str]) {
    let bytes: Vec<(&str, &[u8])> = files.iter().map(|it| (it.0, it.1.as_bytes())).collect();
    let (told, read) = read_files(&bytes, &[]);
    assert_eq!((told.exit, &read), (1, &Value::Null), "{}", told.all());
    for part in parts {
        assert!(told.stderr.contains(part), "{part}: {}", told.stderr);
    }
}

const HEADER: &str = "Display Name,User ID/Email (Required),Extension,Phone Number,Location,Webex Calling VAR Professional [Sub1]";

#[test]
fn a_row_whose_cells_moved_is_refused_with_its_line() {
    let users = format!(
        "{HEADER}\r\nAna,ana@acme.com,1001,+12145550101,Dallas, TX,TRUE\r\n\r\nBo,bo@acme.com,1002,+12145550102,Dallas\r\n"
    );
    refused(
        &[("users.csv", &users)],
        &[
            "users.csv, line 2: the row has 7 cells and the header 6",
            "users.csv, line 4: the row has 5 cells",
            "needs quotation marks",
        ],
    );
    let users = format!("{HEADER}\nLi,Bo,1001,+12145550101,Dallas,TRUE\n");
    refused(
        &[("users.csv", &users)],
        &["line 2, column `User ID/Email (Required)`: `Bo` is not an e-mail address"],
    );
    let workspaces = "Name,Location\nLobby,Dallas, TX\n";
    let users = format!("{HEADER}\nAna,ana@acme.com,1001,,Dallas,TRUE\n");
    refused(
        &[("users.csv", &users), ("workspaces.csv", workspaces)],
        &["workspaces.csv, line 2: the row has 3 cells and the header 2"],
    );
}

#[test]
fn what_a_spreadsheet_has_lost_is_refused_and_what_it_added_is_removed() {
    let users = format!(
        "{HEADER}\nAna,ana@acme.com,1001,1.21456E+10,Dallas,TRUE\nBo,bo@acme.com,1003.0,+12145550102,Dallas,TRUE\n\
Di,di@acme.com,1004,555-1234,Dallas,TRUE\nEd,ed@acme.com,1005,123-456-7890,Dallas,TRUE\nFy,fy@acme.com,1006,,Dallas,ture\n"
    );
    refused(
        &[("users.csv", &users)],
        &[
            "error: 5 problems in the files of the export\n  csv/users.csv, line 2",
            "line 2, column `Phone Number`: a spreadsheet changed the number to `1.21456E+10`",
            "line 3, column `Extension`: a spreadsheet changed the number to `1003.0`",
            "line 4, column `Phone Number`: `555-1234` has no country code",
            "line 5, column `Phone Number`: `123-456-7890` has no country code",
            "line 6, column `Webex Calling VAR Professional [Sub1]`: `ture` is neither TRUE nor FALSE",
        ],
    );
    let users = format!(
        "{HEADER}\nBo,bo@acme.com,'0102,'+12145550102,Dallas,WAHR\nCy,cy@acme.com,0103,\"=\"\"+12145550103\"\"\",Dallas,TRUE\n"
    );
    let (told, read) = read_files(&[("users.csv", users.as_bytes())], &[]);
    assert_eq!(told.exit, 0, "{}", told.stderr);
    let phones: Vec<Value> = read["users"]
        .as_array()
        .unwrap()
        .iter()
        .map(|user| json!([user["phoneNumber"], user["extension"]]))
        .collect();
    assert_eq!(
        phones,
        [
            json!(["+12145550102", "0102"]),
            json!(["+12145550103", "0103"])
        ]
    );
}

#[test]
fn a_national_number_is_read_by_the_country_of_its_location() {
    let users = format!(
        "{HEADER}\nAna,ana@acme.com,1001,214-555-0101,Dallas,TRUE\nBo,bo@acme.com,1002,020 7183 8750,London,TRUE\n"
    );
    let locations = "Name,Country\nDallas,US\nLondon,GB\n";
    let numbers = "Phone Number,Location\n(214) 555-0101,Dallas\n";
    let (told, read) = read_files(
        &[
            ("users.csv", users.as_bytes()),
            ("locations.csv", locations.as_bytes()),
            ("numbers.csv", numbers.as_bytes()),
        ],
        &[],
    );
    assert_eq!(told.exit, 0, "{}", told.stderr);
    let numbers = json!([
        read["users"][0]["phoneNumber"],
        read["users"][1]["phoneNumber"],
        read["numbers"][0]["owner"]["key"]
    ]);
    assert_eq!(
        numbers,
        json!(["+12145550101", "+442071838750", "ana@acme.com"])
    );
    // A directory's number stays as the directory has it: that it is badly written is why it failed.
    let users = format!("{HEADER}\nAna,ana@acme.com,,214-555-0101,Dallas,FALSE\n");
    let (_, read) = read_files(
        &[
            ("users.csv", users.as_bytes()),
            ("locations.csv", locations.as_bytes()),
        ],
        &[],
    );
    assert_eq!(read["users"][0]["workPhone"], "214-555-0101");
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
        told.exit == 1 && told.stderr.contains("`Nothing` is not HEADER=NAME"),
        "{}",
        told.stderr
    );
}

#[test]
fn names_of_the_api_and_of_sites_are_licences_without_a_bracket() {
    let users = "User ID/Email (Required),Webex Calling - Professional,Spark Message,alpha.webex.com - WebEx Meeting Center,Call Service Aware,Location,Phone Number,Extension\n\
ana@acme.com,true,true,true,true,Dallas,,1001\n";
    let (told, read) = read_files(&[("users.csv", users.as_bytes())], &[]);
    assert_eq!(
        (told.exit, &read["complete"]),
        (0, &json!(true)),
        "{}",
        told.stderr
    );
    let names: Vec<&str> = read["licenses"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "Advanced Messaging",
            "Meeting - Webex Meeting Center",
            "Webex Calling - Professional"
        ]
    );
}

#[test]
fn an_export_of_only_attributes_is_refused() {
    let users = "Display Name,User ID/Email (Required),Extension\nAna,ana@acme.com,1001\n";
    refused(
        &[("users.csv", users)],
        &[
            "users.csv has no column of a service",
            "export users with all attributes and services",
        ],
    );
}

#[test]
fn every_encoding_and_delimiter_of_a_spreadsheet_is_read_and_said() {
    let users = format!("{HEADER}\r\nAnä,ana@acme.com,1001,,Zürich,TRUE\r\n,,,,,\r\n");
    let semicolons = users.replace(',', ";");
    let utf16: Vec<u8> = format!("\u{feff}{users}")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let windows: Vec<u8> = semicolons
        .chars()
        .map(|it| u8::try_from(u32::from(it)).unwrap())
        .collect();
    let cases: [(&[u8], &[&str]); 4] = [
        (semicolons.as_bytes(), &["divided by `;`"]),
        (&utf16, &[]),
        (&windows, &["Windows-1252", "CSV UTF-8", "divided by `;`"]),
        (&users.replace(',', "\t").into_bytes(), &["divided by tabs"]),
    ];
    for (bytes, notes) in cases {
        let (told, read) = read_files(&[("users.csv", bytes)], &[]);
        assert_eq!(told.exit, 0, "{}", told.stderr);
        let ana = &read["users"][0];
        assert_eq!(
            json!([ana["displayName"], ana["location"]]),
            json!(["Anä", "Zürich"])
        );
        assert_eq!(read["users"].as_array().unwrap().len(), 1);
        for note in notes {
            assert!(told.stderr.contains(note), "{note}: {}", told.stderr);
        }
    }
    let (told, _) = read_files(&[("users.csv", b"PK\x03\x04\0\0")], &[]);
    assert!(
        told.exit == 1 && told.stderr.contains("save it as `CSV UTF-8`"),
        "{}",
        told.stderr
    );
}

#[test]
fn several_exports_of_users_are_one_list_and_no_one_is_in_two() {
    let first = format!("{HEADER}\nAna,ana@acme.com,1001,,Dallas,TRUE\n");
    let second = "Location,User ID/Email (Required),Webex Calling VAR Professional [Sub1],Extension,Phone Number\nDallas,bo@acme.com,TRUE,1002,\n";
    let (told, read) = read_files(
        &[
            ("part 1.csv", first.as_bytes()),
            ("part 2.csv", second.as_bytes()),
        ],
        &[],
    );
    assert_eq!(told.exit, 0, "{}", told.stderr);
    assert_eq!(read["licenses"][0]["consumedUnits"], 2);
    assert_eq!(read["users"].as_array().unwrap().len(), 2);
    let again = format!("{HEADER}\nAna,ANA@acme.com,1001,,Dallas,TRUE\n");
    refused(
        &[("a.csv", &first), ("b.csv", &again)],
        &["b.csv, line 2: ana@acme.com is also in csv/a.csv, line 2"],
    );
    // A file alone, and one that is none of the lists.
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), "u.csv", &first);
    write(directory.path(), "other.csv", "A,B\n1,2\n");
    let args = [
        "snapshot",
        "--from-csv",
        "u.csv",
        "other.csv",
        "--out",
        "s.json",
    ];
    let told = run(directory.path(), &args);
    assert!(
        told.exit == 0 && told.stderr.contains("other.csv was not read"),
        "{}",
        told.all()
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

#[test]
fn an_extension_that_may_have_lost_a_zero_is_noted() {
    let rows: String = (1..6)
        .map(|n| format!("P{n},p{n}@acme.com,100{n},,Dallas,TRUE\n"))
        .collect();
    let users = format!("{HEADER}\n{rows}Z,z@acme.com,102,,Dallas,TRUE\n");
    let (told, _) = read_files(&[("users.csv", users.as_bytes())], &[]);
    assert_eq!(told.exit, 0, "{}", told.stderr);
    assert!(
        told.stderr.contains(
            "line 7: extension 102 is shorter than the others of Dallas, which have 4 digits"
        ),
        "{}",
        told.stderr
    );
}

/// A user's file with these rows, read to the end.
fn read_rows(rows: &str) -> (crate::common::Run, Value) {
    read_files(
        &[("users.csv", format!("{HEADER}\n{rows}").as_bytes())],
        &[],
    )
}

#[test]
fn a_quotation_mark_too_many_swallows_no_one() {
    let open = format!(
        "{HEADER},Title\nAna,ana@acme.com,1001,,Dallas,TRUE,\"Boss\nBo,bo@acme.com,1002,,Dallas,TRUE,\n"
    );
    refused(&[("users.csv", &open)], &["a quotation mark is not closed"]);
    let closed = open.replace("TRUE,\n", "TRUE,x\"\n");
    refused(
        &[("users.csv", &closed)],
        &["line 2, column `Title`: the cell goes on in the next line"],
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
fn what_a_file_does_not_say_makes_the_snapshot_incomplete() {
    let row = "Ana,ana@acme.com,1001,,Dallas,TRUE\n";
    let users = format!("{HEADER}\n{row}");
    let other = "User ID/Email (Required),Webex Meetings Suite [Sub1]\nbo@acme.com,TRUE\n";
    let blank = format!("{HEADER}\nAna,ana@acme.com,1001,,Dallas,\n");
    let bare =
        "User ID/Email (Required),Webex Calling VAR Professional [Sub1]\nana@acme.com,TRUE\n";
    let assigned = "Phone Number,Location,Assigned To\n+12145550190,Dallas,Main attendant\n";
    let rooms = "Name,Location\nLobby,Dallas\n";
    let cases: [(&[(&str, &str)], &str); 5] = [
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
fn a_column_is_what_the_user_says_and_no_typing_mistake() {
    let users = format!("{HEADER},Cloud\nAna,ana@acme.com,1001,+12145550101,Dallas,TRUE,TRUE\n");
    let files: [(&str, &[u8]); 1] = [("users.csv", users.as_bytes())];
    let (told, _) = read_files(
        &files,
        &["--column", "Cloud=Webex Caling - Professional [Sub1]"],
    );
    assert!(
        told.exit == 1
            && told
                .stderr
                .contains("is neither an attribute of people nor a licence"),
        "{}",
        told.stderr
    );
    let (told, _) = read_files(
        &files,
        &[
            "--column",
            "Cloud=-",
            "--column",
            "Cloud=Webex Meetings Suite [Sub1]",
        ],
    );
    assert!(
        told.exit == 1 && told.stderr.contains("names a header again"),
        "{}",
        told.stderr
    );
    // A column that is ignored is not read: then people with Calling have no number that is known.
    let (told, read) = read_files(
        &files,
        &["--column", "Cloud=-", "--column", "Phone Number=-"],
    );
    assert_eq!(
        (told.exit, &read["users"][0]["phoneNumber"]),
        (7, &Value::Null),
        "{}",
        told.stderr
    );
}
