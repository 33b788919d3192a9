//! Object Storage: the bucket of reports in namespace `bling`, in the home region and nowhere else.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::server::{Call, Inside, answer, refusal};
use super::world::KEEPER;
use crate::stand::web::{Said, said};

impl Inside {
    pub(super) fn storage(&mut self, call: &Call<'_>) -> Option<Said> {
        let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
        let ["n", namespace, "b", bucket, "o", object @ ..] = &path[..] else {
            return None;
        };
        if call.method != "GET" {
            return None;
        }
        let known: &[&str] = match object {
            [] => &[
                "prefix",
                "start",
                "end",
                "limit",
                "delimiter",
                "fields",
                "startAfter",
            ],
            _ => &[],
        };
        if let Some(refused) = self.strict(call, known) {
            return Some(refused);
        }
        if *namespace != "bling" {
            let message =
                format!("You do not have authorization to perform this request in {namespace}");
            return Some(refusal(404, "NamespaceNotFound", &message));
        }
        let tenancy = &self.tenancy;
        let child = tenancy
            .organization
            .as_ref()
            .is_some_and(|one| one.parent != tenancy.id);
        let user = &call.who.user;
        let verb = if object.is_empty() { "inspect" } else { "read" };
        let there = *bucket == tenancy.id
            && call.region == tenancy.home.0
            && tenancy.metered
            && !child
            && tenancy.endorsed(user, "inspect", KEEPER);
        if !there {
            let message = format!(
                "Either the bucket named '{bucket}' does not exist in the namespace 'bling' or you are \
                 not authorized to access it"
            );
            return Some(refusal(404, "BucketNotFound", &message));
        }
        match object {
            [] => Some(self.list(call)),
            [name] => Some(self.object(call, name, verb)),
            _ => None,
        }
    }

    fn list(&self, call: &Call<'_>) -> Said {
        let text = |name: &str| call.parameter(name).unwrap_or_default();
        let prefix = text("prefix");
        let fields: BTreeSet<&str> = text("fields").split(',').collect();
        let limit = call.parameter("limit").and_then(|limit| limit.parse().ok());
        let limit: usize = limit.unwrap_or(1000).min(1000).min(self.tenancy.page);
        let names = self.tenancy.reports.range(text("start").to_owned()..);
        let mut objects = Vec::new();
        let mut folders: BTreeSet<String> = BTreeSet::new();
        let mut next = None;
        for (name, report) in names.filter(|(name, _)| name.starts_with(prefix)) {
            let deeper = name[prefix.len()..]
                .find('/')
                .filter(|_| text("delimiter") == "/");
            let folder = deeper.map(|at| name[..=prefix.len() + at].to_owned());
            if folder
                .as_ref()
                .is_some_and(|folder| folders.contains(folder))
            {
                continue;
            }
            if objects.len() + folders.len() == limit {
                next = Some(name.clone());
                break;
            }
            match folder {
                Some(folder) => {
                    folders.insert(folder);
                }
                None => {
                    let mut object = Map::new();
                    object.insert("name".to_owned(), json!(name));
                    for (field, value) in [
                        ("size", json!(report.size)),
                        ("timeCreated", json!(report.created.to_string())),
                    ] {
                        if fields.contains(field) {
                            object.insert(field.to_owned(), value);
                        }
                    }
                    objects.push(Value::Object(object));
                }
            }
        }
        let mut body = json!({"objects": objects});
        if !folders.is_empty() {
            body["prefixes"] = json!(folders);
        }
        if let Some(next) = next {
            body["nextStartWith"] = json!(next);
        }
        answer(200, &body)
    }

    fn object(&mut self, call: &Call<'_>, name: &str, verb: &str) -> Said {
        let missing = || {
            let message = format!("The object '{name}' was not found in the bucket");
            refusal(404, "ObjectNotFound", &message)
        };
        if !self.tenancy.endorsed(&call.who.user, verb, KEEPER) {
            return missing();
        }
        let Some(report) = self.tenancy.reports.get(name) else {
            return missing();
        };
        if call.range != Some("bytes=0-0") {
            self.wrong.push(format!("{name} is read whole"));
        }
        if report.size == 0 {
            return refusal(416, "InvalidRange", "The range cannot be satisfied");
        }
        said(206, "application/x-gzip", vec![0x1f])
    }
}
