//! Microsoft Graph: the application's own secrets, for who has Application.Read.All.

use serde_json::json;

use super::entra::admitted;
use super::world::Inside;
use crate::stand::web::{Asked, Said, said};

pub fn answer(inside: &Inside, request: &Asked, path: &str) -> Said {
    let error = |status: u16, code: &str, message: &str| {
        let body = json!({"error": {"code": code, "message": message}});
        said(status, "application/json", body.to_string())
    };
    if let Err(code) = admitted(request, "https://graph.microsoft.com") {
        return error(401, code, "Access token validation failure.");
    }
    let query = request.uri().query().unwrap_or_default();
    if request.method() != "GET" || query != "%24select=displayName%2CpasswordCredentials" {
        return error(400, "BadRequest", "Not what was expected.");
    }
    let wanted = format!("/v1.0/applications(appId='{}')", inside.client_id);
    if path != wanted {
        return error(404, "Request_ResourceNotFound", "Resource does not exist.");
    }
    if !inside.graph {
        return error(
            403,
            "Authorization_RequestDenied",
            "Insufficient privileges to complete the operation.",
        );
    }
    let body = json!({
        "displayName": "bursar-reader",
        "passwordCredentials": [{
            "keyId": inside.secret_id,
            "displayName": "bursar",
            "hint": &inside.client_secret[..3],
            "endDateTime": inside.secret_ends.to_string(),
            "secretText": null,
        }, {
            "keyId": "99999999-0000-4000-8000-000000000009",
            "displayName": "old",
            "hint": "zzz",
            "endDateTime": "2025-01-01T00:00:00Z",
        }],
    });
    said(200, "application/json", body.to_string())
}
