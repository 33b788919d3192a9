//! Service signatures for a container, made and verified as Azure Storage does
//! (<https://learn.microsoft.com/rest/api/storageservices/create-service-sas>).

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// A signature for a container.
#[derive(Debug, Clone)]
pub struct Sas {
    pub permissions: &'static str,
    pub expiry: String,
    pub protocol: &'static str,
}

const VERSION: &str = "2023-11-03";

impl Sas {
    pub fn token(&self, account: &str, key: &str, container: &str) -> String {
        let fields = BTreeMap::from([
            ("sp", self.permissions.to_owned()),
            ("se", self.expiry.clone()),
            ("spr", self.protocol.to_owned()),
            ("sv", VERSION.to_owned()),
            ("sr", "c".to_owned()),
        ]);
        let signature = sign(&fields, account, key, container);
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&fields);
        query.append_pair("sig", &signature);
        query.finish()
    }
}

/// The signature of the parameters of a request.
pub fn sign(fields: &BTreeMap<&str, String>, account: &str, key: &str, container: &str) -> String {
    let get = |name: &str| fields.get(name).map_or("", String::as_str);
    let text = [
        get("sp"),
        get("st"),
        get("se"),
        &format!("/blob/{account}/{container}"),
        get("si"),
        get("sip"),
        get("spr"),
        get("sv"),
        get("sr"),
        "",
        get("ses"),
        get("rscc"),
        get("rscd"),
        get("rsce"),
        get("rscl"),
        get("rsct"),
    ]
    .join("\n");
    let key = STANDARD.decode(key).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(text.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}
