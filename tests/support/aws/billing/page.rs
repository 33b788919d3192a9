//! Pages: how many items an answer holds, and the token for the next.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::Call;

/// How lists are cut.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pages {
    /// The most items on a page, where it is less than the service's own limit.
    pub most: Option<usize>,
    /// Whether an empty page with a token comes first: AWS says that such pages may come, and that
    /// only a missing token is the end.
    pub empty_first: bool,
}

impl Pages {
    /// The page that the call asks for, and the token for the one after it; none where the token is
    /// not one that this list has given.
    pub fn cut(
        self,
        call: &Call<'_>,
        items: Vec<Value>,
        usual: usize,
    ) -> Option<(Value, Option<String>)> {
        let member = |name: &str| call.input.get(name).or(call.input.get(lower(name)));
        let list = format!("{}/{}/", call.operation, call.caller.account);
        let from = match member("NextToken").and_then(Value::as_str) {
            None if self.empty_first && !items.is_empty() => {
                return Some((Value::Array(Vec::new()), Some(token(&list, 0))));
            }
            None => 0,
            Some(given) => {
                let bytes = URL_SAFE_NO_PAD.decode(given).ok()?;
                let text = String::from_utf8(bytes).ok()?;
                text.strip_prefix(&list)?.parse::<usize>().ok()?
            }
        };
        let asked = member("MaxResults")
            .and_then(Value::as_u64)
            .filter(|most| *most > 0);
        let asked = asked.and_then(|most| usize::try_from(most).ok());
        let most = asked.unwrap_or(usual).min(self.most.unwrap_or(usual));
        let next = (from + most < items.len()).then(|| token(&list, from + most));
        let page = items.into_iter().skip(from).take(most).collect();
        Some((page, next))
    }
}

fn token(list: &str, from: usize) -> String {
    URL_SAFE_NO_PAD.encode(format!("{list}{from}"))
}

fn lower(name: &str) -> &'static str {
    match name {
        "NextToken" => "nextToken",
        _ => "maxResults",
    }
}
