//! Provider ids: their canonical form and their formats.

use std::borrow::Cow;

use super::provider::Provider;

/// The canonical form of a payer's or account's id: GUIDs and OCIDs in lower case, Google Cloud
/// billing accounts in upper case, everything else as written.
#[must_use]
pub fn canonical(provider: Option<Provider>, id: &str) -> Cow<'_, str> {
    let lower = |id: &'_ str| id.bytes().any(|byte| byte.is_ascii_uppercase());
    if is_guid(id) {
        return if lower(id) {
            Cow::Owned(id.to_ascii_lowercase())
        } else {
            Cow::Borrowed(id)
        };
    }
    if provider == Some(Provider::Oci)
        && lower(id)
        && id
            .get(..5)
            .is_some_and(|start| start.eq_ignore_ascii_case("ocid1"))
    {
        return Cow::Owned(id.to_ascii_lowercase());
    }
    if provider == Some(Provider::Gcp)
        && is_billing_account(id)
        && id.bytes().any(|b| b.is_ascii_lowercase())
    {
        return Cow::Owned(id.to_ascii_uppercase());
    }
    Cow::Borrowed(id)
}

/// Eight, four, four, four and twelve hexadecimal digits.
#[must_use]
pub fn is_guid(id: &str) -> bool {
    id.len() == 36
        && id.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// A Google Cloud billing account: three groups of six hexadecimal digits, in either case.
#[must_use]
pub fn is_billing_account(id: &str) -> bool {
    id.len() == 20
        && id.bytes().enumerate().all(|(at, byte)| match at {
            6 | 13 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

fn digits(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit())
}

/// An AWS account: twelve digits, a leading zero counts.
#[must_use]
pub fn is_aws_account(id: &str) -> bool {
    id.len() == 12 && digits(id)
}

/// An AWS organization: `o-` and 10 to 32 lower-case letters and digits.
#[must_use]
pub fn is_aws_organization(id: &str) -> bool {
    id.strip_prefix("o-").is_some_and(|rest| {
        (10..=32).contains(&rest.len())
            && rest
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    })
}

/// Digits only, at most `most`: an Azure enrolment, a partner id, a Google Cloud organization.
#[must_use]
pub fn is_number(id: &str, most: usize) -> bool {
    id.len() <= most && digits(id)
}

/// An MCA billing profile: groups of 4, 4, 3 and 3 capital letters and digits.
#[must_use]
pub fn is_billing_profile(id: &str) -> bool {
    id.len() == 17
        && id.bytes().enumerate().all(|(at, byte)| match at {
            4 | 9 | 13 => byte == b'-',
            _ => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
        })
}

/// An MCA or MPA billing account: two GUIDs and a date, `GUID:GUID_2019-05-31`.
#[must_use]
pub fn is_mca_billing_account(id: &str) -> bool {
    let Some((first, rest)) = id.split_once(':') else {
        return false;
    };
    let Some((second, date)) = rest.split_once('_') else {
        return false;
    };
    is_guid(first)
        && is_guid(second)
        && date.len() == 10
        && date.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

/// A Google Cloud project id (never its number): 6 to 30 lower-case letters, digits and hyphens,
/// with the domain before a colon where the project is older than organizations.
#[must_use]
pub fn is_gcp_project(id: &str) -> bool {
    let name = id.rsplit_once(':').map_or(
        id,
        |(domain, name)| {
            if is_domain(domain) { name } else { "" }
        },
    );
    (6..=30).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && !name.ends_with('-')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// A DNS name of at least two labels.
#[must_use]
pub fn is_domain(text: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    text.len() <= 253 && text.contains('.') && text.split('.').all(label)
}

/// An OCID of that kind: `ocid1.KIND.REALM.[REGION].UNIQUE`.
#[must_use]
pub fn is_ocid(kind: &str, id: &str) -> bool {
    ocid_kind(id) == Some(kind)
}

/// What an OCID is of (`tenancy`, `user`, `compartment`), where the text is an OCID.
#[must_use]
pub fn ocid_kind(id: &str) -> Option<&str> {
    let mut parts = id.split('.');
    if parts.next() != Some("ocid1") {
        return None;
    }
    let kind = parts.next()?;
    let realm = parts.next()?;
    let plain = |part: &str| {
        part.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_')
        })
    };
    let rest: (usize, bool, &str) = parts.fold((0, true, ""), |(count, good, _), part| {
        (count + 1, good && plain(part), part)
    });
    let (count, good, unique) = rest;
    let realm = realm.strip_prefix("oc").is_some_and(digits);
    (realm
        && good
        && (2..=3).contains(&count)
        && !unique.is_empty()
        && !kind.is_empty()
        && plain(kind))
    .then_some(kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_one_canonical_form() {
        let of = |provider, id| canonical(Some(provider), id).into_owned();
        assert_eq!(
            of(Provider::Azure, "0E1B2A3C-4D5E-4F60-8A7B-9C0D1E2F3A4B"),
            "0e1b2a3c-4d5e-4f60-8a7b-9c0d1e2f3a4b"
        );
        assert_eq!(
            of(Provider::Gcp, "01abcd-234567-89efab"),
            "01ABCD-234567-89EFAB"
        );
        assert_eq!(
            of(Provider::Oci, "OCID1.Tenancy.oc1..AAA"),
            "ocid1.tenancy.oc1..aaa"
        );
        assert_eq!(of(Provider::Gcp, "my-Project"), "my-Project");
    }

    #[test]
    fn each_form_takes_its_own_ids_and_no_others() {
        let guid = "0e1b2a3c-4d5e-4f60-8a7b-9c0d1e2f3a4b";
        assert!(is_aws_account("012345678901"));
        assert!(!is_aws_account("12345678901") && !is_aws_account("01234567890a"));
        assert!(is_aws_organization("o-abcdefghij"));
        assert!(!is_aws_organization("o-abc") && !is_aws_organization("o-ABCDEFGHIJ"));
        assert!(
            is_billing_profile("PE2Q-NOIT-BG7-TGB") && !is_billing_profile("pe2q-noit-bg7-tgb")
        );
        assert!(is_mca_billing_account(&format!("{guid}:{guid}_2019-05-31")));
        assert!(!is_mca_billing_account("12345678"));
        assert!(is_gcp_project("shop-prod-1") && is_gcp_project("example.com:shop-prod"));
        for wrong in [
            "123456789012",
            "Shop-prod",
            "short",
            "ends-with-",
            "x:shop-prod",
        ] {
            assert!(!is_gcp_project(wrong), "{wrong}");
        }
        assert_eq!(ocid_kind("ocid1.tenancy.oc1..aaaa"), Some("tenancy"));
        assert_eq!(ocid_kind("ocid1.instance.oc1.phx.aaaa"), Some("instance"));
        for wrong in [
            "ocid1.tenancy.oc1",
            "ocid1.tenancy.oc1..",
            "ocid1.tenancy.xx..a",
            "tenancy",
            "",
        ] {
            assert_eq!(ocid_kind(wrong), None, "{wrong}");
        }
    }
}
