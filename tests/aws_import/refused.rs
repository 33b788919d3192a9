//! What is not imported, and why.

use super::*;

#[test]
fn what_may_not_be_read_is_named_with_the_policy_to_paste() {
    let world = World::good();
    let project = settled(&world);
    world.change_organization(|organization| {
        let unit = organization.unit("Sandbox", &organization.root.clone());
        organization.join(&new(&world, 1), "Play", &unit);
    });
    let refused = |arguments: &[&str]| {
        let ran = project.run(&[&["import", "acme"], arguments].concat());
        assert_eq!((ran.code, ran.out.as_str()), (1, ""));
        plain(&world, &ran.err)
    };
    world.without_permissions(
        &world.payer,
        &[
            "organizations:DescribeOrganizationalUnit",
            "organizations:ListTagsForResource",
        ],
    );
    assert_snapshot!(refused(&["--file", "estate/{ou}.yaml"]), @r#"
    error[import.listing]: `acme` cannot be imported: cannot read the names of
           organizational units:
           arn:aws:sts::<payer>:assumed-role/BursarReader/bursar may not
           organizations:DescribeOrganizationalUnit: no policy of it allows that
      help: allow it to the principal, in the management account or in one that is a
            delegated administrator (a member may never list):
            {
              "Version": "2012-10-17",
              "Statement": [
                {
                  "Effect": "Allow",
                  "Action": "organizations:DescribeOrganizationalUnit",
                  "Resource": "*"
                }
              ]
            }
    "#);
    let tags = refused(&["--file", "estate/{tag:team}.yaml"]);
    assert!(
        tags.contains("\"organizations:ListTagsForResource\""),
        "{tags}"
    );
    // Without such a pattern neither is needed.
    ok(project.run(&["import", "acme"]));
    world.without_permission("organizations:ListAccounts");
    let said = refused(&[]);
    assert!(
        said.contains("error[import.listing]") && said.contains("\"organizations:ListAccounts\""),
        "{said}"
    );
    world.without_key();
    assert_snapshot!(refused(&[]), @r"
    error[import.listing]: `acme` cannot be imported: `ci` cannot sign in: AWS does
           not know the access key: it was deleted, is inactive, or belongs to
           another partition
      help: `bursar check credential/ci` says what to do
    ");
}

#[test]
fn what_cannot_be_imported_says_why() {
    let world = World::good();
    let project = settled(&world);
    join(&world, &["Lake"]);
    let refused = |arguments: &[&str]| {
        let ran = project.run(&[&["import"], arguments].concat());
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{}", ran.err);
        ran.err
    };
    assert_snapshot!(refused(&["platform"]), @r"
    error[import.unbuilt]: importing what a platform has registered is not built yet
      help: `bursar import ORGANIZATION` declares the accounts of an AWS
            organization
    ");
    assert_snapshot!(refused(&["acne"]), @r"
    error[reference.unknown]: no organization is called `acne`
      help: did you mean `acme`?
    ");
    assert_snapshot!(refused(&["acme", "--file", "teams/{ou}.yaml"]), @r"
    error[import.file]: no account can be declared in `teams/{ou}.yaml`: it is in
           none of the folders that are read (`estate`)
      help: write a path below one of the `sources:`, from the project's folder
    ");
    assert_snapshot!(refused(&["acme", "--file", "estate/{team}.yaml"]), @r"
    error[import.pattern]: `estate/{team}.yaml` is no pattern of a file: `{team}` is
           nothing that is known
      help: write a path with `{name}`, `{ou}` or `{tag:NAME}` where accounts
            differ, for example `estate/teams/{ou}.yaml`
    ");
    assert_snapshot!(refused(&["acme", "--ignore", "["]), @r"
    error: `--ignore`: `[` is no pattern: unclosed character class; missing ']'
      help: write a glob, for example `Sandbox/*` for a unit with all that is in it
    ");
    project.edit(
        "bursar.yaml",
        "sources: [estate]\n",
        "sources: [estate]\nfiles: {estate/finance/**: [budgets]}\n",
    );
    assert_snapshot!(refused(&["acme", "--file", "estate/finance/{name}.yaml"]), @r"
    error[import.file]: no account can be declared in `estate/finance/lake.yaml`:
           `files:` in bursar.yaml lets `estate/finance/**` declare budgets
      help: name another file with `--file`, or with `import:` in bursar.yaml; or
            let it: `files: {estate/finance/**: [budgets, accounts]}` in bursar.yaml
    ");
    project.write("estate/.gitignore", "secret*.yaml\n");
    let said = refused(&["acme", "--file", "estate/secret-{name}.yaml"]);
    let words: Vec<&str> = said.split_whitespace().collect();
    assert!(words.join(" ").contains("git ignores it"), "{said}");
    project.write(
        "estate/gcp.yaml",
        "organizations: {other: {provider: gcp, id: \"123456789012\"}}\n",
    );
    assert_snapshot!(refused(&["other"]), @r"
    error[import.listing]: `other` cannot be imported: no credential is declared for
           it
      help: name one: `credentials:` of the organization, or of its payer
    ");
    // Nothing is written that would not hold.
    project.edit(
        "bursar.yaml",
        "credentials:\n",
        "credentials:\n  google: {gcp_default: {}}\n",
    );
    let odd = "defaults: {credentials: google}\ncost_centers: {CC-1: {name: A}}\n";
    project.write("estate/odd.yaml", odd);
    assert_snapshot!(plain(&world, &refused(&["acme", "--file", "estate/odd.yaml"])), @r#"
    1 error in 1 file

    error[credential.provider]: the credential `google` (gcp_default) cannot reach
      `aws`
       ╭─[estate/odd.yaml:1:25]
     1 │ defaults: {credentials: google}
       ·                         ───┬──
       ·                            ╰── taken from here
     2 │ cost_centers: {CC-1: {name: A}}
       ╰────
       ╭─[estate/odd.yaml:5:3]
     4 │ accounts:
     5 │   "<new 1>": {name: Lake, organization: acme}
       ·   ───────┬──────
       ·          ╰── does not fit
       ╰────
       ╭─[bursar.yaml:5:3]
     4 │ credentials:
     5 │   google: {gcp_default: {}}
       ·   ───┬──
       ·      ╰── declared here
     6 │   ci: {aws_access_key: {access_key_id: {env: CI_KEY_ID}, secret_acce…
       ╰────
      help: name one that does: `ci` or `payers`

    `bursar explain CODE` tells more about a code in brackets
    error[import.invalid]: with these accounts the project would not be valid;
           nothing was written
      help: correct what is said above, or leave accounts out with `--ignore`
    "#);
    assert_eq!(read(&project, "estate/odd.yaml"), odd);
    project.edit(
        "estate/aws.yaml",
        "name: Acme\n",
        "name: Acme\n    external: true\n",
    );
    assert_snapshot!(refused(&["acme"]), @r"
    error[import.listing]: there are no accounts of `acme` to list: the bill is
           somebody else's, and so are the organization's accounts
      help: declare its accounts by hand: an account's id and name are enough
    ");
}

#[test]
fn a_file_that_changes_meanwhile_is_left_as_it_is() {
    let world = World::good();
    let project = settled(&world);
    join(&world, &["Lake"]);
    let slow = Fault::Slow(Duration::from_secs(2));
    world.front.spoil(
        Rule::new(slow)
            .service("organizations")
            .operation("ListAccounts"),
    );
    let before = read(&project, "estate/aws.yaml");
    let ran = std::thread::scope(|scope| {
        let import = scope.spawn(|| project.run(&["import", "acme", "--write"]));
        while world.front.count("organizations", "ListAccounts") == 0 {
            assert!(!import.is_finished());
            std::thread::sleep(Duration::from_millis(20));
        }
        project.edit("estate/aws.yaml", "name: Acme\n", "name: Acme Inc\n");
        import.join().unwrap()
    });
    assert_eq!(ran.code, 1);
    assert!(
        ran.err
            .contains("error[import.changed]: estate/aws.yaml was changed meanwhile"),
        "{}",
        ran.err
    );
    assert_eq!(
        read(&project, "estate/aws.yaml"),
        before.replace("name: Acme\n", "name: Acme Inc\n")
    );
}
