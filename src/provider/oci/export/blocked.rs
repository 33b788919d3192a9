//! Why the reports cannot be listed. OCI says `BucketNotFound` of five causes: no policy, or one that
//! is too young to hold; another group; another region than home; a child tenancy; a tenancy that has
//! no reports. What else can be seen tells them apart.

use futures::future::join3;
use jiff::{SignedDuration, Timestamp};

use super::policy::{Endorsement, Who, endorsements};
use crate::provider::answer::Answer;
use crate::provider::oci::case::Case;
use crate::provider::oci::client::identity::{self, Group, Policy};
use crate::provider::oci::client::organizations::Organization;
use crate::provider::oci::client::{Region, Session};
use crate::provider::oci::payer_parent::child_of;
use crate::provider::oci::statements::{add_to_group, allow, allow_to, endorse, keeper};
use crate::provider::trouble::Trouble;

/// A policy takes some minutes to hold everywhere; this is long enough for all of them.
const YOUNG: SignedDuration = SignedDuration::from_hours(1);

/// Whether it is this that is told.
#[must_use]
pub fn is_blocked(trouble: &Trouble) -> bool {
    trouble.is("BucketNotFound") || trouble.is("NotAuthorizedOrNotFound")
}

/// What can be seen around it.
struct Seen<'a> {
    session: &'a Session,
    home: Option<Region>,
    /// None where it may not be asked.
    organization: Option<Option<Organization>>,
    policies: Option<Vec<Policy>>,
    /// The groups that the user is in; where names may not be seen, the id stands in their place.
    groups: Option<Vec<Group>>,
    /// All groups of the tenancy; empty where they may not be seen.
    all: Vec<Group>,
}

/// Looks around, and says which cause fits.
pub async fn why(case: &Case<'_>, session: &Session) -> Answer {
    let (organization, policies, groups) = join3(
        case.oci.organization(session),
        identity::policies(session),
        groups(session),
    )
    .await;
    let (groups, all) = groups.ok().unzip();
    let seen = Seen {
        session,
        home: session.home(),
        organization: organization.ok(),
        policies: policies.ok(),
        groups,
        all: all.unwrap_or_default(),
    };
    judged(&seen, case.run.now)
}

/// The groups that the user is in, and all of the tenancy's.
async fn groups(session: &Session) -> Result<(Vec<Group>, Vec<Group>), Trouble> {
    let ids = identity::memberships(session).await?;
    let all = identity::groups(session).await.unwrap_or_default();
    let own = ids.into_iter().map(|id| {
        let found = all.iter().find(|group| group.id == id);
        let name = found.map_or_else(|| id.clone(), |group| group.name.clone());
        Group { id, name }
    });
    Ok((own.collect(), all))
}

fn judged(seen: &Seen<'_>, now: Timestamp) -> Answer {
    if let Some(Some(organization)) = &seen.organization
        && !organization
            .parent
            .eq_ignore_ascii_case(&seen.session.tenancy)
    {
        return child_of(organization).evidence("cause", "child tenancy");
    }
    match &seen.policies {
        Some(policies) => by_policies(seen, policies, now),
        None => unseen(seen),
    }
}

/// An endorsement that reads the reports, with the policy that it stands in.
struct Found<'p> {
    policy: &'p Policy,
    endorsement: Endorsement,
}

fn by_policies(seen: &Seen<'_>, policies: &[Policy], now: Timestamp) -> Answer {
    let keeper = keeper(&seen.session.tenancy);
    let all: Vec<Found<'_>> = policies
        .iter()
        .flat_map(|policy| {
            let found = endorsements(&policy.statements).into_iter();
            found.map(move |endorsement| Found {
                policy,
                endorsement,
            })
        })
        .collect();
    let right = |found: &&Found<'_>| {
        keeper.is_none_or(|keeper| found.endorsement.tenancy.as_deref() == Some(keeper))
    };
    let reading: Vec<&Found<'_>> = all
        .iter()
        .filter(right)
        .filter(|found| found.endorsement.reads())
        .collect();
    if reading.is_empty() {
        return match all.iter().find(|found| right(found)) {
            Some(found) => too_little(seen, found),
            None => match all.iter().find(|found| found.endorsement.reads()) {
                Some(found) => wrong_tenancy(seen, found),
                None => no_policy(seen),
            },
        };
    }
    match reading.iter().find(|found| covers(seen, found)) {
        Some(found) => covered(seen, found, now),
        None => another_group(seen, &reading),
    }
}

