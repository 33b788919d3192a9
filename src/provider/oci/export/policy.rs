//! Policies of OCI, as far as they let somebody read Oracle's reports: `define tenancy … as …` and
//! `endorse … to … in tenancy …` (user guide, "Accessing Object Storage Resources Across Tenancies").
//! Pure: statements in, meaning out.

/// Who is endorsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// A group by its name, without quotes and without its identity domain.
    Group(String),
    /// A group by its OCID.
    GroupId(String),
    /// `any-user`, dynamic groups, services: not told by a user's groups.
    Other(String),
}

/// An endorsement that reaches into another tenancy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endorsement {
    pub who: Vec<Who>,
    /// `inspect`, `read`, `use` or `manage`.
    pub verb: String,
    pub resource: String,
    /// The tenancy's OCID, where the policy defines it.
    pub tenancy: Option<String>,
    /// Whether a condition follows, which is not judged here.
    pub conditional: bool,
}

impl Endorsement {
    /// Whether it lets objects be listed and read.
    #[must_use]
    pub fn reads(&self) -> bool {
        matches!(self.verb.as_str(), "read" | "use" | "manage")
            && matches!(
                self.resource.as_str(),
                "objects" | "object-family" | "all-resources"
            )
    }
}

/// The endorsements of one policy. Definitions hold for the policy that they stand in.
#[must_use]
pub fn endorsements(statements: &[String]) -> Vec<Endorsement> {
    let tokens: Vec<Vec<String>> = statements.iter().map(|one| tokens(one)).collect();
    let defined: Vec<(String, String)> = tokens.iter().filter_map(|one| definition(one)).collect();
    tokens
        .iter()
        .filter_map(|one| endorsement(one, &defined))
        .collect()
}

/// Words, and quoted names as one; commas are words.
fn tokens(statement: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    for c in statement.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => {
                quote = None;
            }
            (Some(_), c) => word.push(c),
            (None, '\'' | '"') => quote = Some(c),
            (None, ',') => {
                tokens.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
                tokens.push(",".to_owned());
            }
            (None, c) if c.is_whitespace() => {
                tokens.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            }
            (None, c) => word.push(c),
        }
    }
    tokens.extend((!word.is_empty()).then_some(word));
    tokens
}

fn is(token: Option<&String>, word: &str) -> bool {
    token.is_some_and(|token| token.eq_ignore_ascii_case(word))
}

/// `define tenancy NAME as OCID`.
fn definition(tokens: &[String]) -> Option<(String, String)> {
    let form =
        is(tokens.first(), "define") && is(tokens.get(1), "tenancy") && is(tokens.get(3), "as");
    if !form {
        return None;
    }
    Some((tokens.get(2)?.to_ascii_lowercase(), tokens.get(4)?.clone()))
}

/// `endorse WHO to VERB RESOURCE in tenancy NAME [where …]`.
fn endorsement(tokens: &[String], defined: &[(String, String)]) -> Option<Endorsement> {
    if !is(tokens.first(), "endorse") {
        return None;
    }
    let to = tokens
        .iter()
        .position(|token| token.eq_ignore_ascii_case("to"))?;
    let who = who(tokens.get(1..to)?);
    let rest = tokens.get(to + 1..)?;
    let (verb, resource) = (rest.first()?, rest.get(1)?);
    if !(is(rest.get(2), "in") && is(rest.get(3), "tenancy")) {
        return None;
    }
    let name = rest.get(4)?.to_ascii_lowercase();
    let tenancy = defined.iter().find(|(defined, _)| *defined == name);
    Some(Endorsement {
        who,
        verb: verb.to_ascii_lowercase(),
        resource: resource.to_ascii_lowercase(),
        tenancy: tenancy.map(|(_, ocid)| ocid.clone()),
        conditional: is(rest.get(5), "where"),
    })
}

fn who(tokens: &[String]) -> Vec<Who> {
    if !is(tokens.first(), "group") {
        return vec![Who::Other(tokens.join(" "))];
    }
    let mut found = Vec::new();
    let mut at = 1;
    while let Some(token) = tokens.get(at) {
        match token.as_str() {
            "," => {}
            // `group id OCID`; a list may repeat both words.
            word if word.eq_ignore_ascii_case("group") => {}
            word if word.eq_ignore_ascii_case("id") => {
                found.extend(tokens.get(at + 1).cloned().map(Who::GroupId));
                at += 1;
            }
            word => found.push(Who::Group(without_domain(word))),
        }
        at += 1;
    }
    found
}

/// The name of a group without its identity domain: `'Default'/'readers'`.
fn without_domain(name: &str) -> String {
    name.rsplit('/').next().unwrap_or(name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(statements: &[&str]) -> Vec<Endorsement> {
        let statements: Vec<String> = statements.iter().map(|&one| one.to_owned()).collect();
        endorsements(&statements)
    }

    #[test]
    fn the_documented_form_is_read() {
        let found = read(&[
            "define tenancy usage-report as ocid1.tenancy.oc1..k",
            "endorse group readers to read objects in tenancy usage-report",
            "Allow group readers to inspect tenancies in tenancy",
        ]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].who, [Who::Group("readers".to_owned())]);
        assert_eq!(found[0].tenancy.as_deref(), Some("ocid1.tenancy.oc1..k"));
        assert!(found[0].reads() && !found[0].conditional);
    }

    #[test]
    fn words_have_any_case_and_names_any_quotes() {
        let found = read(&[
            "Define  Tenancy Usage-Report AS ocid1.tenancy.oc1..k",
            "ENDORSE GROUP 'Default'/'Cost Readers', \"b\" TO Manage Object-Family IN TENANCY usage-report where request.region = 'fra'",
        ]);
        let names = ["Cost Readers", "b"].map(|name| Who::Group(name.to_owned()));
        assert_eq!(found[0].who, names);
        assert!(found[0].reads() && found[0].conditional);
        assert!(found[0].tenancy.is_some());
    }

    #[test]
    fn groups_may_be_named_by_their_ids() {
        let found = read(&[
            "endorse group id ocid1.group.oc1..a, id ocid1.group.oc1..b to inspect objects in tenancy x",
            "endorse any-user to read objects in tenancy x",
            "endorse dynamic-group loaders to read objects in tenancy x",
        ]);
        let ids = ["ocid1.group.oc1..a", "ocid1.group.oc1..b"];
        assert_eq!(found[0].who, ids.map(|id| Who::GroupId(id.to_owned())));
        assert!(!found[0].reads());
        assert_eq!(found[0].tenancy, None);
        assert_eq!(found[1].who, [Who::Other("any-user".to_owned())]);
        assert_eq!(
            found[2].who,
            [Who::Other("dynamic-group loaders".to_owned())]
        );
    }

    #[test]
    fn nothing_else_is_an_endorsement() {
        assert!(
            read(&[
                "",
                "endorse",
                "endorse group a to read objects",
                "define tenancy"
            ])
            .is_empty()
        );
        assert!(read(&["admit group a of tenancy b to read objects in tenancy"]).is_empty());
    }
}
