//! The one type that holds secret bytes: wiped when dropped, never printed.

use std::fmt;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretSlice};

use super::redact;

/// A secret value. It has no `Display` and no `Serialize`, and its `Debug` shows nothing of it.
/// Every value is known to [`redact`](super::redact()) from the moment it exists.
#[derive(Clone)]
pub struct Secret(Arc<SecretSlice<u8>>);

impl Secret {
    /// Takes over a value, and has it redacted from now on.
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        redact::register(&bytes);
        Self(Arc::new(SecretSlice::from(bytes)))
    }

    /// A secret that came from no reference: a token that a provider gave for one.
    #[must_use]
    pub fn minted(text: String) -> Self {
        Self::new(text.into_bytes())
    }

    /// The bytes. Call it only where they are handed to whoever needs them, and keep no copy.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        self.0.expose_secret()
    }

    /// The value as text; none where it is not UTF-8.
    #[must_use]
    pub fn expose_text(&self) -> Option<&str> {
        std::str::from_utf8(self.expose()).ok()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}
