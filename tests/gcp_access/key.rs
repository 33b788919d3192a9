//! The key of the service account: its age, its end, and who disabled it.

use insta::assert_snapshot;
use jiff::SignedDuration;

use crate::google::world::World;
use crate::project::Project;

fn told(world: &World) -> String {
    Project::of(world)
        .check_with(&["credential/reader"], &[])
        .told()
}

#[test]
fn an_old_key_one_that_ends_and_one_too_many() {
    let world = World::good();
    let days = |days: i64| SignedDuration::from_hours(24 * days);
    world.key(|key| key.made = world.made - days(91));
    assert!(
        told(&world).contains("the key is 91 days old"),
        "{}",
        told(&world)
    );
    world.key(|key| key.ends = Some(world.made + days(10) + SignedDuration::from_hours(12)));
    assert!(
        told(&world).contains("the key expires in 10 days"),
        "{}",
        told(&world)
    );
    world.key(|key| {
        key.made = world.made - days(1);
        key.ends = None;
    });
    let other = world.state().service_accounts[0].keys[0].clone();
    let mut other = other;
    other.id = "fedcba9876543210fedcba9876543210fedcba98".to_owned();
    world.state().service_accounts[0].keys.push(other);
    assert!(
        told(&world).contains("the service account has another key"),
        "{}",
        told(&world)
    );
}

#[test]
fn a_key_that_google_disabled_does_not_sign_in() {
    let world = World::good();
    world.key(|key| key.disabled = Some("EXPOSED"));
    assert_snapshot!(Project::of(&world).check().told(), @r##"
    exit 1
    fail gcp.identity credential/reader
      cannot sign in: Google Cloud does not accept the token: the key was deleted or disabled, or its service account was
      said: ACCESS_TOKEN_TYPE_UNSUPPORTED: Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.
      help: see the service account's Keys in IAM & Admin: enable it, or create a new key and put that behind the reference
    "##);
}

#[test]
fn keys_that_may_not_be_seen() {
    let world = World::good();
    world.without_role("roles/iam.serviceAccountViewer");
    assert_snapshot!(told(&world), @r##"
    exit 0
    warn gcp.key.age credential/reader
      the age of the key cannot be seen
      said: IAM_PERMISSION_DENIED: Permission 'iam.serviceAccountKeys.list' denied on resource '//serviceAccounts/bursar@acme-billing.iam.gserviceaccount.com' (or it may not exist).
      help: allow the service account to see its own keys (roles/iam.serviceAccountViewer):
      | gcloud iam service-accounts add-iam-policy-binding bursar@acme-billing.iam.gserviceaccount.com --member='serviceAccount:bursar@acme-billing.iam.gserviceaccount.com' --role=roles/iam.serviceAccountViewer
    "##);
}
