//! What is written.

use super::*;

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
