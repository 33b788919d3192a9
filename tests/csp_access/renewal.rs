//! Refresh tokens are renewed when they are used, and the renewed one is kept where it belongs.

use std::os::unix::fs::PermissionsExt;

use crate::csp::World;
use crate::stand::gate::{Fault, Rule};

const PARTNER: &str = "credential/partner";

fn token_of(world: &World) -> [String; 3] {
    world.check().finding("azure_csp.token", PARTNER)
}

#[test]
fn a_check_renews_the_token_in_its_file() {
    let world = World::good();
    // Stricter than Entra: who keeps an old one is locked out.
    world.microsoft.state().single_use = true;
    let mut seen = vec![world.kept()];
    for _ in 0..3 {
        let ran = world.check();
        assert_eq!(ran.bad(), [""; 0], "{}", ran.out);
        let kept = world.kept();
        assert!(!seen.contains(&kept), "it is a new one");
        assert!(world.microsoft.state().refresh[&kept].ended.is_none());
        seen.push(kept);
    }
    let file = world.path().join("partner.token");
    let mode = std::fs::metadata(file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let left = std::fs::read_dir(world.path()).unwrap();
    let left = left.filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        name.to_string_lossy().contains("bursar-")
    });
    assert_eq!(left.count(), 0, "nothing is left beside it");
}

#[test]
fn a_plan_that_needs_no_user_spends_nothing() {
    let world = World::good();
    assert_eq!(world.run(&["apply", "--auto-approve"]).code, 0);
    let kept = world.kept();
    world.edit("name: Fabrikam", "name: Fabrikam Ltd");
    let ran = world.run(&["plan"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert_eq!(world.kept(), kept);
}

#[test]
fn where_it_cannot_be_kept_that_is_said_and_the_check_goes_on() {
    let world = World::good();
    let token = world.kept();
    world.edit(
        "refresh_token: {file: partner.token}",
        "refresh_token: {env: PA_TOKEN}",
    );
    let ran = world.run_with(&["check", "--json"], &[("PA_TOKEN", &token)]);
    assert_eq!(ran.code, 0);
    let [status, message, remedy] = ran.finding("azure_csp.token", PARTNER);
    insta::assert_snapshot!(format!("{status}: {message}\n{remedy}"), @r#"
    warn: Entra gives the user a token, but the renewed refresh token is lost: environment variable PA_TOKEN cannot take a renewed secret: bursar can only read there
    refer to the refresh token by `file:`, or by `exec:` with a `write:` command beside it; else sign in anew at least every 90 days: `bursar login partner partner`
    "#);
    let [status, message, _] = ran.finding("azure_csp.refresh_token.age", PARTNER);
    assert_eq!(
        format!("{status}: {message}"),
        "skipped: nobody knows how old the refresh token is"
    );
}

#[test]
fn a_command_keeps_it_and_only_where_commands_are_allowed() {
    let world = World::good();
    let by_command =
        "refresh_token: {exec: [cat, partner.token], write: [sh, -c, 'cat > partner.token']}";
    world.edit("refresh_token: {file: partner.token}", by_command);
    world.microsoft.state().single_use = true;
    let before = world.kept();
    let ran = world.run(&["check", "--json"]);
    assert_eq!(ran.finding("azure_csp.token", PARTNER)[0], "skipped");
    assert_eq!(world.kept(), before);
    for _ in 0..2 {
        let ran = world.run(&["check", "--json", "--allow-exec"]);
        assert_eq!(
            ran.finding("azure_csp.token", PARTNER)[0],
            "pass",
            "{}",
            ran.out
        );
    }
    assert_ne!(world.kept(), before);
}

#[test]
fn a_command_that_fails_is_a_failure_that_says_what_to_do() {
    let world = World::good();
    let by_command = "refresh_token: {exec: [cat, partner.token], write: [sh, -c, 'exit 7']}";
    world.edit("refresh_token: {file: partner.token}", by_command);
    let ran = world.run(&["check", "--json", "--allow-exec"]);
    let [status, message, remedy] = ran.finding("azure_csp.token", PARTNER);
    insta::assert_snapshot!(format!("{status}: {message}\n{remedy}"), @r#"
    fail: the renewed secret was not stored by command sh: it ended with exit code 7
    what was stored before still stands, and may well work on: mend the place, then sign in anew with `bursar login partner partner`
    "#);
    // What needs the user went on with the token in hand.
    let profile = ran.finding("azure_csp.partner.profile", "payer/azure_csp/1234567");
    assert_eq!(profile[0], "pass");
}

#[test]
fn nothing_is_spent_before_it_is_known_where_the_new_one_goes() {
    let world = World::good();
    // A name that is just short enough: the draft that is made beside the file has a longer one. Root
    // cannot write that either.
    let name = "t".repeat(250);
    world.edit("{file: partner.token}", &format!("{{file: {name}}}"));
    std::fs::rename(world.path().join("partner.token"), world.path().join(&name)).unwrap();
    let before = std::fs::read(world.path().join(&name)).unwrap();
    let [status, message, _] = token_of(&world);
    assert_eq!(status, "warn");
    assert!(
        message.contains("cannot take a renewed secret"),
        "{message}"
    );
    assert_eq!(std::fs::read(world.path().join(&name)).unwrap(), before);
}

#[test]
fn a_redemption_that_fails_leaves_the_old_token() {
    let world = World::good();
    let before = world.kept();
    world
        .microsoft
        .gate
        .spoil(Rule::new(Fault::Reset).containing("POST /entra/"));
    let [status, ..] = token_of(&world);
    assert_eq!((status.as_str(), world.kept()), ("unknown", before));
}

#[test]
fn who_is_killed_between_redeeming_and_writing_goes_on_with_the_old_token() {
    let world = World::good();
    let hangs = "refresh_token: {exec: [cat, partner.token], write: [sh, -c, 'touch begun; exec sleep 60 >&- 2>&-']}";
    world.edit("refresh_token: {file: partner.token}", hangs);
    let before = world.kept();
    let mut child = world
        .command(&["check", "--json", "--allow-exec"])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let began = std::time::Instant::now();
    while !world.path().join("begun").exists() {
        assert!(began.elapsed().as_secs() < 60, "nothing was written");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(world.kept(), before);
    world.edit(hangs, "refresh_token: {file: partner.token}");
    // Entra does not revoke what was redeemed.
    assert_eq!(world.check().bad(), [""; 0]);
    assert_ne!(world.kept(), before);
}

#[test]
fn runs_side_by_side_leave_one_whole_token() {
    let world = World::good();
    std::thread::scope(|scope| {
        let runs: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| world.run(&["check", "--json"])))
            .collect();
        for run in runs {
            assert_eq!(run.join().unwrap().bad(), [""; 0]);
        }
    });
    let kept = world.kept();
    assert!(world.microsoft.state().refresh.contains_key(&kept));
    let left = std::fs::read_dir(world.path()).unwrap();
    assert_eq!(left.count(), 2, "bursar.yaml and the token");
}
