//! References between specs: what a resource needs, and how a rename runs through them.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::model::address::{Address, Kind};

/// Calls `each` with every reference in a spec: the kind it leads to, and the text, which may be
/// replaced.
fn visit(address: &Address, spec: &mut Value, each: &mut dyn FnMut(Kind, &mut String)) {
    let mut field = |spec: &mut Value, name: &str, kind| {
        if let Some(Value::String(text)) = spec.get_mut(name) {
            each(kind, text);
        }
    };
    match address.kind() {
        Kind::Credential => {
            if let Some(inner) = spec.get_mut("aws_role") {
                field(inner, "source", Kind::Credential);
            }
        }
        Kind::Organization => {
            for name in ["credentials", "partner_api", "partner_center"] {
                field(spec, name, Kind::Credential);
            }
        }
        Kind::Recommendations => field(spec, "organization", Kind::Organization),
        Kind::Payer => {
            field(spec, "organization", Kind::Organization);
            field(spec, "credentials", Kind::Credential);
            if let Some(timeline) = spec.get_mut("cost_center") {
                visit_timeline(timeline, each);
            }
        }
        Kind::Export => {
            if let Some(inner) = spec.as_object_mut().and_then(|map| map.values_mut().next()) {
                field(inner, "read_with", Kind::Credential);
            }
        }
        Kind::Account => {
            field(spec, "organization", Kind::Organization);
            field(spec, "credentials", Kind::Credential);
            field(spec, "payer", Kind::Payer);
            field(spec, "within", Kind::Account);
            if let Some(timeline) = spec.get_mut("cost_center") {
                visit_timeline(timeline, each);
            }
        }
        Kind::CostCenter => match spec.get_mut("parent") {
            Some(Value::Array(periods)) => {
                for period in periods {
                    field(period, "parent", Kind::CostCenter);
                }
            }
            _ => field(spec, "parent", Kind::CostCenter),
        },
        Kind::Budget => {}
        Kind::SharedCost => {
            if let Some(among) = spec.get_mut("among") {
                visit_codes(among, each);
            }
            if let Some(fixed) = spec
                .get_mut("method")
                .and_then(|method| method.get_mut("fixed"))
            {
                visit_codes(fixed, each);
            }
            if let Some(after) = spec.get_mut("after") {
                visit_codes(after, &mut |_, name| each(Kind::SharedCost, name));
            }
        }
    }
}

fn visit_timeline(timeline: &mut Value, each: &mut dyn FnMut(Kind, &mut String)) {
    let period = |period: &mut Value, each: &mut dyn FnMut(Kind, &mut String)| match period {
        Value::String(code) => each(Kind::CostCenter, code),
        Value::Object(map) => {
            if let Some(Value::String(code)) = map.get_mut("cost_center") {
                each(Kind::CostCenter, code);
            }
            if let Some(split) = map.get_mut("split") {
                visit_codes(split, each);
            }
        }
        _ => {}
    };
    match timeline {
        Value::Array(periods) => periods.iter_mut().for_each(|value| period(value, each)),
        one => period(one, each),
    }
}

/// A list of codes, or a map by code. Keeps lists sorted, as canonical specs have them.
fn visit_codes(codes: &mut Value, each: &mut dyn FnMut(Kind, &mut String)) {
    match codes {
        Value::Array(list) => {
            for code in list.iter_mut() {
                if let Value::String(code) = code {
                    each(Kind::CostCenter, code);
                }
            }
            list.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
        }
        Value::Object(map) => {
            let entries = std::mem::take(map);
            for (mut code, share) in entries {
                each(Kind::CostCenter, &mut code);
                map.insert(code, share);
            }
        }
        _ => {}
    }
}

/// Replaces former names in a recorded spec. Returns whether there were any.
pub fn rename(address: &Address, spec: &mut Value, renames: &BTreeMap<Address, Address>) -> bool {
    if renames.is_empty() {
        return false;
    }
    let mut renamed = false;
    visit(address, spec, &mut |kind, text| {
        let former = match kind {
            Kind::Credential => Address::credential(text),
            Kind::Organization => Address::organization(text),
            Kind::CostCenter => Address::cost_center(text),
            Kind::SharedCost => Address::shared_cost(text),
            _ => return,
        };
        if let Some(present) = renames.get(&former) {
            *text = present.last().into_owned();
            renamed = true;
        }
    });
    renamed
}

/// The addresses that a resource needs to stand before it does. Cost centres of accounts and
/// payers are not among them: structure follows registration.
#[must_use]
pub fn needs(address: &Address, spec: &Value) -> Vec<Address> {
    let mut needs = Vec::new();
    let provider = address.provider();
    // The visitor may change what it visits; here it only looks.
    let mut copy = spec.clone();
    visit(
        address,
        &mut copy,
        &mut |kind, text| match (kind, provider) {
            (Kind::Credential, _) => needs.push(Address::credential(text)),
            (Kind::Organization, _) => needs.push(Address::organization(text)),
            (Kind::Payer, Some(provider)) => needs.push(Address::payer(provider, text)),
            (Kind::Account, Some(provider)) => needs.push(Address::account(provider, text)),
            (Kind::CostCenter, _) if address.kind().is_structure() => {
                needs.push(Address::cost_center(text));
            }
            _ => {}
        },
    );
    match (address.kind(), provider) {
        (Kind::Export, Some(provider)) => {
            if let Some(payer) = address.parts().nth(1) {
                needs.push(Address::payer(provider, &payer));
            }
        }
        (Kind::Budget, _) => {
            if let Some(code) = address.parts().next() {
                needs.push(Address::cost_center(&code));
            }
        }
        _ => {}
    }
    needs.sort();
    needs.dedup();
    needs
}

/// Everything that a resource is or names, cost centres included: what it follows when renamed.
#[must_use]
pub fn names(address: &Address, spec: &Value) -> Vec<Address> {
    let mut names = needs(address, spec);
    let codes = cost_centers(address, spec);
    names.extend(codes.iter().map(|code| Address::cost_center(code)));
    if address.kind() == Kind::Recommendations {
        names.push(Address::organization(&address.last()));
    }
    if address.kind() == Kind::SharedCost {
        let before = spec.get("after").and_then(Value::as_array);
        let before = before.into_iter().flatten().filter_map(Value::as_str);
        names.extend(before.map(Address::shared_cost));
    }
    names.push(address.clone());
    names
}

/// The cost centres that a spec names.
#[must_use]
pub fn cost_centers(address: &Address, spec: &Value) -> Vec<String> {
    let mut codes = Vec::new();
    let mut copy = spec.clone();
    visit(address, &mut copy, &mut |kind, text| {
        if kind == Kind::CostCenter {
            codes.push(text.clone());
        }
    });
    codes
}
