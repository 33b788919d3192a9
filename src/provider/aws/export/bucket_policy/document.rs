//! A resource's policy, read as tolerantly as IAM does: one text or a list of them, one statement or a
//! list. Grammar: IAM user guide, "Grammar of the IAM JSON policy language".

use serde::Serialize;
use serde_json::{Map, Value};

/// A policy.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    pub version: String,
    pub id: Option<Value>,
    pub statements: Vec<Statement>,
}

/// A statement: its parts as they were written, with one writing for each.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Statement {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    pub effect: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_principal: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_action: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_resource: Option<Value>,
    /// Values by key by operator.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub condition: Map<String, Value>,
}

/// One condition of a statement.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition<'a> {
    pub operator: &'a str,
    pub key: &'a str,
    pub values: Vec<String>,
}

impl Document {
    /// Reads a policy.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let Value::Object(fields) = value else {
            return Err("it is no JSON object".to_owned());
        };
        let version = field(&fields, "Version").and_then(Value::as_str);
        let statements = match field(&fields, "Statement") {
            Some(Value::Array(statements)) => statements.iter().map(statement).collect(),
            Some(one) => statement(one).map(|one| vec![one]),
            None => Some(Vec::new()),
        };
        Ok(Self {
            version: version.unwrap_or("2008-10-17").to_owned(),
            id: field(&fields, "Id").cloned(),
            statements: statements.ok_or("a statement of it is no object")?,
        })
    }
}

impl Statement {
    #[must_use]
    pub fn allows(&self) -> bool {
        self.effect.eq_ignore_ascii_case("Allow")
    }

    #[must_use]
    pub fn denies(&self) -> bool {
        self.effect.eq_ignore_ascii_case("Deny")
    }

    /// All conditions, which must hold together.
    pub fn conditions(&self) -> impl Iterator<Item = Condition<'_>> {
        self.condition.iter().flat_map(|(operator, keys)| {
            let keys = keys.as_object().into_iter().flatten();
            keys.map(move |(key, values)| Condition {
                operator,
                key,
                values: texts(values),
            })
        })
    }

    /// How people find it: by its Sid, or by its number.
    #[must_use]
    pub fn name(&self, number: usize) -> String {
        match self.sid.as_deref().filter(|sid| !sid.is_empty()) {
            Some(sid) => format!("statement `{sid}`"),
            None => format!("statement {}", number + 1),
        }
    }
}

fn statement(value: &Value) -> Option<Statement> {
    let fields = value.as_object()?;
    let text = |name: &str| {
        field(fields, name)
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    let whole = |name: &str| field(fields, name).cloned();
    let condition = match field(fields, "Condition") {
        Some(Value::Object(condition)) => condition.clone(),
        _ => Map::new(),
    };
    Some(Statement {
        sid: text("Sid"),
        effect: text("Effect")?,
        principal: whole("Principal"),
        not_principal: whole("NotPrincipal"),
        action: whole("Action"),
        not_action: whole("NotAction"),
        resource: whole("Resource"),
        not_resource: whole("NotResource"),
        condition,
    })
}

/// A field by its name, in any case.
fn field<'v>(fields: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    let same = |(key, _): &(&String, &Value)| key.eq_ignore_ascii_case(name);
    fields.iter().find(same).map(|(_, value)| value)
}

/// One text or a list of them; numbers and booleans as IAM takes them, as text.
#[must_use]
pub fn texts(value: &Value) -> Vec<String> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        _ => None,
    };
    match value {
        Value::Array(values) => values.iter().filter_map(text).collect(),
        value => text(value).into_iter().collect(),
    }
}

/// Whether a text fits a pattern, where `*` stands for any characters and `?` for one.
#[must_use]
pub fn like(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    // Where the last star stood, and what it had taken.
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        if pattern.get(p) == Some(&'*') {
            star = Some((p, t));
            p += 1;
        } else if pattern
            .get(p)
            .is_some_and(|one| *one == '?' || *one == text[t])
        {
            p += 1;
            t += 1;
        } else if let Some((at, taken)) = star {
            star = Some((at, taken + 1));
            p = at + 1;
            t = taken + 1;
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|one| *one == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_and_several_read_alike() {
        let one = Document::parse(
            r#"{"Statement": {"Effect": "Allow", "Principal": {"Service": "a"}, "Action": "s3:*",
                "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": true}}}}"#,
        )
        .unwrap();
        assert_eq!(one.version, "2008-10-17");
        assert_eq!(one.statements.len(), 1);
        let conditions: Vec<_> = one.statements[0].conditions().collect();
        assert_eq!(conditions[0].values, ["true"]);
        let list = Document::parse(
            r#"{"version": "2012-10-17", "statement": [
                {"sid": "x", "effect": "Deny", "principal": "*", "action": ["a", "b"]},
                {"Effect": "Allow"}]}"#,
        )
        .unwrap();
        assert_eq!(list.statements[0].name(0), "statement `x`");
        assert_eq!(list.statements[1].name(1), "statement 2");
        assert!(list.statements[0].denies() && list.statements[1].allows());
    }

    #[test]
    fn what_is_no_policy_is_refused() {
        for text in ["", "[]", "{\"Statement\": 1}", "{\"Statement\": [{}]}"] {
            assert!(Document::parse(text).is_err(), "{text}");
        }
        assert!(Document::parse("{}").unwrap().statements.is_empty());
    }

    #[test]
    fn patterns_fit_as_in_iam() {
        assert!(like("s3:*", "s3:PutObject"));
        assert!(like("*", "") && like("*", "x") && like("**", "x"));
        assert!(like("arn:aws:s3:::acme/*", "arn:aws:s3:::acme/cur/x"));
        assert!(!like("arn:aws:s3:::acme/*", "arn:aws:s3:::acme"));
        assert!(like("a*b*c", "axxbyybzzc") && !like("a*b*c", "axxbyybzz"));
        assert!(like("1?3", "123") && !like("1?3", "13"));
        assert!(like("", "") && !like("", "x"));
    }
}
