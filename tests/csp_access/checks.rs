//! Every check: how it passes, and each way to fail.

use std::time::Duration;

use serde_json::json;

use crate::csp::{API, CENTER, CONTOSO, FABRIKAM, PLAN, PRODUCTION, TENANT, World};
use crate::stand::gate::{Fault, Rule};

const CREDENTIAL: &str = "credential/center";
const PARTNER: &str = "credential/partner";
const EXPORT: &str = "export/azure_csp/1234567/usage";
const PAYER: &str = "payer/azure_csp/1234567";

#[test]
fn a_good_world_has_four_green_badges() {
    let world = World::good();
    let applied = world.run(&["apply", "--auto-approve"]);
    assert_eq!(applied.code, 0, "{}\n{}", applied.out, applied.err);
    let ran = world.check();
    assert_eq!((ran.code, ran.bad()), (0, vec![]), "{}", ran.out);
    let shown = world.run(&["accounts", "--json"]).json();
    let accounts = shown["accounts"].as_array().unwrap();
    assert_eq!(accounts.len(), 3);
    for account in accounts {
        let badges = account["badges"].as_object().unwrap();
        for name in ["API", "PAYER", "COST", "RECS"] {
            assert_eq!(badges[name]["light"], "green", "{name} of {account}");
        }
    }
}

#[test]
fn lists_are_asked_once_whatever_is_declared() {
    let world = World::good();
    let ran = world.check();
    let calls = &ran.json()["calls"]["by_operation"];
    assert_eq!(
        *calls,
        json!({
            "advisor:ListRecommendations": 1,
            // Two applications for Partner Center and Graph each but one, and the user twice: at home
            // and at a customer.
            "entra:Token": 5,
            "graph:GetApplication": 2,
            "graph:GetPartnerBillingOperation": 1,
            "partnercenter:GetBillingProfile": 1,
            "partnercenter:GetMpnProfile": 1,
            "partnercenter:ListAzureEntitlements": 1,
            "partnercenter:ListCustomers": 1,
            "partnercenter:ListSubscriptions": 1,
        })
    );
    let gate = &world.microsoft.gate;
    assert_eq!(gate.came().len(), 14);
    assert_eq!(gate.count("POST /entra/"), 5);
}

/// What a tired engineer reads when one thing of the list is missing.
fn told(change: impl FnOnce(&World), check: &str, address: &str) -> String {
    let world = World::good();
    change(&world);
    let ran = world.check();
    let [status, message, remedy] = ran.finding(check, address);
    format!(
        "{status}: {message}\n{remedy}\nbad: {:?}, exit {}",
        ran.bad(),
        ran.code
    )
}

