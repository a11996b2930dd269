//! `snapshot --from-csv`: what spreadsheets and people do to exports. What can be undone is undone, what is damaged is refused.

use std::path::Path;

use crate::common::{Run, run};
use serde_json::{Value, json};

pub fn write(directory: &Path, name: &str, text: &str) {
    std::fs::write(directory.join(name), text).unwrap();
}

/// Files of a directory `csv`, as bytes, and what `snapshot --from-csv csv` says of them.
pub fn read_files(files: &[(&str, &[u8])], more: &[&str]) -> (Run, Value) {
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

pub fn refused(files: &[(&str, &str)], parts: &[&str]) {
    let bytes: Vec<(&str, &[u8])> = files.iter().map(|it| (it.0, it.1.as_bytes())).collect();
    let (told, read) = read_files(&bytes, &[]);
    assert_eq!((told.exit, &read), (1, &Value::Null), "{}", told.all());
    for part in parts {
        assert!(told.stderr.contains(part), "{part}: {}", told.stderr);
    }
}

pub const HEADER: &str = "Display Name,User ID/Email (Required),Extension,Phone Number,Location,Webex Calling VAR Professional [Sub1]";

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
    let locations = "Name,Country,Calling\nDallas,US,TRUE\nLondon,GB,TRUE\n";
    let numbers = "Phone Number,Location\n(214) 555-0101,Dallas\n020 7183 8750,London\n";
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
            "users.csv has no column for a service",
            "with all attributes and services",
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
        (semicolons.as_bytes(), &["the delimiter is `;`"]),
        (&utf16, &[]),
        (
            &windows,
            &["Windows-1252", "CSV UTF-8", "the delimiter is `;`"],
        ),
        (
            &users.replace(',', "\t").into_bytes(),
            &["the delimiter is a tab"],
        ),
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
pub fn read_rows(rows: &str) -> (Run, Value) {
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
    refused(
        &[("users.csv", &open)],
        &["a quotation mark is not closed: look at the cell that begins in line 2"],
    );
    let closed = open.replace("TRUE,\n", "TRUE,x\"\n");
    refused(
        &[("users.csv", &closed)],
        &["line 2, column `Title`: the cell continues on the next line"],
    );
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
        told.exit == 1 && told.stderr.contains("each header once"),
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

#[test]
fn a_snapshot_does_not_replace_an_export() {
    let directory = tempfile::tempdir().unwrap();
    let users = format!("{HEADER}\nAna,ana@acme.com,1001,,Dallas,TRUE\n");
    write(directory.path(), "users.csv", &users);
    let told = run(
        directory.path(),
        &["snapshot", "--from-csv", "users.csv", "--out", "users.csv"],
    );
    assert!(
        told.exit == 1 && told.stderr.contains("ends in .json"),
        "{}",
        told.all()
    );
    assert_eq!(
        std::fs::read_to_string(directory.path().join("users.csv")).unwrap(),
        users
    );
}
