//! The pages of all codes: what each means, and what to do. The texts live in docs/codes.

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
    page!("cost-center.alerts"),
    page!("cost-center.life"),
    page!("cost-center.months"),
    page!("cost-center.name"),
    page!("cost-center.parent-life"),
    page!("credential.crossed"),
    page!("credential.either-or"),
    page!("credential.incomplete"),
    page!("credential.kind"),
    page!("credential.provider"),
    page!("credential.same-id"),
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
    page!("id.account"),
    page!("id.billing-account"),
    page!("id.organization"),
    page!("id.partner"),
    page!("id.payer"),
    page!("oci.fingerprint"),
    page!("oci.ocid"),
    page!("oci.region"),
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
    page!("removed.address"),
    page!("removed.declared"),
    page!("removed.renamed"),
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
            for part in ["\n## Example\n\n```yaml\n", "\n## What to do\n\n"] {
                assert_eq!(page.matches(part).count(), 1, "{code}: {part}");
            }
        }
    }
}
