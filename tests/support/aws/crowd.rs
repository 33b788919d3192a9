//! Thousands of member accounts that answer fast: the roles of a world's members, and the listing of
//! its organization, without policies and signatures. External ids and sessions are checked.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::billing::organization::{MemberState, PAGE};
use super::front::Call;
use super::web::{Said, said};
use super::world::World;
use super::world::policies::ROLE;

/// What the ids of its sessions begin with; the account follows.
const SESSION: &str = "ASIAC0DE";

pub struct Crowd {
    accounts: BTreeSet<String>,
    external_id: &'static str,
    /// What `ListAccounts` says of each account of the organization.
    listed: Vec<Value>,
}

impl Crowd {
    /// Adds active accounts to a world: to its organization, its declaration, and in front of what
    /// else answers.
    pub fn join(world: &mut World, accounts: usize) {
        let from = world.members.len() + 2;
        let new: Vec<String> = (from..from + accounts)
            .map(|which| world.account(which))
            .collect();
        world.change_organization(|organization| {
            let root = organization.root.clone();
            for (number, account) in new.iter().enumerate() {
                organization.join(account, &format!("Crowd {}", number + 1), &root);
            }
        });
        world.members.extend(new.iter().cloned());
        let mut listed = Vec::new();
        world.change_organization(|organization| {
            let all = &organization.members;
            listed = all
                .iter()
                .map(|member| organization.account(member))
                .collect();
            assert!(all.iter().all(|member| member.state == MemberState::Active));
        });
        world.front.crowd(Self {
            accounts: new.into_iter().collect(),
            external_id: world.setup.external_id,
            listed,
        });
    }

    /// The answer, where the request is for the crowd.
    pub fn answer(&self, call: &Call) -> Option<Said> {
        match (&*call.service, &*call.operation) {
            ("organizations", "ListAccounts") => Some(self.list(call)),
            ("sts", "AssumeRole") => self.assume(call),
            ("sts", "GetCallerIdentity") => {
                let account = self.session(call)?;
                let result = format!(
                    "<Arn>{}</Arn><UserId>AROAC0DE{account}:bursar</UserId><Account>{account}</Account>",
                    assumed(account)
                );
                Some(query("sts", &call.operation, &result))
            }
            ("iam", "SimulatePrincipalPolicy") => {
                let account = self.session(call)?;
                Some(simulate(call, account))
            }
            _ => None,
        }
    }

    fn session<'a>(&self, call: &'a Call) -> Option<&'a str> {
        let account = call.key_id.strip_prefix(SESSION)?;
        self.accounts.contains(account).then_some(account)
    }

    fn assume(&self, call: &Call) -> Option<Said> {
        let role = call.field("RoleArn")?;
        let account = role.split(':').nth(4)?;
        if !self.accounts.contains(account) {
            return None;
        }
        let is_role = role.ends_with(&format!(":role/{ROLE}"));
        if !is_role || call.field("ExternalId").as_deref() != Some(self.external_id) {
            let message = format!(
                "User: {} is not authorized to perform: sts:AssumeRole on resource: {role}",
                call.key_id
            );
            return Some(refused("sts", 403, "AccessDenied", &message));
        }
        let result = format!(
            "<AssumedRoleUser><AssumedRoleId>AROAC0DE{account}:bursar</AssumedRoleId><Arn>{}</Arn></AssumedRoleUser>\
             <Credentials><AccessKeyId>{SESSION}{account}</AccessKeyId><SecretAccessKey>crowd</SecretAccessKey>\
             <SessionToken>crowd</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>",
            assumed(account)
        );
        Some(query("sts", "AssumeRole", &result))
    }

    fn list(&self, call: &Call) -> Said {
        let input: Value = serde_json::from_str(&call.body).unwrap_or_default();
        let from = match input["NextToken"].as_str() {
            None => Some(0),
            Some(token) => token
                .strip_prefix("crowd-")
                .and_then(|from| from.parse::<usize>().ok()),
        };
        let asked = input["MaxResults"]
            .as_u64()
            .map_or(Some(PAGE), |most| usize::try_from(most).ok());
        let (Some(from), Some(most)) = (from, asked.filter(|most| (1..=PAGE).contains(most)))
        else {
            let body = json!({"__type": "InvalidInputException", "Message": "invalid", "Reason": "INVALID_NEXT_TOKEN"});
            return said(400, "application/x-amz-json-1.1", body.to_string());
        };
        let page: Vec<&Value> = self.listed.iter().skip(from).take(most).collect();
        let mut answer = json!({"Accounts": page});
        if from + most < self.listed.len() {
            answer["NextToken"] = format!("crowd-{}", from + most).into();
        }
        said(200, "application/x-amz-json-1.1", answer.to_string())
    }
}

/// Every action on every resource is allowed, in the role's own account.
fn simulate(call: &Call, account: &str) -> Said {
    let role = format!("arn:aws:iam::{account}:role/{ROLE}");
    if call.field("PolicySourceArn").as_deref() != Some(&*role) {
        let message = format!("Invalid Entity Arn: not {role}");
        return refused("iam", 400, "InvalidInput", &message);
    }
    let mut resources = call.fields("ResourceArns");
    if resources.is_empty() {
        resources.push("*".to_owned());
    }
    let mut members = String::new();
    for action in call.fields("ActionNames") {
        for resource in &resources {
            write!(
                members,
                "<member><EvalActionName>{action}</EvalActionName><EvalResourceName>{resource}</EvalResourceName>\
                 <EvalDecision>allowed</EvalDecision><MatchedStatements/><MissingContextValues/></member>"
            )
            .unwrap();
        }
    }
    let result =
        format!("<EvaluationResults>{members}</EvaluationResults><IsTruncated>false</IsTruncated>");
    query("iam", "SimulatePrincipalPolicy", &result)
}

fn assumed(account: &str) -> String {
    format!("arn:aws:sts::{account}:assumed-role/{ROLE}/bursar")
}

fn namespace(service: &str) -> &'static str {
    match service {
        "sts" => "https://sts.amazonaws.com/doc/2011-06-15/",
        _ => "https://iam.amazonaws.com/doc/2010-05-08/",
    }
}

fn query(service: &str, operation: &str, result: &str) -> Said {
    let body = format!(
        "<{operation}Response xmlns=\"{}\"><{operation}Result>{result}</{operation}Result>\
         <ResponseMetadata><RequestId>00000000-0000-4000-8000-000000000000</RequestId></ResponseMetadata></{operation}Response>",
        namespace(service)
    );
    said(200, "text/xml", body)
}

fn refused(service: &str, status: u16, code: &str, message: &str) -> Said {
    let body = format!(
        "<ErrorResponse xmlns=\"{}\"><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>\
         <RequestId>00000000-0000-4000-8000-000000000000</RequestId></ErrorResponse>",
        namespace(service)
    );
    said(status, "text/xml", body)
}
