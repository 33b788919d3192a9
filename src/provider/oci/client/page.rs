//! Pages: lists that OCI gives in parts, each with the name of the next in `opc-next-page`.

use serde::de::DeserializeOwned;

use super::{Region, Service, Session};
use crate::provider::http::{Call, Request};
use crate::provider::trouble::{Kind, Trouble};

/// The largest page that these services give.
const LARGEST: &str = "1000";

/// More pages than any tenancy has: what goes on after them goes round in circles.
const MOST: usize = 1000;

/// The entries of a list, on a page that is a list itself.
pub fn plain<T>(page: Vec<T>) -> Vec<T> {
    page
}

/// All entries of a list; `entries` takes them off a page.
pub async fn all<P: DeserializeOwned, T>(
    session: &Session,
    call: &Call,
    (service, region): (Service, &Region),
    path: &[&str],
    query: &[(&str, &str)],
    entries: impl Fn(P) -> Vec<T>,
) -> Result<Vec<T>, Trouble> {
    let mut all = Vec::new();
    let mut page: Option<String> = None;
    for _ in 0..MOST {
        let mut query = query.to_vec();
        query.push(("limit", LARGEST));
        if let Some(page) = &page {
            query.push(("page", page));
        }
        let url = session.url(call, service, region, path, &query)?;
        let (read, reply) = session.json(call, Request::get(url)).await?;
        all.extend(entries(read));
        match reply.header("opc-next-page") {
            None | Some("") => return Ok(all),
            Some(next) if page.as_deref() == Some(next) => break,
            Some(next) => page = Some(next.to_owned()),
        }
    }
    Err(session.trouble(Kind::Malformed, call, "the pages of the list have no end"))
}
