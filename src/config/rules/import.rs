//! The settings of imports name organizations, patterns and files that can be meant.

use globset::Glob;

use super::settings::malformed;
use super::support::{Names, shown};
use super::{Context, Rule};
use crate::config::declaration::PROJECT_FILE;
use crate::config::pattern::FilePattern;
use crate::config::problem::{At, Problem};
use crate::config::reach;

pub const RULE: Rule = Rule {
    name: "import",
    codes: &[
        "reference.unknown",
        "reference.former-name",
        "settings.glob",
        "import.pattern",
        "import.file",
    ],
    check,
};

fn check(context: Context<'_>, problems: &mut Vec<Problem>) {
    let declaration = &context.estate.declaration;
    let settings = &declaration.settings;
    if settings.import.is_empty() {
        return;
    }
    let table = &declaration.organizations;
    let mut names = Names::new("organization", declaration, table, |organization| {
        &organization.previously
    });
    let here = [".".to_owned()];
    let folders = settings.sources.as_deref().unwrap_or(&here);
    for (organization, import) in &settings.import {
        let at = At::file(PROJECT_FILE).key("import").key(organization);
        names.report(organization, at.clone().name(), problems);
        if let Some(file) = &import.file {
            problems.extend(wrong(file, folders, at.clone().key("file")));
        }
        for (position, glob) in import.ignore.iter().enumerate() {
            if let Err(error) = Glob::new(glob) {
                let at = at.clone().key("ignore").index(position);
                problems.push(malformed(glob, &error.kind().to_string(), at));
            }
        }
    }
}

/// What is wrong with a pattern of files.
fn wrong(file: &str, folders: &[String], at: At) -> Option<Problem> {
    if let Err(cause) = FilePattern::parse(file) {
        return Some(
            Problem::error(
                "import.pattern",
                at,
                format!("`{}` is no pattern of a file: {cause}", shown(file)),
                "write a path with `{name}`, `{ou}` or `{tag:NAME}` where accounts differ, for example `estate/teams/{ou}.yaml`",
            )
            .label("not a pattern"),
        );
    }
    let cause = reach::by_name(folders, file).err()?;
    Some(
        Problem::error(
            "import.file",
            at,
            format!("no account can be declared in `{}`: {cause}", shown(file)),
            "write a path below one of the `sources:`, from the project's folder",
        )
        .label("not read"),
    )
}

#[cfg(test)]
mod tests {
    use super::super::testing::{found, said};
    use super::*;

    #[test]
    fn right_settings_pass() {
        let text = "version: 1
sources: [estate, teams]
organizations: {acme: {provider: aws, id: o-abcdefghij}}
import:
  acme: {file: 'teams/{tag:team}/{ou}-{name}.yaml', ignore: ['Sandbox/*', '2109*', '{a,b}']}
";
        assert_eq!(found(&RULE, text), Vec::<String>::new());
        assert_eq!(found(&RULE, "version: 1\nimport: {}\n"), Vec::<String>::new());
    }

    #[test]
    fn wrong_settings_are_told_apart() {
        let text = "version: 1
sources: [estate]
organizations: {acme: {provider: aws, id: o-abcdefghij}}
import:
  acme: {file: 'estate/{team}.yaml', ignore: ['[']}
  acne: {file: 'other/{ou}.yaml'}
";
        assert_eq!(
            found(&RULE, text),
            [
                "import.pattern import.acme.file",
                "settings.glob import.acme.ignore[0]",
                "reference.unknown ~import.acne",
                "import.file import.acne.file",
            ]
        );
        let said = said(&RULE, text);
        assert!(said[0].contains("`{team}` is nothing that is known"), "{}", said[0]);
        assert!(said[2].contains("did you mean `acme`?"), "{}", said[2]);
        assert!(said[3].contains("none of the folders that are read (`estate`)"), "{}", said[3]);
    }

    #[test]
    fn a_former_name_is_a_warning() {
        let text = "version: 1
organizations: {acme: {provider: aws, id: o-abcdefghij, previously: [old]}}
import: {old: {ignore: [x]}}
";
        assert_eq!(found(&RULE, text), ["warning reference.former-name ~import.old"]);
    }
}
