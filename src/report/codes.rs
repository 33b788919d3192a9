//! The pages of all codes: what each means, and what to do. The texts live in docs/codes. Checks
//! are explained by their own words.

use std::fmt::Write as _;

use crate::model::finding::Check;
use crate::provider;

/// A code and its page in docs/codes.
macro_rules! page {
    ($code:literal) => {
        (
            $code,
            include_str!(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/docs/codes/",
                $code,
                ".md"
            )),
        )
    };
}

/// Code and page, sorted by code.
pub static PAGES: &[(&str, &str)] = &[
    page!("account.type"),
    page!("address.ambiguous"),
    page!("address.unknown"),
    page!("apply.resume"),
    page!("apply.unapproved"),
    page!("aws.account"),
    page!("aws.arn"),
    page!("aws.bucket"),
    page!("aws.external-id"),
    page!("aws.prefix"),
    page!("aws.region"),
    page!("aws.report"),
    page!("aws.role-name"),
    page!("aws.table"),
    page!("azure.container"),
    page!("azure.directory"),
    page!("azure.guid"),
    page!("azure.scope"),
    page!("azure.storage"),
    page!("budget.amount"),
    page!("budget.decimals"),
    page!("budget.envelope"),
    page!("budget.month"),
    page!("budget.year"),
    page!("ci.answer"),
    page!("ci.denied"),
    page!("ci.event"),
    page!("ci.limited"),
    page!("ci.not-found"),
    page!("ci.output"),
    page!("ci.pull-request-target"),
    page!("ci.refused"),
    page!("ci.runner"),
    page!("ci.token"),
    page!("ci.unreachable"),
    page!("command.failed"),
    page!("cost-center.alerts"),
    page!("cost-center.life"),
    page!("cost-center.months"),
    page!("cost-center.name"),
    page!("cost-center.parent-life"),
    page!("credential.crossed"),
    page!("credential.either-or"),
    page!("credential.empty"),
    page!("credential.env-missing"),
    page!("credential.exec-failed"),
    page!("credential.exec-not-allowed"),
    page!("credential.file-missing"),
    page!("credential.file-unreadable"),
    page!("credential.incomplete"),
    page!("credential.kind"),
    page!("credential.no-source"),
    page!("credential.not-text"),
    page!("credential.not-writable"),
    page!("credential.outside-project"),
    page!("credential.provider"),
    page!("credential.same-id"),
    page!("credential.too-large"),
    page!("credential.write-failed"),
    page!("cycle.cost-center"),
    page!("cycle.credential"),
    page!("cycle.within"),
    page!("declared.same-id"),
    page!("declared.twice"),
    page!("defaults.organization"),
    page!("files.ownership"),
    page!("former-name.declared"),
    page!("former-name.twice"),
    page!("gcp.audience"),
    page!("gcp.dataset"),
    page!("gcp.location"),
    page!("gcp.project"),
    page!("gcp.service-account"),
    page!("git.shallow"),
    page!("git.unrelated"),
    page!("guard.exceeded"),
    page!("id.account"),
    page!("id.billing-account"),
    page!("id.organization"),
    page!("id.partner"),
    page!("id.payer"),
    page!("import.changed"),
    page!("import.file"),
    page!("import.invalid"),
    page!("import.listing"),
    page!("import.pattern"),
    page!("import.unbuilt"),
    page!("internal"),
    page!("login.credential"),
    page!("login.failed"),
    page!("login.input"),
    page!("login.port"),
    page!("login.refused"),
    page!("login.timeout"),
    page!("oci.fingerprint"),
    page!("oci.ocid"),
    page!("oci.region"),
    page!("onicloud.alerts"),
    page!("onicloud.code-length"),
    page!("onicloud.download"),
    page!("onicloud.file"),
    page!("onicloud.name-length"),
    page!("onicloud.name-taken"),
    page!("onicloud.path"),
    page!("onicloud.workbook"),
    page!("plan.file"),
    page!("plan.stale"),
    page!("platform.list"),
    page!("platform.offline"),
    page!("project.missing"),
    page!("project.newer"),
    page!("provider.export"),
    page!("provider.field"),
    page!("reference.ambiguous"),
    page!("reference.form"),
    page!("reference.former-name"),
    page!("reference.missing"),
    page!("reference.organization"),
    page!("reference.unknown"),
    page!("removal.behind"),
    page!("removal.protected"),
    page!("removal.unasked"),
    page!("removed.address"),
    page!("removed.declared"),
    page!("removed.renamed"),
    page!("schema.many-errors"),
    page!("schema.no-section"),
    page!("schema.one-key"),
    page!("schema.required"),
    page!("schema.type"),
    page!("schema.unknown-key"),
    page!("schema.value"),
    page!("secret.env-name"),
    page!("secret.literal"),
    page!("secret.path"),
    page!("secret.reference"),
    page!("secret.tracked"),
    page!("settings.check"),
    page!("settings.glob"),
    page!("settings.guard"),
    page!("settings.project"),
    page!("settings.section"),
    page!("settings.sources"),
    page!("settings.version"),
    page!("shared-cost.among"),
    page!("shared-cost.match"),
    page!("source.none"),
    page!("source.unreadable"),
    page!("split.duplicate"),
    page!("split.single"),
    page!("split.total"),
    page!("state.behind"),
    page!("state.clock"),
    page!("state.damaged"),
    page!("state.denied"),
    page!("state.elsewhere"),
    page!("state.foreign"),
    page!("state.full-disk"),
    page!("state.io"),
    page!("state.lease-lost"),
    page!("state.locked"),
    page!("state.misuse"),
    page!("state.moved"),
    page!("state.newer-format"),
    page!("state.no-bucket"),
    page!("state.no-conditions"),
    page!("state.no-credentials"),
    page!("state.older"),
    page!("state.other-lease"),
    page!("state.read-only"),
    page!("state.region"),
    page!("state.remote"),
    page!("state.unreachable"),
    page!("structure.closed-month"),
    page!("structure.coverage"),
    page!("structure.export-exists"),
    page!("structure.invalid"),
    page!("structure.unwritable"),
    page!("structure.workbook"),
    page!("target.nothing"),
    page!("timeline.order"),
    page!("trust.section"),
    page!("value.amount"),
    page!("value.currency"),
    page!("value.date"),
    page!("value.days"),
    page!("value.month"),
    page!("value.percent"),
    page!("within.kind"),
    page!("within.missing"),
    page!("yaml.alias"),
    page!("yaml.alias-bomb"),
    page!("yaml.control"),
    page!("yaml.duplicate-key"),
    page!("yaml.encoding"),
    page!("yaml.flow-too-large"),
    page!("yaml.key"),
    page!("yaml.merge-key"),
    page!("yaml.multi-document"),
    page!("yaml.nul"),
    page!("yaml.scalar-too-large"),
    page!("yaml.syntax"),
    page!("yaml.tab"),
    page!("yaml.tag"),
    page!("yaml.too-deep"),
    page!("yaml.too-large"),
    page!("yaml.too-many"),
    page!("yaml.value"),
];

