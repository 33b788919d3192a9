//! Links: where a list goes on, as GitHub says it in a header.

use reqwest::header::{HeaderMap, LINK};
use url::Url;

/// The next page, from `Link: <…>; rel="next"` (RFC 8288).
pub fn next(headers: &HeaderMap) -> Option<Url> {
    let values = headers.get_all(LINK).iter();
    let links = values.filter_map(|value| value.to_str().ok());
    let mut links = links.flat_map(|value| value.split(", <"));
    links.find_map(|link| {
        let (address, parameters) = link.trim_start_matches('<').split_once('>')?;
        let next = parameters
            .split(';')
            .any(|parameter| matches!(parameter.trim(), "rel=\"next\"" | "rel=next"));
        // Addresses may be written without the host.
        let base = Url::parse("https://api.github.com").ok()?;
        next.then(|| base.join(address).ok()).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    fn link(value: &'static str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(LINK, HeaderValue::from_static(value));
        next(&headers).and_then(|url| url.query().map(str::to_owned))
    }

    #[test]
    fn the_next_page_is_where_the_server_says() {
        let both = r#"<https://api.github.com/repositories/1/pulls?page=1>; rel="prev", <https://api.github.com/repositories/1/pulls?a=b,c&page=3>; rel="next", <https://x/?page=9>; rel="last""#;
        assert_eq!(link(both).as_deref(), Some("a=b,c&page=3"));
        assert_eq!(
            link(r#"</x?after=Y>; rel="next""#).as_deref(),
            Some("after=Y")
        );
        assert_eq!(link(r#"<https://x/?page=1>; rel="first""#), None);
        assert_eq!(link("nonsense"), None);
    }
}
