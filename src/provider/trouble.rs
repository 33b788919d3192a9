//! Trouble: why a call to a provider gave no answer, by what that means for the question behind it.
//! The provider's own words are kept, and explained by its [`Voice`].

use std::fmt;

use super::answer::Answer;
use crate::model::finding::SAID;

/// What kept a call from being answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// There was nothing to sign with.
    NoCredentials,
    /// The provider does not accept the key, token or session itself.
    Unauthenticated,
    /// Who asks may not do this.
    Denied,
    /// What was asked for is not there.
    Missing,
    /// It is in another region than the one that was asked.
    Elsewhere,
    /// The provider answered no, for another reason.
    Refused,
    /// Too many requests; also after the retries.
    Throttled,
    /// This machine's clock is off.
    Clock,
    /// No connection, or it broke.
    Network,
    /// No answer in time.
    Timeout,
    /// The provider answered 5xx; also after the retries.
    Server,
    /// An answer that makes no sense.
    Malformed,
}

impl Kind {
    /// Whether asking again later may well be answered: says nothing about access.
    #[must_use]
    pub const fn passes(self) -> bool {
        matches!(
            self,
            Self::Throttled
                | Self::Clock
                | Self::Network
                | Self::Timeout
                | Self::Server
                | Self::Malformed
        )
    }
}

/// What a provider's trouble is told with.
pub trait Voice: Sync {
    /// What people call the provider, for example `AWS`.
    fn name(&self) -> &'static str;

    /// What happened, in a clause; none for general words.
    fn explain(&self, _trouble: &Trouble) -> Option<String> {
        None
    }

    /// What to do; none for general advice.
    fn advise(&self, _trouble: &Trouble) -> Option<String> {
        None
    }

    /// How an endpoint of one's own is set, for example `AWS_ENDPOINT_URL`.
    fn endpoint(&self) -> &'static str;

    /// The page that tells whether the provider itself is ill.
    fn status_page(&self) -> &'static str;
}

/// Why a call gave no answer.
#[derive(Clone)]
pub struct Trouble {
    pub kind: Kind,
    /// The call, or the action as policies name it, for example `sts:AssumeRole`.
    pub action: &'static str,
    /// The provider's code, where it answered with one.
    pub code: Option<String>,
    /// The HTTP status, where it answered.
    pub status: Option<u16>,
    /// The provider's own words, or those of the layer that failed.
    pub message: String,
    pub request_id: Option<String>,
    pub voice: &'static dyn Voice,
}

impl fmt::Debug for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trouble")
            .field("provider", &self.voice.name())
            .field("kind", &self.kind)
            .field("action", &self.action)
            .field("code", &self.code)
            .field("status", &self.status)
            .field("message", &self.message)
            .field("request_id", &self.request_id)
            .finish()
    }
}

impl Trouble {
    /// A trouble that no answer of the provider stands behind.
    #[must_use]
    pub fn new(
        voice: &'static dyn Voice,
        kind: Kind,
        action: &'static str,
        message: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            action,
            code: None,
            status: None,
            message: message.into(),
            request_id: None,
            voice,
        }
    }

    /// Whether asking again later may well be answered: says nothing about access.
    #[must_use]
    pub const fn passes(&self) -> bool {
        self.kind.passes()
    }

    /// Whether the provider answered with this code.
    #[must_use]
    pub fn is(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }

    /// The answer to a question that this kept from being answered; `doing` says what was tried,
    /// for example "list the organization's accounts".
    #[must_use]
    pub fn answer(&self, doing: &str) -> Answer {
        let message = format!("cannot {doing}: {}", self.explained());
        let answer = if self.passes() {
            Answer::unknown(message)
        } else {
            Answer::fail(message)
        };
        self.evidence(answer.remedy(self.what_to_do()))
    }

    /// The provider's own words, as evidence.
    #[must_use]
    pub fn evidence(&self, answer: Answer) -> Answer {
        let mut answer = answer.evidence("call", self.action);
        let said: Vec<&str> = [self.code.as_deref(), Some(self.message.as_str())]
            .into_iter()
            .flatten()
            .filter(|text| !text.is_empty())
            .collect();
        if !said.is_empty() {
            answer = answer.evidence(SAID, said.join(": "));
        }
        if let Some(id) = &self.request_id {
            answer = answer.evidence("request_id", id);
        }
        answer
    }

    /// What happened, in plain words.
    #[must_use]
    pub fn explained(&self) -> String {
        if let Some(words) = self.voice.explain(self) {
            return words;
        }
        let name = self.voice.name();
        let words = match self.kind {
            Kind::NoCredentials => "there are no credentials to sign with".to_owned(),
            Kind::Unauthenticated => format!("{name} does not accept these credentials"),
            Kind::Denied => return format!("{name} denies {}", self.action),
            Kind::Throttled => format!("{name} is throttling these calls, after several tries"),
            Kind::Clock => format!("{name} takes the time of this machine for wrong"),
            Kind::Network => return format!("the network failed ({})", self.message),
            Kind::Timeout => return format!("there was no answer in time ({})", self.message),
            Kind::Server => format!("{name} failed, after several tries"),
            Kind::Malformed => format!("the answer is not one of {name}'s"),
            Kind::Elsewhere => return self.message.clone(),
            Kind::Missing | Kind::Refused => {
                return match self.code.as_deref().unwrap_or_default() {
                    "" => format!("{name} refused: {}", self.message),
                    code => format!("{name} refused ({code}): {}", self.message),
                };
            }
        };
        match &self.code {
            Some(code) if self.kind != Kind::Unauthenticated => format!("{words} ({code})"),
            _ => words,
        }
    }

    /// What to do about it; empty where that depends on what was asked.
    #[must_use]
    pub fn what_to_do(&self) -> String {
        if let Some(advice) = self.voice.advise(self) {
            return advice;
        }
        let name = self.voice.name();
        match self.kind {
            Kind::NoCredentials
            | Kind::Unauthenticated
            | Kind::Denied
            | Kind::Missing
            | Kind::Refused => String::new(),
            Kind::Throttled => {
                "ask again in a few minutes; fewer runs at once, or a lower `--parallelism`, help too"
                    .to_owned()
            }
            Kind::Clock => {
                format!("set this machine's clock (NTP): {name} allows five minutes")
            }
            Kind::Network => format!(
                "see that this machine reaches {name}: DNS, proxy (`HTTPS_PROXY`), private endpoints \
                 (`{}`); or use `--offline`",
                self.voice.endpoint()
            ),
            Kind::Timeout => format!(
                "ask again; see that nothing between this machine and {name} swallows it"
            ),
            Kind::Server => format!(
                "ask again in a few minutes; {} tells more",
                self.voice.status_page()
            ),
            Kind::Malformed => format!(
                "see what answers in {name}'s place: a proxy, or an endpoint that is set in `{}`",
                self.voice.endpoint()
            ),
            Kind::Elsewhere => "declare that region".to_owned(),
        }
    }
}