/// The page of a code.
#[must_use]
pub fn page(code: &str) -> Option<&'static str> {
    let at = PAGES.binary_search_by(|(name, _)| (*name).cmp(code)).ok()?;
    PAGES.get(at).map(|(_, page)| *page)
}

/// All codes that can be explained, each with one sentence, sorted.
#[must_use]
pub fn all() -> Vec<(&'static str, &'static str)> {
    let pages = PAGES.iter().map(|(code, page)| (*code, sentence(page)));
    let checks = provider::checks();
    let checks = checks.iter().map(|check| (check.id, check.question));
    let mut all: Vec<_> = pages.chain(checks).collect();
    // A page comes before a check of the same name.
    all.sort_by_key(|(code, _)| *code);
    all.dedup_by_key(|(code, _)| *code);
    all
}

/// The page of a code or of a check.
#[must_use]
pub fn explain(code: &str) -> Option<String> {
    let check = provider::checks()
        .into_iter()
        .find(|check| check.id == code);
    // A rule about what is declared and a check may share a name: they ask the same.
    match (page(code), check.map(of_check)) {
        (Some(page), Some(check)) => Some(format!("{page}\n{check}")),
        (page, check) => page.map(str::to_owned).or(check),
    }
}

/// The first sentence of a page.
fn sentence(page: &str) -> &str {
    let text = page.lines().nth(2).unwrap_or_default();
    text.split_inclusive(". ").next().unwrap_or(text).trim_end()
}

