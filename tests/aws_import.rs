//! Accounts that AWS lists and nobody declared: the line of a plan, and the import that declares them.
//! The real program against stand-ins.

#[path = "support/aws/mod.rs"]
mod aws;
#[allow(dead_code, reason = "checks are another test's")]
#[path = "aws_access/project.rs"]
mod project;
#[path = "support/tools.rs"]
mod tools;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use insta::assert_snapshot;
use serde_json::{Value, json};

use aws::billing::keys::root_key;
use aws::billing::organization::MemberState;
use aws::client::Client;
use aws::crowd::Crowd;
use aws::front::Upstream;
use aws::front::fault::{Fault, Rule};
use aws::moto::Moto;
use aws::web::runtime;
use aws::world::World;
use project::{Project, Ran};

/// A text with the ids of a world by what they are, and accounts beyond it as `<new N>`.
fn plain(world: &World, text: &str) -> String {
    let mut text = text
        .replace(&world.payer, "<payer>")
        .replace(&world.tools, "<tools>")
        .replace(&world.organization, "<organization>");
    for (number, member) in world.members.iter().enumerate() {
        text = text.replace(member, &format!("<member {}>", number + 1));
    }
    for number in 1..40 {
        text = text.replace(&new(world, number), &format!("<new {number}>"));
    }
    text
}

/// The id of an account that nobody declares.
fn new(world: &World, number: usize) -> String {
    world.account(100 + number)
}

/// Accounts join the organization, at its root; nobody declares them.
fn join(world: &World, names: &[&str]) {
    world.change_organization(|organization| {
        let root = organization.root.clone();
        for (number, name) in names.iter().enumerate() {
            organization.join(&new(world, number + 1), name, &root);
        }
    });
}

/// A project that is registered as it is declared: nothing is left to ask for.
fn settled(world: &World) -> Project<'_> {
    let project = Project::of(world);
    let applied = project.run(&["apply", "--offline", "--auto-approve"]);
    assert_eq!(applied.code, 0, "{}{}", applied.out, applied.err);
    world.front.forget_calls();
    project
}

fn ok(ran: Ran) -> String {
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    ran.out
}

fn json_of(ran: Ran) -> Value {
    serde_json::from_str(&ok(ran)).unwrap()
}

fn read(project: &Project<'_>, path: &str) -> String {
    std::fs::read_to_string(project.path().join(path)).unwrap()
}

/// What an import writes is valid, formatted, and leaves nothing for a second one.
fn holds(project: &Project<'_>, arguments: &[&str]) {
    ok(project.run(&["validate"]));
    ok(project.run(&["fmt", "--check"]));
    let again = ok(project.run(&[&["import", "acme"], arguments].concat()));
    assert!(again.starts_with("acme: nothing to import"), "{again}");
}

#[test]
fn a_plan_says_nothing_where_all_is_declared() {
    let world = World::good();
    let project = settled(&world);
    let said = ok(project.run(&["plan"]));
    assert!(
        said.starts_with("No changes") && !said.contains("AWS"),
        "{said}"
    );
    // One listing, and what it takes to sign in.
    assert_eq!(world.front.count("organizations", "ListAccounts"), 1);
    assert_eq!(world.front.calls().len(), 3, "{:?}", world.front.counts());
    let plan = json_of(project.run(&["plan", "--json"]));
    assert_eq!(
        plan["listings"],
        json!([{"organization": "acme", "accounts": 4, "undeclared": 0, "undeclared_inactive": 0, "ignored": 0, "left": 0}])
    );
}

