//! Who we are: keys, roles, trust and external ids.

use insta::assert_snapshot;

use crate::aws::world::World;
use crate::project::Project;

#[test]
fn a_role_that_does_not_trust_us_is_one_cause() {
    let world = World::good();
    world.without_trust(&world.payer);
    let checked = Project::of(&world).check();
    assert_snapshot!(checked.told(), @r##"
    exit 1
    fail aws.identity payer/aws/<payer>
      arn:aws:iam::<tools>:user/ci may not assume BursarReader
      said: AccessDenied: User: arn:aws:iam::<tools>:user/ci is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::<payer>:role/BursarReader
      help: see three things in the account: the role is there under this name, its trust policy names the principal below and asks for external id `acme-7f3k`, letter by letter, and the principal's own policy allows `sts:AssumeRole` on it; a change takes up to a minute to hold. Its trust policy:
      | {
      |   "Version": "2012-10-17",
      |   "Statement": [
      |     {
      |       "Effect": "Allow",
      |       "Principal": {
      |         "AWS": "arn:aws:iam::<tools>:user/ci"
      |       },
      |       "Action": "sts:AssumeRole",
      |       "Condition": {
      |         "StringEquals": {
      |           "sts:ExternalId": "acme-7f3k"
      |         }
      |       }
      |     }
      |   ]
      | }
    "##);
    assert!(checked.skipped() > 5);
}

#[test]
fn a_role_that_demands_another_external_id_says_the_same() {
    let world = World::good();
    world.another_external_id(&world.payer);
    let told = Project::of(&world).check().told();
    assert!(
        told.contains("fail aws.identity payer/aws/<payer>"),
        "{told}"
    );
    assert!(told.contains("external id `acme-7f3k`"), "{told}");
}

#[test]
fn a_role_that_is_not_there() {
    let world = World::good();
    world.without_role(&world.payer);
    let told = Project::of(&world).check().told();
    assert!(told.contains("the role is there under this name"), "{told}");
}

#[test]
fn an_external_id_that_nobody_demands_is_a_warning() {
    let world = World::good();
    world.external_id_not_enforced(&world.payer);
    let checked = Project::of(&world).check();
    assert_snapshot!(checked.told(), @r##"
    exit 0
    warn aws.role.external_id payer/aws/<payer>
      the role can be assumed without its external id
      help: add the condition to the statement of the role's trust policy that allows `sts:AssumeRole`, and see that no other statement allows it without:
      | {
      |   "Version": "2012-10-17",
      |   "Statement": [
      |     {
      |       "Effect": "Allow",
      |       "Principal": {
      |         "AWS": "arn:aws:iam::<tools>:user/ci"
      |       },
      |       "Action": "sts:AssumeRole",
      |       "Condition": {
      |         "StringEquals": {
      |           "sts:ExternalId": "acme-7f3k"
      |         }
      |       }
      |     }
      |   ]
      | }
    "##);
}

#[test]
fn a_key_that_was_deleted() {
    let world = World::good();
    world.without_key();
    let checked = Project::of(&world).check();
    assert_snapshot!(checked.told(), @r##"
    exit 1
    fail aws.identity credential/ci
      cannot sign in: AWS does not know the access key: it was deleted, is inactive, or belongs to another partition
      said: InvalidClientTokenId: The security token included in the request is invalid.
      help: create a new key, or sign in anew; a key of another partition is unknown too
    "##);
}

#[test]
fn a_secret_key_of_another_key() {
    let world = World::good();
    let secret = ("CI_SECRET_KEY", "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY00");
    let project = Project::of(&world);
    let checked = project.check_with(&[], &[secret]);
    assert_snapshot!(checked.told(), @r##"
    exit 1
    fail aws.identity credential/ci
      cannot sign in: the secret key does not belong to the access key id
      said: SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.
      help: take key id and secret key from the same key, without blanks around them
    "##);
    let text = format!("{:?}", checked.findings);
    assert!(!text.contains(secret.1), "{text}");
}

#[test]
fn a_key_for_another_account_than_its_own() {
    let world = World::good();
    let project = Project::of(&world);
    project.edit("estate/aws.yaml", "credentials: payers", "credentials: ci");
    let checked = project.check();
    let told = checked.told();
    assert!(
        told.contains("`ci` is in account <tools>, and is used for <payer>"),
        "{told}"
    );
    assert_eq!(checked.code, 1);
}

#[test]
fn a_role_by_arn_is_tried_by_itself() {
    let world = World::good();
    let project = Project::of(&world);
    let role = format!("role_arn: \"{}\"", world.role(&world.payer));
    project.edit("bursar.yaml", "role_name: BursarReader", &role);
    let checked = project.check_with(&["credential/payers"], &[]);
    assert_eq!(checked.told(), "exit 0\n");
    assert_eq!(
        checked.statuses("aws.role.external_id")["credential/payers"],
        "pass"
    );
    world.without_trust(&world.payer);
    let told = project.check_with(&["credential/payers"], &[]).told();
    assert!(
        told.contains("fail aws.identity credential/payers"),
        "{told}"
    );
}

#[test]
fn one_credential_is_tried_where_it_is_used() {
    let world = World::good();
    let project = Project::of(&world);
    let checked = project.check_with(&["credential/payers"], &[]);
    assert_eq!(checked.told(), "exit 0\n");
    assert_eq!(
        checked.statuses("aws.identity").len(),
        3,
        "{:#?}",
        checked.findings
    );
    assert!(checked.statuses("aws.export.read").is_empty());
}

#[test]
fn the_downloaded_csv_signs_in() {
    let world = World::good();
    let project = Project::of(&world);
    let csv = format!(
        "Access key ID,Secret access key\r\n{},{}\r\n",
        world.ci.id, world.ci.secret
    );
    project.write("accessKeys.csv", &csv);
    std::process::Command::new("chmod")
        .arg("600")
        .arg(project.path().join("accessKeys.csv"))
        .status()
        .unwrap();
    project.edit(
        "bursar.yaml",
        "{access_key_id: {env: CI_KEY_ID}, secret_access_key: {env: CI_SECRET_KEY}}",
        "{csv: {file: accessKeys.csv}}",
    );
    assert_eq!(project.check().told(), "exit 0\n");
}

#[test]
fn the_sdks_own_chain_signs_in() {
    let world = World::good();
    let project = Project::of(&world);
    let declared = "aws_access_key: {access_key_id: {env: CI_KEY_ID}, secret_access_key: {env: CI_SECRET_KEY}}";
    project.edit("bursar.yaml", declared, "aws_default: {}");
    let environment = [
        ("AWS_ACCESS_KEY_ID", world.ci.id.as_str()),
        ("AWS_SECRET_ACCESS_KEY", world.ci.secret.as_str()),
    ];
    assert_eq!(project.check_with(&[], &environment).told(), "exit 0\n");

    // A profile of the shared configuration.
    let profile = format!(
        "[reader]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
        world.ci.id, world.ci.secret
    );
    project.write(".aws/credentials", &profile);
    project.edit(
        "bursar.yaml",
        "aws_default: {}",
        "aws_default: {profile: reader}",
    );
    assert_eq!(project.check().told(), "exit 0\n");

    project.write(".aws/credentials", "[other]\n");
    let told = project.check().told();
    assert!(
        told.contains("cannot sign in: there are no credentials to sign with\n"),
        "{told}"
    );
    assert!(told.contains("aws sso login"), "{told}");
    assert!(told.contains("profile `reader` was not defined"), "{told}");
}

#[test]
fn partitions_sign_in_at_home() {
    let world = World::good();
    for (partition, home) in [
        ("aws", "us-east-1"),
        ("aws-cn", "cn-north-1"),
        ("aws-us-gov", "us-gov-west-1"),
    ] {
        let project = Project::of(&world);
        let user = format!("user_arn: \"arn:{partition}:iam::{}:user/ci\"", world.tools);
        let declared = "secret_access_key: {env: CI_SECRET_KEY}";
        project.edit("bursar.yaml", declared, &format!("{declared}, {user}"));
        world.front.forget_calls();
        project.check_with(&["credential/ci"], &[]);
        let calls = world.front.calls();
        let first = calls
            .iter()
            .find(|call| call.operation == "GetCallerIdentity")
            .unwrap();
        assert_eq!(first.region, home, "{partition}");
    }
}
