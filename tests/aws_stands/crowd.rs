//! A crowd answers as AWS does, and fast enough that it is not what a speed test measures.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use aws_sdk_iam::types::PolicyEvaluationDecisionType;
use aws_sdk_sts::config::{BehaviorVersion, Credentials, Region};
use axum::body::Bytes;
use axum::http::Request;
use futures::future::join_all;

use crate::aws::crowd::Crowd;
use crate::aws::web::{runtime, send};
use crate::aws::world::{Setup, World};

fn crowded(accounts: usize) -> World {
    let mut world = World::build(Setup {
        members: 0,
        ..Setup::default()
    });
    Crowd::join(&mut world, accounts);
    world
}

#[test]
fn the_sdk_for_rust_is_at_home_in_it() {
    let world = crowded(45);
    macro_rules! client {
        ($name:ident, $id:expr, $secret:expr, $token:expr) => {
            $name::Client::from_conf(
                $name::Config::builder()
                    .behavior_version(BehaviorVersion::latest())
                    .region(Region::new("us-east-1"))
                    .credentials_provider(Credentials::new($id, $secret, $token, None, "test"))
                    .endpoint_url(world.front.url())
                    .build(),
            )
        };
    }
    runtime().block_on(async {
        let organizations = client!(aws_sdk_organizations, &world.payer, "test", None);
        let mut pages = organizations.list_accounts().into_paginator().send();
        let mut found = BTreeSet::new();
        let mut count = 0;
        while let Some(page) = pages.next().await {
            let accounts = page.unwrap().accounts.unwrap_or_default();
            found.extend(accounts.into_iter().filter_map(|account| account.id));
            count += 1;
        }
        assert_eq!((count, found), (3, world.accounts().into_iter().collect()));

        let sts = client!(aws_sdk_sts, &world.ci.id, &world.ci.secret, None);
        let account = world.members.last().unwrap();
        let role = world.role(account);
        let assume = || {
            sts.assume_role()
                .role_arn(&role)
                .role_session_name("bursar")
        };
        for wrong in [assume(), assume().external_id("wrong")] {
            let error = wrong.send().await.unwrap_err().into_service_error();
            assert_eq!(error.meta().code(), Some("AccessDenied"));
        }
        let session = assume().external_id("acme-7f3k").send().await.unwrap();
        let session = session.credentials.unwrap();
        let token = Some(session.session_token);
        let sts = client!(
            aws_sdk_sts,
            session.access_key_id.clone(),
            "crowd",
            token.clone()
        );
        let who = sts.get_caller_identity().send().await.unwrap();
        assert_eq!(who.account.as_deref(), Some(&**account));
        let iam = client!(aws_sdk_iam, session.access_key_id, "crowd", token);
        let simulated = iam
            .simulate_principal_policy()
            .policy_source_arn(&role)
            .action_names("ec2:DescribeInstances")
            .action_names("rds:DescribeDBInstances")
            .send()
            .await
            .unwrap();
        let results = simulated.evaluation_results.unwrap();
        let allowed = |decision: &PolicyEvaluationDecisionType| {
            *decision == PolicyEvaluationDecisionType::Allowed
        };
        assert!(results.len() == 2 && results.iter().all(|one| allowed(&one.eval_decision)));
        // The payer is none of it.
        let sts = client!(aws_sdk_sts, &world.ci.id, &world.ci.secret, None);
        let role = world.role(&world.payer);
        let assume = sts.assume_role().role_arn(role).role_session_name("bursar");
        assume.external_id("acme-7f3k").send().await.unwrap();
    });
}

#[test]
fn two_thousand_accounts_keep_up() {
    let world = crowded(2000);
    let request = |account: &str| {
        let role = world.role(account).replace(':', "%3A").replace('/', "%2F");
        let form = format!(
            "Action=AssumeRole&Version=2011-06-15&RoleArn={role}&RoleSessionName=bursar&ExternalId=acme-7f3k"
        );
        Request::builder()
            .method("POST")
            .uri(world.front.url())
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Bytes::from(form))
            .unwrap()
    };
    let start = Instant::now();
    runtime().block_on(async {
        for group in world.members.chunks(50) {
            let answers = join_all(group.iter().map(|account| send(request(account)))).await;
            assert!(
                answers
                    .into_iter()
                    .all(|answer| answer.unwrap().status() == 200)
            );
        }
    });
    let time = start.elapsed();
    println!("{:.0} requests a second", 2000.0 / time.as_secs_f64());
    // 1,500 a second is what a speed test needs; some thousands are usual.
    assert!(time < Duration::from_millis(1333), "{time:?}");
    assert_eq!(world.front.count("sts", "AssumeRole"), 2000);
}
