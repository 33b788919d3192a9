//! The right policy: the bucket's own with what is missing, as AWS's consoles write it (user guide,
//! "Setting up an Amazon S3 bucket for data exports" and "… for Cost and Usage Reports").

use serde::Serialize;
use serde_json::{Value, json};

use super::document::{Document, Statement, texts};
use super::{Deliverer, Target};
use crate::provider::aws::client::Partition;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Whole<'a> {
    version: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a Value>,
    statement: &'a [Statement],
}

/// The policy to paste: everything that is there stays, but for statements that were meant to let AWS
/// deliver for this payer and nobody else. What those were meant for stays allowed.
#[must_use]
pub fn policy(document: &Document, target: &Target<'_>, denied: &[usize]) -> String {
    let mut deliverers = target.deliverers.clone();
    let mut statements: Vec<Statement> = Vec::new();
    for (at, statement) in document.statements.iter().enumerate() {
        if denied.contains(&at) {
            statements.push(except_services(statement));
            continue;
        }
        match meant_for(statement, target) {
            Some(meant) => deliverers.extend(meant),
            None => statements.push(statement.clone()),
        }
    }
    let mut statement = delivering(target, &deliverers);
    let taken = |sid: &str| statements.iter().any(|one| one.sid.as_deref() == Some(sid));
    if let Some(sid) = statement.sid.as_deref().filter(|sid| taken(sid)) {
        statement.sid = Some(format!("{sid}{}", target.payer));
    }
    statements.push(statement);
    let whole = Whole {
        version: &document.version,
        id: document.id.as_ref(),
        statement: &statements,
    };
    serde_json::to_string_pretty(&whole).unwrap_or_default()
}

/// A denial that leaves AWS's own services alone.
fn except_services(statement: &Statement) -> Statement {
    let mut statement = statement.clone();
    let keys = statement
        .condition
        .entry("Bool")
        .or_insert_with(|| json!({}));
    if let Some(keys) = keys.as_object_mut() {
        keys.insert("aws:PrincipalIsAWSService".to_owned(), "false".into());
    }
    statement
}

/// Whom a statement was meant to let deliver; none where it is about anything else, or anybody else's
/// costs too.
fn meant_for(statement: &Statement, target: &Target<'_>) -> Option<Vec<Deliverer>> {
    let Some(Value::Object(kinds)) = &statement.principal else {
        return None;
    };
    let services = kinds
        .get("Service")
        .filter(|_| kinds.len() == 1)
        .map(texts)?;
    let known = |name: &String| Deliverer::ALL.into_iter().find(|one| one.service() == name);
    let meant: Option<Vec<Deliverer>> = services.iter().map(known).collect();
    let elsewhere = statement.conditions().any(|condition| {
        let key = condition.key.to_ascii_lowercase();
        matches!(key.as_str(), "aws:sourceaccount" | "aws:sourcearn")
            && !condition
                .values
                .iter()
                .all(|value| value.contains(target.payer))
    });
    meant.filter(|_| statement.allows() && !elsewhere)
}

/// The statement that lets AWS deliver: what the newest consoles write for Data Exports alone, else what
/// the ones before them wrote for both kinds.
fn delivering(target: &Target<'_>, deliverers: &[Deliverer]) -> Statement {
    let bucket = format!("arn:{}:s3:::{}", target.partition.word(), target.bucket);
    let objects = format!("{bucket}/*");
    let source = |deliverer: Deliverer| deliverer.any_source(target);
    let condition = |sources: Value| {
        let condition = json!({
            "StringLike": {"aws:SourceAccount": target.payer, "aws:SourceArn": sources}
        });
        condition.as_object().cloned().unwrap_or_default()
    };
    let statement = |sid: &str, services: Value, actions: Value, resources: Value| Statement {
        sid: Some(sid.to_owned()),
        effect: "Allow".to_owned(),
        principal: Some(json!({"Service": services})),
        action: Some(actions),
        resource: Some(resources),
        ..Statement::default()
    };
    let exports = deliverers.contains(&Deliverer::Exports);
    if !deliverers.contains(&Deliverer::Reports) {
        return Statement {
            condition: condition(source(Deliverer::Exports).into()),
            ..statement(
                "EnableAWSDataExportsToWriteToS3",
                Deliverer::Exports.service().into(),
                "s3:PutObject".into(),
                objects.into(),
            )
        };
    }
    // China has no Data Exports everywhere, and S3 refuses a policy for a service that is not there.
    if target.partition == Partition::China && !exports {
        return Statement {
            condition: condition(source(Deliverer::Reports).into()),
            ..statement(
                "EnableBillingReports",
                Deliverer::Reports.service().into(),
                json!(["s3:GetBucketAcl", "s3:GetBucketPolicy", "s3:PutObject"]),
                json!([bucket, objects]),
            )
        };
    }
    Statement {
        condition: condition(Deliverer::ALL.map(source).to_vec().into()),
        ..statement(
            "EnableAWSDataExportsToWriteToS3AndCheckPolicy",
            Deliverer::ALL.map(Deliverer::service).to_vec().into(),
            json!(["s3:PutObject", "s3:GetBucketPolicy"]),
            json!([objects, bucket]),
        )
    }
}
