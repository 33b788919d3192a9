//! Blobs of a container: listed, and read
//! (<https://learn.microsoft.com/rest/api/storageservices/list-blobs>). Azure Storage answers in XML.

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use quick_xml::events::Event;
use quick_xml::reader::Reader;
use reqwest::header::{HeaderName, HeaderValue, RANGE};
use url::Url;

use super::sas::Sas;
use super::session::Shared;
use super::{Resource, Session};
use crate::provider::http::{Authorize, Call, Reply, Request};
use crate::provider::trouble::{Kind, Trouble};

/// The version of the service that is asked for.
const VERSION: &str = "2023-11-03";

const LIST: Call = Call {
    name: "Blob:ListBlobs",
    action: "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
};
const GET: Call = Call {
    name: "Blob:GetBlob",
    action: "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
};

/// More pages than this has no container that exports are delivered to.
const PAGES: usize = 200;
/// Manifests are small.
const MANIFEST: usize = 8 * 1024 * 1024;

/// A container, and how it is read.
pub struct Container<'a> {
    pub account: &'a str,
    pub container: &'a str,
    pub key: Key<'a>,
    pub shared: &'a Shared,
}

/// What a container is read with.
pub enum Key<'a> {
    Session(&'a Session),
    Sas(&'a Sas),
}

/// A blob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    pub name: String,
    pub modified: Option<Timestamp>,
}

/// A page of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Page {
    blobs: Vec<Blob>,
    /// Names up to the delimiter.
    folders: Vec<String>,
    marker: String,
}

impl Container<'_> {
    /// The folders right below a prefix, which ends in a slash.
    ///
    /// # Errors
    /// Where they cannot be listed.
    pub async fn folders(&self, prefix: &str) -> Result<Vec<String>, Trouble> {
        let mut all = Vec::new();
        self.pages(prefix, true, |page| all.extend(page.folders))
            .await?;
        Ok(all)
    }

    /// The blobs whose names begin so.
    ///
    /// # Errors
    /// Where they cannot be listed.
    pub async fn blobs(&self, prefix: &str) -> Result<Vec<Blob>, Trouble> {
        let mut all = Vec::new();
        self.pages(prefix, false, |page| all.extend(page.blobs))
            .await?;
        Ok(all)
    }

    /// A small blob as text.
    ///
    /// # Errors
    /// Where it cannot be read, or is none.
    pub async fn text(&self, name: &str) -> Result<String, Trouble> {
        let request = Request::get(self.of_blob(name)?).at_most(MANIFEST);
        let reply = self.send(&GET, request).await?;
        let text = reply.text().map(str::to_owned);
        text.ok_or_else(|| self.malformed(&GET, "it is no text"))
    }

    /// Reads one byte of a blob.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub async fn touch(&self, name: &str) -> Result<(), Trouble> {
        let request = Request::get(self.of_blob(name)?)
            .header(RANGE, HeaderValue::from_static("bytes=0-0"))
            .start(1);
        self.send(&GET, request).await.map(|_| ())
    }

    async fn pages(
        &self,
        prefix: &str,
        folders: bool,
        mut each: impl FnMut(Page),
    ) -> Result<(), Trouble> {
        let mut marker = String::new();
        for _ in 0..PAGES {
            let mut url = self.address(&LIST)?;
            {
                let mut query = url.query_pairs_mut();
                query.append_pair("restype", "container");
                query.append_pair("comp", "list");
                query.append_pair("prefix", prefix);
                if folders {
                    query.append_pair("delimiter", "/");
                }
                if !marker.is_empty() {
                    query.append_pair("marker", &marker);
                }
            }
            let reply = self.send(&LIST, Request::get(url)).await?;
            let page = page(reply.text().unwrap_or_default())
                .ok_or_else(|| self.malformed(&LIST, "the answer is no list of blobs"))?;
            marker.clone_from(&page.marker);
            each(page);
            if marker.is_empty() {
                return Ok(());
            }
        }
        Err(self.malformed(&LIST, "the list has no end"))
    }

    async fn send(&self, call: &Call, request: Request) -> Result<Reply, Trouble> {
        let request = request.header(
            HeaderName::from_static("x-ms-version"),
            HeaderValue::from_static(VERSION),
        );
        let http = &self.shared.http;
        match &self.key {
            Key::Session(session) => {
                let who = session.bearer(Resource::Storage);
                http.send(call, request, &who).await
            }
            Key::Sas(sas) => http.send(call, request, *sas as &dyn Authorize).await,
        }
    }

    fn address(&self, call: &Call) -> Result<Url, Trouble> {
        let base = self.shared.cloud.blob(self.account);
        let url = format!("{base}/{}", self.container);
        url.parse()
            .map_err(|_| self.malformed(call, "no address can be made of this container"))
    }

    fn of_blob(&self, name: &str) -> Result<Url, Trouble> {
        let mut url = self.address(&GET)?;
        url.path_segments_mut()
            .map_err(|()| self.malformed(&GET, "no address can be made of this blob"))?
            .extend(name.split('/'));
        Ok(url)
    }

    fn malformed(&self, call: &Call, message: &str) -> Trouble {
        self.shared.http.trouble(Kind::Malformed, call, message)
    }
}

