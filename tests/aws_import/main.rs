//! Accounts that AWS lists and nobody declared: the line of a plan, and the import that declares them.
//! The real program against stand-ins.

#[path = "../support/aws/mod.rs"]
mod aws;
#[allow(dead_code, reason = "some of it is another test's")]
#[path = "../support/declared.rs"]
mod declared;
mod files;
mod plan;
#[allow(dead_code, reason = "checks are another test's")]
#[path = "../aws_access/project.rs"]
mod project;
mod refused;
#[path = "../support/tools.rs"]
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
use declared::Ran;
use project::Project;

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