/// Whether an endorsement is the user's, or may be: what cannot be seen is not held against it.
fn covers(seen: &Seen<'_>, found: &Found<'_>) -> bool {
    let Some(groups) = &seen.groups else {
        return true;
    };
    found.endorsement.who.iter().any(|who| match who {
        Who::Group(name) => groups
            .iter()
            // Where names may not be seen, the id stands in their place.
            .any(|group| group.name.eq_ignore_ascii_case(name) || group.name == group.id),
        Who::GroupId(id) => groups.iter().any(|group| group.id == *id),
        Who::Other(text) => text.eq_ignore_ascii_case("any-user"),
    })
}

fn no_policy(seen: &Seen<'_>) -> Answer {
    Answer::fail("no policy of the root compartment lets anybody read Oracle's reports")
        .remedy(
            "add a policy with these two statements, in the root compartment and in the home region; \
             it takes some minutes to hold:",
        )
        .paste(endorse(&seen.session.tenancy, own_group(seen)))
        .evidence("cause", "no policy")
}

fn too_little(seen: &Seen<'_>, found: &Found<'_>) -> Answer {
    let Endorsement { verb, resource, .. } = &found.endorsement;
    Answer::fail(format!(
        "policy `{}` lets the group {verb} {resource}, and reports are read with `read objects`",
        found.policy.name
    ))
    .remedy("let it say:")
    .paste(endorse(&seen.session.tenancy, endorsed(found).as_deref()))
    .evidence("cause", "policy")
    .evidence("policy", &found.policy.name)
}

fn wrong_tenancy(seen: &Seen<'_>, found: &Found<'_>) -> Answer {
    let defined = found.endorsement.tenancy.as_deref();
    Answer::fail(format!(
        "policy `{}` endorses reading in another tenancy than Oracle's: {}",
        found.policy.name,
        defined.unwrap_or("it defines none of that name")
    ))
    .remedy("let it define Oracle's tenancy, letter by letter, in the same policy:")
    .paste(endorse(&seen.session.tenancy, endorsed(found).as_deref()))
    .evidence("cause", "policy")
    .evidence("policy", &found.policy.name)
}

fn another_group(seen: &Seen<'_>, reading: &[&Found<'_>]) -> Answer {
    let mut named: Vec<String> = Vec::new();
    for who in reading.iter().flat_map(|found| &found.endorsement.who) {
        named.push(match who {
            Who::Group(name) | Who::GroupId(name) => format!("group {name}"),
            Who::Other(text) => text.clone(),
        });
    }
    named.dedup();
    let own: Vec<&str> = seen
        .groups
        .iter()
        .flatten()
        .map(|group| group.name.as_str())
        .collect();
    let own = if own.is_empty() {
        "no group".to_owned()
    } else {
        own.join(", ")
    };
    let policy = reading.first().map_or("", |found| &found.policy.name);
    let endorsed = reading.iter().flat_map(|found| &found.endorsement.who);
    let mut ids = endorsed.filter_map(|who| match who {
        Who::GroupId(id) => Some(id.as_str()),
        Who::Group(name) => {
            let mut all = seen.all.iter();
            let found = all.find(|group| group.name.eq_ignore_ascii_case(name));
            found.map(|group| group.id.as_str())
        }
        Who::Other(_) => None,
    });
    let wanted = ids.next();
    Answer::fail(format!(
        "policy `{policy}` lets {} read the reports, and the user is in {own}",
        named.join(", ")
    ))
    .remedy("add the user to that group, or its own group to the policy:")
    .paste(add_to_group(
        &seen.session.user,
        wanted.unwrap_or("GROUP-OCID"),
        seen.home.as_ref(),
    ))
    .evidence("cause", "another group")
    .evidence("policy", policy)
    .evidence("endorsed", named.join(", "))
    .evidence("groups", own)
}

