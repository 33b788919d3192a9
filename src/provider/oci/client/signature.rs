//! Signatures of OCI: HTTP signatures after draft-cavage-http-signatures-08, in Oracle's version 1
//! (developer guide, "Request signatures"). Signed are date, target and host; of requests with a
//! body its length, type and SHA-256 too.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use reqwest::header::{
    AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, DATE, HOST, HeaderName, HeaderValue,
};
use rsa::sha2::{Digest, Sha256};
use url::Url;

use crate::credential::SigningKey;
use crate::provider::http::Request;

const BODY_HASH: HeaderName = HeaderName::from_static("x-content-sha256");

/// What signs requests: a key under its name, `tenancy/user/fingerprint`.
#[derive(Debug)]
pub struct Signature {
    pub key_id: String,
    pub key: SigningKey,
}

impl Signature {
    /// Signs a request as of a moment; replaces what an earlier try signed. None where the key cannot
    /// sign.
    #[must_use]
    pub fn sign(&self, request: &mut Request, now: Timestamp) -> Option<()> {
        let date = now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        let host = host(&request.url)?;
        let mut signed = vec![
            ("date", date.clone()),
            ("(request-target)", target(request)),
            ("host", host.clone()),
        ];
        let headers = &mut request.headers;
        headers.insert(DATE, HeaderValue::from_str(&date).ok()?);
        headers.insert(HOST, HeaderValue::from_str(&host).ok()?);
        if let Some(body) = &request.body {
            let length = body.len().to_string();
            let hash = STANDARD.encode(Sha256::digest(body));
            let kind = headers
                .entry(CONTENT_TYPE)
                .or_insert(HeaderValue::from_static("application/json"));
            let kind = kind.to_str().ok()?.to_owned();
            headers.insert(CONTENT_LENGTH, HeaderValue::from_str(&length).ok()?);
            headers.insert(BODY_HASH, HeaderValue::from_str(&hash).ok()?);
            signed.extend([
                ("content-length", length),
                ("content-type", kind),
                ("x-content-sha256", hash),
            ]);
        }
        let text: Vec<String> = signed
            .iter()
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        let names: Vec<&str> = signed.iter().map(|(name, _)| *name).collect();
        let authorization = format!(
            "Signature algorithm=\"rsa-sha256\",headers=\"{}\",keyId=\"{}\",signature=\"{}\",version=\"1\"",
            names.join(" "),
            self.key_id,
            self.key.rs256(&text.join("\n"))?,
        );
        let mut authorization = HeaderValue::from_str(&authorization).ok()?;
        authorization.set_sensitive(true);
        request.headers.insert(AUTHORIZATION, authorization);
        Some(())
    }
}

/// The host as the header names it: with its port, where that is not the usual one.
fn host(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    Some(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}

fn target(request: &Request) -> String {
    let method = request.method.as_str().to_ascii_lowercase();
    let path = request.url.path();
    match request.url.query() {
        Some(query) => format!("{method} {path}?{query}"),
        None => format!("{method} {path}"),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::credential::Resolver;
    use crate::credential::inspect::fixtures;
    use crate::model::secret_ref::SecretRef;

    /// Signed by Oracle's own Python package (oci 2.189.0), with the same key and date.
    const GET: &str = "wSmFx5v0+UjgaSPZZuCTimMIAb1xHfMORFFIYs1a6iLgoxSHLpQB0d2Osk+kFETnkhdE1d3In2zk4fFw\
             tL9RGlXCEl24+vAmoVoqZsRAr6niBRwtWfWByEN07P+fwLDcOxWmTlbWAHLz0TmjrNB1zqAOc1ZUzb2A\
             pe/PEeIsJ6GTNXK6tR6+B2qeWp1v6wVSW9u9nN3WMeDy3TZsZGmKcVLRFc8lz/ea9EDlMy5k13b9vUjV\
             6dTIx6smqe9hw9+hZumnIosJ+ddjtOd5vaO5YV5MOvZUMSOXOiIaNgTibDbAzHWCHSQnGnKvY0rFl45M\
             m/hJbiVdKYqscfrXSm36sg==";
    const POST: &str = "TpEVjasq1jfF/JzvAbzdhc4HSt6wJuTzhlM18fZYGjyKZN2+Pdc0GYDaQOlp+3eF7vDXgZ3KJiT7aG6e\
             MJQQD8/0iQL0/4RWaHObTUOfBUl9RmOpCl7rudWXamGwKhbN5tUilCIgnWg0Zehv0/aH9ZqqZcBosadv\
             VU90PFiK18w+BnaclnWr2pefPVTAkSZQUA+qJwUGG1sQ0zks6DIT5ZOIWo8yUhUq1y+6K91oDkuNAqxW\
             cJW/n6lAHQ3NwWs3rb5Wo3d3d09qdkyHiNoUxv1cW+olDblPnhHINXH2D/5SK5eBiZ7QL7mp0JwmarHH\
             UuHPIhfBw7iC/7rQ3JrrMQ==";

    fn signature() -> Signature {
        let resolver = Resolver::new(".").env(Arc::new(|_| Some(fixtures::pkcs8().into())));
        let reference = SecretRef {
            env: Some("KEY".to_owned()),
            ..SecretRef::default()
        };
        let key = resolver.resolve(&reference).unwrap();
        Signature {
            key_id: "ocid1.tenancy.oc1..a/ocid1.user.oc1..b/aa:bb".to_owned(),
            key: SigningKey::open(&key, None).unwrap(),
        }
    }

    fn signed(mut request: Request) -> Request {
        let now = "2026-11-22T03:02:10Z".parse().unwrap();
        signature().sign(&mut request, now).unwrap();
        request
    }

    fn authorization(request: &Request) -> &str {
        request.headers[AUTHORIZATION].to_str().unwrap()
    }

    #[test]
    fn a_question_is_signed_as_oracles_own_package_signs_it() {
        let url = Url::parse("http://127.0.0.1:1/x?y=FOCUS%20R").unwrap();
        let request = signed(Request::get(url));
        assert!(authorization(&request).contains(&format!("signature=\"{GET}\"")));
        assert!(authorization(&request).contains("headers=\"date (request-target) host\""));
        assert_eq!(request.headers[DATE], "Sun, 22 Nov 2026 03:02:10 GMT");
        assert!(request.headers.get(BODY_HASH).is_none());
    }

    #[test]
    fn a_body_is_signed_too_and_another_try_anew() {
        let url = Url::parse("http://127.0.0.1:1/x").unwrap();
        let request = Request::post_json(url, &serde_json::json!({}));
        let mut request = signed(request);
        assert!(authorization(&request).contains(&format!("signature=\"{POST}\"")));
        let first = authorization(&request).to_owned();
        let later = "2026-11-22T03:02:11Z".parse().unwrap();
        signature().sign(&mut request, later).unwrap();
        assert_ne!(authorization(&request), first);
        assert_eq!(request.headers.get_all(DATE).iter().count(), 1);
        assert!(!format!("{:?}", request.headers).contains(&first));
        assert!(!format!("{:?}", signature()).contains("BEGIN"));
    }
}
