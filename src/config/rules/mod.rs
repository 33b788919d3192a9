//! Rules: what a schema cannot say. One named rule a file, listed here; each has a test beside it
//! and a page in docs/codes for every code that it can report.

use rayon::prelude::*;

use super::estate::Estate;
use super::problem::Problem;
use super::project::Surroundings;
use super::source::Sources;

mod support;
#[cfg(test)]
mod testing;

pub use literal_secret::{mask, mask_sure};
pub use ownership::Ownership;

/// What a rule may look at: plain data, all of it.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    pub estate: &'a Estate,
    pub sources: &'a Sources,
    pub surroundings: &'a Surroundings,
}

/// One thing that must hold in every declaration.
pub struct Rule {
    /// File stem and first part of its codes' documentation.
    pub name: &'static str,
    /// The codes that it can report.
    pub codes: &'static [&'static str],
    pub check: fn(Context<'_>, &mut Vec<Problem>),
}

macro_rules! rules {
    ($($name:ident),* $(,)?) => {
        $(mod $name;)*
        /// All rules. Their order does not matter: problems are sorted by place.
        pub const RULES: &[Rule] = &[$($name::RULE),*];
    };
}

rules! {
    literal_secret,
    organization_reference,
    credential_reference,
    payer_reference,
    cost_center_reference,
    cycle,
    former_name,
    removed,
    shared_match,
    within,
    aws_storage,
    duplicate_id,
    id_format,
    import,
    provider_field,
    aws_credential,
    azure_credential,
    azure_storage,
    bigquery,
    credential_complete,
    gcp_credential,
    oci_credential,
    onicloud,
    secret_reference,
    budget,
    cost_center,
    ownership,
    settings,
    shared_cost,
    state_place,
    timeline,
//LIST
}

/// Asks every rule.
#[must_use]
pub fn check(context: Context<'_>) -> Vec<Problem> {
    let problems = RULES
        .par_iter()
        .flat_map_iter(|rule| {
            let mut problems = Vec::new();
            (rule.check)(context, &mut problems);
            problems
        })
        .collect();
    support::once(problems)
}
