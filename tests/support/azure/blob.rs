//! Azure Storage: one container, listed and read, by a token or a shared access signature.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::fmt::rfc2822;

use super::entra::admitted;
use super::sas;
use super::world::Inside;
use crate::stand::web::{Asked, Said, said};

/// A blob.
#[derive(Debug, Clone)]
pub struct Blob {
    pub content: Vec<u8>,
    pub modified: Timestamp,
}

fn error(status: u16, code: &str, message: &str) -> Said {
    let body = format!(
        "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>{code}</Code><Message>{message}\nRequestId:5f3f7c4a\nTime:2026-11-22T03:00:00Z</Message></Error>"
    );
    let mut answer = said(status, "application/xml", body);
    answer
        .headers_mut()
        .insert("x-ms-error-code", code.parse().unwrap());
    answer
}

pub fn answer(inside: &Inside, request: &Asked, path: &str) -> Said {
    if let Some((code, message)) = &inside.storage_refuses {
        return error(403, code, message);
    }
    let query: Vec<(String, String)> =
        url::form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes())
            .into_owned()
            .collect();
    let get = |name: &str| {
        let found = query.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    };
    let mut parts = path.trim_start_matches('/').splitn(3, '/');
    let (account, container) = (parts.next().unwrap(), parts.next().unwrap_or_default());
    let blob = parts.next();
    if account != inside.storage_account() {
        return error(404, "ResourceNotFound", "No such account.");
    }
    if request.method() != "GET" || request.headers().get("x-ms-version").is_none() {
        return error(400, "InvalidHeaderValue", "Not what was expected.");
    }
    let refused = match get("sig") {
        Some(_) => by_signature(inside, &query, container, blob.is_none()),
        None => by_token(inside, request),
    };
    if let Some(refused) = refused {
        return refused;
    }
    if container != inside.container {
        return error(
            404,
            "ContainerNotFound",
            "The specified container does not exist.",
        );
    }
    match blob {
        None => list(inside, &query),
        Some(name) => read(inside, request, name),
    }
}

fn by_token(inside: &Inside, request: &Asked) -> Option<Said> {
    if admitted(request, "https://storage.azure.com").is_err() {
        return Some(error(
            401,
            "InvalidAuthenticationInfo",
            "Server failed to authenticate the request.",
        ));
    }
    let scope = format!(
        "{}/blobServices/default/containers/{}",
        inside.storage, inside.container
    );
    let action = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read";
    (!inside.may(action, &scope)).then(|| {
        error(
            403,
            "AuthorizationPermissionMismatch",
            "This request is not authorized to perform this operation using this permission.",
        )
    })
}

fn by_signature(
    inside: &Inside,
    query: &[(String, String)],
    container: &str,
    lists: bool,
) -> Option<Said> {
    let fields: BTreeMap<&str, String> = query
        .iter()
        .map(|(name, value)| (name.as_str(), value.clone()))
        .collect();
    let get = |name: &str| fields.get(name).cloned().unwrap_or_default();
    let wanted = sas::sign(
        &fields,
        inside.storage_account(),
        &inside.storage_key,
        container,
    );
    let failed = |detail: &str| {
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>AuthenticationFailed</Code><Message>Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature.\nRequestId:1\nTime:2</Message><AuthenticationErrorDetail>{detail}</AuthenticationErrorDetail></Error>"
        );
        Some(said(403, "application/xml", body))
    };
    if get("sig") != wanted {
        return failed("Signature did not match.");
    }
    let expiry: Timestamp = get("se").parse().unwrap();
    if expiry < Timestamp::now() {
        return failed("Signature not valid in the specified time frame");
    }
    let needs = if lists { 'l' } else { 'r' };
    (!get("sp").contains(needs)).then(|| {
        error(
            403,
            "AuthorizationPermissionMismatch",
            "This request is not authorized to perform this operation using this permission.",
        )
    })
}

fn list(inside: &Inside, query: &[(String, String)]) -> Said {
    let known = ["restype", "comp", "prefix", "delimiter", "marker"];
    let signs = ["sp", "st", "se", "spr", "sv", "sr", "sig"];
    for (name, _) in query {
        if !known.contains(&name.as_str()) && !signs.contains(&name.as_str()) {
            return error(400, "InvalidQueryParameterValue", name);
        }
    }
    let get = |name: &str| {
        let found = query.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value.as_str())
    };
    if get("restype") != "container" || get("comp") != "list" {
        return error(400, "InvalidQueryParameterValue", "restype and comp");
    }
    let (prefix, delimiter) = (get("prefix"), get("delimiter"));
    // What there is, in the order of names: blobs, and names up to the delimiter.
    let mut entries: BTreeMap<String, Option<Timestamp>> = BTreeMap::new();
    for (name, blob) in &inside.blobs {
        let Some(rest) = name.strip_prefix(prefix) else {
            continue;
        };
        match rest.split_once('/') {
            Some((folder, _)) if delimiter == "/" => {
                entries.insert(format!("{prefix}{folder}/"), None);
            }
            _ => {
                entries.insert(name.clone(), Some(blob.modified));
            }
        }
    }
    let from = get("marker");
    let mut rest = entries
        .into_iter()
        .filter(|(name, _)| name.as_str() >= from);
    let mut text = String::from(
        "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults ServiceEndpoint=\"x\" ContainerName=\"y\"><Blobs>",
    );
    for (name, modified) in rest.by_ref().take(inside.page) {
        let name = name.replace('&', "&amp;");
        match modified {
            None => write!(text, "<BlobPrefix><Name>{name}</Name></BlobPrefix>").unwrap(),
            Some(at) => write!(
                text,
                "<Blob><Name>{name}</Name><Properties><Last-Modified>{}</Last-Modified></Properties></Blob>",
                rfc2822::to_string(&at.to_zoned(jiff::tz::TimeZone::UTC)).unwrap().replace("+0000", "GMT")
            )
            .unwrap(),
        }
    }
    let next = rest.next().map(|(name, _)| name).unwrap_or_default();
    write!(
        text,
        "</Blobs><NextMarker>{next}</NextMarker></EnumerationResults>"
    )
    .unwrap();
    said(200, "application/xml", text)
}

fn read(inside: &Inside, request: &Asked, name: &str) -> Said {
    let name = percent(name);
    let Some(blob) = inside.blobs.get(&name) else {
        return error(404, "BlobNotFound", "The specified blob does not exist.");
    };
    let range = request
        .headers()
        .get("range")
        .map(|value| value.to_str().unwrap());
    match range {
        None => said(200, "application/octet-stream", blob.content.clone()),
        Some("bytes=0-0") => said(206, "application/octet-stream", blob.content[..1].to_vec()),
        Some(_) => error(416, "InvalidRange", "The range is invalid."),
    }
}

fn percent(text: &str) -> String {
    let form = text.replace('+', "%2B");
    let mut pairs = url::form_urlencoded::parse(form.as_bytes());
    pairs
        .next()
        .map_or_else(String::new, |(name, _)| name.into_owned())
}