/// Code and message of an error in the form of Azure Storage.
pub fn error(reply: &Reply) -> Option<(String, String)> {
    let text = reply.text()?;
    let text = text.trim_start_matches('\u{feff}');
    if !text.trim_start().starts_with('<') {
        let code = reply.header("x-ms-error-code")?;
        return text.is_empty().then(|| (code.to_owned(), String::new()));
    }
    let (mut code, mut message, mut detail) = (None, String::new(), String::new());
    let root = walk(text, |path, text| match path {
        ["Error", "Code"] => code = Some(text),
        ["Error", "Message"] => message = text,
        ["Error", "AuthenticationErrorDetail"] => detail = text,
        _ => {}
    })?;
    // The message ends in the request's id and time, each on a line of its own.
    let first = message.lines().next().unwrap_or_default();
    let message = match detail.as_str() {
        "" => first.to_owned(),
        detail => format!("{first} {detail}"),
    };
    (root == "Error").then_some((code?, message))
}

fn page(text: &str) -> Option<Page> {
    let mut page = Page::default();
    let root = walk(
        text.trim_start_matches('\u{feff}'),
        |path, text| match path {
            ["EnumerationResults", "Blobs", "Blob", "Name"] => page.blobs.push(Blob {
                name: text,
                modified: None,
            }),
            [
                "EnumerationResults",
                "Blobs",
                "Blob",
                "Properties",
                "Last-Modified",
            ] => {
                if let Some(blob) = page.blobs.last_mut() {
                    blob.modified = rfc2822::parse(&text).ok().map(|at| at.timestamp());
                }
            }
            ["EnumerationResults", "Blobs", "BlobPrefix", "Name"] => page.folders.push(text),
            ["EnumerationResults", "NextMarker"] => page.marker = text,
            _ => {}
        },
    )?;
    (root == "EnumerationResults").then_some(page)
}

/// Walks over the elements of a document that hold text, each with the names on its way; the root's
/// name, or none where the document is not whole.
fn walk(text: &str, mut each: impl FnMut(&[&str], String)) -> Option<String> {
    let mut reader = Reader::from_str(text);
    let mut way: Vec<String> = Vec::new();
    let mut held: Vec<String> = Vec::new();
    let mut root = None;
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                let name = start.name().as_ref().to_owned();
                root.get_or_insert_with(|| name.clone());
                way.push(name);
                held.push(String::new());
            }
            Event::Text(piece) => {
                if let Some(held) = held.last_mut() {
                    held.push_str(&piece);
                }
            }
            Event::GeneralRef(name) => {
                let name: &str = &name;
                let text = match name.strip_prefix('#') {
                    Some(number) => {
                        let code = match number.strip_prefix('x') {
                            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                            None => number.parse().ok()?,
                        };
                        char::from_u32(code)?.to_string()
                    }
                    None => quick_xml::escape::resolve_predefined_entity(name)?.to_owned(),
                };
                held.last_mut()?.push_str(&text);
            }
            Event::End(_) => {
                let text = held.pop()?;
                let names: Vec<&str> = way.iter().map(String::as_str).collect();
                each(&names, text);
                way.pop();
            }
            Event::Eof => return root.filter(|_| way.is_empty()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderMap;

    const LISTED: &str = "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults ServiceEndpoint=\"https://a/\" ContainerName=\"c\"><Prefix>x/</Prefix><Blobs><Blob><Name>x/a &amp; b/manifest.json</Name><Properties><Last-Modified>Sat, 21 Nov 2026 06:00:00 GMT</Last-Modified><Content-Length>10</Content-Length></Properties></Blob><BlobPrefix><Name>x/20261101-20261130/</Name></BlobPrefix></Blobs><NextMarker>2!8!abc</NextMarker></EnumerationResults>";

    #[test]
    fn lists_are_read() {
        let page = page(LISTED).unwrap();
        assert_eq!(page.blobs.len(), 1);
        assert_eq!(page.blobs[0].name, "x/a & b/manifest.json");
        assert_eq!(page.blobs[0].modified, "2026-11-21T06:00:00Z".parse().ok());
        assert_eq!(page.folders, ["x/20261101-20261130/"]);
        assert_eq!(page.marker, "2!8!abc");
    }

    #[test]
    fn what_is_no_list_is_none() {
        for text in [
            "",
            "{}",
            "<html></html>",
            "<EnumerationResults><Blobs>",
            "<Error><Code>X</Code></Error>",
            "<EnumerationResults><a></b></EnumerationResults>",
        ] {
            assert_eq!(page(text), None, "{text}");
        }
    }

    #[test]
    fn errors_are_read_without_their_ids() {
        let reply = |body: &str| Reply {
            status: 403,
            headers: HeaderMap::new(),
            body: body.as_bytes().to_vec(),
        };
        let body = "<?xml version=\"1.0\"?><Error><Code>AuthenticationFailed</Code><Message>Server failed to authenticate the request.\nRequestId:1\nTime:2</Message><AuthenticationErrorDetail>Signature not valid in the specified time frame</AuthenticationErrorDetail></Error>";
        assert_eq!(
            error(&reply(body)),
            Some((
                "AuthenticationFailed".to_owned(),
                "Server failed to authenticate the request. Signature not valid in the specified time frame"
                    .to_owned()
            ))
        );
        assert_eq!(error(&reply("<html><Error/></html>")), None);
        assert_eq!(error(&reply("{}")), None);
    }
}
