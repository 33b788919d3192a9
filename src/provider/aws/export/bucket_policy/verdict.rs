//! What a policy says to AWS's requests: what is missing, to the statement, and what stands in the way.

use super::document::{Condition, Document, Statement};
use super::request::{Holds, Request};

/// What a policy says to the requests of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verdict {
    /// What is not allowed, one sentence a cause.
    pub missing: Vec<String>,
    /// The statements that deny, by their place.
    pub denied: Vec<usize>,
    /// What hangs on conditions that nobody here can judge.
    pub unsure: Vec<String>,
    /// Statements that would let AWS deliver for any account, by their place.
    pub open: Vec<usize>,
}

impl Verdict {
    /// Judges a policy. All requests are of one delivery.
    #[must_use]
    pub fn of(document: &Document, requests: &[Request<'_>]) -> Self {
        let mut verdict = Self::default();
        for request in requests {
            verdict.denies(document, request);
            verdict.allows(document, request);
        }
        verdict
    }

    fn denies(&mut self, document: &Document, request: &Request<'_>) {
        let denials = document.statements.iter().enumerate();
        for (at, statement) in denials.filter(|(_, statement)| statement.denies()) {
            match request.applies(statement) {
                Holds::Yes => add(&mut self.denied, at),
                Holds::Unsure => {
                    let keys = unsure_keys(request, statement);
                    let name = statement.name(at);
                    add(
                        &mut self.unsure,
                        format!("{name} denies depending on {keys}"),
                    );
                }
                Holds::No => {}
            }
        }
    }

    fn allows(&mut self, document: &Document, request: &Request<'_>) {
        let allowing: Vec<(usize, &Statement)> = document
            .statements
            .iter()
            .enumerate()
            .filter(|(_, statement)| statement.allows())
            .collect();
        let held = |wanted| {
            let fits = |(_, statement): &&(usize, &Statement)| request.applies(statement) == wanted;
            allowing.iter().filter(fits).collect::<Vec<_>>()
        };
        let sure = held(Holds::Yes);
        if !sure.is_empty() {
            let open = |(_, statement): &&&(usize, &Statement)| !pinned(request, statement);
            if sure.iter().all(|one| open(&one)) {
                sure.iter().for_each(|(at, _)| add(&mut self.open, *at));
            }
            return;
        }
        if let Some((at, statement)) = held(Holds::Unsure).first() {
            let keys = unsure_keys(request, statement);
            let name = statement.name(*at);
            add(
                &mut self.unsure,
                format!("{name} allows depending on {keys}"),
            );
            return;
        }
        let nearest = allowing
            .iter()
            .filter(|(_, statement)| request.by_principal(statement) == Holds::Yes)
            .map(|(at, statement)| faults(request, statement, *at))
            .min_by_key(Vec::len);
        let service = request.delivery.service;
        match nearest {
            Some(faults) => faults
                .into_iter()
                .for_each(|fault| add(&mut self.missing, fault)),
            None => add(
                &mut self.missing,
                format!("no statement is for the service `{service}`"),
            ),
        }
    }
}

fn add<T: PartialEq>(list: &mut Vec<T>, one: T) {
    if !list.contains(&one) {
        list.push(one);
    }
}

/// Whether a statement that applies is for deliveries of this account only.
fn pinned(request: &Request<'_>, statement: &Statement) -> bool {
    statement.conditions().any(|condition| {
        let key = condition.key.to_ascii_lowercase();
        let negated = condition.operator.to_ascii_lowercase().contains("not");
        matches!(
            key.as_str(),
            "aws:sourceaccount" | "aws:sourcearn" | "aws:sourceorgid"
        ) && !negated
            && request.by_condition(&condition) == Holds::Yes
            && condition.values.iter().all(|value| value != "*")
    })
}

fn unsure_keys(request: &Request<'_>, statement: &Statement) -> String {
    let unsure = statement
        .conditions()
        .filter(|condition| request.by_condition(condition) == Holds::Unsure);
    let mut keys: Vec<String> = Vec::new();
    for condition in unsure {
        add(&mut keys, format!("`{}`", condition.key));
    }
    keys.join(", ")
}

/// What keeps a statement for the right principal from allowing a request.
fn faults(request: &Request<'_>, statement: &Statement, at: usize) -> Vec<String> {
    let name = statement.name(at);
    let mut faults = Vec::new();
    if !request.by_action(statement) {
        faults.push(format!("{name} lacks the action `{}`", request.action));
    }
    if !request.by_resource(statement) {
        faults.push(format!("{name} lacks the resource `{}`", request.shown));
    }
    for condition in statement.conditions() {
        if request.by_condition(&condition) == Holds::No {
            faults.push(format!("{name} {}", wrong(request, &condition)));
        }
    }
    faults
}

/// What is wrong with a condition that does not hold.
fn wrong(request: &Request<'_>, condition: &Condition<'_>) -> String {
    let key = condition.key;
    let values = condition.values.join("`, `");
    let account = &request.delivery.account;
    match key.to_ascii_lowercase().as_str() {
        "aws:sourceaccount" => format!("is for account `{values}`, and the payer is {account}"),
        "aws:sourcearn" => source(request, condition, &values),
        _ => format!("has a condition on `{key}` that does not hold for AWS's deliveries"),
    }
}

/// The classic mistake is the bucket's region in the source's ARN.
fn source(request: &Request<'_>, condition: &Condition<'_>, values: &str) -> String {
    let Some(wanted) = request.delivery.sources.first() else {
        return format!("is for source `{values}`");
    };
    let part = |arn: &str, at: usize| arn.split(':').nth(at).unwrap_or_default().to_owned();
    // Of several the one for this service is the one that was meant.
    let given = condition
        .values
        .iter()
        .find(|value| part(value, 2) == part(wanted, 2))
        .or(condition.values.first());
    let Some(given) = given else {
        return format!("has no value for `{}`", condition.key);
    };
    let (region, account) = (part(given, 3), part(given, 4));
    if part(given, 2) != part(wanted, 2) {
        format!("is for source `{values}`, and not for `{wanted}`")
    } else if region != part(wanted, 3) {
        format!(
            "has region `{region}` in `{}`: billing is in {}, wherever the bucket is",
            condition.key,
            part(wanted, 3)
        )
    } else if account != part(wanted, 4) {
        format!(
            "has account `{account}` in `{}`, and the payer is {}",
            condition.key, request.delivery.account
        )
    } else {
        format!("is for source `{values}`, and not for `{wanted}`")
    }
}
