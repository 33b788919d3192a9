//! Tokens of a run: asked for when first needed, shared, and renewed before they end.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use super::Resource;
use crate::credential::Secret;
use crate::env;
use crate::provider::trouble::Trouble;

/// How long before its end a token is renewed.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);

/// A token, and when it ends.
#[derive(Debug, Clone)]
pub struct Token {
    pub secret: Secret,
    pub expires: Timestamp,
}

impl Token {
    fn is_fresh(&self) -> bool {
        env::wall_clock() + AHEAD < self.expires
    }
}

/// What signing in for one resource brought.
type Cell = Arc<tokio::sync::Mutex<Option<Result<Token, Trouble>>>>;

/// The tokens of one credential. A sign-in that failed is not tried again in the same run.
#[derive(Default)]
pub struct Tokens(Mutex<HashMap<Resource, Cell>>);

impl Tokens {
    /// The token for a resource; who comes while it is being asked for waits.
    ///
    /// # Errors
    /// Where there is none.
    pub async fn get<F: Future<Output = Result<Token, Trouble>>>(
        &self,
        resource: Resource,
        ask: impl FnOnce() -> F,
    ) -> Result<Token, Trouble> {
        let cell = {
            let mut cells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(cells.entry(resource).or_default())
        };
        let mut kept = cell.lock().await;
        match &*kept {
            Some(Ok(token)) if token.is_fresh() => return Ok(token.clone()),
            Some(Err(trouble)) => return Err(trouble.clone()),
            _ => {}
        }
        let asked = ask().await;
        *kept = Some(asked.clone());
        asked
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn token(lives: SignedDuration) -> Token {
        Token {
            secret: Secret::issued("a-token-for-a-test".to_owned()),
            expires: env::wall_clock() + lives,
        }
    }

    async fn asked(lives: SignedDuration) -> usize {
        let tokens = Tokens::default();
        let asked = AtomicUsize::new(0);
        for _ in 0..3 {
            let ask = || async {
                asked.fetch_add(1, Ordering::Relaxed);
                Ok(token(lives))
            };
            tokens.get(Resource::Arm, ask).await.unwrap();
        }
        asked.into_inner()
    }

    #[tokio::test]
    async fn a_token_is_shared_and_renewed_before_it_ends() {
        assert_eq!(asked(SignedDuration::from_hours(1)).await, 1);
        assert_eq!(asked(SignedDuration::from_mins(4)).await, 3);
    }
}
