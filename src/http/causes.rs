//! Causes: what an error says with all that stands behind it, in one line.

use std::error::Error;

/// Layers of the HTTP client that say nothing by themselves.
pub const CLIENT_LAYERS: &[&str] = &[
    "error sending request",
    "client error (Connect)",
    "client error (SendRequest)",
];

/// All causes of an error, outermost first, without these layers and without what repeats.
#[must_use]
pub fn causes(error: &(dyn Error + 'static), layers: &[&str]) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let text = error.to_string();
        let lines = text.lines().map(|line| line.trim().trim_end_matches(';'));
        let text = lines.collect::<Vec<_>>().join("; ");
        if !layers.contains(&&*text) && !parts.iter().any(|part| part.contains(&text)) {
            parts.push(text);
        }
        next = error.source();
    }
    parts.join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{text}")]
    struct Layer {
        text: &'static str,
        source: Option<Box<Layer>>,
    }

    fn told(texts: &[&'static str]) -> String {
        let inner = |source, text: &&'static str| Some(Box::new(Layer { text, source }));
        let error = texts.iter().rev().fold(None, inner).unwrap();
        causes(&*error, CLIENT_LAYERS)
    }

    #[test]
    fn what_says_nothing_or_repeats_is_left_out() {
        let texts = [
            "error sending request",
            "client error (Connect)",
            "tcp connect error",
            "Connection refused (os error 111)",
        ];
        assert_eq!(
            told(&texts),
            "tcp connect error: Connection refused (os error 111)"
        );
        assert_eq!(
            told(&["bad key: no such file", "no such file"]),
            "bad key: no such file"
        );
        assert_eq!(
            told(&["two things;\n  went wrong"]),
            "two things; went wrong"
        );
    }
}