#[test]
fn a_wrong_secret_is_told_where_it_is_and_once() {
    let told = told(
        |world| world.app(CENTER, |app| app.secret = "another".to_owned()),
        "azure_csp.token",
        CREDENTIAL,
    );
    insta::assert_snapshot!(told, @r#"
    fail: cannot sign in: the application's secret is wrong (AADSTS7000215)
    make a new client secret in Entra (App registrations, the application, Certificates & secrets), and put its value where the reference points; the value is shown only once, and is not the secret's id
    bad: ["fail azure_csp.token credential/center"], exit 1
    "#);
}

#[test]
fn an_expired_secret_is_called_so() {
    let told = told(
        |world| world.app(API, |app| app.expired = true),
        "azure_csp.token",
        PARTNER,
    );
    insta::assert_snapshot!(told, @r#"
    fail: cannot sign in: the application's secret has expired (AADSTS7000222)
    make a new client secret in Entra (App registrations, the application, Certificates & secrets), and put its value where the reference points; the value is shown only once, and is not the secret's id
    bad: ["fail azure_csp.token credential/partner"], exit 1
    "#);
}

#[test]
fn exchanged_ids_are_found_out() {
    let world = World::good();
    world.edit(CENTER, "99999999-0000-4000-8000-000000000009");
    world.edit("bbbbbbbb-0000-4000-8000-000000000001", CENTER);
    let [status, message, remedy] = world.check().finding("azure_csp.token", CREDENTIAL);
    insta::assert_snapshot!(format!("{status}: {message}\n{remedy}"), @r#"
    fail: cannot sign in: there is no such application in this tenant (AADSTS700016); with `application_id` in its place the secret is right
    exchange `client_id` and `application_id` in `bursar.yaml`: the client id is the one of the application that has the secret
    "#);
}

#[test]
fn a_refresh_token_ends_in_its_own_ways() {
    let mut all = String::new();
    for code in [70_008, 700_082, 50_173, 50_076, 50_079, 53_003, 65_001] {
        let world = World::good();
        let token = world.kept();
        world
            .microsoft
            .state()
            .refresh
            .get_mut(&token)
            .unwrap()
            .ended = Some(code);
        let ran = world.check();
        let [status, message, remedy] = ran.finding("azure_csp.token", PARTNER);
        all += &format!("{status}: {message}\n  {remedy}\n");
        // What needs no user goes on without.
        assert_eq!(
            ran.finding("azure_csp.customers", "organization/csp")[0],
            "pass"
        );
        assert_eq!(ran.finding("azure_csp.export.billing", EXPORT)[0], "pass");
        assert_eq!(
            ran.finding("azure_csp.partner.profile", PAYER)[0],
            "skipped"
        );
        assert_eq!(world.kept(), token, "nothing is written over it");
    }
    insta::assert_snapshot!(all, @r#"
    fail: cannot sign in: the refresh token or authorization code has expired (AADSTS70008)
      get a new one: `bursar login partner partner`
    fail: cannot sign in: the refresh token was not used for 90 days (AADSTS700082)
      get a new one: `bursar login partner partner`
    fail: cannot sign in: the refresh token was revoked: by an administrator, the user, or a new password (AADSTS50173)
      get a new one: `bursar login partner partner`
    fail: cannot sign in: multifactor authentication is demanded, and this sign-in had none (AADSTS50076)
      a person has to sign in again with multifactor authentication; for a partner's refresh token run `bursar login partner partner`
    fail: cannot sign in: the user has to register for multifactor authentication first (AADSTS50079)
      have the user register at https://aka.ms/mfasetup, then sign in again
    fail: cannot sign in: Conditional Access blocks this sign-in (AADSTS53003)
      see the sign-in log in Entra for the policy; an administrator can except the application, its user or the network it comes from
    fail: cannot sign in: nobody has consented to the application yet (AADSTS65001)
      have an administrator grant consent: Entra, App registrations, the application, API permissions, Grant admin consent
    "#);
}

#[test]
fn a_user_without_a_second_factor_is_told_before_partner_center_refuses() {
    let told = told(
        |world| world.microsoft.state().user.mfa = false,
        "azure_csp.token",
        PARTNER,
    );
    insta::assert_snapshot!(told, @r#"
    fail: the user signed in without multifactor authentication
    Partner Center refuses such tokens since April 2026: demand MFA of the user in Entra, then run `bursar login partner partner`
    bad: ["fail azure_csp.token credential/partner"], exit 1
    "#);
}

#[test]
fn another_tenant_is_named() {
    let world = World::good();
    world.edit(TENANT, "77777777-2222-4333-8444-555555555555");
    let [status, message, _] = world.check().finding("azure_csp.token", CREDENTIAL);
    assert_eq!(
        format!("{status}: {message}"),
        "fail: cannot sign in: there is no such tenant (AADSTS90002)"
    );
}

#[test]
fn an_application_that_partner_center_does_not_know_is_told_to_be_registered() {
    let told = told(
        |world| world.app(CENTER, |app| app.registered = false),
        "azure_csp.customers",
        "organization/csp",
    );
    insta::assert_snapshot!(told, @r#"
    fail: cannot list the partner's customers: Partner Center does not accept the token that Entra gave
    register the application aaaaaaaa-0000-4000-8000-000000000001 in Partner Center: Account settings, App management, Web app; a new registration takes some minutes to hold
    bad: ["fail azure_csp.customers organization/csp"], exit 1
    "#);
}

#[test]
fn another_partner_and_another_currency_fail() {
    let world = World::good();
    world.microsoft.state().mpn = "7654321".to_owned();
    world.microsoft.state().currency = "EUR".to_owned();
    let ran = world.check();
    let [status, message, _] = ran.finding("azure_csp.partner.profile", PAYER);
    assert_eq!(
        format!("{status}: {message}"),
        "fail: the user's partner is 7654321, not 1234567"
    );
    let [status, message, _] = ran.finding("azure_csp.payer.currency", PAYER);
    assert_eq!(
        format!("{status}: {message}"),
        "fail: billed in EUR, not in USD"
    );
}

#[test]
fn customers_and_subscriptions_that_left_are_found() {
    let world = World::good();
    {
        let mut state = world.microsoft.state();
        state.customers.retain(|one| one["id"] != FABRIKAM);
        state.entitlements.get_mut(PLAN).unwrap()[0]["status"] = json!("suspended");
    }
    let ran = world.check();
    let address = |id: &str| format!("account/azure_csp/{id}");
    let of = |id: &str| {
        ran.finding("azure_csp.account.sold", &address(id))
            .join("\n")
    };
    insta::assert_snapshot!(format!("{}\n\n{}", of(FABRIKAM), of(PRODUCTION)), @r#"
    fail
    no customer of the partner
    the customer left, or belongs to another partner: correct `organization` or the id, or write `closed: YYYY-MM-DD` to keep it with its history

    fail
    the subscription is suspended
    see in Partner Center why (often an unpaid bill or a fraud warning), and activate it; or write `closed: YYYY-MM-DD`
    "#);
    world
        .microsoft
        .state()
        .entitlements
        .get_mut(PLAN)
        .unwrap()
        .clear();
    let [status, message, _] = world
        .check()
        .finding("azure_csp.account.sold", &address(PRODUCTION));
    assert_eq!(
        format!("{status}: {message}"),
        format!("fail: no subscription of {CONTOSO} (Contoso)")
    );
}

#[test]
fn a_missing_billing_permission_is_named_with_the_command() {
    let world = World::good();
    for client in [CENTER, API] {
        world.app(client, |app| {
            app.roles.remove("PartnerBilling.Read.All");
        });
    }
    let ran = world.check();
    let [status, message, remedy] = ran.finding("azure_csp.export.billing", EXPORT);
    insta::assert_snapshot!(format!("{status}: {message}\n{remedy}"), @r#"
    fail: the application aaaaaaaa-0000-4000-8000-000000000001 lacks PartnerBilling.Read.All
    add it in Entra: App registrations, the application, API permissions, Microsoft Graph, Application permissions; then Grant admin consent; a new token has it some minutes later. Or run:
    "#);
    assert_eq!(
        ran.bad(),
        [format!("fail azure_csp.export.billing {EXPORT}")]
    );
    // One of both applications is enough.
    world.app(API, |app| {
        app.roles.insert("PartnerBilling.Read.All");
    });
    assert_eq!(
        world.check().finding("azure_csp.export.billing", EXPORT)[0],
        "pass"
    );
}

#[test]
fn a_secret_that_ends_soon_is_warned_of_where_entra_tells() {
    let world = World::good();
    world.app(CENTER, |app| {
        app.secret_ends = "2026-12-01T00:00:00Z".to_owned()
    });
    let ran = world.check();
    let [status, message, _] = ran.finding("azure_csp.secret.expiry", CREDENTIAL);
    assert_eq!(
        format!("{status}: {message}"),
        "warn: the application's secret expires in 9 days, on 2026-12-01T00:00:00Z"
    );
    world.app(CENTER, |app| {
        app.roles.remove("Application.Read.All");
    });
    let [status, message, _] = world.check().finding("azure_csp.secret.expiry", CREDENTIAL);
    assert_eq!(
        format!("{status}: {message}"),
        "skipped: Entra does not tell this application"
    );
}

#[test]
fn recommendations_need_the_customers_consent_and_a_role() {
    let check = "azure_csp.recommendations.advisor";
    let consent = told(
        |world| world.microsoft.state().granted.clear(),
        check,
        "recommendations/csp",
    );
    let role = told(
        |world| world.microsoft.state().advisor = false,
        check,
        "recommendations/csp",
    );
    insta::assert_snapshot!(format!("{consent}\n\n{role}"), @r#"
    fail: cannot sign in to the customer's tenant: nobody has consented to the application yet (AADSTS65001)
    have an administrator of the customer consent to the application aaaaaaaa-0000-4000-8000-000000000002 there, or consent for the customer in advance (Partner Center, application consents)
    bad: ["fail azure_csp.recommendations.advisor recommendations/csp"], exit 1

    fail: cannot read Advisor: Azure denies Microsoft.Advisor/recommendations/read
    have the customer grant the partner's group access (GDAP), and give that group the role Reader on the subscription
    bad: ["fail azure_csp.recommendations.advisor recommendations/csp"], exit 1
    "#);
}

#[test]
fn what_passes_is_unknown_and_never_a_fault() {
    let busy = || {
        Fault::Instead(
            429,
            vec![("retry-after", "0".to_owned())],
            r#"{"code": 429, "description": "slow down"}"#.to_owned(),
        )
    };
    let ill = || Fault::Instead(503, vec![], "<html>".to_owned());
    let odd = || Fault::Instead(200, vec![], r#"{"items": "none"}"#.to_owned());
    let slow = || Fault::Slow(Duration::from_secs(4));
    let faults = [
        busy(),
        ill(),
        odd(),
        slow(),
        Fault::Reset,
        Fault::Truncated,
        Fault::Foreign,
    ];
    for fault in faults {
        let world = World::good();
        world
            .microsoft
            .gate
            .spoil(Rule::new(fault.clone()).containing("/center/v1/customers"));
        let timeout = [("BURSAR_CALL_TIMEOUT", "3")];
        let ran = world.run_with(&["check", "--json"], &timeout);
        let [status, message, _] = ran.finding("azure_csp.customers", "organization/csp");
        assert_eq!(status, "unknown", "{fault:?}: {message}");
        assert_eq!(ran.code, 1);
        let sold = format!("account/azure_csp/{CONTOSO}");
        assert_eq!(ran.finding("azure_csp.account.sold", &sold)[0], "skipped");
    }
}

#[test]
fn trouble_with_entra_is_unknown_too_and_what_passes_once_is_tried_again() {
    let busy = r#"{"error": "temporarily_unavailable", "error_codes": [90033], "error_description": "AADSTS90033: A transient error."}"#;
    let fault = || Fault::Instead(400, vec![], busy.to_owned());
    let world = World::good();
    world
        .microsoft
        .gate
        .spoil(Rule::new(fault()).containing("/entra/").times(1));
    assert_eq!(world.check().bad(), [""; 0]);
    world
        .microsoft
        .gate
        .spoil(Rule::new(fault()).containing("/entra/"));
    let ran = world.check();
    let [status, message, _] = ran.finding("azure_csp.token", CREDENTIAL);
    assert_eq!(status, "unknown", "{message}");
}

#[test]
fn nobody_is_asked_offline_and_refresh_tokens_grow_old() {
    let world = World::good();
    world.aged("2026-09-10T12:00:00Z");
    let ran = world.run(&["check", "--offline", "--json"]);
    assert!(world.microsoft.gate.came().is_empty());
    let [status, message, remedy] = ran.finding("azure_csp.refresh_token.age", PARTNER);
    insta::assert_snapshot!(format!("{status}: {message}\n{remedy}"), @r#"
    warn: the refresh token, unless it is used, expires in 18 days, on 2026-12-09T12:00:00Z
    renew it: any `bursar check` does where it can be written back, else `bursar login partner partner`
    "#);
    world.aged("2026-08-01T12:00:00Z");
    let ran = world.run(&["check", "--offline", "--json"]);
    assert_eq!(
        ran.finding("azure_csp.refresh_token.age", PARTNER)[0],
        "fail"
    );
}
