//! Writes estates of any size: what the benchmarks plan and apply. The same for the same numbers.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

/// Writes a project of `accounts` accounts in `files` files, with its structure: a tree of cost
/// centres, budgets, organizations and payers. About 210 bytes an account.
pub fn write(folder: &Path, accounts: usize, files: usize) -> io::Result<()> {
    fs::create_dir_all(folder.join("estate/teams"))?;
    fs::write(folder.join("bursar.yaml"), PROJECT)?;
    let centers = (accounts / 10).clamp(10, 10_000);
    fs::write(folder.join("estate/organizations.yaml"), organizations())?;
    fs::write(folder.join("estate/finance.yaml"), finance(centers))?;
    let each = accounts.div_ceil(files);
    for file in 0..files {
        let first = file * each;
        let last = accounts.min(first + each);
        fs::write(
            folder.join(format!("estate/teams/team-{file:04}.yaml")),
            team(first, last, centers),
        )?;
    }
    Ok(())
}

const ORGANIZATIONS: usize = 20;

const PROJECT: &str = "version: 1\nproject: bench\nsources: [estate]\nstructure: {currency: USD}\ncredentials:\n  payers: {aws_role: {role_name: BursarReader, external_id: bench-1}}\n";

fn organizations() -> String {
    let mut text = String::from("organizations:\n");
    for at in 0..ORGANIZATIONS {
        let _ = writeln!(
            text,
            "  org-{at:02}: {{provider: aws, id: o-bench{at:06}, credentials: payers}}"
        );
    }
    text.push_str("payers:\n");
    for at in 0..ORGANIZATIONS {
        let _ = writeln!(
            text,
            "  \"{:012}\":\n    organization: org-{at:02}\n    cost_center: CC-00000\n    exports: {{cur2: {{data_export: {{table: FOCUS_1_2_AWS, bucket: bench-{at:02}, prefix: focus, bucket_region: eu-west-1}}}}}}",
            payer(at)
        );
    }
    text
}

fn finance(centers: usize) -> String {
    let mut text = String::from("cost_centers:\n");
    for at in 0..centers {
        let parent = if at == 0 {
            String::new()
        } else {
            format!(", parent: CC-{:05}", (at - 1) / 10)
        };
        let _ = writeln!(text, "  CC-{at:05}: {{name: Cost centre {at}{parent}}}");
    }
    text.push_str("budgets:\n  FY2027:\n");
    for at in (0..centers).skip(centers / 2) {
        let _ = writeln!(text, "    CC-{at:05}: {}", 1000 + at * 7);
    }
    text
}

fn payer(organization: usize) -> u64 {
    900_000_000_000 + organization as u64
}

/// One account changes its name where `renamed` says so: for the benchmark of a single change.
pub fn account(at: usize, centers: usize) -> String {
    let organization = at % ORGANIZATIONS;
    format!(
        "  \"{:012}\": {{name: Account {at} of the bench estate, organization: org-{organization:02}, payer: \"{:012}\", cost_center: CC-{:05}, owner: team-{:03}@acme.example, labels: {{env: {}, tier: t{}}}}}\n",
        100_000_000_000u64 + at as u64 * 7,
        payer(organization),
        at % centers,
        at % 997,
        ["prod", "staging", "dev"][at % 3],
        at % 5,
    )
}

fn team(first: usize, last: usize, centers: usize) -> String {
    let mut text = String::with_capacity((last - first) * 220);
    text.push_str("accounts:\n");
    for at in first..last {
        text.push_str(&account(at, centers));
    }
    text
}