/// The policy is there: it is too young, or it is something else.
fn covered(seen: &Seen<'_>, found: &Found<'_>, now: Timestamp) -> Answer {
    let policy = &found.policy.name;
    let age = now.duration_since(found.policy.created);
    let answer = if age < YOUNG {
        Answer::pending(format!(
            "policy `{policy}` was made {} minutes ago, and does not hold yet",
            age.as_mins().max(0)
        ))
        .remedy("wait some minutes, and ask again")
        .evidence("cause", "late policy")
    } else if found.endorsement.conditional {
        Answer::fail(format!(
            "policy `{policy}` lets the user read the reports, under a condition that does not hold"
        ))
        .remedy("take the condition (`where …`) out of it, or make it true of this user")
        .evidence("cause", "policy")
    } else if let Some(home) = &seen.home {
        let mut left = Vec::new();
        if seen.groups.is_none() {
            left.push("the user is not in the group that it names");
        }
        if seen.organization.is_none() {
            left.push("the tenancy is a child of another, whose reports hold its costs");
        }
        left.push(
            "Oracle makes no reports for it, as it has no metered subscription (Billing & Cost \
             Management, Subscriptions)",
        );
        Answer::fail(format!(
            "policy `{policy}` is there, {} is the home region, and still there is no bucket",
            home.name
        ))
        .remedy(format!("what is left: {}", left.join("; or ")))
        .evidence("cause", "no reports")
    } else {
        region_unseen(seen)
    };
    answer.evidence("policy", policy)
}

fn region_unseen(seen: &Seen<'_>) -> Answer {
    Answer::fail(format!(
        "OCI shows no bucket in {}, and whether that is the home region cannot be seen",
        seen.session.region.name
    ))
    .remedy(
        "the reports are in the home region alone: declare it as `region` (Tenancy details shows it), \
         and let the user see it:",
    )
    .paste(allow(&["inspect tenancies"]))
    .evidence("cause", "region")
}

/// Policies may not be seen: what is ruled out, and what is left, likeliest first.
fn unseen(seen: &Seen<'_>) -> Answer {
    let mut out = Vec::new();
    let mut left = vec![
        "no policy in the root compartment lets the group read the reports, or it was made minutes ago",
        "the user is not in the group that the policy names",
    ];
    match &seen.home {
        Some(_) => out.push("it was asked in the home region"),
        None => left.push("the declared region is not the home region"),
    }
    match &seen.organization {
        Some(_) => out.push("the tenancy is no child of another"),
        None => left.push("the tenancy is a child: the parent has its reports"),
    }
    left.push("the tenancy has no metered subscription, so Oracle makes no reports");
    let numbered: Vec<String> = left
        .iter()
        .enumerate()
        .map(|(at, cause)| format!("({}) {cause}", at + 1))
        .collect();
    let group = own_group(seen);
    let mut answer =
        Answer::fail("OCI shows no bucket of reports, and says the same of several causes")
            .remedy(format!(
                "likeliest first: {}; the policy, in the root compartment:",
                numbered.join("; ")
            ))
            .paste(format!(
                "{}\n{}",
                endorse(&seen.session.tenancy, group),
                allow_to(
                    group,
                    &["inspect policies", "inspect groups", "inspect users"]
                )
            ));
    if !out.is_empty() {
        answer = answer.evidence("ruled_out", out.join("; "));
    }
    answer.evidence("cause", "unclear")
}

/// The only group that the user is in, where its name is known and needs no quotes.
fn own_group<'s>(seen: &'s Seen<'_>) -> Option<&'s str> {
    match seen.groups.as_deref()? {
        [only] if only.name != only.id && plain(&only.name) => Some(&only.name),
        _ => None,
    }
}

/// The first group that an endorsement names.
fn endorsed(found: &Found<'_>) -> Option<String> {
    found.endorsement.who.iter().find_map(|who| match who {
        Who::Group(name) if plain(name) => Some(name.clone()),
        Who::GroupId(id) => Some(format!("id {id}")),
        _ => None,
    })
}

fn plain(name: &str) -> bool {
    name.bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}
