//! What Onicloud takes, where it is the platform: short names and codes, few alerts, and files inside
//! the project. Nothing of it holds on other platforms.
//!
//! The limits are those of Onicloud's page on cost centres (docs.onicloud.io, Centro de custo).

use std::collections::HashMap;
use std::path::Path;

use super::support::shown;
use super::{Context, Rule};
use crate::config::declaration::PROJECT_FILE;
use crate::config::problem::{At, Problem};
use crate::model::address::Address;
use crate::model::selector::Selector;
use crate::model::settings::Onicloud;

pub const RULE: Rule = Rule {
    name: "onicloud",
    codes: &[
        "onicloud.alerts",
        "onicloud.code-length",
        "onicloud.name-length",
        "onicloud.name-taken",
        "onicloud.path",
    ],
    check,
};

/// Characters of a cost centre's name.
const NAME: usize = 40;
/// Characters of its code.
const CODE: usize = 20;
/// Percentages that people are told at.
const ALERTS: usize = 3;

fn check(context: Context<'_>, problems: &mut Vec<Problem>) {
    let settings = &context.estate.declaration.settings;
    let Some(onicloud) = &settings.platform.onicloud else {
        return;
    };
    paths(onicloud, problems);
    let select = settings.select.as_ref();
    let select = select.and_then(|globs| Selector::new(globs).ok());
    let table = &context.estate.declaration.cost_centers;
    let mut names: HashMap<&str, At> = HashMap::new();
    for entry in table.iter() {
        let address = Address::cost_center(&entry.key);
        if select.as_ref().is_some_and(|select| !select.selects(&address)) {
            continue;
        }
        let at = table.at(entry);
        let code = shown(&entry.key);
        let length = entry.key.chars().count();
        if length > CODE {
            problems.push(
                Problem::error(
                    "onicloud.code-length",
                    at.clone().name(),
                    format!("the code `{code}` has {length} characters, and Onicloud takes {CODE}"),
                    "shorten it, and keep the old one in `previously`, so that it is renamed",
                )
                .label("too long for Onicloud"),
            );
        }
        let name = entry.value.name.trim();
        let length = name.chars().count();
        if length > NAME {
            problems.push(
                Problem::error(
                    "onicloud.name-length",
                    at.clone().key("name"),
                    format!("the name of `{code}` has {length} characters, and Onicloud takes {NAME}"),
                    "shorten the name",
                )
                .label("too long for Onicloud"),
            );
        }
        if let Some(first) = names.get(name).filter(|_| !name.is_empty()) {
            problems.push(
                Problem::error(
                    "onicloud.name-taken",
                    at.clone().key("name"),
                    format!("two cost centres are called `{}`, and on Onicloud names are unique", shown(name)),
                    "give one of them another name",
                )
                .label("the same name")
                .related(first.clone(), "called so already"),
            );
        } else {
            names.insert(name, at.clone().key("name"));
        }
        let alerts = entry.value.alerts.len();
        if alerts > ALERTS {
            problems.push(
                Problem::error(
                    "onicloud.alerts",
                    at.key("alerts").index(ALERTS),
                    format!("`{code}` has {alerts} alerts, and Onicloud takes {ALERTS}"),
                    "keep the three that matter most",
                )
                .label("one too many"),
            );
        }
    }
}

fn paths(onicloud: &Onicloud, problems: &mut Vec<Problem>) {
    let at = At::file(PROJECT_FILE).key("platform").key("onicloud");
    let workbook = onicloud.workbook.as_str();
    let xlsx = Path::new(workbook)
        .extension()
        .is_some_and(|end| end.eq_ignore_ascii_case("xlsx"));
    if !inside(workbook) || !xlsx {
        problems.push(
            Problem::error(
                "onicloud.path",
                at.clone().key("workbook"),
                format!("`{}` is no workbook inside the project", shown(workbook)),
                "write the path of the .xlsx file that is downloaded from Onicloud, for example `workbook: finance.xlsx`",
            )
            .label("not inside the project, or no .xlsx"),
        );
    }
    let folder = onicloud.folder();
    let own = [".", ".bursar", ".git"];
    if !inside(folder) || own.contains(&folder.split('/').next().unwrap_or_default()) {
        problems.push(
            Problem::error(
                "onicloud.path",
                at.clone().key("folder"),
                format!("`{}` is no folder of its own inside the project", shown(folder)),
                "write the path of a folder that bursar may write into, for example `folder: onicloud`",
            )
            .label("not a folder inside the project"),
        );
    }
    if workbook.trim_start_matches("./") == format!("{}/upload.xlsx", folder.trim_start_matches("./")) {
        problems.push(
            Problem::error(
                "onicloud.path",
                at.key("workbook"),
                "the workbook that is downloaded would be the one that bursar writes",
                "give the download another place: it is what Onicloud has, and is never written",
            )
            .label("written by `bursar apply`"),
        );
    }
}

fn inside(path: &str) -> bool {
    let out = path.starts_with(['/', '~'])
        || path.contains('\\')
        || path.chars().any(char::is_control)
        || path.split('/').any(|part| part == "..");
    !out && !path.trim().is_empty()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{found, said};
    use super::*;

    const CENTERS: &str = "
cost_centers:
  A: {name: Payments, alerts: [50, 80, 90, 100]}
  B: {name: Payments}
  C: {name: Forty characters are as many as it takes}
  D: {name: Forty-one characters are one more than so}
  A-code-of-20-letters: {name: Right}
  A-code-of-21-letters!: {name: 'Çédille à quarante caractères: bien vues'}
";

    #[test]
    fn limits_hold_on_onicloud_only() {
        let text = format!("version: 1\nplatform: {{onicloud: {{workbook: finance.xlsx}}}}\n{CENTERS}");
        assert_eq!(
            found(&RULE, &text),
            [
                "onicloud.alerts cost_centers.A.alerts[3]",
                "onicloud.code-length ~cost_centers.A-code-of-21-letters!",
                "onicloud.name-taken cost_centers.B.name",
                "onicloud.name-length cost_centers.D.name",
            ]
        );
        let said = said(&RULE, &text);
        assert!(said[0].starts_with("`A` has 4 alerts, and Onicloud takes 3"), "{said:?}");
        let local = format!("version: 1\n{CENTERS}");
        assert_eq!(found(&RULE, &local), Vec::<String>::new());
        let elsewhere = format!(
            "version: 1\nplatform: {{onicloud: {{workbook: finance.xlsx}}}}\nselect: ['*', '!cost_center/*']\n{CENTERS}"
        );
        assert_eq!(found(&RULE, &elsewhere), Vec::<String>::new());
    }

    #[test]
    fn files_stay_inside_the_project() {
        let of = |settings: &str| found(&RULE, &format!("version: 1\nplatform: {{onicloud: {settings}}}\n"));
        assert_eq!(of("{workbook: a/finance.XLSX, folder: out/onicloud/}"), Vec::<String>::new());
        let workbook = "onicloud.path platform.onicloud.workbook";
        let folder = "onicloud.path platform.onicloud.folder";
        assert_eq!(of("{workbook: ../finance.xlsx}"), [workbook]);
        assert_eq!(of("{workbook: finance.csv}"), [workbook]);
        assert_eq!(of("{workbook: onicloud/upload.xlsx}"), [workbook]);
        assert_eq!(of("{workbook: finance.xlsx, folder: /tmp/x}"), [folder]);
        assert_eq!(of("{workbook: finance.xlsx, folder: .bursar}"), [folder]);
        assert_eq!(of("{workbook: finance.xlsx, folder: .}"), [folder]);
    }
}
