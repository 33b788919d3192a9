//! From nothing to a loaded structure, and what each step says.

use serde_json::json;
use snapbox::{assert_data_eq, str};

use crate::estate::{Estate, drifted, names};

#[test]
fn from_nothing_to_a_loaded_structure() {
    let estate = Estate::new();
    assert_data_eq!(
        estate.plan(),
        str![[r#"
Plan: 10 to add, nothing deleted

Added
  acme (aws):
  + organization/acme                                            accounts.yaml:3
  + payer/aws/111122223333  Acme                                 accounts.yaml:5
  + account/aws/210987654321  Shop → CC-110                      accounts.yaml:7
  + account/aws/210987654322  Data lake → CC-110 40% + CC-120 …  accounts.yaml:8
  + account/aws/210987654323  Nobody pays → no cost centre      accounts.yaml:12
  Structure:
  + cost_center/BU-1  Digital                                     finance.yaml:3
  + cost_center/CC-110  Payments below BU-1                       finance.yaml:4
  + cost_center/CC-120  Platform below BU-1                       finance.yaml:5
  + budget/CC-110/FY2027  120,000 USD                             finance.yaml:7
  + budget/CC-120/FY2027  700 BRL                                 finance.yaml:7

Onicloud
  not carried over: the parent of 2 cost centres; all but the largest part of 1
      account; until they begin (apply again then), the later cost centres of 1
      account
  not downloaded yet: finance.xlsx is not there, so that Onicloud counts as
      empty; download it to see what is

Next: `bursar apply --offline` (digest f7e9c90c143126070b280bf7faf3e366)

"#]]
    );
    assert_data_eq!(
        estate.apply(),
        str![[r#"
Plan: 10 to add, nothing deleted

Added
  acme (aws):
  + organization/acme                                            accounts.yaml:3
  + payer/aws/111122223333  Acme                                 accounts.yaml:5
  + account/aws/210987654321  Shop → CC-110                      accounts.yaml:7
  + account/aws/210987654322  Data lake → CC-110 40% + CC-120 …  accounts.yaml:8
  + account/aws/210987654323  Nobody pays → no cost centre      accounts.yaml:12
  Structure:
  + cost_center/BU-1  Digital                                     finance.yaml:3
  + cost_center/CC-110  Payments below BU-1                       finance.yaml:4
  + cost_center/CC-120  Platform below BU-1                       finance.yaml:5
  + budget/CC-110/FY2027  120,000 USD                             finance.yaml:7
  + budget/CC-120/FY2027  700 BRL                                 finance.yaml:7

Onicloud
  not carried over: the parent of 2 cost centres; all but the largest part of 1
      account; until they begin (apply again then), the later cost centres of 1
      account
  not downloaded yet: finance.xlsx is not there, so that Onicloud counts as
      empty; download it to see what is

Applied 10 of 10, serial 3.

acme (aws)                                COST CENTRE     API  PAYER  COST  RECS
  111122223333    Acme [payer]                            ·    ·      ·     ·
    210987654321  Shop                    CC-110          ·    ·      ·     ·
    210987654322  Data lake               CC-110 +1       ·    ·      ·     ·
    210987654323  Nobody pays                             ·    ·      ·     ·

1 payer, 3 accounts. Badges: · not asked

Wrote onicloud/upload.xlsx and onicloud/checklist.md
Next: upload onicloud/upload.xlsx in Onicloud (Financial Structure), download
      the pre-filled workbook as finance.xlsx, then run `bursar apply` again: it
      has nothing to do, and notes what Onicloud has

"#]]
    );
    // Nobody has uploaded it yet: no drift, and nothing to do.
    assert_data_eq!(
        estate.plan(),
        str![[r#"
No changes: 10 resources are registered as declared

Onicloud
  written, waiting for upload: 2 accounts, 3 cost centres, 2 budgets (in
      onicloud/upload.xlsx)
  not carried over: the parent of 2 cost centres; all but the largest part of 1
      account; until they begin (apply again then), the later cost centres of 1
      account
  not downloaded yet: finance.xlsx is not there, so that Onicloud counts as
      empty; download it to see what is

"#]]
    );
    let before = std::fs::read(estate.path("onicloud/upload.xlsx")).unwrap();
    assert_data_eq!(
        estate.apply(),
        str![[r#"
Nothing to do: 10 resources are registered as declared.

Onicloud
  written, waiting for upload: 2 accounts, 3 cost centres, 2 budgets (in
      onicloud/upload.xlsx)
  not carried over: the parent of 2 cost centres; all but the largest part of 1
      account; until they begin (apply again then), the later cost centres of 1
      account
  not downloaded yet: finance.xlsx is not there, so that Onicloud counts as
      empty; download it to see what is

Next: upload onicloud/upload.xlsx in Onicloud (Financial Structure), download
      the pre-filled workbook as finance.xlsx, then run `bursar apply` again: it
      has nothing to do, and notes what Onicloud has

"#]]
    );
    assert_eq!(
        std::fs::read(estate.path("onicloud/upload.xlsx")).unwrap(),
        before
    );
    assert!(
        !estate.path("finance.xlsx").exists(),
        "the download is never written"
    );
    estate.carry();
    assert_data_eq!(
        estate.plan(),
        str![[r#"
No changes: 10 resources are registered as declared

Onicloud
  not carried over: the parent of 2 cost centres; all but the largest part of 1
      account; until they begin (apply again then), the later cost centres of 1
      account

"#]]
    );
    assert_data_eq!(
        estate.apply(),
        str![[r#"
Nothing to do: 10 resources are registered as declared.

Onicloud
  not carried over: the parent of 2 cost centres; all but the largest part of 1
      account; until they begin (apply again then), the later cost centres of 1
      account

Wrote onicloud/checklist.md

"#]]
    );
    let plan = estate.planned();
    assert_eq!(plan["document"]["waiting"], json!([]));
    assert_eq!(plan["document"]["fetched"], true);
    let code = ["plan", "--offline", "--detailed-exitcode"];
    estate.run(&code).expect(0);
}

#[test]
fn what_is_uploaded_is_whole() {
    let estate = Estate::new();
    estate.apply();
    let mut book = estate.upload();
    assert_eq!(
        book.sheet("Cost Centers")[2],
        [
            "ana@acme.example",
            "Ana Souza",
            "Payments",
            "CC-110",
            "50",
            "80",
            "100"
        ]
    );
    assert_eq!(
        book.cell("Cost Centers", "CC-120", "Manager Name"),
        "Ana Souza"
    );
    assert_eq!(book.cell("Budgets", "CC-110", "Apr"), "10000");
    assert_eq!(book.cell("Budgets", "CC-120", "Currency"), "BRL");
    // The larger part of a split; who falls on nobody has no row.
    let codes = book.below("Workspaces", "Cost Center Code");
    assert_eq!(codes, ["CC-110", "CC-120"]);
    let ids = book.below("Workspaces", "Workspace ID");
    assert_eq!(ids, ["210987654321", "210987654322"]);
}

#[test]
fn a_change_waits_for_the_upload_and_ends_with_the_download() {
    let estate = Estate::loaded();
    estate.edit("finance.yaml", "name: Payments", "name: Payment services");
    estate.edit(
        "finance.yaml",
        "Ana Souza, email: ana",
        "Rui Costa, email: rui",
    );
    estate.apply();
    let plan = estate.planned();
    assert_eq!(plan["changes"], json!([]));
    assert_eq!(drifted(&plan), Vec::<String>::new());
    // The manager is that of all below.
    let all = [
        "cost_center/BU-1",
        "cost_center/CC-110",
        "cost_center/CC-120",
    ];
    assert_eq!(names(&plan, "waiting"), all);
    // A second change before anybody uploads the first.
    estate.edit("finance.yaml", "name: Payment services", "name: Paying");
    estate.apply();
    assert_eq!(names(&estate.planned(), "waiting"), all);
    assert_eq!(
        estate
            .upload()
            .cell("Cost Centers", "CC-110", "Cost Center Name"),
        "Paying"
    );
    estate.carry();
    let plan = estate.planned();
    assert_eq!((names(&plan, "waiting"), drifted(&plan)), (vec![], vec![]));
}

#[test]
fn a_month_that_begins_moves_who_pays() {
    let estate = Estate::loaded();
    let march = [("BURSAR_NOW", "2027-03-01T00:00:00Z")];
    let plan = estate
        .0
        .run_with(&["plan", "--offline", "--json"], &march)
        .expect(0)
        .json();
    assert_eq!(names(&plan, "waiting"), ["account/aws/210987654322"]);
    assert_eq!(plan["document"]["unwritten"], true);
    assert_eq!(drifted(&plan), Vec::<String>::new());
    let applied = estate
        .0
        .run_with(&["apply", "--offline", "--json"], &march)
        .expect(0)
        .json();
    assert_eq!(applied["changes"], json!([]));
    let written = json!(["onicloud/upload.xlsx", "onicloud/checklist.md"]);
    assert_eq!(applied["written"], written);
    let code = estate
        .upload()
        .cell("Workspaces", "210987654322", "Cost Center Code")
        .clone();
    assert_eq!(code, "CC-110");
}

#[test]
fn a_download_that_went_is_missed() {
    let estate = Estate::loaded();
    std::fs::remove_file(estate.path("finance.xlsx")).unwrap();
    let plan = estate.run(&["plan", "--offline"]).expect(1);
    assert_data_eq!(
        plan.err,
        str![[r#"
error[onicloud.download]: finance.xlsx is not there, and it was there before
  help: download the pre-filled workbook from Onicloud (Financial Structure) and
        put it there: without it, what people entered by hand would be uploaded
        over; correct `platform.onicloud.workbook` where it has another name
        than finance.xlsx

"#]]
    );
    estate
        .run(&["apply", "--offline", "--auto-approve"])
        .expect(1);
    // What asks nothing of Onicloud goes on.
    estate.run(&["accounts"]).expect(0);
    estate.run(&["show", "cost_center/CC-110"]).expect(0);
    estate.run(&["history"]).expect(0);
}

#[test]
fn a_ledger_that_went_keeps_what_is_there() {
    let estate = Estate::loaded();
    std::fs::remove_file(estate.path("onicloud/written.jsonl")).unwrap();
    estate
        .by_hand(|book| *book.cell("Cost Centers", "CC-120", "Cost Center Name") = "Theirs".into());
    assert_eq!(drifted(&estate.planned()), ["cost_center/CC-120"]);
    estate.apply();
    assert_eq!(
        estate
            .upload()
            .cell("Cost Centers", "CC-120", "Cost Center Name"),
        "Theirs"
    );
}

#[test]
fn a_workbook_that_cannot_be_read_is_told() {
    let estate = Estate::new();
    estate.write("finance.xlsx", "no workbook");
    let plan = estate.run(&["plan", "--offline"]).expect(1);
    assert!(
        plan.err.contains("error[onicloud.workbook]"),
        "{}",
        plan.err
    );
    let estate = Estate::loaded();
    estate.by_hand(|book| *book.cell("Budgets", "CC-110", "Jun") = "a lot".into());
    let plan = estate.run(&["plan", "--offline"]).expect(1);
    assert_data_eq!(
        plan.err,
        str![[r#"
error[onicloud.workbook]: finance.xlsx cannot be read: Budgets!F2: `a lot` is no
       number (write digits, with a point before the decimals: 1234.50)
  help: correct it in Onicloud and download the workbook again

"#]]
    );
}
