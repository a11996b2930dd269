//! Orders of hand-made changes.

use super::*;
use crate::change::{
    Address, ChangeAction, Draft, FieldAction, Need, Request, Risk, Turn, nothing,
};
use crate::finding::ORDER_CYCLE;
use crate::plan::cycles::settle;

type Given<'g> = (&'g [LicenseIx], Option<LicenseIx>);

/// A change of a person, with what each field gives and takes.
fn change(key: &str, fields: &[Given<'_>]) -> DraftChange {
    let field = |(at, &(gives, takes)): (usize, &Given<'_>)| {
        let mut field = DraftField::new(
            format!("licenses/{at}"),
            FieldAction::Move,
            Risk::Reversible,
            nothing(),
            nothing(),
        );
        field.gives = gives.to_vec();
        field.takes = takes;
        field
    };
    DraftChange {
        kind: "user",
        key: key.to_owned(),
        action: ChangeAction::Update,
        fields: fields.iter().enumerate().map(field).collect(),
        preimage: None,
        turn: Turn::Move,
        depends_on: Vec::new(),
        requests: vec![Request::new("PATCH", "/licenses/users").in_parts()],
    }
}

fn after(mut change: DraftChange, key: &str) -> DraftChange {
    change
        .depends_on
        .push(Need::Done(Address::new("user", key)));
    change
}

fn full(pools: usize) -> Vec<License> {
    let pool = |index: usize| {
        serde_json::json!({"id": index.to_string(), "name": "x", "subscriptionId": index.to_string(),
                           "totalUnits": 1, "consumedUnits": 1})
    };
    (0..pools)
        .map(|index| serde_json::from_value(pool(index)).unwrap())
        .collect()
}

fn ordered(changes: &[DraftChange], licenses: &[License]) -> Order {
    order(
        changes,
        licenses,
        &FxHashSet::default(),
        &vec![true; changes.len()],
    )
}

/// Each request as its change, its fields, and the requests before.
fn sent(order: &Order) -> Vec<(usize, &[usize], &[usize])> {
    let sent = order.sent.iter();
    sent.map(|sent| {
        let part = &sent.parts[0];
        (part.change, part.fields.as_slice(), sent.after.as_slice())
    })
    .collect()
}

#[test]
fn removals_go_first_where_two_wait_for_each_other() {
    let changes = [
        change("ana", &[(&[0], None), (&[], Some(1))]),
        change("bob", &[(&[1], None), (&[], Some(0))]),
    ];
    let order = ordered(&changes, &full(2));
    assert_eq!((&order.peak, &order.after), (&vec![1, 1], &vec![1, 1]));
    let expected: [(usize, &[usize], &[usize]); 3] =
        [(0, &[0], &[]), (1, &[0, 1], &[0]), (0, &[1], &[0, 1])];
    assert_eq!(sent(&order), expected);
    assert_eq!(order.sequence, [1, 0]);
    assert_eq!(order.waits, [vec![1], vec![]]);
}

#[test]
fn a_part_goes_where_it_is_needed_and_not_at_the_front() {
    let mut changes = vec![
        change("ana", &[(&[0], None), (&[], Some(1))]),
        change("bob", &[(&[1], None), (&[], Some(0))]),
    ];
    changes.push(change("aaa", &[(&[2], None)]));
    let order = ordered(&changes, &full(3));
    assert_eq!(order.sent[0].parts[0].change, 2);
    assert_eq!(order.sent.len(), 4);
}

#[test]
fn a_move_is_never_taken_apart() {
    // Ana moves from 0 to 1, which only Bob can free; Bob moves from 1 to 2, and wants what Ana frees.
    let changes = [
        change("ana", &[(&[0], Some(1))]),
        change("bob", &[(&[1], Some(2)), (&[], Some(0))]),
    ];
    let mut licenses = full(3);
    licenses[2].consumed_units = Some(0);
    let order = ordered(&changes, &licenses);
    // Bob's move goes first, whole; then Ana's; then what else Bob gets.
    assert_eq!(
        (&order.peak, &order.after),
        (&vec![1, 1, 1], &vec![1, 1, 1])
    );
    let expected: [(usize, &[usize], &[usize]); 3] =
        [(1, &[0], &[]), (0, &[0], &[0]), (1, &[1], &[0, 1])];
    assert_eq!(sent(&order), expected);
    // Two moves that only each other's units could serve stay where they are.
    let ring = [
        change("ana", &[(&[0], Some(1))]),
        change("bob", &[(&[1], Some(0))]),
    ];
    let order = ordered(&ring, &full(2));
    assert_eq!(order.sent, []);
    assert_eq!(order.after, [1, 1]);
    let on: Vec<&[usize]> = order.stuck.iter().map(|stuck| &*stuck.on).collect();
    assert_eq!(on, [[1], [0]]);
}

#[test]
fn a_unit_goes_to_a_pending_move_before_a_grant() {
    // Ana's grant comes first by address, but what Zoe frees was promised to Max, who moves.
    let mut changes = [
        change("ana", &[(&[], Some(0)), (&[], Some(1))]),
        change("max", &[(&[1], Some(0))]),
        after(change("zoe", &[(&[0], None)]), "yve"),
        change("yve", &[(&[2], None)]),
    ];
    changes[0].turn = Turn::Take;
    let mut licenses = full(3);
    licenses[1].total_units = Some(2);
    let order = ordered(&changes, &licenses);
    assert_eq!(order.sequence, [3, 2, 1]);
    assert_eq!(order.stuck.len(), 1);
    assert_eq!(order.peak, [1, 1, 1]);
}

#[test]
fn those_who_would_block_each_other_go_before_others() {
    // Eve frees a unit of 0. If Ann takes it, Bob and Cyd, who swap units of 0 and 1, wait for each other.
    let mut changes = [
        change("ann", &[(&[2], Some(0))]),
        change("bob", &[(&[1], Some(0))]),
        change("cyd", &[(&[0], Some(1))]),
        change("eve", &[(&[0], None)]),
    ];
    changes[3].turn = Turn::Give;
    let mut licenses = full(3);
    licenses[0].total_units = Some(2);
    licenses[0].consumed_units = Some(2);
    for turn in [Turn::Move, Turn::Take] {
        changes[1].turn = turn;
        changes[2].turn = turn;
        let order = ordered(&changes, &licenses);
        assert_eq!(order.stuck, []);
        assert_eq!(order.sequence, [3, 1, 2, 0]);
        assert_eq!(order.peak, [2, 1, 1]);
    }
}

#[test]
fn a_ring_stays_out_with_all_that_needs_it() {
    let mut draft = Draft {
        changes: vec![
            after(change("bob", &[(&[0], None)]), "cem"),
            after(change("ana", &[(&[1], None)]), "bob"),
            after(change("cem", &[(&[2], None)]), "ana"),
            after(change("dan", &[(&[3], None)]), "cem"),
            change("eve", &[(&[4], None)]),
        ],
        ..Draft::default()
    };
    let order = settle(&mut draft, &full(5), &FxHashSet::default());
    let left: Vec<&str> = draft.changes.iter().map(|it| it.key.as_str()).collect();
    assert_eq!((left, draft.blocked), (vec!["eve"], 4));
    assert_eq!(order.after, [1, 1, 1, 1, 0]);
    let said: Vec<(&str, &str)> = draft
        .findings
        .iter()
        .map(|it| (it.subject.as_deref().unwrap(), it.message.as_str()))
        .collect();
    assert!(draft.findings.iter().all(|it| it.code == ORDER_CYCLE));
    assert_eq!(
        said,
        [
            (
                "user/ana",
                "these changes wait for each other in a cycle and cannot be ordered: user/ana -> user/bob -> user/cem -> user/ana"
            ),
            (
                "user/dan",
                "user/dan waits for user/cem, which is left out of the plan"
            ),
        ]
    );
}

#[test]
fn likes_share_a_request_up_to_the_most() {
    let change = |key: &str, place: &str| DraftChange {
        turn: Turn::Give,
        requests: vec![Request::new("POST", "/numbers").shared(place, 2)],
        ..change(key, &[(&[], None)])
    };
    let changes = [
        change("1", "Dallas"),
        change("2", "London"),
        change("3", "Dallas"),
        change("4", "Dallas"),
        after(change("5", "Dallas"), "4"),
    ];
    let order = ordered(&changes, &[]);
    let sent: Vec<Vec<usize>> = order
        .sent
        .iter()
        .map(|sent| sent.parts.iter().map(|part| part.change).collect())
        .collect();
    assert_eq!(sent, [vec![0, 2], vec![1], vec![3], vec![4]]);
    assert_eq!(order.waits[4], [3]);
}
