//! A workbook that comes back from finance people is written into the files: what the tests share, an
//! estate with its workbook and what somebody does to it.

mod changes;
mod conflicts;
mod csv;
mod missing;
mod new;
mod refused;

use std::path::Path;

use crate::support::Project;

/// An estate in git, with its workbook.
fn project() -> Project {
    let project = Project::new();
    project.write(
        "structure.yaml",
        r#"# Finance keeps this file
cost_centers:
  BU-0: {name: Group, manager: {name: Ana Souza, email: ana@acme.example}}   # the board
  OLD: {name: Legacy, parent: BU-0, to: "2025-03"}
  # sells things
  SHOP: {name: "Shop", parent: BU-0}
budgets:
  FY2027: {BU-0: 120000, SHOP: 20000.50} # agreed in March
accounts:
  "310987654321":
    organization: acme
    name: Data lake
    cost_center:
      - {split: {CC-110: 60, SHOP: 40}}                    # as ever
      - {from: "2027-01", split: [CC-110, CC-120, SHOP]}   # since the reform
"#,
    );
    project.git(&["init", "--quiet"]);
    commit(&project, "structure");
    project
        .bursar(&["structure", "export", "finance.xlsx"])
        .assert()
        .success();
    project
}

fn commit(project: &Project, message: &str) {
    project.git(&["add", "--", "*.yaml"]);
    project.git(&[
        "commit",
        "--quiet",
        "--date",
        "2026-11-20T09:00:00Z",
        "--message",
        message,
    ]);
}

type Rows = Vec<Vec<String>>;

/// Saves the workbook with other rows, as a spreadsheet program would.
fn save(path: &Path, change: impl Fn(&str, &mut Rows)) {
    use calamine::{Reader, Xlsx, open_workbook};
    let mut old: Xlsx<_> = open_workbook(path).unwrap();
    let mut new = rust_xlsxwriter::Workbook::new();
    for name in old.sheet_names() {
        let range = old.worksheet_range(&name).unwrap();
        let row = |row: &[calamine::Data]| row.iter().map(ToString::to_string).collect();
        let mut rows: Rows = range.rows().map(row).collect();
        change(&name, &mut rows);
        let sheet = new.add_worksheet();
        sheet.set_name(&name).unwrap();
        for (at, cells) in (0u32..).zip(rows) {
            for (column, cell) in (0u16..).zip(cells) {
                match cell.parse::<f64>() {
                    Ok(number) if !cell.starts_with('0') && cell.len() < 12 => {
                        sheet.write_number(at, column, number).unwrap();
                    }
                    _ if cell.is_empty() => {}
                    _ => {
                        sheet.write_string(at, column, cell).unwrap();
                    }
                }
            }
        }
    }
    new.save(path).unwrap();
}

fn row(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|cell| (*cell).to_owned()).collect()
}

/// The cells of the row that begins or is known by a text.
fn of<'r>(rows: &'r mut Rows, column: usize, text: &str) -> &'r mut Vec<String> {
    rows.iter_mut().find(|row| row[column] == text).unwrap()
}

fn diff(project: &Project) -> String {
    let output = std::process::Command::new("git")
        .current_dir(project.path())
        .args(["diff", "--no-color", "--unified=0"])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with("index "));
    lines.map(|line| format!("{line}\n")).collect()
}

const IMPORT: [&str; 3] = ["structure", "import", "finance.xlsx"];
const WRITE: [&str; 4] = ["structure", "import", "finance.xlsx", "--write"];
