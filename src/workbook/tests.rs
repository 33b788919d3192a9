//! Stories of a workbook that goes to finance people and comes back.

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::compare::{Compared, compare};
use super::read::{Line, Read, read};
use super::rows::{Budgets, CostCenters, Sheets, Workspaces};
use super::{Stamp, write};
use crate::model::leaf::Leaf;
use crate::model::money::Currency;
use crate::model::settings::{FiscalYear, NamedAfter, StructureSettings};
use crate::model::time::Month;

fn settings() -> StructureSettings {
    StructureSettings {
        fiscal_year: Some(FiscalYear {
            starts: 4,
            named_after: NamedAfter::End,
        }),
        ..StructureSettings::default()
    }
}

fn month(text: &str) -> Option<Month> {
    Some(Month::parse(text).unwrap())
}

fn center(code: &str, name: &str, parent: Option<&str>) -> CostCenters {
    CostCenters {
        manager_email: Some("ana@acme.example".into()),
        manager_name: Some("Ana Souza".into()),
        inherited: false,
        name: name.into(),
        code: code.into(),
        parent: parent.map(str::to_owned),
        from: None,
        to: month("2027-12"),
        alerts: vec![50, 80],
    }
}

fn workspace(id: &str, from: Option<Month>, code: &str, percent: i64) -> Workspaces {
    Workspaces {
        provider: "aws".into(),
        organization: "acme".into(),
        id: id.into(),
        name: Some("Shop".into()),
        from,
        code: Some(code.into()),
        percent: Decimal::from(percent),
    }
}

fn sheets() -> Sheets {
    let mut months = [Some(Decimal::from(9000)); 12];
    months[3] = Some("1666.71".parse().unwrap());
    months[11] = None;
    Sheets {
        month: Month::new(2026, 11).unwrap(),
        starts: 4,
        currency: Currency::USD,
        cost_centers: vec![
            center("0071", "Payments", None),
            center("CC-2", "Plat \"form\" <&>", Some("0071; from 2027-01 none")),
        ],
        budgets: vec![Budgets {
            code: "0071".into(),
            year: "FY2027".into(),
            currency: Currency::parse("BRL").unwrap(),
            months,
        }],
        workspaces: vec![
            workspace("012345678901", None, "0071", 60),
            workspace("012345678901", None, "CC-2", 40),
            workspace("012345678901", month("2027-01"), "CC-2", 100),
            workspace("210987654321", None, "0071", 100),
        ],
    }
}

fn again(sheets: &Sheets) -> Read {
    let stamp = Stamp {
        project: Some("acme".into()),
        commit: Some("0f1e2d3c".into()),
        day: "2026-11-22".into(),
    };
    let read = read(&write(sheets, &stamp).unwrap(), &settings()).unwrap();
    assert_eq!(read.stamp, stamp);
    read
}

fn values<T: Clone>(lines: &[Line<T>]) -> Vec<T> {
    lines.iter().map(|line| line.value.clone()).collect()
}

fn told(compared: &Compared) -> Vec<String> {
    let edits = compared.edits.iter().chain(&compared.conflicts);
    let edits = edits.map(|edit| {
        let ours = edit.ours.as_ref().map(|ours| format!(" against {ours}"));
        format!(
            "{}: {} -> {}{}",
            edit.cell,
            edit.before,
            edit.after,
            ours.unwrap_or_default()
        )
    });
    let missing = compared
        .missing
        .iter()
        .map(|missing| format!("missing {:?}", missing.what));
    let bad = compared.bad.iter();
    let bad = bad.map(|bad| format!("{}: {}", bad.cell, bad.message));
    edits.chain(missing).chain(bad).collect()
}

#[test]
fn what_is_written_is_read_back_exactly() {
    let sheets = sheets();
    let read = again(&sheets);
    assert_eq!(read.bad, []);
    assert_eq!(values(&read.cost_centers), sheets.cost_centers);
    assert_eq!(values(&read.budgets), sheets.budgets);
    assert_eq!(values(&read.workspaces), sheets.workspaces);
    assert_eq!(compare(&read, &sheets, &sheets), Compared::default());
}

#[test]
fn what_people_change_is_told_by_cell() {
    let then = sheets();
    let mut edited = then.clone();
    edited.cost_centers[0].name = "Pay".into();
    edited.budgets[0].months[2] = Some(Decimal::from(9500));
    edited.workspaces[3] = workspace("210987654321", None, "CC-2", 100);
    edited
        .workspaces
        .push(workspace("999999999999", None, "CC-2", 100));
    edited.cost_centers.push(center("NEW", "New", None));
    let compared = compare(&again(&edited), &then, &then);
    assert_eq!(
        told(&compared),
        [
            "Cost Centers!C2: Payments -> Pay",
            "Cost Centers!A4:  -> ana@acme.example",
            "Cost Centers!B4:  -> Ana Souza",
            "Cost Centers!C4:  -> New",
            "Cost Centers!G4:  -> 2027-12",
            "Cost Centers!H4:  -> 50, 80",
            "Budgets!F2: 9000 -> 9500",
            "Workspaces!F5: 0071 -> CC-2",
            "Workspaces!C6: nobody declares this workspace",
        ]
    );
}

