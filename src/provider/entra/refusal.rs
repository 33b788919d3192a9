//! A refusal of Entra: found in the answer of the token endpoint or in the address of a redirect.

use serde::Deserialize;

use super::aadsts::{self, Cause, Meaning};

/// Why Entra gave no token or no code, in its own words.
///
/// The form of the answer is RFC 6749's (sections 4.1.2.1 and 5.2), with Entra's own fields beside
/// it: <https://learn.microsoft.com/entra/identity-platform/reference-error-codes>.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The word of RFC 6749, for example `invalid_client`.
    pub error: String,
    /// Entra's own code: the digits behind `AADSTS`. Where there are several, the first that bursar
    /// knows.
    pub code: Option<u32>,
    /// Entra's sentence, without its code and the ids that it puts behind it.
    pub said: String,
    /// What Microsoft's support asks for.
    pub trace_id: Option<String>,
    pub correlation_id: Option<String>,
}

/// The answer as it comes. Whatever has another form counts as left out, so that one odd field does
/// not hide the others.
#[derive(Deserialize)]
struct Body {
    error: String,
    #[serde(default)]
    error_description: serde_json::Value,
    #[serde(default)]
    error_codes: serde_json::Value,
    #[serde(default)]
    trace_id: serde_json::Value,
    #[serde(default)]
    correlation_id: serde_json::Value,
}

impl Refusal {
    /// Reads the body of an answer of the token endpoint; none where it is no refusal of Entra.
    #[must_use]
    pub fn read(body: &str) -> Option<Self> {
        let body: Body = serde_json::from_str(body).ok()?;
        let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
        let listed = body.error_codes.as_array().into_iter().flatten();
        let listed = listed
            .filter_map(serde_json::Value::as_u64)
            .filter_map(|code| u32::try_from(code).ok());
        let mut refusal = Self::new(
            &body.error,
            body.error_description.as_str().unwrap_or_default(),
            listed.collect(),
        );
        refusal.trace_id = text(&body.trace_id).or(refusal.trace_id);
        refusal.correlation_id = text(&body.correlation_id).or(refusal.correlation_id);
        Some(refusal)
    }

    /// A refusal from the parameters `error` and `error_description` of a redirect.
    #[must_use]
    pub fn of_redirect(error: &str, description: &str) -> Self {
        Self::new(error, description, Vec::new())
    }

    fn new(error: &str, description: &str, listed: Vec<u32>) -> Self {
        let mut codes = listed;
        codes.extend(codes_in(description));
        let known = codes
            .iter()
            .copied()
            .find(|code| aadsts::meaning(*code).is_some());
        Self {
            error: line(error),
            code: known.or(codes.first().copied()),
            said: sentence(description),
            trace_id: behind(description, "Trace ID: "),
            correlation_id: behind(description, "Correlation ID: "),
        }
    }

    /// What bursar knows about it.
    #[must_use]
    pub fn meaning(&self) -> Option<&'static Meaning> {
        aadsts::meaning(self.code?)
    }

    /// What kind of cause it has; by the word of RFC 6749 where the code is unknown.
    #[must_use]
    pub fn cause(&self) -> Cause {
        self.meaning().map_or_else(
            || match self.error.as_str() {
                "invalid_client" => Cause::Secret,
                "unauthorized_client" => Cause::Application,
                "invalid_grant" => Cause::Grant,
                "invalid_resource" => Cause::Resource,
                "invalid_scope" | "consent_required" => Cause::Consent,
                "interaction_required" | "login_required" => Cause::Interaction,
                "temporarily_unavailable" | "server_error" => Cause::Passing,
                _ => Cause::Request,
            },
            |meaning| meaning.cause,
        )
    }

    /// The code as people search for it, else the word of RFC 6749.
    #[must_use]
    pub fn name(&self) -> String {
        self.code
            .map_or_else(|| self.error.clone(), |code| format!("AADSTS{code}"))
    }

    /// What happened, as a clause: "the application's secret has expired (AADSTS7000222)".
    #[must_use]
    pub fn explained(&self) -> String {
        let means = self
            .meaning()
            .map_or_else(|| self.cause().means(), |meaning| meaning.means);
        format!("{means} ({})", self.name())
    }

    /// What to do about it.
    #[must_use]
    pub fn what_to_do(&self) -> &'static str {
        self.meaning()
            .map_or_else(|| self.cause().what_to_do(), |meaning| meaning.what_to_do)
    }
}

/// The codes in a text: whatever digits stand behind `AADSTS`.
fn codes_in(text: &str) -> impl Iterator<Item = u32> {
    text.split("AADSTS").skip(1).filter_map(|rest| {
        let end = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        rest[..end].parse().ok()
    })
}

