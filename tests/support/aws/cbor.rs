//! Smithy RPC v2 CBOR, as far as a stand-in needs it: the SDK speaks it to Compute Optimizer, others
//! speak JSON to it. Protocol: <https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html>.

use axum::http::{HeaderMap, Uri};
use ciborium::Value as Cbor;
use serde_json::{Map, Value};

pub const CONTENT_TYPE: &str = "application/cbor";
/// The header that names the protocol, in requests and answers.
pub const HEADER: (&str, &str) = ("smithy-protocol", "rpc-v2-cbor");

/// Whether a request is in this protocol.
pub fn is_one(headers: &HeaderMap) -> bool {
    headers.get(HEADER.0).is_some_and(|value| value == HEADER.1)
}

/// The service and the operation of `/service/SERVICE/operation/OPERATION`.
pub fn target(uri: &Uri) -> Option<(&str, &str)> {
    let rest = uri.path().strip_prefix("/service/")?;
    rest.split_once("/operation/")
}

/// The same in JSON; none where it is no CBOR, or has what JSON has not.
pub fn to_json(bytes: &[u8]) -> Option<Value> {
    if bytes.is_empty() {
        return Some(Value::Object(Map::new()));
    }
    json(&ciborium::from_reader(bytes).ok()?)
}

fn json(value: &Cbor) -> Option<Value> {
    Some(match value {
        Cbor::Null => Value::Null,
        Cbor::Bool(yes) => (*yes).into(),
        Cbor::Integer(number) => i64::try_from(*number).ok()?.into(),
        Cbor::Float(number) => (*number).into(),
        Cbor::Text(text) => text.clone().into(),
        Cbor::Tag(1, at) => json(at)?,
        Cbor::Array(all) => all.iter().map(json).collect::<Option<Vec<_>>>()?.into(),
        Cbor::Map(all) => {
            let pairs = all
                .iter()
                .map(|(key, value)| Some((key.as_text()?.to_owned(), json(value)?)));
            Value::Object(pairs.collect::<Option<Map<_, _>>>()?)
        }
        _ => return None,
    })
}

/// The same in CBOR. Moments are tagged; the model of the service names each of them `...Timestamp`.
pub fn of_json(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(&cbor(value, false), &mut bytes).unwrap();
    bytes
}

fn cbor(value: &Value, is_moment: bool) -> Cbor {
    match value {
        Value::Null => Cbor::Null,
        Value::Bool(yes) => Cbor::Bool(*yes),
        Value::Number(number) => {
            let plain = match number.as_i64() {
                Some(number) => Cbor::Integer(number.into()),
                None => Cbor::Float(number.as_f64().unwrap()),
            };
            if is_moment {
                Cbor::Tag(1, Box::new(plain))
            } else {
                plain
            }
        }
        Value::String(text) => Cbor::Text(text.clone()),
        Value::Array(all) => Cbor::Array(all.iter().map(|one| cbor(one, false)).collect()),
        Value::Object(all) => {
            let pairs = all.iter().map(|(key, value)| {
                let is_moment = key.ends_with("Timestamp");
                (Cbor::Text(key.clone()), cbor(value, is_moment))
            });
            Cbor::Map(pairs.collect())
        }
    }
}
