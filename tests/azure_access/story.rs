//! The prerequisites of an integration, one after the other taken away: what a tired engineer reads.

use insta::assert_snapshot;
use jiff::SignedDuration;
use serde_json::json;

use crate::azure::project::Project;
use crate::azure::roles::Role;
use crate::azure::world::World;

fn hours(count: i64) -> SignedDuration {
    SignedDuration::from_hours(count)
}

#[test]
fn only_the_role_that_guides_tell_people_to_assign() {
    let world = World::good();
    world.assigned(&[(Role::EventGrid, "/")]);
    world.inside().billing_roles.clear();
    let checked = Project::of(&world).check();
    assert_snapshot!(checked.told(), @r##"
    exit 1
    fail azure.recommendations.advisor recommendations/acme
      cannot read Advisor's recommendations: it may not Microsoft.Advisor/recommendations/read at /subscriptions/<subscription 1>
      said: AuthorizationFailed: The client '<client>' with object id '<object>' does not have authorization to perform action 'Microsoft.Advisor/recommendations/read' over scope '/subscriptions/<subscription 1>' or the scope is invalid. If access was recently granted, please refresh your credentials.
      help: assign Reader (acdd72a7-3385-48ef-bd42-f606fba81ae7):
      | az role assignment create --assignee-object-id <object> --assignee-principal-type ServicePrincipal --role acdd72a7-3385-48ef-bd42-f606fba81ae7 --scope "/subscriptions/<subscription 1>"
    fail azure.permissions payer/azure/8608480
      application <client> may not Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read at <storage>/blobServices/default/containers/exports; the role EventGrid EventSubscription Reader, which it has, gives no access to costs or blobs
      help: assign Storage Blob Data Reader (2a2b9908-6ea1-4ae2-8e65-a410df84e7d1); an assignment takes up to ten minutes to hold:
      | az role assignment create --assignee-object-id <object> --assignee-principal-type ServicePrincipal --role 2a2b9908-6ea1-4ae2-8e65-a410df84e7d1 --scope "<storage>/blobServices/default/containers/exports"
    fail azure.payer.billing payer/azure/8608480
      cannot read the bill: Azure denies Microsoft.Billing/billingAccounts/read
      said: Unauthorized: You are not authorized to view this billing account.
      help: see that the id is right; then have an enterprise administrator assign EnrollmentReader (24f8edb6-1668-4659-b5e2-40bb5f3a7d7e) (roles of RBAC do not reach bills):
      | az rest --method put --url "https://management.azure.com/providers/Microsoft.Billing/billingAccounts/8608480/billingRoleAssignments/$(uuidgen)?api-version=2019-10-01-preview" --body '{"properties":{"principalId":"<object>","principalTenantId":"<tenant>","roleDefinitionId":"/providers/Microsoft.Billing/billingAccounts/8608480/billingRoleDefinitions/24f8edb6-1668-4659-b5e2-40bb5f3a7d7e"}}'
    fail azure.export.provider export/azure/8608480/actual
      cannot ask for the registration of the resource provider: it may not Microsoft.Resources/subscriptions/providers/read at /subscriptions/<subscription 1>
      said: AuthorizationFailed: The client '<client>' with object id '<object>' does not have authorization to perform action 'Microsoft.Resources/subscriptions/providers/read' over scope '/subscriptions/<subscription 1>' or the scope is invalid. If access was recently granted, please refresh your credentials.
      help: have somebody look (Subscriptions, Resource providers), or assign Reader (acdd72a7-3385-48ef-bd42-f606fba81ae7) on the storage account's subscription:
      | az role assignment create --assignee-object-id <object> --assignee-principal-type ServicePrincipal --role acdd72a7-3385-48ef-bd42-f606fba81ae7 --scope "/subscriptions/<subscription 1>"
    fail azure.export.provider export/azure/8608480/amortized
      cannot ask for the registration of the resource provider: it may not Microsoft.Resources/subscriptions/providers/read at /subscriptions/<subscription 1>
      said: AuthorizationFailed: The client '<client>' with object id '<object>' does not have authorization to perform action 'Microsoft.Resources/subscriptions/providers/read' over scope '/subscriptions/<subscription 1>' or the scope is invalid. If access was recently granted, please refresh your credentials.
      help: have somebody look (Subscriptions, Resource providers), or assign Reader (acdd72a7-3385-48ef-bd42-f606fba81ae7) on the storage account's subscription:
      | az role assignment create --assignee-object-id <object> --assignee-principal-type ServicePrincipal --role acdd72a7-3385-48ef-bd42-f606fba81ae7 --scope "/subscriptions/<subscription 1>"
    "##);
}

#[test]
fn exports_at_a_subscription_need_a_role_of_rbac() {
    let world = World::good();
    let subscription = format!("/subscriptions/{}", world.subscription(1));
    let project = at_subscription(&world, &subscription);
    assert_eq!(project.check().told(), "exit 0\n");

    let storage = world.inside().storage.clone();
    // What another role takes out is not given: and what is given elsewhere counts.
    world.assigned(&[(Role::AllButCosts, "/"), (Role::BlobDataReader, &storage)]);
    let checked = project.check();
    assert_snapshot!(checked.told(), @r##"
    exit 1
    fail azure.permissions payer/azure/8608480
      application <client> may not Microsoft.CostManagement/exports/read at /subscriptions/<subscription 2>
      help: assign Cost Management Reader (72fafb9e-0641-4937-9268-a91bfd8191a3); an assignment takes up to ten minutes to hold:
      | az role assignment create --assignee-object-id <object> --assignee-principal-type ServicePrincipal --role 72fafb9e-0641-4937-9268-a91bfd8191a3 --scope "/subscriptions/<subscription 2>"
    fail azure.export.definition export/azure/8608480/actual
      cannot list the exports: it may not Microsoft.CostManagement/exports/read at /subscriptions/<subscription 2>
      said: AuthorizationFailed: The client '<client>' with object id '<object>' does not have authorization to perform action 'Microsoft.CostManagement/exports/read' over scope '/subscriptions/<subscription 2>' or the scope is invalid. If access was recently granted, please refresh your credentials.
      help: assign Cost Management Reader (72fafb9e-0641-4937-9268-a91bfd8191a3):
      | az role assignment create --assignee-object-id <object> --assignee-principal-type ServicePrincipal --role 72fafb9e-0641-4937-9268-a91bfd8191a3 --scope "/subscriptions/<subscription 2>"
    fail azure.export.definition export/azure/8608480/amortized
      cannot list the exports: it may not Microsoft.CostManagement/exports/read at /subscriptions/<subscription 2>
      said: AuthorizationFailed: The client '<client>' with object id '<object>' does not have authorization to perform action 'Microsoft.CostManagement/exports/read' over scope '/subscriptions/<subscription 2>' or the scope is invalid. If access was recently granted, please refresh your credentials.
      help: assign Cost Management Reader (72fafb9e-0641-4937-9268-a91bfd8191a3):
      | az role assignment create --assignee-object-id <object> --assignee-principal-type ServicePrincipal --role 72fafb9e-0641-4937-9268-a91bfd8191a3 --scope "/subscriptions/<subscription 2>"
    "##);
    world.assigned(&[
        (Role::AllButCosts, "/"),
        (Role::CostManagementReader, &subscription),
        (Role::BlobDataReader, &storage),
    ]);
    assert_eq!(project.check().told(), "exit 0\n");
}

/// The world's project with its exports defined at a subscription, and nothing read at the bill.
fn at_subscription<'w>(world: &'w World, scope: &str) -> Project<'w> {
    let project = Project::of(world);
    project.edit(
        "estate/azure.yaml",
        "cost_management: {",
        &format!("cost_management: {{scope: {scope}, "),
    );
    let mut inside = world.inside();
    inside.billing_roles.clear();
    for (at, _) in &mut inside.exports {
        scope.clone_into(at);
    }
    drop(inside);
    project
}

