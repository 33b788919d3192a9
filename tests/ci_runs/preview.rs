//! What a pull request is shown: the comment, the summary, annotations, outputs.

use snapbox::str;

use crate::github::Token;
use crate::team::{TOKEN, Team, account};

#[test]
fn a_comment_says_the_verdict_first_and_folds_the_rest() {
    let team = Team::new("comment");
    team.apply().expect(0);
    let estate = format!(
        "{}cost_centers:\n  shop: {{name: Shop}}\n  web: {{name: Web, parent: shop}}\n",
        account("210987654322", "Shop two")
            .replace("name: Shop two}", "name: Shop two, cost_center: web}")
    );
    let number = team.propose("shop", &[("estate/shop.yaml", &estate)]);
    let plan = team.plan(number).expect(0);
    let comment = team
        .comment(number)
        .replace(&team.github.url(), "https://github.example");
    snapbox::assert_data_eq!(
        comment,
        str![[r####"
### bursar `acme`: 3 to add, nothing deleted

Access: 1 could not be asked; the accounts of 1 organization could not be listed

**Changes**

```diff
Added
+ account/aws/210987654322  Shop two → web                                      estate/shop.yaml:2
+ cost_center/shop  Shop                                                        estate/shop.yaml:4
+ cost_center/web  Web below shop                                               estate/shop.yaml:5
```

<details><summary>Structure where it changes</summary>

```mermaid
flowchart TD
  c0["shop<br/>Shop"]
  c1["web<br/>Web<br/>1 account"]
  c0 --> c1
  classDef changed stroke-width:3px
  class c0,c1 changed
```

</details>

<details><summary>Accounts that providers list</summary>

```text
core: not compared with the accounts in AWS: `ci` cannot sign in
```

</details>

<details><summary>More about access</summary>

```text
  unknown aws.identity  credential/ci
      cannot sign in: the network failed (tcp connect error: Connection refused (os error 111));
      behind it 2 accounts on 1 cost centre
      help: see that this machine reaches AWS: DNS, proxy (`HTTPS_PROXY`), private endpoints
            (`AWS_ENDPOINT_URL`); or use `--offline`
```

</details>

<sub>commit `617e517729e4` · plan `12896143e07f4f40699e885c838a784a`, state at serial 1 · [run](https://github.example/acme/estate/actions/runs/7701)</sub>

"####]]
    );
    assert_eq!(plan.summary, team.comment(number));
    assert!(
        plan.output("comment-url").contains("#issuecomment-"),
        "{plan:#?}"
    );
    let file = std::fs::read_to_string(plan.output("plan-file")).unwrap();
    let document: serde_json::Value = serde_json::from_str(&file).unwrap();
    assert_eq!(document["digest"], plan.output("digest"));
}

#[test]
fn there_is_one_comment_and_it_is_brought_up_to_date() {
    let team = Team::new("sticky");
    team.apply().expect(0);
    let number = team.propose(
        "shop",
        &[("estate/shop.yaml", &account("210987654322", "Shop two"))],
    );
    let other = team.plan(number).expect(0);
    let planted = team.github.world().comments_of(number)[0].body.clone();
    team.push(
        number,
        &[("estate/more.yaml", &account("210987654323", "More"))],
    );
    team.plan(number).expect(0);
    let comment = team.comment(number);
    assert!(comment.contains("2 to add"), "{comment}");
    let writes = team.github.writes();
    assert!(
        writes.iter().any(|line| line.starts_with("PATCH ")),
        "{writes:#?}"
    );
    assert_ne!(other.output("digest"), team.plan(number).output("digest"));

    // Somebody writes our hidden line: nothing of it is believed, and it is left alone.
    let stranger = team.propose(
        "strange",
        &[("estate/strange.yaml", &account("210987654324", "Strange"))],
    );
    let author = crate::github::Account::new("mallory", 66);
    team.github.world().comment(stranger, author, &planted);
    team.plan(stranger).expect(0);
    assert_eq!(team.comments(stranger).len(), 2);
    team.merge(number, crate::team::How::Merge);
    team.merge(stranger, crate::team::How::Merge);
    let applied = team.apply().expect(0);
    let told = format!("3 changes: 2 previewed in #{number}, 1 in #{stranger}");
    assert!(applied.said.out.contains(&told), "{applied:#?}");
}

#[test]
fn a_forged_preview_is_no_preview() {
    let team = Team::new("forged");
    team.apply().expect(0);
    let number = team.propose(
        "shop",
        &[("estate/shop.yaml", &account("210987654322", "Shop two"))],
    );
    team.plan(number).expect(0);
    let ours = team.github.world().comments_of(number)[0].clone();
    team.github.world().comments.remove(&ours.id);
    let author = crate::github::Account::new("mallory", 66);
    team.github.world().comment(number, author, &ours.body);
    team.merge(number, crate::team::How::Merge);
    let stopped = team.apply_with(&["--unpreviewed", "stop"], &[]).expect(3);
    assert_eq!(stopped.output("unpreviewed"), "1");
}

#[test]
fn files_that_do_not_hold_are_told_at_their_lines() {
    let team = Team::new("invalid");
    team.apply().expect(0);
    let number = team.propose("wrong", &[("estate/shop.yaml", &account("12", "Short"))]);
    let run = team.plan(number).expect(1);
    assert_eq!(run.output("failure-reason"), "invalid");
    assert!(
        run.said
            .out
            .contains("::error file=estate/shop.yaml,line=2,"),
        "{run:#?}"
    );
    let comment = team.comment(number);
    assert!(
        comment.contains("1 error: nothing was planned") && comment.contains("estate/shop.yaml:2"),
        "{comment}"
    );
}

#[test]
fn a_refused_plan_fails_and_tells_what_to_paste() {
    let team = Team::new("refused");
    team.apply().expect(0);
    let core = crate::team::declaring("");
    let number = team.propose("gone", &[("estate/core.yaml", &core)]);
    let run = team.plan(number).expect(1);
    assert_eq!(run.output("failure-reason"), "refused");
    let comment = team.comment(number);
    assert!(
        comment.contains("account/aws/210987654321: {action: forget}"),
        "{comment}"
    );
    assert!(comment.contains("removal.unasked"), "{comment}");
}

#[test]
fn what_cannot_be_read_stands_above_the_fold_and_blocks() {
    let team = Team::new("blocked");
    team.apply().expect(0);
    let settings = std::fs::read_to_string(team.project().join("bursar.yaml")).unwrap();
    team.write(&[(
        "bursar.yaml",
        &settings.replace("{require: none}", "{require: pass}"),
    )]);
    team.commit("Access must be proven");
    let number = team.propose(
        "shop",
        &[("estate/shop.yaml", &account("210987654322", "Shop two"))],
    );
    let run = team.plan(number).expect(1);
    assert_eq!(run.output("failure-reason"), "blocked");
    assert_eq!(run.output("blocked"), "1");
    let comment = team.comment(number);
    let (above, _) = comment.split_once("<details>").unwrap_or((&comment, ""));
    assert!(
        above.contains("Access that is not proven") && above.contains("aws.identity"),
        "{comment}"
    );
}

#[test]
fn a_comment_that_would_be_too_long_is_cut_honestly_and_still_carries_all_changes() {
    let team = Team::new("long");
    team.apply().expect(0);
    // Unlike in every way: nothing can be told in one line.
    let mut estate = "accounts:\n".to_owned();
    for at in 0..900 {
        estate += &format!(
            "  '{}': {{organization: core, name: 'Account {at} of a team with a long name'}}\n",
            310_000_000_000_u64 + at
        );
    }
    team.write(&[("estate/many.yaml", &estate)]);
    team.commit("Many");
    team.apply().expect(0);
    let mut number_of = 0;
    let edited: String = estate
        .lines()
        .map(|line| {
            number_of += 1;
            let pad = "x".repeat(40 + number_of % 17);
            format!("{}\n", line.replace("long name'", &format!("name of its own {number_of} {pad}', owner: team-{number_of}, labels: {{k{number_of}: v{pad}}}")))
        })
        .collect();
    let number = team.propose("all", &[("estate/many.yaml", &edited)]);
    let run = team.plan_with(number, &[], &[]);
    let body = team.github.world().comments_of(number)[0].body.clone();
    assert!(body.len() <= 60_000, "{}", body.len());
    team.merge(number, crate::team::How::Merge);
    let applied = team
        .apply_with(&["--unpreviewed", "stop", "--override-guard"], &[])
        .expect(0);
    let told = format!("900 changes: 900 previewed in #{number}");
    assert!(
        applied.said.out.contains(&told),
        "{} {}",
        applied.said.out,
        run.said.out
    );
}

#[test]
fn a_token_without_rights_keeps_the_summary_and_says_what_is_missing() {
    let team = Team::new("rights");
    team.apply().expect(0);
    team.github.world().grant(
        TOKEN,
        Token::job(&[("pull_requests", crate::github::Right::Read)]),
    );
    let number = team.propose(
        "shop",
        &[("estate/shop.yaml", &account("210987654322", "Shop two"))],
    );
    let run = team.plan(number).expect(1);
    assert!(
        run.said.err.contains("ci.denied") && run.said.err.contains("pull-requests: write"),
        "{run:#?}"
    );
    assert!(run.summary.contains("1 to add"), "{run:#?}");
    assert_eq!(run.output("to-add"), "1");
    assert_eq!(run.output("failure-reason"), "error");
    // Without a comment nothing is missing.
    team.plan_with(number, &["--comment", "never"], &[])
        .expect(0);
}

#[test]
fn no_secret_and_no_markup_of_others_gets_into_a_comment() {
    let team = Team::new("markup");
    team.apply().expect(0);
    let evil = "'</details> @acme/all ![x](https://evil.example/x.png) ``` <!-- bursar {} -->'";
    let number = team.propose(
        "evil",
        &[("estate/evil.yaml", &account("210987654322", evil))],
    );
    let run = team.plan(number).expect(0);
    let comment = team.comment(number);
    let outside: String = comment.split("```").step_by(2).collect();
    for sign in ["@acme", "![x]", "evil.example"] {
        assert!(!outside.contains(sign), "{sign}: {comment}");
    }
    // The lines that have GitHub hide them are read by the runner, and shown to nobody.
    let is_mask = |line: &&str| line.starts_with("::add-mask::");
    let masks: Vec<&str> = run.said.out.lines().filter(is_mask).collect();
    assert!(masks.iter().any(|line| line.ends_with(TOKEN)), "{masks:#?}");
    let log: Vec<&str> = run.said.out.lines().filter(|line| !is_mask(line)).collect();
    let all = format!(
        "{log:?}{}{:?}{}{comment}",
        run.said.err, run.outputs, run.summary
    );
    assert!(!all.contains(TOKEN), "{all}");
    let outside = team.plan_with(number, &[], &[("GITHUB_ACTIONS", "")]);
    assert!(!format!("{outside:?}").contains(TOKEN), "{outside:#?}");
}

#[test]
fn a_branch_that_is_checked_out_by_itself_is_told_that_it_is_behind() {
    let team = Team::new("behind");
    team.apply().expect(0);
    let number = team.propose(
        "shop",
        &[("estate/shop.yaml", &account("210987654322", "Shop two"))],
    );
    team.write(&[("estate/more.yaml", &account("210987654323", "More"))]);
    let base = team.commit("Meanwhile");
    team.apply().expect(0);
    team.github
        .world()
        .issues
        .get_mut(&number)
        .unwrap()
        .pull
        .as_mut()
        .unwrap()
        .base_sha = base;
    let checkout = team.checkout("refs/heads/shop", None);
    let event = team.github.world().pull_event(number, "synchronize");
    let run = team.run(&checkout, &["ci", "plan"], "pull_request", &event, &[]);
    let comment = team.comment(number);
    assert!(
        comment.contains("main has 1 commit that this branch lacks"),
        "{comment}"
    );
    // GitHub's own merge of it lacks nothing.
    assert_ne!(run.said.code, Some(0));
    team.plan(number).expect(0);
    assert!(team.comment(number).contains("1 to add, nothing deleted"));
}

#[test]
fn a_comment_is_brought_up_to_date_even_where_none_is_wanted() {
    let team = Team::new("changes");
    team.apply().expect(0);
    let only = ["--comment", "changes"];
    let number = team.propose(
        "shop",
        &[("estate/shop.yaml", &account("210987654322", "Shop two"))],
    );
    team.plan_with(number, &only, &[]).expect(0);
    team.push(number, &[("estate/shop.yaml", "accounts: {}\n")]);
    team.plan_with(number, &only, &[]).expect(0);
    assert!(
        team.comment(number).contains("no changes"),
        "{}",
        team.comment(number)
    );
    let quiet = team.propose("quiet", &[("README.md", "Nothing\n")]);
    team.plan_with(quiet, &only, &[]).expect(0);
    assert!(team.comments(quiet).is_empty());
}

#[test]
fn what_waits_blocked_on_main_does_not_fail_a_pull_request_that_does_not_make_it() {
    let team = Team::new("innocent");
    let settings = std::fs::read_to_string(team.project().join("bursar.yaml")).unwrap();
    team.write(&[(
        "bursar.yaml",
        &settings.replace("{require: none}", "{require: pass}"),
    )]);
    team.commit("Access must be proven");
    team.apply().expect(1);
    let number = team.propose(
        "center",
        &[("estate/shop.yaml", "cost_centers:\n  shop: {name: Shop}\n")],
    );
    let run = team.plan(number).expect(0);
    assert_eq!(run.output("blocked"), "0");
    assert_eq!(run.output("to-add"), "1");
    assert_ne!(run.output("from-before"), "0");
}

#[test]
fn no_text_becomes_a_command_of_the_log() {
    let team = Team::new("commands");
    team.apply().expect(0);
    let wide = "a".repeat(66);
    let evil = format!("{wide} ::set-output name=changes::false");
    let text =
        format!("accounts:\n  '210987654322': {{organization: core, name: Shop, '{evil}': 1}}\n");
    let number = team.propose("evil", &[("estate/evil.yaml", &text)]);
    let run = team.plan(number).expect(1);
    // Between the first line and the windows that only bursar opens, GitHub reads no command.
    let first = run.said.out.lines().next().unwrap();
    let word = first.strip_prefix("::stop-commands::").unwrap();
    let mut open = false;
    let mut commands = 0;
    for line in run.said.out.lines() {
        if line == format!("::{word}::") {
            open = true;
        } else if line == first {
            open = false;
        } else if line.trim_start().starts_with("::") {
            assert!(open, "{line}: {run:#?}");
            assert!(
                !line.contains("::set-output") || line.starts_with("::error "),
                "{line}"
            );
            commands += 1;
        }
    }
    assert!(commands > 2 && !open, "{run:#?}");
}

#[test]
fn projects_without_names_have_comments_of_their_own() {
    let team = Team::new("unnamed");
    let settings = std::fs::read_to_string(team.project().join("bursar.yaml")).unwrap();
    let nameless = settings.replace("project: acme\n", "");
    team.write(&[
        (
            "one/bursar.yaml",
            &nameless.replace("unnamed", "unnamed-one"),
        ),
        ("one/estate/core.yaml", crate::team::ESTATE),
        (
            "two/bursar.yaml",
            &nameless.replace("unnamed", "unnamed-two"),
        ),
        ("two/estate/core.yaml", crate::team::ESTATE),
    ]);
    team.commit("Two projects");
    let number = team.propose(
        "both",
        &[("one/estate/a.yaml", &account("210987654322", "A"))],
    );
    let reference = team.merge_ref(number);
    let checkout = team.checkout(&reference, None);
    for folder in ["one", "two"] {
        let event = team.github.world().pull_event(number, "opened");
        let folder = checkout.join(folder);
        team.run(&folder, &["ci", "plan"], "pull_request", &event, &[])
            .expect(0);
    }
    let comments = team.comments(number);
    assert_eq!(comments.len(), 2, "{comments:#?}");
    assert!(
        comments[0].contains("### bursar `one`: 1 to add"),
        "{comments:#?}"
    );
}

#[test]
fn who_pays_is_told_by_name_with_what_each_pays_for_then() {
    let team = Team::new("payers");
    let settings = std::fs::read_to_string(team.project().join("bursar.yaml")).unwrap();
    let finance = "cost_centers:\n  CC-110: {name: Shop}\n  CC-120: {name: Payments}\nbudgets:\n  FY2027: {CC-120: 30000}\n";
    let shop = |center: &str| {
        let account = |at: u64| {
            format!(
                "  '{}': {{organization: core, name: Shop {at}, cost_center: {center}}}\n",
                310_000_000_000 + at
            )
        };
        format!("accounts:\n{}", (0..3).map(account).collect::<String>())
    };
    team.write(&[
        (
            "bursar.yaml",
            &format!("{settings}structure: {{currency: USD}}\n"),
        ),
        ("estate/finance.yaml", finance),
        ("estate/shop.yaml", &shop("CC-110")),
    ]);
    team.commit("Structure");
    team.apply().expect(0);
    let number = team.propose(
        "move",
        &[(
            "estate/shop.yaml",
            &shop("[CC-110, {from: 2027-01, cost_center: CC-120}]"),
        )],
    );
    team.plan(number).expect(0);
    let comment = team.comment(number);
    let (_, told) = comment.split_once("**Who pays**").unwrap();
    let told: String = told
        .lines()
        .skip(3)
        .take(2)
        .map(|line| format!("{line}\n"))
        .collect();
    snapbox::assert_data_eq!(
        told,
        str![[r#"
CC-110 Shop: 3 accounts less; pays for no account in 2027-01
CC-120 Payments: 3 accounts more; pays for 3 accounts in 2027-01, budget FY2027 30,000 USD

"#]]
    );
}
