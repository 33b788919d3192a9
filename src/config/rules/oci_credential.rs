//! OCIDs, region and fingerprint of OCI credentials have their form.

use super::support::shown;
use super::{Context, Rule};
use crate::config::problem::{At, Problem};
use crate::config::suggest::closest;
use crate::model::id::{is_ocid, ocid_kind};
use crate::model::oci_regions;
use crate::model::spec::{Credential, OciApiKey};

pub const RULE: Rule = Rule {
    name: "oci_credential",
    codes: &["oci.ocid", "oci.region", "oci.fingerprint"],
    check,
};

fn check(context: Context<'_>, problems: &mut Vec<Problem>) {
    let table = &context.estate.declaration.credentials;
    for entry in table.iter() {
        let Credential::OciApiKey(key) = &entry.value else {
            continue;
        };
        judge(key, &table.at(entry).key("oci_api_key"), problems);
    }
}

fn judge(key: &OciApiKey, at: &At, problems: &mut Vec<Problem>) {
    for (field, kind, id) in [
        ("tenancy", "tenancy", &key.tenancy),
        ("user", "user", &key.user),
    ] {
        if is_ocid(kind, id) {
            continue;
        }
        let help = match ocid_kind(id) {
            Some(other) => format!(
                "this OCID is of a {}: write the one that starts with `ocid1.{kind}.`",
                shown(other)
            ),
            None => format!("write the whole OCID, `ocid1.{kind}.oc1..…`, as the console shows it"),
        };
        problems.push(
            Problem::error(
                "oci.ocid",
                at.clone().key(field),
                format!("`{}` is no OCID of a {kind}", shown(id)),
                help,
            )
            .label(format!("not a {kind}")),
        );
    }
    if !is_region(&key.region) {
        let names = oci_regions::REGIONS.iter().map(|region| region.name);
        let help = match closest(&key.region, names) {
            Some(near) => format!("did you mean `{near}`?"),
            None => {
                "write the region's name or key, for example `eu-frankfurt-1` or `FRA`".to_owned()
            }
        };
        problems.push(
            Problem::error(
                "oci.region",
                at.clone().key("region"),
                format!("`{}` does not read like an OCI region", shown(&key.region)),
                help,
            )
            .label("not a region"),
        );
    }
    if let Some(help) = fingerprint_fault(&key.fingerprint) {
        problems.push(
            Problem::error(
                "oci.fingerprint",
                at.clone().key("fingerprint"),
                "this is no fingerprint of an API key",
                help,
            )
            .label("not a fingerprint"),
        );
    }
}

/// A known key, in either case, or the form `area-city-number`.
fn is_region(region: &str) -> bool {
    if region.len() == 3 {
        return oci_regions::find(region).is_some();
    }
    let parts: Vec<&str> = region.split('-').collect();
    let word = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    match parts.as_slice() {
        [area, middle @ .., number] => {
            area.len() == 2
                && word(area)
                && (1..=3).contains(&middle.len())
                && middle.iter().all(|part| word(part))
                && (1..=2).contains(&number.len())
                && number.bytes().all(|byte| byte.is_ascii_digit())
        }
        _ => false,
    }
}

/// What to write instead, if it is not sixteen pairs of small hexadecimal digits with colons.
fn fingerprint_fault(text: &str) -> Option<String> {
    let pairs = |text: &str| {
        let pairs: Vec<&str> = text.split(':').collect();
        pairs.len() == 16
            && pairs.iter().all(|pair| {
                pair.len() == 2
                    && pair
                        .bytes()
                        .all(|byte| byte.is_ascii_hexdigit() && !byte.is_ascii_uppercase())
            })
    };
    if pairs(text) {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let digits: Vec<char> = lower.chars().filter(char::is_ascii_hexdigit).collect();
    Some(if pairs(&lower) {
        format!("write it in small letters: `\"{lower}\"`")
    } else if digits.len() == 32
        && lower
            .chars()
            .all(|c| c.is_ascii_hexdigit() || matches!(c, ' ' | '-' | ':'))
    {
        let pairs: Vec<String> = digits.chunks(2).map(|pair| pair.iter().collect()).collect();
        format!("write it with colons: `\"{}\"`", pairs.join(":"))
    } else if lower.starts_with("sha256:") {
        "OCI names API keys by their MD5: copy the fingerprint from the user's API keys in the console".to_owned()
    } else {
        "write sixteen pairs of hexadecimal digits with colons, between quotes, as the console shows them: `\"aa:bb:…\"`".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{found, said};
    use super::*;

    #[test]
    fn regions_of_every_realm_are_known_by_key() {
        for key in ["FRA", "ruh", "LTN", "tus", "vll"] {
            assert!(super::is_region(key), "{key}");
        }
        assert!(!super::is_region("qqq"));
    }

    #[test]
    fn regions_come_by_name_or_key() {
        for right in [
            "sa-saopaulo-1",
            "GRU",
            "fra",
            "us-gov-ashburn-1",
            "xx-newcity-2",
        ] {
            assert!(is_region(right), "{right}");
        }
        for wrong in [
            "",
            "zzz",
            "frankfurt",
            "eu_frankfurt_1",
            "EU-Frankfurt-1",
            "eu-frankfurt",
        ] {
            assert!(!is_region(wrong), "{wrong}");
        }
    }

    #[test]
    fn keys_are_judged_field_by_field() {
        let print = "aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99";
        let text = format!(
            "version: 1
credentials:
  good: {{oci_api_key: {{tenancy: ocid1.tenancy.oc1..a, user: ocid1.user.oc1..a, fingerprint: '{print}', region: GRU, private_key: {{file: k.pem}}}}}}
  bad: {{oci_api_key: {{tenancy: ocid1.user.oc1..a, user: me, fingerprint: '{}', region: eu-frankfrt, private_key: {{file: k.pem}}}}}}
",
            print.to_uppercase()
        );
        assert_eq!(
            found(&RULE, &text),
            [
                "oci.fingerprint credentials.bad.oci_api_key.fingerprint",
                "oci.region credentials.bad.oci_api_key.region",
                "oci.ocid credentials.bad.oci_api_key.tenancy",
                "oci.ocid credentials.bad.oci_api_key.user",
            ]
        );
        let said = said(&RULE, &text);
        assert!(said[0].ends_with(&format!("`\"{print}\"`")), "{}", said[0]);
        assert!(
            said[1].ends_with("did you mean `eu-frankfurt-1`?"),
            "{}",
            said[1]
        );
        assert!(
            fingerprint_fault(&print.replace(':', ""))
                .unwrap_or_default()
                .contains(print)
        );
    }
}