/// The description without its code in front and the ids behind, on one line.
fn sentence(description: &str) -> String {
    let end = ["Trace ID:", "Correlation ID:", "Timestamp:"]
        .iter()
        .filter_map(|mark| description.find(mark))
        .min()
        .unwrap_or(description.len());
    let text = description[..end].trim();
    let text = match text.strip_prefix("AADSTS") {
        Some(rest) => rest
            .trim_start_matches(|c: char| c.is_ascii_digit())
            .trim_start_matches([':', ' ']),
        None => text,
    };
    line(text)
}

/// One line of at most 600 characters without controls: others wrote it.
fn line(text: &str) -> String {
    const LONGEST: usize = 600;
    let words: Vec<&str> = text.split_whitespace().collect();
    let clean = words.join(" ");
    clean
        .chars()
        .filter(|c| !c.is_control())
        .take(LONGEST)
        .collect()
}

/// The word behind a mark.
fn behind(text: &str, mark: &str) -> Option<String> {
    let rest = &text[text.find(mark)? + mark.len()..];
    let word = rest.split_whitespace().next()?;
    Some(line(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXPIRED: &str = r#"{
        "error": "invalid_client",
        "error_description": "AADSTS7000222: The provided client secret keys for app '11111111-2222-3333-4444-555555555555' are expired. Visit the Azure portal to create new keys.\r\nTrace ID: aaaa-bbbb\r\nCorrelation ID: cccc-dddd\r\nTimestamp: 2026-11-22 02:12:02Z",
        "error_codes": [7000222],
        "timestamp": "2026-11-22 02:12:02Z",
        "trace_id": "aaaa-bbbb",
        "correlation_id": "cccc-dddd",
        "error_uri": "https://login.microsoftonline.com/error?code=7000222"
    }"#;

    #[test]
    fn a_token_answer_is_read_with_its_code_and_cleaned() {
        let refusal = Refusal::read(EXPIRED).unwrap();
        assert_eq!(refusal.code, Some(7_000_222));
        assert_eq!(refusal.error, "invalid_client");
        assert_eq!(
            refusal.said,
            "The provided client secret keys for app '11111111-2222-3333-4444-555555555555' are \
             expired. Visit the Azure portal to create new keys."
        );
        assert_eq!(refusal.trace_id.as_deref(), Some("aaaa-bbbb"));
        assert_eq!(refusal.correlation_id.as_deref(), Some("cccc-dddd"));
        assert_eq!(refusal.cause(), Cause::Secret);
        assert_eq!(
            refusal.explained(),
            "the application's secret has expired (AADSTS7000222)"
        );
    }

    #[test]
    fn a_code_is_found_wherever_it_stands() {
        // Only in the description; only in the list; several, of which one is known; none.
        let by_text = Refusal::read(
            r#"{"error": "invalid_grant", "error_description": "AADSTS50076: MFA. Trace ID: x"}"#,
        );
        assert_eq!(by_text.unwrap().cause(), Cause::Interaction);
        let by_list = Refusal::read(r#"{"error": "invalid_grant", "error_codes": [700082]}"#);
        assert_eq!(by_list.unwrap().name(), "AADSTS700082");
        let several = Refusal::read(r#"{"error": "invalid_grant", "error_codes": [1, 50173]}"#);
        assert_eq!(several.unwrap().code, Some(50_173));
        let unknown = Refusal::read(r#"{"error": "invalid_grant", "error_codes": [1]}"#).unwrap();
        assert_eq!((unknown.code, unknown.cause()), (Some(1), Cause::Grant));
        assert!(unknown.explained().ends_with("(AADSTS1)"));
        let none = Refusal::read(r#"{"error": "temporarily_unavailable"}"#).unwrap();
        assert_eq!(none.name(), "temporarily_unavailable");
        assert!(none.cause().passes());
    }

    #[test]
    fn what_is_no_refusal_is_none_and_odd_fields_hide_nothing() {
        for body in ["", "<html>", "{}", r#"{"access_token": "x"}"#, "[]", "null"] {
            assert_eq!(Refusal::read(body), None, "{body}");
        }
        let odd = r#"{"error": "invalid_client", "error_description": 7,
            "error_codes": ["x", -1, 7000215, 99999999999], "trace_id": {}}"#;
        let odd = Refusal::read(odd).unwrap();
        assert_eq!((odd.code, odd.trace_id), (Some(7_000_215), None));
    }

    #[test]
    fn a_redirect_is_read_alike_and_never_breaks_a_line() {
        let declined = Refusal::of_redirect(
            "access_denied",
            "AADSTS65004: User declined\r\nto consent.\u{1b}[31m\nTrace ID: t-1\r\nCorrelation ID: c-1",
        );
        assert_eq!(declined.code, Some(65_004));
        assert_eq!(declined.said, "User declined to consent.[31m");
        assert_eq!(declined.trace_id.as_deref(), Some("t-1"));
        assert_eq!(declined.correlation_id.as_deref(), Some("c-1"));
        let bare = Refusal::of_redirect("access_denied", "");
        assert_eq!((bare.code, bare.said.as_str()), (None, ""));
        assert_eq!(bare.name(), "access_denied");
    }
}
