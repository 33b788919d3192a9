//! `azure_csp.application.ids`: are the ids of the partner's applications what they should be?

use crate::credential::inspect::is_guid;
use crate::model::finding::Check;
use crate::model::spec::{Credential, Organization};
use crate::provider::answer::Answer;
use crate::provider::local;
use crate::provider::probe::Question;
use crate::provider::subject::What;

pub(super) const CHECK: Check = local::api(
    "azure_csp.application.ids",
    "Are client id, application id and tenant id three ids of the same application?",
    "copy them again from the application's page in Entra, and the tenant from its Overview",
);

/// Microsoft's own application behind Partner Center's API: what tokens are for, never who asks.
const PARTNER_CENTER: &str = "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd";

pub(super) fn ask(question: &Question<'_>) -> Option<Answer> {
    match question.subject.what {
        What::Credential(credential) => Ids::of(credential).map(judge),
        What::Organization(organization) => mixed_up(organization, question),
        _ => None,
    }
}

#[derive(Clone, Copy)]
struct Ids<'a> {
    client: &'a str,
    application: &'a str,
    tenant: &'a str,
}

impl<'a> Ids<'a> {
    fn of(credential: &'a Credential) -> Option<Self> {
        match credential {
            Credential::PartnerCenter(c) => Some(Self {
                client: &c.client_id,
                application: &c.application_id,
                tenant: &c.tenant_id,
            }),
            Credential::PartnerApi(c) => Some(Self {
                client: &c.client_id,
                application: &c.application_id,
                tenant: &c.tenant_id,
            }),
            _ => None,
        }
    }
}

fn judge(ids: Ids<'_>) -> Answer {
    let fields = [
        ("client_id", ids.client),
        ("application_id", ids.application),
        ("tenant_id", ids.tenant),
    ];
    let is_no_guid = |(_, id): &(&str, &str)| !is_guid(id);
    let answer = if let Some((field, _)) = fields.into_iter().find(is_no_guid) {
        Answer::fail(format!("`{field}` is not a GUID"))
    } else if let Some((field, _)) = fields
        .into_iter()
        .find(|(_, id)| id.eq_ignore_ascii_case(PARTNER_CENTER))
    {
        Answer::fail(format!(
            "`{field}` is Microsoft's own application, Partner Center"
        ))
        .remedy("use the id of the application that you registered yourself")
    } else if let Some((field, _)) = fields[..2]
        .iter()
        .find(|(_, id)| id.eq_ignore_ascii_case(ids.tenant))
    {
        Answer::fail(format!("`{field}` is the tenant's id"))
    } else if ids.client.eq_ignore_ascii_case(ids.application) {
        Answer::warn("`client_id` and `application_id` are the same id").remedy(
            "give the web app's own id as `application_id`, unless one application is used as both",
        )
    } else {
        Answer::pass("the ids are three different GUIDs")
    };
    fields
        .into_iter()
        .filter(|(_, id)| is_guid(id))
        .fold(answer, |answer, (field, id)| answer.evidence(field, id))
}

/// Whether the ids of Partner Center's and the Partner API's application are exchanged.
fn mixed_up(organization: &Organization, question: &Question<'_>) -> Option<Answer> {
    let ids = |name: &Option<String>| {
        question
            .run
            .credentials
            .credential(name.as_deref()?)
            .and_then(Ids::of)
    };
    let (center, api) = (
        ids(&organization.partner_center)?,
        ids(&organization.partner_api)?,
    );
    let crossed = |one: Ids<'_>, other: Ids<'_>| {
        one.client.eq_ignore_ascii_case(other.application)
            && !one.client.eq_ignore_ascii_case(one.application)
    };
    Some(if !center.tenant.eq_ignore_ascii_case(api.tenant) {
        Answer::fail(
            "the credentials of `partner_center` and `partner_api` are of different tenants",
        )
    } else if crossed(center, api) {
        Answer::warn("the `client_id` of `partner_center` is the `application_id` of `partner_api`")
    } else if crossed(api, center) {
        Answer::warn("the `client_id` of `partner_api` is the `application_id` of `partner_center`")
    } else {
        Answer::pass("the ids of both applications are kept apart")
    })
}
