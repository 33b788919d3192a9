//! The front spoils as AWS fails: boto3 and the SDK for Rust see each fault as what it is.

use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdin, ChildStdout};
use std::time::{Duration, Instant};

use aws_sdk_sts::config::retry::RetryConfig;
use aws_sdk_sts::config::timeout::TimeoutConfig;
use aws_sdk_sts::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use jiff::SignedDuration;

use crate::aws::front::fault::{Fault, Rule};
use crate::aws::web::runtime;
use crate::aws::world::World;
use crate::billing::script;

/// One call of each form of answer. The key is the root user's, so that nothing is denied.
const CALLS: &[(&str, &str)] = &[
    ("sts", "get_caller_identity {}"),
    ("iam", "list_roles {}"),
    ("s3", "get_bucket_location {\"Bucket\": \"BUCKET\"}"),
    ("organizations", "list_accounts {}"),
    ("cur", "describe_report_definitions {}"),
    ("bcm-data-exports", "list_exports {}"),
    ("cost-optimization-hub", "list_enrollment_statuses {}"),
];

struct Boto {
    child: Child,
    to: ChildStdin,
    from: Lines<BufReader<ChildStdout>>,
    bucket: String,
}

impl Boto {
    fn new(world: &World) -> Self {
        let mut command = script("drive_faults.py", &world.front.url());
        command
            .env("STAND_KEY", &world.payer)
            .env("STAND_SECRET", "test");
        let mut child = command.spawn().unwrap();
        Self {
            to: child.stdin.take().unwrap(),
            from: BufReader::new(child.stdout.take().unwrap()).lines(),
            child,
            bucket: world.bucket.clone(),
        }
    }

    fn call(&mut self, service: &str, call: &str) -> String {
        let call = call.replace("BUCKET", &self.bucket);
        writeln!(self.to, "{service} {call}").unwrap();
        let Some(line) = self.from.next() else {
            panic!("boto3 ended: {:?}", self.child.wait());
        };
        line.unwrap()
    }

    /// What comes of every call.
    fn calls(&mut self) -> Vec<String> {
        let all = CALLS.iter();
        all.map(|(service, call)| self.call(service, call))
            .collect()
    }
}

impl Drop for Boto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn boto3_sees_each_fault_in_the_words_of_the_service() {
    let world = World::good();
    let mut boto = Boto::new(&world);
    assert_eq!(boto.calls(), ["ok"; 7]);
    let cases: &[(Fault, [&str; 7])] = &[
        (
            Fault::Throttled(None),
            [
                "400 Throttling",
                "400 Throttling",
                "503 SlowDown",
                "400 TooManyRequestsException",
                "400 ThrottlingException",
                "400 ThrottlingException",
                "400 ThrottlingException",
            ],
        ),
        (
            Fault::Internal,
            [
                "500 InternalFailure",
                "500 InternalFailure",
                "500 InternalError",
                "500 ServiceException",
                "500 InternalErrorException",
                "500 InternalServerException",
                "500 InternalServerException",
            ],
        ),
        (
            Fault::Unavailable,
            [
                "503 ServiceUnavailable",
                "503 ServiceUnavailable",
                "503 ServiceUnavailable",
                "503 ServiceUnavailableException",
                "503 ServiceUnavailableException",
                "503 ServiceUnavailableException",
                "503 ServiceUnavailableException",
            ],
        ),
        (Fault::Reset, ["ConnectionClosedError"; 7]),
        (
            Fault::ExpiredToken,
            [
                "403 ExpiredToken",
                "403 ExpiredToken",
                "400 ExpiredToken",
                "400 ExpiredTokenException",
                "400 ExpiredTokenException",
                "400 ExpiredTokenException",
                "400 ExpiredTokenException",
            ],
        ),
        (
            Fault::ClockSkew(SignedDuration::from_hours(2)),
            [
                "403 SignatureDoesNotMatch",
                "403 SignatureDoesNotMatch",
                "403 RequestTimeTooSkewed",
                "400 InvalidSignatureException",
                "400 InvalidSignatureException",
                "400 InvalidSignatureException",
                "400 InvalidSignatureException",
            ],
        ),
        // What is not JSON is an empty answer for boto3.
        (
            Fault::Truncated,
            [
                "ResponseParserError",
                "ResponseParserError",
                "ParseError",
                "ok",
                "ok",
                "ok",
                "ok",
            ],
        ),
    ];
    for (fault, wanted) in cases {
        world.front.spoil(Rule::new(fault.clone()));
        assert_eq!(boto.calls(), *wanted, "{fault:?}");
        world.front.heal();
    }
    world
        .front
        .spoil(Rule::new(Fault::Slow(Duration::from_secs(5))));
    assert_eq!(
        boto.call("sts", "get_caller_identity {}"),
        "ReadTimeoutError"
    );
}

