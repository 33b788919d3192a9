//! What the policies of a tenancy allow a user, read from their statements.

use super::tenancy::Tenancy;

/// The verbs of OCI, from the weakest on.
const VERBS: [&str; 4] = ["inspect", "read", "use", "manage"];

fn strength(verb: &str) -> usize {
    VERBS.iter().position(|one| *one == verb).unwrap_or(99)
}

fn words(statement: &str) -> Vec<String> {
    statement.split_whitespace().map(str::to_owned).collect()
}

fn lower(words: &[String]) -> Vec<String> {
    words.iter().map(|word| word.to_lowercase()).collect()
}

impl Tenancy {
    /// Whether the words after `group` name one of the user's groups.
    fn is_in(&self, user: &str, who: &[String]) -> bool {
        let ids = self.users.get(user).map(|user| &user.groups);
        let ids = ids.into_iter().flatten();
        let mut names = ids.filter_map(|id| self.groups.get(id).map(|name| (id, name)));
        match who {
            [one] => names.any(|(_, name)| *name == one.trim_matches('\'')),
            [word, id] if word == "id" => names.any(|(own, _)| own == id),
            _ => false,
        }
    }

    /// Whether a user may do this: `allows(user, "inspect", "compartments")`.
    pub fn allows(&self, user: &str, verb: &str, resource: &str) -> bool {
        self.statements().any(|(_, statement)| {
            let words = words(statement);
            let small = lower(&words);
            let Some(to) = small.iter().position(|word| word == "to") else {
                return false;
            };
            let own = small.first().is_some_and(|word| word == "allow")
                && small.get(1).is_some_and(|word| word == "group")
                && self.is_in(user, &words[2..to]);
            let [given, what, rest @ ..] = &small[to + 1..] else {
                return false;
            };
            own && VERBS.contains(&given.as_str())
                && strength(given) >= strength(verb)
                && what == resource
                && *rest == ["in", "tenancy"]
        })
    }

    /// Whether a user is endorsed to do this with objects of another tenancy.
    pub fn endorsed(&self, user: &str, verb: &str, tenancy: &str) -> bool {
        self.statements().any(|(policy, statement)| {
            let words = words(statement);
            let small = lower(&words);
            let Some(to) = small.iter().position(|word| word == "to") else {
                return false;
            };
            let own = small.first().is_some_and(|word| word == "endorse")
                && small.get(1).is_some_and(|word| word == "group")
                && self.is_in(user, &words[2..to]);
            let [given, what, into, kind, alias] = &small[to + 1..] else {
                return false;
            };
            let defined = format!("define tenancy {alias} as {tenancy}");
            let defines = |one: &String| lower(&self::words(one)).join(" ") == defined;
            own && strength(given) >= strength(verb)
                && what == "objects"
                && into == "in"
                && kind == "tenancy"
                && self.policies[policy].statements.iter().any(defines)
        })
    }

    fn statements(&self) -> impl Iterator<Item = (usize, &String)> {
        let holding = self.policies.iter().enumerate();
        holding
            .filter(|(_, policy)| policy.holds)
            .flat_map(|(at, policy)| policy.statements.iter().map(move |one| (at, one)))
    }
}
