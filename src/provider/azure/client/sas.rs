//! A shared access signature as it is used: its parameters become those of each request.

use async_trait::async_trait;

use crate::credential::Secret;
use crate::provider::http::{Authorize, Request};
use crate::provider::trouble::Trouble;

/// The parameters of a signature, percent-encoded as they came.
pub struct Sas(Secret);

impl Sas {
    /// From a token, an address with one, or a connection string; none where it holds no signature.
    #[must_use]
    pub fn read(secret: &Secret) -> Option<Self> {
        let text = secret.expose_text()?.trim();
        let setting = text.split(';').find_map(|part| {
            let (name, value) = part.split_once('=')?;
            name.eq_ignore_ascii_case("SharedAccessSignature")
                .then_some(value)
        });
        let token = setting.unwrap_or(text);
        let token = token.split_once('?').map_or(token, |(_, query)| query);
        let signed = token.split('&').any(|part| part.starts_with("sig="));
        signed.then(|| Self(Secret::issued(token.to_owned())))
    }
}

#[async_trait]
impl Authorize for Sas {
    async fn authorize(&self, request: &mut Request) -> Result<(), Trouble> {
        let own = request.url.query().unwrap_or_default();
        let token = self.0.expose_text().unwrap_or_default();
        let query = match own {
            "" => token.to_owned(),
            own => format!("{own}&{token}"),
        };
        request.url.set_query(Some(&query));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::http::Request;

    async fn asked(text: &str) -> Option<String> {
        let sas = Sas::read(&Secret::issued(text.to_owned()))?;
        let mut request = Request::get("https://a.blob/c?comp=list".parse().unwrap());
        sas.authorize(&mut request).await.unwrap();
        Some(request.url.to_string())
    }

    #[tokio::test]
    async fn all_forms_of_a_signature_are_used_alike() {
        let wanted =
            Some("https://a.blob/c?comp=list&sv=2025&sp=rl&sig=planted%2Bsignature".to_owned());
        let token = "sv=2025&sp=rl&sig=planted%2Bsignature";
        assert_eq!(asked(token).await, wanted);
        assert_eq!(asked(&format!("?{token}")).await, wanted);
        assert_eq!(asked(&format!("https://a.blob/c?{token}")).await, wanted);
        let string = format!("BlobEndpoint=https://a.blob/;SharedAccessSignature={token}");
        assert_eq!(asked(&string).await, wanted);
        assert_eq!(asked("AccountName=a;AccountKey=planted-key").await, None);
    }
}
