//! Signature version 4, both ways: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>.

use axum::http::{HeaderMap, Uri};
use hmac::{Hmac, Mac};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::web::Asked;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// A key with which requests are signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub id: String,
    pub secret: String,
    pub token: Option<String>,
}

/// What a signed request says of its signature.
#[derive(Debug, Clone)]
pub struct Claim {
    pub key_id: String,
    pub day: String,
    pub region: String,
    pub service: String,
    pub at: String,
    pub token: Option<String>,
    headers: Vec<String>,
    signature: String,
}

impl Claim {
    /// Reads the headers of a request; none where it is not signed.
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let text = |name: &str| headers.get(name)?.to_str().ok().map(str::to_owned);
        let authorization = text("authorization")?;
        let fields = authorization.strip_prefix(ALGORITHM)?;
        let field = |name: &str| {
            let mut all = fields.split(',').map(str::trim);
            all.find_map(|field| field.strip_prefix(name)?.strip_prefix('='))
        };
        let mut scope = field("Credential")?.splitn(5, '/').map(str::to_owned);
        let claim = Self {
            key_id: scope.next()?,
            day: scope.next()?,
            region: scope.next()?,
            service: scope.next()?,
            at: text("x-amz-date")?,
            token: text("x-amz-security-token"),
            headers: field("SignedHeaders")?
                .split(';')
                .map(str::to_owned)
                .collect(),
            signature: field("Signature")?.to_owned(),
        };
        (scope.next()? == "aws4_request").then_some(claim)
    }

    /// Whether the request was signed with this secret, as it is.
    pub fn holds(&self, request: &Asked, secret: &str) -> bool {
        let payload = hex::encode(Sha256::digest(request.body()));
        let declared = request.headers().get("x-amz-content-sha256");
        let as_declared = declared.is_none_or(|hash| hash.as_bytes() == payload.as_bytes());
        let signed = |name: &str| self.headers.iter().any(|header| header == name);
        as_declared
            && signed("host")
            && (self.token.is_none() || signed("x-amz-security-token"))
            && self.signature == self.computed(request, &payload, secret)
    }

    /// How many seconds the request was signed before now; none where it does not say when.
    pub fn age(&self, now: Timestamp) -> Option<i64> {
        let at = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", &self.at).ok()?;
        let at = at.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp();
        (self.at.starts_with(&self.day)).then(|| now.as_second() - at.as_second())
    }

    fn computed(&self, request: &Asked, payload: &str, secret: &str) -> String {
        let headers: String = self
            .headers
            .iter()
            .map(|name| {
                let all = request.headers().get_all(name);
                let values: Vec<_> = all.iter().filter_map(|value| value.to_str().ok()).collect();
                format!("{name}:{}\n", values.join(",").trim())
            })
            .collect();
        let canonical = format!(
            "{}\n{}\n{}\n{headers}\n{}\n{payload}",
            request.method(),
            request.uri().path(),
            canonical_query(request.uri()),
            self.headers.join(";"),
        );
        let scope = format!("{}/{}/{}/aws4_request", self.day, self.region, self.service);
        let digest = hex::encode(Sha256::digest(canonical));
        let text = format!("{ALGORITHM}\n{}\n{scope}\n{digest}", self.at);
        let mut key = hmac(format!("AWS4{secret}").as_bytes(), &self.day);
        for part in [&*self.region, &self.service, "aws4_request"] {
            key = hmac(&key, part);
        }
        hex::encode(hmac(&key, &text))
    }
}

/// Signs a request that has its Host header, at this moment.
pub fn sign(mut request: Asked, key: &Key, service: &str, region: &str, now: Timestamp) -> Asked {
    let at = now.strftime("%Y%m%dT%H%M%SZ").to_string();
    let payload = hex::encode(Sha256::digest(request.body()));
    let headers = request.headers_mut();
    headers.insert("x-amz-date", at.parse().unwrap());
    headers.insert("x-amz-content-sha256", payload.parse().unwrap());
    if let Some(token) = &key.token {
        headers.insert("x-amz-security-token", token.parse().unwrap());
    }
    let mut names: Vec<String> = headers
        .keys()
        .map(|name| name.as_str().to_owned())
        .collect();
    names.sort();
    let claim = Claim {
        key_id: key.id.clone(),
        day: at[..8].to_owned(),
        region: region.to_owned(),
        service: service.to_owned(),
        at,
        token: key.token.clone(),
        headers: names,
        signature: String::new(),
    };
    let authorization = format!(
        "{ALGORITHM} Credential={}/{}/{region}/{service}/aws4_request, SignedHeaders={}, Signature={}",
        claim.key_id,
        claim.day,
        claim.headers.join(";"),
        claim.computed(&request, &payload, &key.secret),
    );
    let headers = request.headers_mut();
    headers.insert("authorization", authorization.parse().unwrap());
    request
}

/// The parameters in order, as AWS wants them: encoded already, `=` always there.
fn canonical_query(uri: &Uri) -> String {
    let mut all: Vec<String> = uri
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            if pair.contains('=') {
                pair.to_owned()
            } else {
                format!("{pair}=")
            }
        })
        .collect();
    all.sort();
    all.join("&")
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}
