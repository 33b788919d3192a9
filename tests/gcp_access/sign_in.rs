//! Every way to sign in, and what is said where it fails.

use insta::assert_snapshot;
use jiff::SignedDuration;

use crate::google::state::Provider;
use crate::google::world::{ISSUER, PROVIDER, Reader, World, runner_token};
use crate::project::Project;

fn green(reader: Reader) -> World {
    let world = World::read_by(reader);
    let project = project(&world);
    assert_eq!(project.check().told(), "exit 0\n");
    assert_eq!(world.google.wrong(), Vec::<String>::new());
    world
}

/// A project; with what a person's sign-in left in the home folder where that is how it signs in.
fn project(world: &World) -> Project<'_> {
    let project = Project::of(world);
    if world.reader == Reader::Default {
        let text = world.default_credentials();
        project.write(".config/gcloud/application_default_credentials.json", &text);
    }
    project
}

fn change(world: &World, change: impl FnOnce(&mut Provider)) {
    change(&mut world.state().providers[0]);
}

#[test]
fn a_runner_signs_in_with_its_own_token_and_acts_as_the_service_account() {
    let world = green(Reader::Runner);
    // One token for all checks of a run: from the runner, from the exchange, and for the account.
    for (call, count) in [
        ("GET /runner", 1),
        ("POST /sts", 1),
        ("generateAccessToken", 1),
    ] {
        assert_eq!(world.gate().count(call), count, "{call}");
    }
}

#[test]
fn a_federated_token_that_is_given_signs_in_for_itself() {
    green(Reader::Federated);
}

#[test]
fn a_person_signs_in_and_acts_as_the_service_account() {
    let world = green(Reader::Default);
    assert_eq!(world.gate().count("POST /accounts/token"), 1);
    assert_eq!(world.gate().count("generateAccessToken"), 1);
}

#[test]
fn a_token_is_renewed_before_it_ends() {
    let world = World::read_by(Reader::Default);
    world.state().lives = SignedDuration::from_mins(4);
    assert_eq!(project(&world).check().told(), "exit 0\n");
    // Each is about to end when the next request needs one.
    assert!(world.gate().count("generateAccessToken") > 5);
}

#[test]
fn nobody_is_signed_in() {
    let world = World::read_by(Reader::Default);
    let told = Project::of(&world).check().told();
    assert!(
        told.contains("gcloud auth application-default login"),
        "{told}"
    );
    assert_eq!(world.gate().came().len(), 0);
}

#[test]
fn who_may_not_act_as_the_service_account() {
    let world = World::read_by(Reader::Default);
    world.without_role("roles/iam.serviceAccountTokenCreator");
    assert_snapshot!(project(&world).check_with(&["credential/*"], &[]).told(), @r##"
    exit 1
    fail gcp.identity credential/reader
      cannot act as bursar@acme-billing.iam.gserviceaccount.com: Google Cloud denies iam.serviceAccounts.getAccessToken
      said: IAM_PERMISSION_DENIED: Permission 'iam.serviceAccounts.getAccessToken' denied on resource '//serviceAccounts/bursar@acme-billing.iam.gserviceaccount.com' (or it may not exist).
      help: see that bursar@acme-billing.iam.gserviceaccount.com is there, and grant roles/iam.serviceAccountTokenCreator on it to who signs in (narrow a pool by its attributes); a grant takes a few minutes to hold:
      | gcloud iam service-accounts add-iam-policy-binding bursar@acme-billing.iam.gserviceaccount.com --member='MEMBER' --role=roles/iam.serviceAccountTokenCreator
    "##);
    let world = World::read_by(Reader::Runner);
    world.without_role("roles/iam.workloadIdentityUser");
    assert_snapshot!(project(&world).check_with(&["credential/*"], &[]).told(), @r##"
    exit 1
    fail gcp.identity credential/reader
      cannot act as bursar@acme-billing.iam.gserviceaccount.com: Google Cloud denies iam.serviceAccounts.getAccessToken
      said: IAM_PERMISSION_DENIED: Permission 'iam.serviceAccounts.getAccessToken' denied on resource '//serviceAccounts/bursar@acme-billing.iam.gserviceaccount.com' (or it may not exist).
      help: see that bursar@acme-billing.iam.gserviceaccount.com is there, and grant roles/iam.workloadIdentityUser on it to who signs in (narrow a pool by its attributes); a grant takes a few minutes to hold:
      | gcloud iam service-accounts add-iam-policy-binding bursar@acme-billing.iam.gserviceaccount.com --member='principalSet://iam.googleapis.com/projects/900000000001/locations/global/workloadIdentityPools/github/*' --role=roles/iam.workloadIdentityUser
    "##);
}

#[test]
fn a_pool_that_does_not_let_the_token_in() {
    let world = World::read_by(Reader::Runner);
    change(&world, |provider| {
        provider.repository = "acme/other".to_owned()
    });
    assert_snapshot!(project(&world).check_with(&["credential/*"], &[]).told(), @r##"
    exit 1
    fail gcp.identity credential/reader
      cannot sign in: the provider's attribute condition does not let this token in
      said: unauthorized_client: The given credential is rejected by the attribute condition.
      help: see the provider in IAM & Admin, Workload Identity Federation: issuer, allowed audiences and attribute condition must fit what the token says (`bursar check` shows it under `gcp.token.form`)
    "##);
    change(&world, |provider| provider.name = format!("{PROVIDER}-2"));
    assert_snapshot!(project(&world).check_with(&["credential/*"], &[]).told(), @r##"
    exit 1
    fail gcp.identity credential/reader
      cannot sign in: there is no workload identity provider of this name, or it is disabled
      said: invalid_target: The target service indicated by the "audience" parameters is invalid. This might either be because the pool or provider is disabled or deleted or because it doesn't exist.
      help: correct `audience`: it is the provider's full name, as IAM & Admin, Workload Identity Federation shows it
    "##);
}

#[test]
fn a_token_for_another_audience() {
    let world = World::read_by(Reader::Federated);
    let token = runner_token(ISSUER, "https://github.com/acme", "acme/costs");
    let ran = project(&world).check_with(&["credential/*"], &[("OIDC_TOKEN", &token)]);
    let told = ran.told();
    assert!(
        told.contains("the token is for another audience than the provider allows"),
        "{told}"
    );
}

#[test]
fn a_runner_that_may_not_ask_for_a_token() {
    let world = World::read_by(Reader::Runner);
    let project = project(&world);
    let nothing = [("ACTIONS_ID_TOKEN_REQUEST_URL", "")];
    let told = project.check_with(&["credential/*"], &nothing).told();
    assert!(told.contains("permissions: id-token: write"), "{told}");
    let bad = [("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "something-else")];
    let told = project.check_with(&["credential/*"], &bad).told();
    assert!(told.contains("fail gcp.identity"), "{told}");
}

#[test]
fn a_key_that_was_deleted() {
    let world = World::good();
    world.state().service_accounts[0].keys.clear();
    assert_snapshot!(Project::of(&world).check().told(), @r##"
    exit 1
    fail gcp.identity credential/reader
      cannot sign in: Google Cloud does not accept the token: the key was deleted or disabled, or its service account was
      said: ACCESS_TOKEN_TYPE_UNSUPPORTED: Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.
      help: see the service account's Keys in IAM & Admin: enable it, or create a new key and put that behind the reference
    "##);
}
