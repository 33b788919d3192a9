//! The compartments of a tenancy, and its child tenancies where the organization may be read. They come
//! from the listings that the checks share too, names of units and tags with them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::case::Case;
use super::client::identity::Compartment;
use super::client::organizations::Member;
use super::client::{Session, Unsigned};
use super::statements::allow;
use crate::provider::answer::Answer;
use crate::provider::listing::{Listed, Listing, State, Unlisted};
use crate::provider::trouble::{Kind, Trouble};

/// The accounts of the subject's organization.
pub(super) async fn members(case: &Case<'_>) -> Result<Listing, Unlisted> {
    if case.all_external() {
        return Err(Unlisted::Nothing(
            "the bill is somebody else's, and so are the tenancy's compartments".to_owned(),
        ));
    }
    let session = session(case).await?;
    let compartments = compartments(case, &session).await?;
    let mut accounts = listed(&compartments, &session.tenancy);
    // Children are an extra: most tenancies have none, and few users may list them.
    if let Ok(Some(organization)) = case.oci.organization(&session).await
        && organization.parent.eq_ignore_ascii_case(&session.tenancy)
        && let Ok(tenancies) = case.oci.tenancies(&session, &organization).await
    {
        let children = tenancies
            .iter()
            .filter(|one| !one.id.eq_ignore_ascii_case(&session.tenancy));
        accounts.extend(children.map(child));
    }
    Ok(Listing {
        payer: Some(session.tenancy.clone()),
        accounts,
    })
}

fn listed(compartments: &[Compartment], root: &str) -> Vec<Listed> {
    let parents: HashMap<&str, &str> = compartments
        .iter()
        .map(|one| (one.id.as_str(), one.parent.as_str()))
        .collect();
    let inside = compartments.iter().filter(|one| one.id != root);
    inside
        .map(|one| Listed {
            id: one.id.clone(),
            name: one.name.clone(),
            state: state(&one.state),
            // OCI says when a compartment was made, never when it was deleted.
            closed: None,
            units: units(&parents, &one.parent, root),
            account_type: None,
            within: None,
        })
        .collect()
}

/// The compartments on the way from the root, outermost first; none where one of them is not listed.
fn units(parents: &HashMap<&str, &str>, parent: &str, root: &str) -> Option<Vec<String>> {
    let mut way = Vec::new();
    let mut at = parent;
    while at != root {
        // OCI allows six levels; more are a circle.
        if way.len() > parents.len() {
            return None;
        }
        way.push(at.to_owned());
        at = parents.get(at)?;
    }
    way.reverse();
    Some(way)
}

fn child(member: &Member) -> Listed {
    Listed {
        id: member.id.clone(),
        name: member.name.clone().unwrap_or_default(),
        state: match member.left {
            Some(_) => State::Closed,
            None => state(&member.state),
        },
        closed: member.left.map(|left| {
            let day = left.to_zoned(jiff::tz::TimeZone::UTC).date();
            crate::model::time::Date::new(day)
        }),
        units: Some(Vec::new()),
        account_type: None,
        within: None,
    }
}

fn state(state: &str) -> State {
    match state {
        "ACTIVE" => State::Active,
        "CREATING" => State::Pending,
        "INACTIVE" => State::Suspended,
        "DELETING" | "DELETED" => State::Closed,
        _ => State::Other,
    }
}

/// The names of compartments, by their ids: from the listing.
pub(super) async fn unit_names(
    case: &Case<'_>,
    wanted: &BTreeSet<String>,
) -> Result<BTreeMap<String, String>, Unlisted> {
    let session = session(case).await?;
    let compartments = compartments(case, &session).await?;
    let wanted = compartments.iter().filter(|one| wanted.contains(&one.id));
    Ok(wanted
        .map(|one| (one.id.clone(), one.name.clone()))
        .collect())
}

/// The tags of compartments, by their ids: from the listing. Tags of a namespace are called
/// `namespace.key`.
pub(super) async fn tags(
    case: &Case<'_>,
    wanted: &BTreeSet<String>,
) -> Result<BTreeMap<String, BTreeMap<String, String>>, Unlisted> {
    let session = session(case).await?;
    let compartments = compartments(case, &session).await?;
    let of = |one: &Compartment| (one.id.clone(), tags_of(one));
    let mut found: BTreeMap<_, _> = compartments
        .iter()
        .filter(|one| wanted.contains(&one.id))
        .map(of)
        .collect();
    for id in wanted {
        found.entry(id.clone()).or_default();
    }
    Ok(found)
}

fn tags_of(one: &Compartment) -> BTreeMap<String, String> {
    let mut tags = one.free.clone();
    for (namespace, defined) in &one.defined {
        for (key, value) in defined {
            let value = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            tags.insert(format!("{namespace}.{key}"), value);
        }
    }
    tags
}

async fn compartments(
    case: &Case<'_>,
    session: &Session,
) -> Result<Arc<Vec<Compartment>>, Unlisted> {
    let found = case.oci.compartments(session).await;
    found.map_err(|trouble| denied(&trouble))
}

fn denied(trouble: &Trouble) -> Unlisted {
    let answer = trouble.answer("list the tenancy's compartments");
    if trouble.kind != Kind::Denied {
        return answer.into();
    }
    answer
        .remedy("add this to a policy in the root compartment:")
        .paste(allow(&["inspect compartments"]))
        .into()
}

/// The session that lists.
async fn session(case: &Case<'_>) -> Result<Arc<Session>, Unlisted> {
    let Some(credential) = case.lister() else {
        let answer = Answer::skipped("no credential is declared for it")
            .remedy("name one: `credentials:` of the organization, or of its payer");
        return Err(answer.into());
    };
    case.sign_in(credential).await.map_err(|unsigned| {
        let why = match unsigned {
            Unsigned::Secret(error) => error.to_string(),
            Unsigned::Unopened => "the private key cannot be opened".to_owned(),
            Unsigned::Unclear(why) => why,
            Unsigned::Trouble(trouble) => trouble.explained(),
        };
        let answer = Answer::skipped(format!("`{credential}` cannot sign in: {why}")).remedy(
            format!("`bursar check credential/{credential}` says what to do"),
        );
        Unlisted::Unsigned {
            credential: credential.to_owned(),
            answer: Box::new(answer.clean()),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compartment(id: &str, parent: &str) -> Compartment {
        Compartment {
            id: id.to_owned(),
            parent: parent.to_owned(),
            name: id.to_uppercase(),
            state: "ACTIVE".to_owned(),
            free: [("team".to_owned(), "web".to_owned())].into(),
            defined: [(
                "cost".to_owned(),
                [("center".to_owned(), serde_json::json!("CC-1"))].into(),
            )]
            .into(),
        }
    }

    #[test]
    fn parents_are_units_without_the_root() {
        let all = [
            compartment("a", "root"),
            compartment("b", "a"),
            compartment("c", "b"),
            compartment("lost", "elsewhere"),
            compartment("x", "y"),
            compartment("y", "x"),
        ];
        let listed = listed(&all, "root");
        let units = |at: usize| listed[at].units.clone();
        assert_eq!(units(0), Some(vec![]));
        assert_eq!(units(2), Some(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(units(3), None);
        assert_eq!(units(4), None);
    }

    #[test]
    fn tags_of_a_namespace_are_told_apart() {
        let tags = tags_of(&compartment("a", "root"));
        assert_eq!(tags["team"], "web");
        assert_eq!(tags["cost.center"], "CC-1");
    }
}