#[test]
fn rules_pick_their_calls() {
    let world = World::good();
    let mut boto = Boto::new(&world);
    let rule = Rule::new(Fault::Throttled(None)).service("organizations");
    world
        .front
        .spoil(rule.operation("ListAccounts").after(1).times(2));
    let list = |boto: &mut Boto| boto.call("organizations", "list_accounts {}");
    let seen: Vec<String> = (0..5).map(|_| list(&mut boto)).collect();
    let throttled = "400 TooManyRequestsException";
    assert_eq!(seen, ["ok", throttled, throttled, "ok", "ok"]);
    assert_eq!(boto.call("organizations", "describe_organization {}"), "ok");
    world
        .front
        .spoil(Rule::new(Fault::Internal).containing("role/Nobody"));
    let role = |name: &str| {
        format!(
            "simulate_principal_policy {{\"PolicySourceArn\": \"arn:aws:iam::{}:role/{name}\", \"ActionNames\": [\"s3:GetObject\"]}}",
            world.payer
        )
    };
    assert_eq!(boto.call("iam", &role("Nobody")), "500 InternalFailure");
    assert_eq!(boto.call("iam", &role("BursarReader")), "ok");
    let calls = world.front.calls();
    let spoiled = calls.iter().filter(|call| call.spoiled).count();
    assert_eq!(
        (spoiled, world.front.count("organizations", "ListAccounts")),
        (3, 5)
    );
}

#[test]
fn every_request_waits_for_the_latency() {
    let world = World::good();
    let mut boto = Boto::new(&world);
    boto.call("sts", "get_caller_identity {}");
    world.front.latency(Duration::from_millis(300));
    let start = Instant::now();
    boto.call("sts", "get_caller_identity {}");
    assert!(start.elapsed() >= Duration::from_millis(300));
}

/// The code of an error, or what else it was.
fn seen<T, E: ProvideErrorMetadata, R>(result: Result<T, SdkError<E, R>>) -> String {
    match result {
        Ok(_) => "ok".to_owned(),
        Err(SdkError::ServiceError(error)) => error.err().code().unwrap_or("nonsense").to_owned(),
        Err(SdkError::TimeoutError(_)) => "timeout".to_owned(),
        Err(SdkError::DispatchFailure(_)) => "dispatch".to_owned(),
        // Which of the two it is differs from one client of the SDK to the next.
        Err(SdkError::ResponseError(_)) => "nonsense".to_owned(),
        Err(_) => "other".to_owned(),
    }
}

#[test]
fn the_sdk_for_rust_sees_each_fault_too() {
    let world = World::good();
    let credentials = Credentials::new(&world.payer, "test", None, None, "test");
    macro_rules! client {
        ($name:ident) => {
            $name::Client::from_conf(
                $name::Config::builder()
                    .behavior_version(BehaviorVersion::latest())
                    .region(Region::new("us-east-1"))
                    .credentials_provider(credentials.clone())
                    .endpoint_url(world.front.url())
                    .retry_config(RetryConfig::disabled())
                    .timeout_config(
                        TimeoutConfig::builder()
                            .operation_timeout(Duration::from_secs(2))
                            .build(),
                    )
                    .build(),
            )
        };
    }
    let sts = client!(aws_sdk_sts);
    let organizations = client!(aws_sdk_organizations);
    let exports = client!(aws_sdk_bcmdataexports);
    let optimizer = client!(aws_sdk_computeoptimizer);
    let calls = || {
        runtime().block_on(async {
            [
                seen(sts.get_caller_identity().send().await),
                seen(organizations.list_accounts().send().await),
                seen(exports.list_exports().send().await),
                seen(optimizer.get_enrollment_status().send().await),
            ]
        })
    };
    assert_eq!(calls(), ["ok"; 4]);
    let cases: &[(Fault, [&str; 4])] = &[
        (
            Fault::Throttled(Some(Duration::from_secs(1))),
            [
                "Throttling",
                "TooManyRequestsException",
                "ThrottlingException",
                "ThrottlingException",
            ],
        ),
        (Fault::Reset, ["dispatch"; 4]),
        // Half an XML document is an answer without its members for this SDK.
        (Fault::Truncated, ["ok", "nonsense", "nonsense", "nonsense"]),
        (Fault::Html(200), ["nonsense"; 4]),
        (
            Fault::ExpiredToken,
            [
                "ExpiredToken",
                "ExpiredTokenException",
                "ExpiredTokenException",
                "ExpiredTokenException",
            ],
        ),
        (Fault::Slow(Duration::from_secs(4)), ["timeout"; 4]),
    ];
    for (fault, wanted) in cases {
        world.front.spoil(Rule::new(fault.clone()));
        assert_eq!(calls(), *wanted, "{fault:?}");
        world.front.heal();
    }
}
