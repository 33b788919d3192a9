//! A small estate on Onicloud, and the walk to its upload form.

use std::path::PathBuf;

use serde_json::Value;

use crate::book::Book;
use crate::sandbox::{Platform, Said, Sandbox};

pub const SETTINGS: &str = "
version: 1
access: {require: none}
platform: {onicloud: {workbook: finance.xlsx}}
structure: {currency: USD, fiscal_year: {starts: 4, named_after: end}}
";

pub const FINANCE: &str = "
cost_centers:
  BU-1: {name: Digital, manager: {name: Ana Souza, email: ana@acme.example}}
  CC-110: {name: Payments, parent: BU-1, alerts: [50, 80, 100]}
  CC-120: {name: Platform, parent: BU-1}
budgets:
  FY2027: {CC-110: 120000, CC-120: {amount: 700, currency: BRL}}
";

pub const ACCOUNTS: &str = "
organizations:
  acme: {provider: aws, id: o-abcdefghij, protect: false}
payers:
  '111122223333': {organization: acme, name: Acme, protect: false}
accounts:
  '210987654321': {organization: acme, name: Shop, cost_center: CC-110}
  '210987654322':
    organization: acme
    name: Data lake
    cost_center: [{split: {CC-110: 40, CC-120: 60}}, {from: 2027-03, cost_center: CC-110}]
  '210987654323': {organization: acme, name: Nobody pays}
";

pub struct Estate(pub Sandbox);

impl Estate {
    pub fn new() -> Self {
        let files = [
            ("bursar.yaml", SETTINGS),
            ("finance.yaml", FINANCE),
            ("accounts.yaml", ACCOUNTS),
        ];
        Self(Sandbox::with(Platform::Onicloud, &files))
    }

    /// Applied, uploaded, downloaded again.
    pub fn loaded() -> Self {
        let estate = Self::new();
        estate.apply();
        estate.carry();
        estate.apply();
        estate
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.project().join(name)
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    pub fn write(&self, name: &str, text: &str) {
        self.0.write(&[(name, text)]);
    }

    #[track_caller]
    pub fn edit(&self, name: &str, old: &str, new: &str) {
        let text = self.read(name);
        assert!(text.contains(old), "{name} has no {old:?}:\n{text}");
        self.write(name, &text.replace(old, new));
    }

    pub fn run(&self, args: &[&str]) -> Said {
        self.0
            .run_with(args, &[("BURSAR_NOW", "2026-11-21T12:00:00Z")])
    }

    #[track_caller]
    pub fn apply(&self) -> String {
        self.run(&["apply", "--auto-approve", "--offline"])
            .expect(0)
            .out
    }

    #[track_caller]
    pub fn plan(&self) -> String {
        self.run(&["plan", "--offline"]).expect(0).out
    }

    #[track_caller]
    pub fn planned(&self) -> Value {
        self.run(&["plan", "--offline", "--json"]).expect(0).json()
    }

    /// Uploads the workbook, and downloads it again.
    pub fn carry(&self) {
        std::fs::copy(self.path("onicloud/upload.xlsx"), self.path("finance.xlsx")).unwrap();
    }

    pub fn upload(&self) -> Book {
        Book::read(&self.path("onicloud/upload.xlsx"))
    }

    /// Edits the download, as somebody would in Onicloud.
    pub fn by_hand(&self, edit: impl FnOnce(&mut Book)) {
        let path = self.path("finance.xlsx");
        let mut book = Book::read(&path);
        edit(&mut book);
        book.write(&path);
    }
}

/// The addresses in a part of a plan's document.
pub fn names(plan: &Value, part: &str) -> Vec<String> {
    let all = plan["document"][part].as_array().unwrap();
    all.iter()
        .map(|one| one.as_str().unwrap().to_owned())
        .collect()
}

/// The addresses that drifted.
pub fn drifted(plan: &Value) -> Vec<String> {
    let all = plan["drift"].as_array().unwrap();
    all.iter()
        .map(|one| one["address"].as_str().unwrap().to_owned())
        .collect()
}