/// The page of a check, in the form of the others.
fn of_check(check: &Check) -> String {
    let mut page = format!("# {}\n\n{}\n\n", check.id, check.question);
    let _ = write!(
        page,
        "A check for the badge {}",
        check.badge.as_str().to_uppercase()
    );
    page += if check.required {
        "; a bad answer blocks what depends on it.\n"
    } else {
        "; it blocks nothing.\n"
    };
    page += if check.offline {
        "It needs no network: `--offline` runs it too.\n"
    } else {
        "It asks the provider: `--offline` leaves it out.\n"
    };
    for (title, list) in [("Calls", check.calls), ("Permissions", check.permissions)] {
        if !list.is_empty() {
            let _ = write!(page, "\n## {title}\n\n");
            for entry in list {
                let _ = writeln!(page, "- `{entry}`");
            }
        }
    }
    let _ = write!(page, "\n## What to do\n\n{}\n", check.remedy);
    page
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::config::{rules::RULES, yaml};

    /// Codes of values that are written as one scalar.
    const LEAFS: &[&str] = &[
        "value.amount",
        "value.currency",
        "value.date",
        "value.days",
        "value.month",
        "value.percent",
    ];

    #[test]
    fn pages_are_sorted_and_every_file_is_listed() {
        assert!(PAGES.is_sorted_by(|a, b| a.0 < b.0));
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/codes");
        let files: BTreeSet<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        let listed: BTreeSet<String> = PAGES.iter().map(|(code, _)| format!("{code}.md")).collect();
        assert_eq!(files, listed);
    }

    #[test]
    fn every_code_has_a_page() {
        let rules = RULES.iter().flat_map(|rule| rule.codes.iter());
        for code in rules.chain(LEAFS).chain(yaml::code::ALL) {
            assert!(page(code).is_some(), "docs/codes/{code}.md is missing");
        }
        assert_eq!(page("no.such.code"), None);
    }

    #[test]
    fn every_page_has_its_parts() {
        for (code, page) in PAGES {
            let title = format!("# {code}\n\n");
            assert!(page.starts_with(&title), "{code}");
            for part in ["\n## Example\n\n```", "\n## What to do\n\n"] {
                assert_eq!(page.matches(part).count(), 1, "{code}: {part}");
            }
        }
    }

    /// Words before the dot that are no code's although a code begins like them.
    fn is_code(word: &str) -> bool {
        let plain = |c: char| c.is_ascii_lowercase() || matches!(c, '.' | '-' | '_');
        word.contains('.') && word.chars().all(plain) && !word.starts_with('.')
    }

    /// What stands before the literal of a code where one is made.
    const MADE: &[&str] = &[
        ".code(",
        "code:",
        "of_project(",
        "Problem::error(",
        "Problem::warning(",
        "LeafError::new(",
        "make(",
    ];

    /// The codes in a source: literals where codes are made, and all that look like one of a known
    /// family (`state.io` does, beside `state.locked`).
    fn made(source: &str, families: &BTreeSet<&str>) -> Vec<String> {
        let source = source.split("#[cfg(test)]\nmod ").next().unwrap_or(source);
        let literals: Vec<&str> = source.split('"').collect();
        let pairs = literals
            .windows(2)
            .map(|pair| (pair[0].trim_end(), pair[1]));
        pairs
            .filter(|(before, word)| {
                let family = word.split('.').next().unwrap_or_default();
                let made = MADE.iter().any(|made| before.ends_with(made));
                // Codes have one point; with more it is a host, such as Entra's `login.…`.
                let one = word.matches('.').count() == 1;
                let known = one && is_code(word) && families.contains(family);
                let other = before.ends_with("reach(")
                    || [".yaml", ".json"].iter().any(|end| word.ends_with(end));
                !other && !word.is_empty() && (known || made)
            })
            .map(|(_, word)| word.to_owned())
            .collect()
    }

    #[test]
    fn every_code_that_is_made_can_be_explained() {
        let families: BTreeSet<&str> = PAGES
            .iter()
            .filter_map(|(code, _)| code.split_once('.').map(|(family, _)| family))
            .collect();
        let mut folders = vec![std::path::PathBuf::from(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/src"
        ))];
        let mut seen = BTreeSet::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_str().unwrap().to_owned();
                if path.is_dir() && !matches!(name.as_str(), "tests" | "fixtures") {
                    folders.push(path);
                } else if name.ends_with(".rs")
                    && !matches!(name.as_str(), "tests.rs" | "testing.rs" | "codes.rs")
                {
                    let source = std::fs::read_to_string(&path).unwrap();
                    // A family alone (`secret.`) is a prefix that codes are told apart by.
                    let whole = |code: &String| !code.ends_with('.');
                    for code in made(&source, &families).into_iter().filter(whole) {
                        assert!(explain(&code).is_some(), "{code} of {}", path.display());
                        seen.insert(code);
                    }
                }
            }
        }
        for code in [
            "removal.unasked",
            "apply.unapproved",
            "command.failed",
            "internal",
            "platform.list",
            "declared.twice",
        ] {
            assert!(seen.contains(code), "{code} is made somewhere");
        }
        for code in crate::credential::CredentialError::CODES {
            assert!(seen.contains(code) && page(code).is_some(), "{code}");
        }
        for code in crate::ci::CiError::CODES {
            assert!(seen.contains(code) && page(code).is_some(), "{code}");
        }
        assert_eq!(
            seen.iter()
                .filter(|code| code.starts_with("state."))
                .count(),
            22
        );
    }

    #[test]
    fn checks_explain_themselves() {
        assert_eq!(
            explain("aws.key.form").unwrap().lines().next(),
            Some("# aws.key.form")
        );
        let identity = explain("aws.identity").unwrap();
        assert!(
            identity.contains("Does AWS know the credential"),
            "{identity}"
        );
        assert!(identity.contains("## What to do"), "{identity}");
        let all = all();
        assert!(all.is_sorted_by(|a, b| a.0 < b.0), "a code is one thing");
        assert!(all.iter().all(|(_, sentence)| sentence.len() > 10));
    }
}