#[test]
fn no_role_on_blobs() {
    let world = World::good();
    world.assigned(&[(Role::Reader, "/")]);
    let checked = Project::of(&world).check();
    assert_snapshot!(checked.told(), @r##"
    exit 1
    fail azure.permissions payer/azure/8608480
      application <client> may not Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read at <storage>/blobServices/default/containers/exports
      help: assign Storage Blob Data Reader (2a2b9908-6ea1-4ae2-8e65-a410df84e7d1); an assignment takes up to ten minutes to hold:
      | az role assignment create --assignee-object-id <object> --assignee-principal-type ServicePrincipal --role 2a2b9908-6ea1-4ae2-8e65-a410df84e7d1 --scope "<storage>/blobServices/default/containers/exports"
    fail azure.export.read export/azure/8608480/actual
      cannot list the container `exports`: the permission to do this with blobs is missing (AuthorizationPermissionMismatch)
      said: AuthorizationPermissionMismatch: This request is not authorized to perform this operation using this permission.
      help: assign Storage Blob Data Reader (2a2b9908-6ea1-4ae2-8e65-a410df84e7d1) on the container; an assignment takes up to ten minutes to hold:
      | az role assignment create --assignee-object-id <object> --assignee-principal-type ServicePrincipal --role 2a2b9908-6ea1-4ae2-8e65-a410df84e7d1 --scope "<storage>/blobServices/default/containers/exports"
    fail azure.export.read export/azure/8608480/amortized
      cannot list the container `exports`: the permission to do this with blobs is missing (AuthorizationPermissionMismatch)
      said: AuthorizationPermissionMismatch: This request is not authorized to perform this operation using this permission.
      help: assign Storage Blob Data Reader (2a2b9908-6ea1-4ae2-8e65-a410df84e7d1) on the container; an assignment takes up to ten minutes to hold:
      | az role assignment create --assignee-object-id <object> --assignee-principal-type ServicePrincipal --role 2a2b9908-6ea1-4ae2-8e65-a410df84e7d1 --scope "<storage>/blobServices/default/containers/exports"
    "##);
}

#[test]
fn a_bill_that_may_not_be_read_and_one_that_is_not_there() {
    let world = World::good();
    world.inside().billing_roles.clear();
    let checked = Project::of(&world).check();
    assert_snapshot!(checked.told_at("azure.payer.billing"), @r##"
    exit 1
    fail azure.payer.billing payer/azure/8608480
      cannot read the bill: Azure denies Microsoft.Billing/billingAccounts/read
      said: Unauthorized: You are not authorized to view this billing account.
      help: see that the id is right; then have an enterprise administrator assign EnrollmentReader (24f8edb6-1668-4659-b5e2-40bb5f3a7d7e) (roles of RBAC do not reach bills):
      | az rest --method put --url "https://management.azure.com/providers/Microsoft.Billing/billingAccounts/8608480/billingRoleAssignments/$(uuidgen)?api-version=2019-10-01-preview" --body '{"properties":{"principalId":"<object>","principalTenantId":"<tenant>","roleDefinitionId":"/providers/Microsoft.Billing/billingAccounts/8608480/billingRoleDefinitions/24f8edb6-1668-4659-b5e2-40bb5f3a7d7e"}}'
    "##);
    assert_eq!(checked.status("azure.export.definition"), "skipped");
    let world = World::good();
    let project = Project::of(&world);
    project.edit("estate/azure.yaml", "\"8608480\"", "\"8608481\"");
    let told = project.check().told_at("azure.payer.billing");
    assert!(
        told.contains("Billing account or profile not found"),
        "{told}"
    );
}

#[test]
fn a_bill_of_another_kind_currency_or_state() {
    for (field, value, says) in [
        (
            "agreementType",
            json!("MicrosoftCustomerAgreement"),
            "write its id as the key",
        ),
        (
            "agreementType",
            json!("MicrosoftPartnerAgreement"),
            "provider: azure_csp",
        ),
        (
            "agreementType",
            json!("MicrosoftOnlineServicesProgram"),
            "pay as you go",
        ),
        (
            "enrollmentDetails",
            json!({"currency": "USD"}),
            "the bill is in USD, and EUR is declared",
        ),
        (
            "accountStatus",
            json!("Terminated"),
            "the bill is Terminated",
        ),
        ("hasReadAccess", json!(false), "EnrollmentReader"),
    ] {
        let world = World::good();
        world.change_bill(field, value);
        let checked = Project::of(&world).check();
        let told = checked.told_at("azure.payer.billing");
        assert!(
            told.contains("\nfail azure.payer.billing") && told.contains(says),
            "{told}"
        );
    }
    let world = World::good();
    world.change_bill(
        "enrollmentDetails",
        json!({"currency": "EUR", "endDate": "2025-01-01T00:00:00Z"}),
    );
    let told = Project::of(&world).check().told();
    assert!(told.contains("warn azure.payer.billing"), "{told}");
}

#[test]
fn a_billing_profile_of_a_customer_agreement() {
    let world = World::good();
    let account =
        "0e1b2a3c-4d5e-4f60-8a7b-9c0d1e2f3a4b:0e1b2a3c-4d5e-4f60-8a7b-9c0d1e2f3a4b_2019-05-31";
    let at = format!("/providers/Microsoft.Billing/billingAccounts/{account}");
    let profile = format!("{at}/billingProfiles/PE2Q-NOIT-BG7-TGB");
    {
        let mut inside = world.inside();
        inside.bills.clear();
        inside.bills.insert(at.clone(), json!({"agreementType": "MicrosoftCustomerAgreement", "accountStatus": "Active", "hasReadAccess": false}));
        inside.bills.insert(profile.clone(), json!({"status": "Active", "currency": "EUR", "displayName": "Acme", "hasReadAccess": true}));
        inside.billing_roles = vec![at];
        for one in &mut inside.subscriptions {
            one.bill.clone_from(&profile);
        }
        for (scope, _) in &mut inside.exports {
            scope.clone_from(&profile);
        }
    }
    let project = Project::of(&world);
    project.edit(
        "estate/azure.yaml",
        "\"8608480\":\n",
        &format!("PE2Q-NOIT-BG7-TGB:\n    billing_account: \"{account}\"\n"),
    );
    assert_eq!(project.check().told(), "exit 0\n");
    world.inside().bills.get_mut(&profile).unwrap()["status"] = json!("Warned");
    world.inside().bills.get_mut(&profile).unwrap()["statusReasonCode"] = json!("PastDue");
    let told = project.check().told();
    assert!(told.contains("the bill is Warned (PastDue)"), "{told}");
    world.inside().billing_roles.clear();
    assert_snapshot!(project.check().told_at("azure.payer.billing"), @r##"
    exit 1
    fail azure.payer.billing payer/azure/PE2Q-NOIT-BG7-TGB
      cannot read the bill: Azure denies Microsoft.Billing/billingAccounts/read
      said: Unauthorized: You are not authorized to view this billing account.
      help: see that the id is right; then have an owner of the billing profile assign Billing profile reader (40000000-aaaa-bbbb-cccc-100000000002) (roles of RBAC do not reach bills):
      | az rest --method post --url "https://management.azure.com/providers/Microsoft.Billing/billingAccounts/0e1b2a3c-4d5e-4f60-8a7b-9c0d1e2f3a4b:0e1b2a3c-4d5e-4f60-8a7b-9c0d1e2f3a4b_2019-05-31/billingProfiles/PE2Q-NOIT-BG7-TGB/createBillingRoleAssignment?api-version=2024-04-01" --body '{"principalId":"<object>","principalTenantId":"<tenant>","roleDefinitionId":"/providers/Microsoft.Billing/billingAccounts/0e1b2a3c-4d5e-4f60-8a7b-9c0d1e2f3a4b:0e1b2a3c-4d5e-4f60-8a7b-9c0d1e2f3a4b_2019-05-31/billingProfiles/PE2Q-NOIT-BG7-TGB/billingRoleDefinitions/40000000-aaaa-bbbb-cccc-100000000002"}'
    "##);
}

#[test]
fn subscriptions_that_are_not_in_use_or_not_on_the_bill() {
    let world = World::good();
    world.inside().subscriptions[1].state = "Disabled".to_owned();
    world.inside().subscriptions[2].bill =
        "/providers/Microsoft.Billing/billingAccounts/1".to_owned();
    let project = Project::of(&world);
    project.edit(
        "estate/azure.yaml",
        "accounts:\n",
        "accounts:\n  11111111-2222-4333-8444-555555555555: Gone\n",
    );
    assert_snapshot!(project.check().told(), @r##"
    exit 1
    fail azure.account.subscription account/azure/11111111-2222-4333-8444-555555555555
      application <client> sees no such subscription, nor the bill of 8608480
      help: correct the id, or its organization; if both are right, the credential has no role on it: assign Reader (acdd72a7-3385-48ef-bd42-f606fba81ae7):
      | az role assignment create --assignee-object-id <object> --assignee-principal-type ServicePrincipal --role acdd72a7-3385-48ef-bd42-f606fba81ae7 --scope "/subscriptions/11111111-2222-4333-8444-555555555555"
    fail azure.account.subscription account/azure/<subscription 2>
      the subscription is Disabled: it runs nothing
      help: enable it in the portal; or write `closed: YYYY-MM-DD`: it is kept with its history, and no longer asked
    fail azure.account.subscription account/azure/<subscription 3>
      the subscription is not on the bill of 8608480
      help: correct the account's `payer`, or write `closed: YYYY-MM-DD` if it moved away
    "##);
}

#[test]
fn a_secret_is_watched_before_it_ends() {
    let world = World::good();
    world.inside().secret_ends = world.made + hours(10 * 24 + 1);
    let project = Project::of(&world);
    let told = project.check().told();
    assert!(
        told.contains("the client secret `bursar` of bursar-reader expires in 10 days"),
        "{told}"
    );
    // Without its id it is known by how it begins.
    let id = world.inside().secret_id.clone();
    project.edit("bursar.yaml", &format!("      secret_id: {id}\n"), "");
    assert_eq!(project.check().status("azure.secret.expiry"), "warn");
    // Where Graph may not be asked, the declared day counts.
    world.inside().graph = false;
    assert_snapshot!(project.check().told(), @r##"
    exit 0
    warn azure.secret.expiry credential/reader
      Microsoft Graph may not be asked when the secret expires; and `expires_on` is not declared: nobody watches it
      said: Authorization_RequestDenied: Insufficient privileges to complete the operation.
      help: give the application the permission Application.Read.All of Microsoft Graph, with admin consent; or declare `expires_on`
    "##);
    project.edit(
        "bursar.yaml",
        "client_secret: {",
        "expires_on: 2099-01-01\n      client_secret: {",
    );
    assert_eq!(project.check().told(), "exit 0\n");
}

#[test]
fn advisor_needs_a_role() {
    let world = World::good();
    let subscription = format!("/subscriptions/{}", world.subscription(0));
    let storage = world.inside().storage.clone();
    world.assigned(&[
        (Role::EventGrid, &subscription),
        (Role::BlobDataReader, &storage),
    ]);
    let checked = Project::of(&world).check();
    let told = checked.told_at("azure.recommendations.advisor");
    assert!(
        told.contains("Microsoft.Advisor/recommendations/read"),
        "{told}"
    );
    // A run completed: so the resource provider is registered, whoever may ask.
    assert_eq!(checked.status("azure.export.provider"), "pass");
}

#[test]
fn who_has_only_a_data_role_may_not_read_what_it_may_do() {
    let world = World::good();
    let container = {
        let mut inside = world.inside();
        inside.container_is_shy = true;
        format!(
            "{}/blobServices/default/containers/{}",
            inside.storage, inside.container
        )
    };
    world.assigned(&[(Role::BlobDataReader, &container)]);
    let checked = Project::of(&world).check();
    assert_eq!(checked.status("azure.permissions"), "skipped");
    assert_eq!(checked.status("azure.export.read"), "pass");
}
