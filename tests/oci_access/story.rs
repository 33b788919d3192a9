//! The seed's table of prerequisites for OCI, walked by somebody who has done nothing yet: tenancy OCID,
//! API key, access policy; then what this project adds.

use insta::assert_snapshot;

use crate::oci::world::{ALLOWED, TENANCY, USER, World};
use crate::project::Project;

#[test]
fn from_nothing_to_green_one_prerequisite_after_the_other() {
    let world = World::good();
    let project = Project::of(&world);
    let groups = |world: &World| {
        world.change(|tenancy| {
            tenancy.users.get_mut(USER).unwrap().groups.clear();
            tenancy.policies.clear();
            tenancy.enrolment = None;
        });
    };
    let keys = world.keys();
    groups(&world);
    world.without_key();
    let mut story = String::new();
    let mut tell = |title: &str, told: &str| {
        story.push_str(&format!("## {title}\n{told}\n"));
    };

    // The user's OCID was pasted where the tenancy's belongs.
    project.edit(
        "bursar.yaml",
        &format!("tenancy: {TENANCY}"),
        &format!("tenancy: {USER}"),
    );
    let ran = project.run(&["validate"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.contains("oci.ocid") || ran.out.contains("oci.ocid"),
        "{}{}",
        ran.out,
        ran.err
    );
    project.edit(
        "bursar.yaml",
        &format!("tenancy: {USER}"),
        &format!("tenancy: {TENANCY}"),
    );

    tell("no API key at the user", &project.check().told());

    world.put_keys(keys);
    tell("no group and no policy", &project.check().told());

    world.join_group();
    world.paste(&ALLOWED[2..].join("\n"));
    tell("no policy for the reports", &project.check().told());

    world.paste(&ALLOWED[..2].join("\n"));
    tell(
        "no Cloud Advisor, and the currency hidden",
        &project.check().told(),
    );

    world.change(|tenancy| tenancy.enrolment = Some("ACTIVE"));
    world.paste("Allow group cost-readers to read usage-report in tenancy");
    tell("all done", &project.check().told());
    assert_snapshot!(story, @r##"
    ## no API key at the user
    exit 1
    fail oci.identity credential/reader
      cannot sign in: OCI does not accept the signature: it knows no such key of this user in this tenancy
      said: NotAuthenticated: The required information to complete authentication was not provided or was incorrect.
      help: see User settings, API keys: the declared fingerprint must be listed there, for the declared user, in the declared tenancy, and the tenancy must be subscribed to the declared region; a key that was just added takes up to a minute

    ## no group and no policy
    exit 1
    warn oci.region.home credential/reader
      whether eu-frankfurt-1 is the tenancy's home region cannot be seen
      said: NotAuthorizedOrNotFound: Authorization failed or requested resource not found.
      help: add this to a policy in the root compartment:
      | Allow group GROUP to inspect tenancies in tenancy
    fail oci.organization.compartments organization/acme
      cannot list the tenancy's compartments: OCI shows nothing: inspect compartments is not allowed, or it is not there
      said: NotAuthorizedOrNotFound: Authorization failed or requested resource not found.
      help: add this to a policy in the root compartment:
      | Allow group GROUP to inspect compartments in tenancy
    fail oci.recommendations.cloud_advisor recommendations/acme
      cannot ask Cloud Advisor: OCI shows nothing: read optimizer-api-family is not allowed, or it is not there
      said: NotAuthorizedOrNotFound: Authorization failed or requested resource not found.
      help: add this to a policy in the root compartment:
      | Allow group GROUP to read optimizer-api-family in tenancy
    warn oci.payer.parent payer/oci/<tenancy>
      whether the tenancy has a parent cannot be seen
      said: NotAuthorizedOrNotFound: Authorization failed or requested resource not found.
      help: add this to a policy in the root compartment:
      | Allow group GROUP to read organizations-family in tenancy
    warn oci.payer.currency payer/oci/<tenancy>
      the currency of the bill cannot be seen
      said: NotAuthorizedOrNotFound: Authorization failed or requested resource not found.
      help: add this to a policy in the root compartment:
      | Allow group GROUP to read usage-report in tenancy
    fail oci.export.bucket export/oci/<tenancy>/cost
      OCI shows no bucket of reports, and says the same of several causes
      said: BucketNotFound: Either the bucket named '<tenancy>' does not exist in the namespace 'bling' or you are not authorized to access it
      help: likeliest first: (1) no policy in the root compartment lets the group read the reports, or it was made minutes ago; (2) the user is not in the group that the policy names; (3) the declared region is not the home region; (4) the tenancy is a child: the parent has its reports; (5) the tenancy has no metered subscription, so Oracle makes no reports; the policy, in the root compartment:
      | define tenancy usage-report as <keeper>
      | endorse group GROUP to read objects in tenancy usage-report
      | Allow group GROUP to inspect policies in tenancy
      | Allow group GROUP to inspect groups in tenancy
      | Allow group GROUP to inspect users in tenancy
    fail oci.export.bucket export/oci/<tenancy>/focus
      OCI shows no bucket of reports, and says the same of several causes
      said: BucketNotFound: Either the bucket named '<tenancy>' does not exist in the namespace 'bling' or you are not authorized to access it
      help: likeliest first: (1) no policy in the root compartment lets the group read the reports, or it was made minutes ago; (2) the user is not in the group that the policy names; (3) the declared region is not the home region; (4) the tenancy is a child: the parent has its reports; (5) the tenancy has no metered subscription, so Oracle makes no reports; the policy, in the root compartment:
      | define tenancy usage-report as <keeper>
      | endorse group GROUP to read objects in tenancy usage-report
      | Allow group GROUP to inspect policies in tenancy
      | Allow group GROUP to inspect groups in tenancy
      | Allow group GROUP to inspect users in tenancy
    fail oci.account.member account/oci/<child>
      cannot list the tenancies of the organization: OCI shows nothing: read organizations-family is not allowed, or it is not there
      said: NotAuthorizedOrNotFound: Authorization failed or requested resource not found.
      help: add this to a policy in the root compartment of the parent:
      | Allow group GROUP to read organizations-family in tenancy

    ## no policy for the reports
    exit 1
    fail oci.recommendations.cloud_advisor recommendations/acme
      Cloud Advisor is not switched on
      help: switch it on in the home region: Governance & Administration, Cloud Advisor, Settings; the first recommendations take up to a day
    warn oci.payer.currency payer/oci/<tenancy>
      the currency of the bill cannot be seen
      said: NotAuthorizedOrNotFound: Authorization failed or requested resource not found.
      help: add this to a policy in the root compartment:
      | Allow group GROUP to read usage-report in tenancy
    fail oci.export.bucket export/oci/<tenancy>/cost
      no policy of the root compartment lets anybody read Oracle's reports
      said: BucketNotFound: Either the bucket named '<tenancy>' does not exist in the namespace 'bling' or you are not authorized to access it
      help: add a policy with these two statements, in the root compartment and in the home region; it takes some minutes to hold:
      | define tenancy usage-report as <keeper>
      | endorse group cost-readers to read objects in tenancy usage-report
    fail oci.export.bucket export/oci/<tenancy>/focus
      no policy of the root compartment lets anybody read Oracle's reports
      said: BucketNotFound: Either the bucket named '<tenancy>' does not exist in the namespace 'bling' or you are not authorized to access it
      help: add a policy with these two statements, in the root compartment and in the home region; it takes some minutes to hold:
      | define tenancy usage-report as <keeper>
      | endorse group cost-readers to read objects in tenancy usage-report

    ## no Cloud Advisor, and the currency hidden
    exit 1
    fail oci.recommendations.cloud_advisor recommendations/acme
      Cloud Advisor is not switched on
      help: switch it on in the home region: Governance & Administration, Cloud Advisor, Settings; the first recommendations take up to a day
    warn oci.payer.currency payer/oci/<tenancy>
      the currency of the bill cannot be seen
      said: NotAuthorizedOrNotFound: Authorization failed or requested resource not found.
      help: add this to a policy in the root compartment:
      | Allow group GROUP to read usage-report in tenancy

    ## all done
    exit 0
    "##);
}
