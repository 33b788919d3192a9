//! The SDK for Rust reads a good world, with every kind of request that bursar makes.

use aws_sdk_iam::types::{ContextEntry, ContextKeyTypeEnum, PolicyEvaluationDecisionType};
use aws_sdk_sts::config::{BehaviorVersion, Credentials, Region};

use crate::aws::web::runtime;
use crate::aws::world::{Delivery, World};

#[test]
fn it_reads_a_good_world() {
    let world = World::good();
    let keys = |id: &str, secret: &str, token| Credentials::new(id, secret, token, None, "test");
    macro_rules! settings {
        ($name:ident, $region:expr, $keys:expr) => {
            $name::Config::builder()
                .behavior_version(BehaviorVersion::latest())
                .region(Region::new($region))
                .credentials_provider($keys.clone())
                .endpoint_url(world.front.url())
        };
    }
    macro_rules! client {
        ($name:ident, $keys:expr) => {
            $name::Client::from_conf(settings!($name, "us-east-1", $keys).build())
        };
    }
    let ci = keys(&world.ci.id, &world.ci.secret, None);
    runtime().block_on(async {
        let sts = client!(aws_sdk_sts, ci);
        let role = world.role(&world.payer);
        let assume = sts
            .assume_role()
            .role_arn(&role)
            .role_session_name("bursar");
        let session = assume
            .external_id("acme-7f3k")
            .send()
            .await
            .unwrap()
            .credentials
            .unwrap();
        let token = Some(session.session_token);
        let reader = keys(&session.access_key_id, &session.secret_access_key, token);

        let s3 = settings!(aws_sdk_s3, world.setup.bucket_region, reader);
        let s3 = aws_sdk_s3::Client::from_conf(s3.force_path_style(true).build());
        let bucket = &world.bucket;
        let place = s3
            .get_bucket_location()
            .bucket(bucket)
            .send()
            .await
            .unwrap();
        assert_eq!(
            place.location_constraint.unwrap().as_str(),
            world.setup.bucket_region
        );
        let policy = s3.get_bucket_policy().bucket(bucket).send().await.unwrap();
        assert!(policy.policy.unwrap().contains("CheckPolicy"));
        let folder = format!("{}/focus/", Delivery::Focus.prefix());
        let found = s3
            .list_objects_v2()
            .bucket(bucket)
            .prefix(&folder)
            .send()
            .await
            .unwrap();
        let found = found.contents.unwrap();
        assert_eq!(found.len(), 4);
        let key = found[0].key.as_deref().unwrap();
        let byte = s3
            .get_object()
            .bucket(bucket)
            .key(key)
            .range("bytes=0-0")
            .send()
            .await
            .unwrap();
        assert_eq!(byte.body.collect().await.unwrap().into_bytes().len(), 1);

        let cur = client!(aws_sdk_costandusagereport, reader);
        let report = cur.describe_report_definitions().send().await.unwrap();
        let report = &report.report_definitions.unwrap()[0];
        assert!(
            report
                .report_status
                .as_ref()
                .unwrap()
                .last_delivery
                .is_some()
        );
        let exports = client!(aws_sdk_bcmdataexports, reader);
        let all = exports
            .list_exports()
            .send()
            .await
            .unwrap()
            .exports
            .unwrap();
        assert_eq!(all.len(), 2);
        let one = exports
            .get_export()
            .export_arn(&all[0].export_arn)
            .send()
            .await
            .unwrap();
        assert!(one.export_status.unwrap().last_refreshed_at.is_some());
        let runs = exports
            .list_executions()
            .export_arn(&all[0].export_arn)
            .send()
            .await
            .unwrap();
        assert_eq!(runs.executions.unwrap().len(), 1);

        let organizations = client!(aws_sdk_organizations, reader);
        let organization = organizations.describe_organization().send().await.unwrap();
        let organization = organization.organization.unwrap();
        assert_eq!(
            organization.master_account_id.as_deref(),
            Some(&*world.payer)
        );
        let hub = client!(aws_sdk_costoptimizationhub, reader);
        let statuses = hub.list_enrollment_statuses().send().await.unwrap();
        assert_eq!(statuses.items.unwrap().len(), 1);
        let summaries = hub
            .list_recommendation_summaries()
            .group_by("ActionType")
            .send()
            .await;
        assert_eq!(summaries.unwrap().items.unwrap().len(), 1);
        let optimizer = client!(aws_sdk_computeoptimizer, reader);
        let status = optimizer.get_enrollment_status().send().await.unwrap();
        assert_eq!(status.status.unwrap().as_str(), "Active");
        let summaries = optimizer
            .get_recommendation_summaries()
            .send()
            .await
            .unwrap();
        assert_eq!(summaries.recommendation_summaries.unwrap().len(), 3);
        let support = client!(aws_sdk_support, reader);
        let checks = support
            .describe_trusted_advisor_checks()
            .language("en")
            .send()
            .await;
        assert_eq!(checks.unwrap().checks.len(), 3);

        let iam = client!(aws_sdk_iam, reader);
        let prefix = ContextEntry::builder()
            .context_key_name("s3:prefix")
            .context_key_type(ContextKeyTypeEnum::String)
            .context_key_values("cur/hourly/");
        let list = iam
            .simulate_principal_policy()
            .policy_source_arn(&role)
            .action_names("s3:ListBucket")
            .resource_arns(format!("arn:aws:s3:::{bucket}"))
            .context_entries(prefix.build());
        let results = list.send().await.unwrap().evaluation_results.unwrap();
        assert_eq!(
            results[0].eval_decision,
            PolicyEvaluationDecisionType::Allowed
        );
        let iam = client!(aws_sdk_iam, ci);
        let keys = iam.list_access_keys().user_name("ci").send().await.unwrap();
        let key = keys.access_key_metadata[0].access_key_id.clone().unwrap();
        assert_eq!(key, world.ci.id);
        let used = iam
            .get_access_key_last_used()
            .access_key_id(key)
            .send()
            .await
            .unwrap();
        assert!(used.access_key_last_used.unwrap().last_used_date.is_some());
    });
}
