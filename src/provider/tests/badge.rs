//! Waivers and badges.

use std::collections::BTreeMap;

use super::*;
use crate::model::finding::{Badge, Light};
use crate::model::leaf::Leaf;
use crate::model::provider::Provider;
use crate::model::settings::Waiver;
use crate::model::time::Date;

#[test]
fn waivers_hold_until_their_last_day() {
    let finding = |check: &str, address: &str, status| Finding {
        check: check.into(),
        address: Address::parse(address).unwrap(),
        status,
        badge: Badge::Api,
        required: true,
        message: String::new(),
        remedy: String::new(),
        paste: String::new(),
        evidence: BTreeMap::new(),
        at: "2026-11-21T12:00:00Z".into(),
        waived: Some("an old waiver".into()),
    };
    let waiver = |check: &str, applies_to: &str| Waiver {
        check: check.into(),
        applies_to: applies_to.into(),
        reason: "known".into(),
        until: Date::parse("2026-11-21").unwrap(),
    };
    let waivers = [
        waiver("a", "credential/*"),
        waiver("b", "!credential/x"),
        waiver("c", "["),
    ];
    let waived = |day: &str| {
        let mut findings = [
            finding("a", "credential/x", Status::Fail),
            finding("a", "credential/x", Status::Pass),
            finding("a", "payer/aws/1", Status::Fail),
            finding("b", "payer/aws/1", Status::Fail),
            finding("c", "credential/x", Status::Fail),
        ];
        apply_waivers(&mut findings, &waivers, Date::parse(day).unwrap());
        findings.map(|finding| finding.waived)
    };
    assert_eq!(
        waived("2026-11-21"),
        [Some("known".into()), None, None, None, None]
    );
    assert_eq!(waived("2026-11-22"), [const { None }; 5]);
}

/// Stored findings and relations by hand.
#[derive(Default)]
struct Stored {
    findings: BTreeMap<String, Vec<Finding>>,
    credentials: BTreeMap<String, Vec<Address>>,
}

impl Stored {
    fn add(&mut self, address: &str, badge: Badge, status: Status, required: bool, at: &str) {
        let finding = Finding {
            check: "x".into(),
            address: Address::parse(address).unwrap(),
            status,
            badge,
            required,
            message: String::new(),
            remedy: String::new(),
            paste: String::new(),
            evidence: BTreeMap::new(),
            at: at.into(),
            waived: None,
        };
        self.findings
            .entry(address.into())
            .or_default()
            .push(finding);
    }
}

impl Behind for Stored {
    fn findings(&self, address: &Address) -> &[Finding] {
        self.findings
            .get(address.as_str())
            .map_or(&[], Vec::as_slice)
    }
    fn credentials(&self, address: &Address) -> Vec<Address> {
        self.credentials
            .get(address.as_str())
            .cloned()
            .unwrap_or_default()
    }
    fn exports(&self, _: &Address) -> Vec<Address> {
        vec![Address::export(Provider::Aws, "1", "cur")]
    }
    fn organization(&self, _: &Address) -> Option<Address> {
        Some(Address::organization("o"))
    }
    fn payer(&self, _: &Address) -> Option<Address> {
        Some(Address::payer(Provider::Aws, "1"))
    }
    fn reached_through(&self, _: &Address) -> Option<Address> {
        None
    }

    fn recommendations(&self, _: &Address) -> Option<Address> {
        Some(Address::recommendations("o"))
    }
}

#[test]
fn badges_are_the_worst_of_what_is_behind_them() {
    let (payer, account) = (
        Address::payer(Provider::Aws, "1"),
        Address::account(Provider::Aws, "2"),
    );
    let mut stored = Stored::default();
    assert_eq!(badges(&account, &stored), Badges::default());
    stored.add(
        "account/aws/2",
        Badge::Api,
        Status::Pass,
        true,
        "2026-11-02",
    );
    stored.add(
        "account/aws/2",
        Badge::Api,
        Status::Fail,
        false,
        "2026-11-03",
    );
    stored.add(
        "account/aws/2",
        Badge::Payer,
        Status::Skipped,
        true,
        "2026-11-01",
    );
    stored.add("payer/aws/1", Badge::Api, Status::Fail, true, "2026-11-04");
    stored.add(
        "export/aws/1/cur",
        Badge::Cost,
        Status::Pending,
        true,
        "2026-11-05",
    );
    stored.add(
        "recommendations/o",
        Badge::Recs,
        Status::Unknown,
        true,
        "2026-11-06",
    );
    let badges_of = badges(&account, &stored);
    assert_eq!(
        badges_of.lights,
        [
            Light::Amber,
            Light::NotAsked,
            Light::Pending,
            Light::Unknown
        ]
    );
    let at = |day: &str| Some(day.to_owned());
    assert_eq!(
        badges_of.oldest,
        [at("2026-11-02"), None, at("2026-11-05"), at("2026-11-06")]
    );
    assert_eq!(
        badges(&payer, &stored).lights,
        [Light::Red, Light::NotAsked, Light::Pending, Light::Unknown]
    );

    // A broken credential is one finding, and everything that it reaches knows.
    stored
        .credentials
        .insert("account/aws/2".into(), vec![Address::credential("c")]);
    stored.credentials.insert(
        "export/aws/1/cur".into(),
        vec![Address::credential("reader")],
    );
    stored.add("credential/c", Badge::Api, Status::Fail, true, "2026-11-01");
    stored.add(
        "credential/reader",
        Badge::Api,
        Status::Fail,
        true,
        "2026-11-07",
    );
    let badges_of = badges(&account, &stored);
    assert_eq!(badges_of.light(Badge::Api), Light::Red);
    assert_eq!(
        badges_of.light(Badge::Cost),
        Light::Red,
        "what reads the export counts for COST"
    );
    assert_eq!(badges_of.oldest[0], at("2026-11-01"));
    let export = Address::export(Provider::Aws, "1", "cur");
    assert_eq!(badges(&export, &stored).light(Badge::Cost), Light::Red);
    assert_eq!(badges(&export, &stored).light(Badge::Api), Light::NotAsked);
}

#[test]
fn a_badge_is_green_only_where_the_provider_was_asked() {
    let account = Address::account(Provider::Oci, "2");
    let mut stored = Stored::default();
    let local = |stored: &mut Stored, check: &str, status| {
        let (address, at) = ("organization/o", "2026-11-01");
        stored.add(address, Badge::Api, status, true, at);
        let findings = stored.findings.get_mut(address).unwrap();
        findings.last_mut().unwrap().check = check.into();
    };
    local(&mut stored, "oci.region", Status::Pass);
    local(&mut stored, "oci.access", Status::Skipped);
    assert_eq!(badges(&account, &stored), Badges::default());

    let mut bad = Stored::default();
    local(&mut bad, "oci.region", Status::Warn);
    assert_eq!(badges(&account, &bad).light(Badge::Api), Light::Amber);

    local(&mut stored, "oci.access", Status::Pass);
    assert_eq!(badges(&account, &stored).light(Badge::Api), Light::Green);

    local(&mut stored, "oci.access", Status::Unknown);
    assert_eq!(
        badges(&account, &stored).light(Badge::Api),
        Light::Unknown,
        "what could not be asked of the organization could not be asked of its accounts"
    );
}
