//! An AWS organization, as its accounts see it: <https://docs.aws.amazon.com/organizations/latest/APIReference/Welcome.html>.
//!
//! Others imitate organizations too, but without states, paths, pages of twenty or the refusal of
//! members that list.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Call, Failure, State};

/// The most items on a page, and how many come where nobody asks for less.
pub const PAGE: usize = 20;

#[derive(Debug, Clone)]
pub struct Organization {
    pub id: String,
    pub root: String,
    /// The management account; one of the members too.
    pub master: String,
    pub members: Vec<Member>,
    pub units: Vec<Unit>,
    /// Members that may list, too.
    pub delegated: Vec<String>,
    pub shows: Shows,
}

#[derive(Debug, Clone)]
pub struct Member {
    pub id: String,
    pub name: String,
    pub state: MemberState,
    /// The root or the unit that it is in.
    pub parent: String,
    pub tags: BTreeMap<String, String>,
    /// When it joined, in seconds since 1970.
    pub joined: i64,
}

#[derive(Debug, Clone)]
pub struct Unit {
    pub id: String,
    pub name: String,
    pub parent: String,
}

/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_account_state.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberState {
    PendingActivation,
    Active,
    Suspended,
    PendingClosure,
    Closed,
}

/// Which members say what an account is: AWS retires `Status` for `State`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Shows {
    #[default]
    Both,
    State,
    Status,
}

impl MemberState {
    fn state(self) -> &'static str {
        match self {
            Self::PendingActivation => "PENDING_ACTIVATION",
            Self::Active => "ACTIVE",
            Self::Suspended => "SUSPENDED",
            Self::PendingClosure => "PENDING_CLOSURE",
            Self::Closed => "CLOSED",
        }
    }

    /// What the older member says.
    fn status(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::PendingClosure => "PENDING_CLOSURE",
            Self::PendingActivation | Self::Suspended | Self::Closed => "SUSPENDED",
        }
    }
}

impl Organization {
    /// One with its management account alone.
    pub fn new(id: &str, master: &str, name: &str) -> Self {
        let root = format!("r-{}", &id[2..6]);
        let mut organization = Self {
            id: id.to_owned(),
            root: root.clone(),
            master: master.to_owned(),
            members: Vec::new(),
            units: Vec::new(),
            delegated: Vec::new(),
            shows: Shows::default(),
        };
        organization.join(master, name, &root);
        organization
    }

    /// Adds an active account below a root or unit.
    pub fn join(&mut self, id: &str, name: &str, parent: &str) -> &mut Member {
        let joined = 1_600_000_000 + i64::try_from(self.members.len()).unwrap();
        self.members.push(Member {
            id: id.to_owned(),
            name: name.to_owned(),
            state: MemberState::Active,
            parent: parent.to_owned(),
            tags: BTreeMap::new(),
            joined,
        });
        self.members.last_mut().unwrap()
    }

    /// Adds a unit below a root or unit, and says its id.
    pub fn unit(&mut self, name: &str, parent: &str) -> String {
        let id = format!("ou-{}-{:08}", &self.root[2..], self.units.len() + 1);
        self.units.push(Unit {
            id: id.clone(),
            name: name.to_owned(),
            parent: parent.to_owned(),
        });
        id
    }

    /// # Panics
    /// If it is not a member.
    #[track_caller]
    pub fn member(&mut self, id: &str) -> &mut Member {
        self.members
            .iter_mut()
            .find(|member| member.id == id)
            .unwrap()
    }

    fn arn(&self, kind: &str, id: &str) -> String {
        format!(
            "arn:aws:organizations::{}:{kind}/{}/{id}",
            self.master, self.id
        )
    }

    /// `o-…/r-…/ou-…/` with the ids of what lies above.
    fn path(&self, id: &str) -> String {
        let unit = self.units.iter().find(|unit| unit.id == id);
        match unit {
            Some(unit) => format!("{}{id}/", self.path(&unit.parent)),
            None => format!("{}/{id}/", self.id),
        }
    }

    /// What is said of an account.
    pub fn account(&self, member: &Member) -> Value {
        let mut account = json!({
            "Id": member.id,
            "Arn": self.arn("account", &member.id),
            "Email": format!("aws+{}@acme.example", member.id),
            "Name": member.name,
            "Paths": [format!("{}{}/", self.path(&member.parent), member.id)],
            "JoinedMethod": if member.id == self.master { "INVITED" } else { "CREATED" },
            "JoinedTimestamp": member.joined,
        });
        if self.shows != Shows::State {
            account["Status"] = member.state.status().into();
        }
        if self.shows != Shows::Status {
            account["State"] = member.state.state().into();
        }
        account
    }

    fn has_parent(&self, id: &str) -> bool {
        id == self.root || self.units.iter().any(|unit| unit.id == id)
    }
}

/// What policies name.
pub fn resources(state: &State, call: &Call<'_>) -> Vec<String> {
    let one = match call.operation {
        "ListOrganizationalUnitsForParent" | "ListAccountsForParent" => call.text("ParentId"),
        "ListParents" => call.text("ChildId"),
        "ListTagsForResource" => call.text("ResourceId"),
        "DescribeAccount" => call.text("AccountId"),
        "DescribeOrganizationalUnit" => call.text("OrganizationalUnitId"),
        _ => return vec!["*".to_owned()],
    };
    let kind = match one.split('-').next() {
        Some("r") => "root",
        Some("ou") => "ou",
        _ => "account",
    };
    let arn = of(state, &call.caller.account).map(|organization| organization.arn(kind, one));
    vec![arn.unwrap_or_else(|| "*".to_owned())]
}