#[test]
fn a_plan_says_in_a_line_what_differs_and_the_digest_does_not_change() {
    let world = World::good();
    let project = settled(&world);
    let digest =
        |project: &Project<'_>| json_of(project.run(&["plan", "--json"]))["digest"].clone();
    let before = digest(&project);
    join(&world, &["Lake", "Old", "Older"]);
    world.member_state(&new(&world, 2), MemberState::Closed);
    world.member_state(&new(&world, 3), MemberState::Suspended);
    world.member_left(&world.members[1]);
    let said = ok(project.run(&["plan", "--detailed-exitcode"]));
    assert_snapshot!(plain(&world, &said), @r"
    No changes: 11 resources are registered as declared

    acme: 6 accounts in AWS; 3 are not declared (2 of them closed or suspended), 1 declared account has left (<member 2>): `bursar import acme`
    ");
    let plan = json_of(project.run(&["plan", "--json"]));
    assert_eq!(
        plan["listings"],
        json!([{"organization": "acme", "accounts": 6, "undeclared": 3, "undeclared_inactive": 2, "ignored": 0, "left": 1}])
    );
    assert_eq!(digest(&project), before);
}

#[test]
fn a_listing_is_shared_with_the_checks_and_costs_a_page_for_twenty() {
    let world = World::good();
    let names: Vec<String> = (0..41).map(|number| format!("New {number}")).collect();
    join(
        &world,
        &names.iter().map(String::as_str).collect::<Vec<_>>(),
    );
    let project = Project::of(&world);
    world.front.forget_calls();
    let plan: Value = serde_json::from_str(&project.run(&["plan", "--json"]).out).unwrap();
    assert_eq!(plan["listings"][0]["undeclared"], 41);
    let members = plan["findings"].as_array().unwrap().iter();
    let mut members = members.filter(|finding| finding["check"] == "aws.organization.members");
    assert_eq!(members.next().unwrap()["status"], "pass");
    // 45 accounts.
    assert_eq!(world.front.count("organizations", "ListAccounts"), 3);
}

#[test]
fn a_listing_that_fails_is_a_line_and_no_failure() {
    let world = World::good();
    let project = settled(&world);
    world.without_permission("organizations:ListAccounts");
    let said = ok(project.run(&["plan"]));
    assert_snapshot!(plain(&world, &said), @r##"
    No changes: 11 resources are registered as declared

    acme: not compared with the accounts in AWS: cannot list the organization's
          accounts: arn:aws:sts::<payer>:assumed-role/BursarReader/bursar may
          not organizations:ListAccounts: no policy of it allows that
    "##);
    let plan = json_of(project.run(&["plan", "--json"]));
    let listing = &plan["listings"][0];
    assert_eq!(listing["organization"], "acme");
    assert!(
        listing["error"]
            .as_str()
            .unwrap()
            .contains("organizations:ListAccounts"),
        "{listing}"
    );
    assert_eq!(listing.get("accounts"), None);

    world
        .front
        .spoil(Rule::new(Fault::Throttled(None)).service("organizations"));
    let said = ok(project.run(&["plan"]));
    assert!(said.contains("AWS is throttling these calls"), "{said}");
}

#[test]
fn who_cannot_sign_in_lists_nothing_and_reads_why() {
    let world = World::good();
    let project = settled(&world);
    world.without_key();
    let said = ok(project.run(&["plan"]));
    assert_snapshot!(plain(&world, &said), @r##"
    No changes: 11 resources are registered as declared

    acme: not compared with the accounts in AWS: `ci` cannot sign in: AWS does not
          know the access key: it was deleted, is inactive, or belongs to another
          partition
    "##);
    assert_eq!(world.front.count("organizations", "ListAccounts"), 0);
}

#[test]
fn nothing_is_listed_that_nobody_asked_about() {
    let world = World::good();
    let project = settled(&world);
    join(&world, &["Lake"]);
    for arguments in [
        &["plan", "--offline"][..],
        &["plan", "--drift-only"],
        &["plan", "--target", "account/*"],
    ] {
        let said = ok(project.run(arguments));
        assert!(!said.contains("in AWS"), "{said}");
        assert_eq!(world.front.calls().len(), 0, "{arguments:?}");
    }
    let targeted = ok(project.run(&["plan", "--target", "organization/acme"]));
    assert!(targeted.contains("1 is not declared"), "{targeted}");
    // Somebody else's bill: its accounts are not ours to list.
    project.edit(
        "estate/aws.yaml",
        "name: Acme\n",
        "name: Acme\n    external: true\n",
    );
    world.front.forget_calls();
    let plan: Value = serde_json::from_str(&project.run(&["plan", "--json"]).out).unwrap();
    assert_eq!(plan["listings"], json!([]));
    assert_eq!(world.front.count("organizations", "ListAccounts"), 0);
}

#[test]
fn an_import_shows_what_it_would_write_and_then_writes_it() {
    let world = World::good();
    let project = settled(&world);
    join(&world, &["Lake", "NO", "Closed"]);
    world.member_state(&new(&world, 3), MemberState::Closed);
    let before = read(&project, "estate/aws.yaml");
    let said = ok(project.run(&["import", "acme"]));
    assert_snapshot!(plain(&world, &said), @r#"
    acme: 2 accounts to declare, in 1 file

    --- a/estate/aws.yaml
    +++ b/estate/aws.yaml
    @@ -13,3 +13,5 @@
       "<tools>": Tools
       "<member 1>": Account 1
       "<member 2>": Account 2
    +  "<new 1>": Lake
    +  "<new 2>": "NO"

    note: 1 closed or suspended account is left out, as AWS does not say since when;
          to keep one with its history, declare it by hand with `closed: YYYY-MM-DD`

    Next: `bursar import acme --write`
    "#);
    assert_eq!(
        read(&project, "estate/aws.yaml"),
        before,
        "nothing is written"
    );
    let said = ok(project.run(&["import", "organization/acme", "--write"]));
    assert_snapshot!(plain(&world, &said), @r"
    acme: 2 accounts declared, in 1 file
      changed  estate/aws.yaml  2 accounts

    note: 1 closed or suspended account is left out, as AWS does not say since when;
          to keep one with its history, declare it by hand with `closed: YYYY-MM-DD`

    Next: `bursar plan`
    ");
    let (lake, no) = (new(&world, 1), new(&world, 2));
    assert_eq!(
        read(&project, "estate/aws.yaml"),
        format!("{before}  \"{lake}\": Lake\n  \"{no}\": \"NO\"\n")
    );
    holds(&project, &[]);
    let plan = json_of(project.run(&["plan", "--offline", "--json"]));
    assert_eq!(plan["summary"]["add"], 2);
    let again = ok(project.run(&["import", "acme", "--include-closed"]));
    assert_snapshot!(plain(&world, &again), @r"
    acme: nothing to import from 7 accounts in AWS
    note: 1 closed or suspended account is left out, as AWS does not say since when;
          to keep one with its history, declare it by hand with `closed: YYYY-MM-DD`
    ");
}

#[test]
fn any_name_is_imported() {
    let world = World::good();
    let project = settled(&world);
    let names = [
        "it's \"it\"",
        "a: b",
        "a #b",
        "two\nlines",
        "🚀",
        "- a",
        "{x}, y",
        "012",
        "null",
        "\u{202E}drow",
        "back\\slash",
        "key AKIAIOSFODNN7EXAMPLE",
    ];
    join(&world, &names);
    let said = ok(project.run(&["import", "acme", "--write"]));
    assert!(said.contains("declared without a name"), "{said}");
    holds(&project, &[]);
    let plan = json_of(project.run(&["plan", "--offline", "--json"]));
    let mut told: BTreeMap<String, Option<String>> = BTreeMap::new();
    for change in plan["changes"].as_array().unwrap() {
        let fields = change["fields"].as_array().unwrap();
        let name = fields.iter().find(|field| field["path"] == "name");
        let name = name.map(|field| field["after"].as_str().unwrap().to_owned());
        told.insert(change["address"].as_str().unwrap().to_owned(), name);
    }
    for (number, name) in names.iter().enumerate() {
        let address = format!("account/aws/{}", new(&world, number + 1));
        let wanted = (!name.starts_with("key")).then(|| (*name).to_owned());
        assert_eq!(told[&address], wanted);
    }
}

#[test]
fn patterns_of_files_and_of_what_is_left_alone() {
    let world = World::good();
    let project = settled(&world);
    world.change_organization(|organization| {
        let root = organization.root.clone();
        let sandbox = organization.unit("Sandbox", &root);
        let inner = organization.unit("Of Ana", &sandbox);
        let loads = organization.unit("Work Loads", &root);
        organization.join(&new(&world, 1), "Play", &inner);
        organization.join(&new(&world, 2), "Shop", &loads);
        organization.join(&new(&world, 3), "Root", &root);
        let tags = &mut organization.member(&new(&world, 2)).tags;
        tags.insert("team".to_owned(), "Payments".to_owned());
    });
    let import = |arguments: &[&str]| {
        world.front.forget_calls();
        json_of(project.run(&[&["import", "acme", "--json"], arguments].concat()))
    };
    let paths = |document: &Value| -> Vec<String> {
        let files = document["files"].as_array().unwrap().iter();
        files
            .map(|file| file["path"].as_str().unwrap().to_owned())
            .collect()
    };
    let plain_import = import(&[]);
    assert_eq!(plain_import["calls"]["Organizations:ListAccounts"], 1);
    assert_eq!(
        world
            .front
            .count("organizations", "DescribeOrganizationalUnit"),
        0
    );
    assert_eq!(world.front.count("organizations", "ListTagsForResource"), 0);
    let units = import(&["--file", "estate/teams/{ou}.yaml"]);
    assert_eq!(
        paths(&units),
        [
            "estate/teams/root.yaml",
            "estate/teams/sandbox/of-ana.yaml",
            "estate/teams/work-loads.yaml"
        ]
    );
    assert_eq!(
        world
            .front
            .count("organizations", "DescribeOrganizationalUnit"),
        3
    );
    let tags = import(&["--file", "estate/{tag:team}.yaml", "--ignore", "Sandbox/*"]);
    assert_eq!(
        paths(&tags),
        ["estate/payments.yaml", "estate/untagged.yaml"]
    );
    assert_eq!(tags["ignored"], 1);
    assert_eq!(world.front.count("organizations", "ListTagsForResource"), 2);
    // In the settings they hold for every run, and for the line of a plan.
    project.edit(
        "bursar.yaml",
        "sources: [estate]\n",
        "sources: [estate]\nimport: {acme: {file: \"estate/teams/{ou}.yaml\", ignore: [Sandbox/*, Root]}}\n",
    );
    let said = ok(project.run(&["plan"]));
    assert!(
        said.contains("7 accounts in AWS; 1 is not declared: `bursar import acme`"),
        "{said}"
    );
    let said = ok(project.run(&["import", "acme", "--write"]));
    assert_snapshot!(plain(&world, &said), @r"
    acme: 1 account declared, in 1 file
      created  estate/teams/work-loads.yaml  1 account

    note: ignored, as asked for: 2 accounts

    Next: `bursar plan`
    ");
    assert_eq!(
        read(&project, "estate/teams/work-loads.yaml"),
        format!(
            "defaults: {{organization: acme}}\naccounts:\n  \"{}\": Shop\n",
            new(&world, 2)
        )
    );
    holds(&project, &[]);
    world.front.forget_calls();
    assert!(!ok(project.run(&["plan"])).contains("in AWS"));
}

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
    error[import.unbuilt]: this version of bursar cannot list the accounts of Google
           Cloud yet
      help: declare them by hand: an account's id and name are enough
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

#[test]
fn two_thousand_accounts_are_one_listing_and_one_file() {
    let mut world = World::good();
    let files = world.files();
    Crowd::join(&mut world, 2000);
    let project = Project::of(&world);
    for (path, text) in files {
        project.write(path, &text);
    }
    world.front.latency(Duration::from_millis(20));
    world.front.forget_calls();
    let start = Instant::now();
    let document = json_of(project.run(&["import", "acme", "--write", "--json"]));
    let took = start.elapsed();
    assert_eq!(document["undeclared"], 2000);
    assert_eq!(document["calls"]["Organizations:ListAccounts"], 101);
    assert_eq!(world.front.calls().len(), 103, "{:?}", world.front.counts());
    assert!(took < Duration::from_secs(30), "{took:?}");
    println!("2,000 accounts imported in {took:?}");
    world.front.latency(Duration::ZERO);
    holds(&project, &[]);
}

#[test]
fn what_machines_read_is_what_the_schema_says() {
    let world = World::good();
    let project = settled(&world);
    join(&world, &["Lake", "key AKIAIOSFODNN7EXAMPLE"]);
    world.member_left(&world.members[0]);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/import.schema.json");
    let mut schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    schema["additionalProperties"] = false.into();
    schema["$defs"]["File"]["additionalProperties"] = false.into();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for arguments in [
        &["import", "acme", "--json"][..],
        &["import", "acme", "--json", "--write"],
    ] {
        let document = json_of(project.run(arguments));
        let errors: Vec<String> = validator
            .iter_errors(&document)
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{errors:#?}");
        assert_eq!(document["nameless"], json!([new(&world, 2)]));
        assert_eq!(
            document["files"][0]["accounts"].as_array().unwrap().len(),
            2
        );
        assert!(!document.to_string().contains("AKIA"));
    }
}

/// moto makes organizations and accounts as AWS does, by its own requests, and pages by itself.
#[test]
fn a_second_opinion_on_listings() {
    let moto = Moto::start();
    let world = World::good();
    let project = settled(&world);
    let client = Client::new(&moto.url(), root_key("123456789012"));
    let ask = |operation: &str, input: &Value| {
        let target = format!("AWSOrganizationsV20161128.{operation}");
        let answer = client.json("organizations", "1.1", &target, input);
        runtime().block_on(answer).ok().json()
    };
    ask("CreateOrganization", &json!({"FeatureSet": "ALL"}));
    let mut made = Vec::new();
    for number in 1..=25 {
        let email = format!("aws+{number}@acme.example");
        let name = format!("Account: {number}");
        let answer = ask(
            "CreateAccount",
            &json!({"Email": email, "AccountName": name}),
        );
        made.push(
            answer["CreateAccountStatus"]["AccountId"]
                .as_str()
                .unwrap()
                .to_owned(),
        );
    }
    ask("CloseAccount", &json!({"AccountId": made[24]}));
    world
        .front
        .route("organizations", Upstream::Http(moto.url()));
    let plan = json_of(project.run(&["plan", "--json"]));
    let listing = &plan["listings"][0];
    // moto knows one management account, which is not this world's payer.
    assert_eq!(
        (
            &listing["accounts"],
            &listing["undeclared"],
            &listing["undeclared_inactive"],
            &listing["left"]
        ),
        (&json!(26), &json!(26), &json!(1), &json!(3))
    );
    assert_eq!(world.front.count("organizations", "ListAccounts"), 2);
    let refused = project.run(&["import", "acme", "--file", "estate/{ou}.yaml"]);
    assert!(
        refused
            .err
            .contains("does not say which organizational units"),
        "{}",
        refused.err
    );
    let file = "estate/moto/{name}.yaml";
    let said = ok(project.run(&["import", "acme", "--write", "--file", file]));
    assert!(
        said.starts_with("acme: 25 accounts declared, in 25 files\n"),
        "{said}"
    );
    let text = read(&project, "estate/moto/account-7.yaml");
    assert!(
        text.ends_with(&format!("  \"{}\": \"Account: 7\"\n", made[6])),
        "{text}"
    );
    holds(&project, &[]);
}
