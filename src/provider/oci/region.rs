//! `oci.region`: is the region one of OCI's, and of the tenancy's realm?

use super::api_key;
use crate::model::finding::Check;
use crate::model::oci_regions as regions;
use crate::provider::answer::Answer;
use crate::provider::local;
use crate::provider::probe::Question;

pub(super) const CHECK: Check = local::api(
    "oci.region",
    "Is the region one of OCI's, in the realm of the tenancy?",
    "give the tenancy's home region by its name or key, as the console shows it (Tenancy details), \
     for example `us-ashburn-1` or `IAD`",
);

pub(super) fn ask(question: &Question<'_>) -> Option<Answer> {
    let key = api_key(question)?;
    let realm = realm_of(&key.tenancy);
    let answer = match (regions::find(&key.region), realm) {
        (None, _) => Answer::warn(format!(
            "no region of OCI that bursar knows is called {}",
            key.region
        )),
        (Some(region), Some(realm)) if region.realm != realm => Answer::fail(format!(
            "region {} is in realm {}, and the tenancy is in realm {realm}",
            region.name, region.realm
        )),
        (Some(region), _) => Answer::pass(format!("region {} is known", region.name))
            .evidence("region", region.name)
            .evidence("realm", region.realm),
    };
    Some(answer.evidence("declared", &*key.region))
}

/// The realm in an OCID: `ocid1.tenancy.REALM..`.
fn realm_of(tenancy: &str) -> Option<&str> {
    let mut parts = tenancy.split('.');
    (parts.next() == Some("ocid1") && parts.next() == Some("tenancy"))
        .then(|| parts.next())
        .flatten()
        .filter(|realm| realm.starts_with("oc"))
}