fn of<'a>(state: &'a State, account: &str) -> Option<&'a Organization> {
    let is_in = |one: &&Organization| one.members.iter().any(|member| member.id == account);
    state.organizations.iter().find(is_in)
}

pub fn answer(state: &mut State, call: &Call<'_>) -> Result<Value, Failure> {
    let caller = &call.caller.account;
    let organization = of(state, caller).ok_or_else(|| {
        let message = "Your account is not a member of an organization.";
        Failure::new("AWSOrganizationsNotInUseException", message)
    })?;
    if call.operation == "DescribeOrganization" {
        return Ok(described(organization));
    }
    if *caller != organization.master && !organization.delegated.contains(caller) {
        let message = "You don't have permissions to access this resource.";
        return Err(Failure::new("AccessDeniedException", message));
    }
    let parent = || match call.text("ParentId") {
        id if organization.has_parent(id) => Ok(id),
        _ => {
            let message = "You specified parent that doesn't exist.";
            Err(Failure::new("ParentNotFoundException", message))
        }
    };
    let members = || organization.members.iter();
    let (name, items): (_, Vec<Value>) = match call.operation {
        "ListAccounts" => (
            "Accounts",
            members().map(|one| organization.account(one)).collect(),
        ),
        "ListAccountsForParent" => {
            let parent = parent()?;
            let inside = members().filter(|one| one.parent == parent);
            (
                "Accounts",
                inside.map(|one| organization.account(one)).collect(),
            )
        }
        "ListRoots" => {
            let id = &organization.root;
            let root = json!({"Id": id, "Arn": organization.arn("root", id), "Name": "Root", "PolicyTypes": []});
            ("Roots", vec![root])
        }
        "ListOrganizationalUnitsForParent" => {
            let parent = parent()?;
            let inside = organization
                .units
                .iter()
                .filter(|unit| unit.parent == parent);
            (
                "OrganizationalUnits",
                inside.map(|unit| unit_of(organization, unit)).collect(),
            )
        }
        "ListParents" => (
            "Parents",
            vec![parent_of(organization, call.text("ChildId"))?],
        ),
        "ListTagsForResource" => ("Tags", tags(organization, call.text("ResourceId"))?),
        "DescribeAccount" => {
            let found = members().find(|one| one.id == call.text("AccountId"));
            let message = "You specified an account that doesn't exist.";
            let member = found.ok_or_else(|| Failure::new("AccountNotFoundException", message))?;
            return Ok(json!({"Account": organization.account(member)}));
        }
        "DescribeOrganizationalUnit" => {
            let id = call.text("OrganizationalUnitId");
            let found = organization.units.iter().find(|unit| unit.id == id);
            let message = "You specified an organizational unit that doesn't exist.";
            let missing = || Failure::new("OrganizationalUnitNotFoundException", message);
            let unit = found.ok_or_else(missing)?;
            return Ok(json!({"OrganizationalUnit": unit_of(organization, unit)}));
        }
        other => return Err(super::not_built(other)),
    };
    let (page, next) = state.pages.cut(call, items, PAGE).ok_or_else(|| {
        Failure::new(
            "InvalidInputException",
            "The provided NextToken is invalid.",
        )
        .with("Reason", "INVALID_NEXT_TOKEN")
    })?;
    let mut answer = json!({name: page});
    if let Some(next) = next {
        answer["NextToken"] = next.into();
    }
    Ok(answer)
}

fn described(organization: &Organization) -> Value {
    json!({"Organization": {
        "Id": organization.id,
        "Arn": format!("arn:aws:organizations::{}:organization/{}", organization.master, organization.id),
        "FeatureSet": "ALL",
        "MasterAccountArn": organization.arn("account", &organization.master),
        "MasterAccountId": organization.master,
        "MasterAccountEmail": format!("aws+{}@acme.example", organization.master),
        "AvailablePolicyTypes": [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}],
    }})
}

fn unit_of(organization: &Organization, unit: &Unit) -> Value {
    json!({
        "Id": unit.id,
        "Arn": organization.arn("ou", &unit.id),
        "Name": unit.name,
        "Path": organization.path(&unit.id),
    })
}

fn parent_of(organization: &Organization, child: &str) -> Result<Value, Failure> {
    let member = organization.members.iter().find(|one| one.id == child);
    let unit = organization.units.iter().find(|one| one.id == child);
    let parent = member
        .map(|one| &one.parent)
        .or(unit.map(|one| &one.parent));
    let message = "We can't find an organizational unit (OU) or account with that ChildId.";
    let parent = parent.ok_or_else(|| Failure::new("ChildNotFoundException", message))?;
    let kind = if *parent == organization.root {
        "ROOT"
    } else {
        "ORGANIZATIONAL_UNIT"
    };
    Ok(json!({"Id": parent, "Type": kind}))
}

fn tags(organization: &Organization, id: &str) -> Result<Vec<Value>, Failure> {
    if organization.has_parent(id) {
        return Ok(Vec::new());
    }
    let found = organization.members.iter().find(|one| one.id == id);
    let message = "You specified a target that doesn't exist.";
    let member = found.ok_or_else(|| Failure::new("TargetNotFoundException", message))?;
    let tag = |(key, value): (&String, &String)| json!({"Key": key, "Value": value});
    Ok(member.tags.iter().map(tag).collect())
}