#[test]
fn what_changed_on_both_sides_is_a_conflict_and_the_same_change_is_none() {
    let then = sheets();
    let mut edited = then.clone();
    edited.cost_centers[0].name = "Pay".into();
    edited.budgets[0].months[2] = Some(Decimal::from(9500));
    let mut now = then.clone();
    now.cost_centers[0].name = "Payment services".into();
    now.budgets[0].months[2] = Some(Decimal::from(9500));
    now.budgets[0].months[5] = Some(Decimal::ONE);
    let compared = compare(&again(&edited), &then, &now);
    assert_eq!(compared.edits, []);
    assert_eq!(
        told(&compared),
        ["Cost Centers!C2: Payments -> Pay against Payment services"]
    );
}

#[test]
fn amounts_never_end_in_another_currency() {
    let then = sheets();
    // We corrected the currency; somebody typed an amount beneath the old one.
    let mut edited = then.clone();
    edited.budgets[0].months[2] = Some(Decimal::from(9500));
    let mut now = then.clone();
    now.budgets[0].currency = Currency::parse("EUR").unwrap();
    let compared = compare(&again(&edited), &then, &now);
    assert_eq!(compared.edits, []);
    assert_eq!(
        told(&compared),
        ["Budgets!F2: 9000 BRL -> 9500 BRL against 9000 EUR"]
    );
    // And the other way.
    let mut edited = then.clone();
    edited.budgets[0].currency = Currency::parse("EUR").unwrap();
    let mut now = then.clone();
    now.budgets[0].months[2] = Some(Decimal::from(9500));
    let compared = compare(&again(&edited), &then, &now);
    assert_eq!(compared.edits, []);
    assert_eq!(
        told(&compared),
        ["Budgets!C2: BRL -> EUR against BRL, with other amounts since"]
    );
}

#[test]
fn a_change_of_what_was_taken_out_since_is_a_conflict() {
    let then = sheets();
    let mut edited = then.clone();
    // A month that had no amount.
    edited.budgets[0].months[11] = Some(Decimal::from(500));
    let mut now = then.clone();
    now.budgets.clear();
    let compared = compare(&again(&edited), &then, &now);
    assert_eq!(compared.edits, []);
    assert_eq!(told(&compared), ["Budgets!O2:  -> 500 against "]);
}

#[test]
fn a_missing_row_is_told_and_no_deletion() {
    let then = sheets();
    let mut edited = then.clone();
    edited.cost_centers.pop();
    edited.workspaces.pop();
    let compared = compare(&again(&edited), &then, &then);
    assert_eq!(compared.missing.len(), 2);
    assert_eq!(compared.edits, []);
}

#[test]
fn all_that_is_wrong_within_a_sheet_is_told_at_once() {
    let mut edited = sheets();
    edited.cost_centers[1].code = "0071".into();
    edited.cost_centers[0].manager_email = None;
    edited.cost_centers[0].parent = Some("CC-2; from 01/2027 CC-3".into());
    edited.budgets[0].year = "2027".into();
    edited.workspaces[1].percent = Decimal::from(30);
    let read = again(&edited);
    let told: Vec<String> = read
        .bad
        .iter()
        .map(|bad| format!("{}: {}", bad.cell, bad.message))
        .collect();
    assert_eq!(
        told,
        [
            "Cost Centers!E2: `01/2027` behind `from` is no month",
            "Cost Centers!A2: the manager has a name and no e-mail address",
            "Cost Centers!D3: `0071` stands in row 2 too",
            "Budgets!B2: `2027` is no fiscal year",
            "Workspaces!G3: the parts of 012345678901 since ever total 90, not 100",
        ]
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_structure_comes_back_as_it_went(
        names in prop::collection::vec("[^\\p{C}]{1,40}", 1..6),
        cents in prop::collection::vec(prop::option::of(0i64..100_000_000_000), 12),
        percent in 1i64..10_000,
    ) {
        // What is only blanks is no name, and blanks at the ends are not kept.
        let named = names.iter().map(|name| format!("x{}x", name.trim()));
        let cost_centers: Vec<CostCenters> = named
            .enumerate()
            .map(|(at, name)| center(&format!("{at:04}"), &name, None))
            .collect();
        let months: Vec<Option<Decimal>> = cents
            .into_iter()
            .map(|cents| cents.map(|cents| Decimal::new(cents, 2).normalize()))
            .collect();
        let percent = Decimal::new(percent, 2).normalize();
        let mut parts = vec![workspace("1", None, "0000", 0), workspace("1", None, "0001", 0)];
        parts[0].percent = percent;
        parts[1].percent = (Decimal::ONE_HUNDRED - percent).normalize();
        let sheets = Sheets {
            cost_centers,
            budgets: vec![Budgets { months: months.try_into().unwrap(), ..sheets().budgets[0].clone() }],
            workspaces: parts,
            ..sheets()
        };
        let read = again(&sheets);
        prop_assert_eq!(&read.bad, &[]);
        prop_assert_eq!(values(&read.cost_centers), sheets.cost_centers.clone());
        prop_assert_eq!(values(&read.budgets), sheets.budgets.clone());
        prop_assert_eq!(values(&read.workspaces), sheets.workspaces.clone());
    }
}
