//! The hidden first line of bursar's comments and issues: what they are about, and which changes a
//! preview showed. It is not signed: who wrote the comment decides whether it is believed
//! ([`sticky`](super::sticky)).

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::model::hash::ContentHash;

/// The version that this bursar writes, and the only one that it reads.
const VERSION: u32 = 1;
/// Changes that are listed; of more, only number and hash are kept. 2,000 take 32,000 characters of the
/// 65,536 that a comment may have.
pub const MOST_LISTED: usize = 2000;
/// A line of more bytes is none of ours.
const LONGEST: usize = 40 * 1024;

const BEFORE: &str = "<!-- bursar ";
const AFTER: &str = " -->";

/// What a comment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The preview of a pull request.
    Plan,
    /// What became of it.
    Apply,
    /// Findings of a scheduled check.
    Check,
}

/// The first 96 bits of a change's hash, written as 16 characters of base64url. Enough to tell changes
/// apart; an approval never rests on it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShortHash([u8; 12]);

/// What a hidden line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marker {
    pub kind: Kind,
    /// Which of a repository's projects: two have comments of their own.
    pub project: String,
    /// The plan's digest, where there was a plan.
    pub digest: Option<ContentHash>,
    /// The commit that it is about.
    pub head: String,
    /// Changes that the pull request itself makes.
    pub own: Hashes,
    /// Changes that the plan has besides: they wait on the base branch already.
    pub other: Hashes,
}

/// The changes of a preview.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hashes {
    /// Sorted.
    Listed(Vec<ShortHash>),
    /// Too many to be listed.
    Set(Set),
}

/// Many changes as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Set {
    pub count: usize,
    /// The hash over their sorted hashes, as a plan's digest is made.
    pub digest: ContentHash,
}

impl Marker {
    /// A line about nothing but its subject.
    #[must_use]
    pub fn new(kind: Kind, project: &str, head: &str) -> Self {
        Self {
            kind,
            project: project.to_owned(),
            digest: None,
            head: head.to_owned(),
            own: Hashes::default(),
            other: Hashes::default(),
        }
    }

    /// With the digest of a plan and the hashes of its changes: those that the pull request makes, and
    /// the others. Own ones are listed first.
    #[must_use]
    pub fn with_changes(
        mut self,
        digest: ContentHash,
        own: &[ContentHash],
        other: &[ContentHash],
    ) -> Self {
        self.digest = Some(digest);
        self.own = Hashes::at_most(MOST_LISTED, own);
        let left = match &self.own {
            Hashes::Listed(listed) => MOST_LISTED.saturating_sub(listed.len()),
            Hashes::Set(_) => MOST_LISTED,
        };
        self.other = Hashes::at_most(left, other);
        self
    }

    /// Whether two are about the same: then one takes the other's place.
    #[must_use]
    pub fn is_about(&self, kind: Kind, project: &str) -> bool {
        self.kind == kind && self.project == project
    }

    /// The line, without a line break. Nothing in it can end the comment before its end.
    #[must_use]
    pub fn line(&self) -> String {
        let written = Written {
            v: VERSION,
            kind: self.kind,
            project: self.project.clone(),
            digest: self.digest,
            head: self.head.clone(),
            own: Packed::from(&self.own),
            other: Packed::from(&self.other),
        };
        // Strings, numbers and maps with text for keys always become JSON.
        let json = serde_json::to_string(&written).unwrap_or_default();
        // Outside of strings JSON has none of these, so that they may be written as escapes.
        let json = json.replace('<', "\\u003c").replace('>', "\\u003e");
        format!("{BEFORE}{json}{AFTER}")
    }

    /// Reads the first line of a body; none where it is not ours to the letter, or of another version.
    #[must_use]
    pub fn parse(body: &str) -> Option<Self> {
        let start = body.get(..LONGEST.min(body.len())).unwrap_or(body);
        let line = start.split('\n').next()?;
        if line.len() >= LONGEST {
            return None;
        }
        let line = line.strip_suffix('\r').unwrap_or(line);
        let json = line.strip_prefix(BEFORE)?.strip_suffix(AFTER)?;
        if json.contains(['<', '>']) {
            return None;
        }
        let read: Written = serde_json::from_str(json).ok()?;
        if read.v != VERSION {
            return None;
        }
        Some(Self {
            kind: read.kind,
            project: read.project,
            digest: read.digest,
            head: read.head,
            own: read.own.open()?,
            other: read.other.open()?,
        })
    }
}

impl Hashes {
    fn at_most(most: usize, hashes: &[ContentHash]) -> Self {
        if hashes.len() <= most {
            let mut listed: Vec<_> = hashes.iter().map(|hash| ShortHash::from(*hash)).collect();
            listed.sort_unstable();
            Self::Listed(listed)
        } else {
            Self::Set(Set::of(hashes))
        }
    }

    /// Those that are listed.
    #[must_use]
    pub fn listed(&self) -> &[ShortHash] {
        match self {
            Self::Listed(listed) => listed,
            Self::Set(_) => &[],
        }
    }

    /// All as one, where they are not listed.
    #[must_use]
    pub const fn set(&self) -> Option<Set> {
        match self {
            Self::Listed(_) => None,
            Self::Set(set) => Some(*set),
        }
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        match self {
            Self::Listed(listed) => listed.len(),
            Self::Set(set) => set.count,
        }
    }
}

impl Default for Hashes {
    fn default() -> Self {
        Self::Listed(Vec::new())
    }
}

impl Set {
    /// In any order.
    #[must_use]
    pub fn of(hashes: &[ContentHash]) -> Self {
        let mut bytes: Vec<[u8; 16]> = hashes.iter().map(|hash| hash.0).collect();
        bytes.sort_unstable();
        Self {
            count: bytes.len(),
            digest: ContentHash::of(bytes.as_flattened()),
        }
    }
}

impl From<ContentHash> for ShortHash {
    fn from(hash: ContentHash) -> Self {
        let mut short = [0; 12];
        short.copy_from_slice(&hash.0[..12]);
        Self(short)
    }
}

impl fmt::Display for ShortHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64_URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for ShortHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The JSON of the line.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    v: u32,
    kind: Kind,
    project: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    digest: Option<ContentHash>,
    head: String,
    #[serde(default, skip_serializing_if = "Packed::is_empty")]
    own: Packed,
    #[serde(default, skip_serializing_if = "Packed::is_empty")]
    other: Packed,
}

/// Hashes one behind the other, 16 characters each; or the set.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Packed {
    Listed(String),
    Set(Set),
}

impl Packed {
    fn is_empty(&self) -> bool {
        matches!(self, Self::Listed(text) if text.is_empty())
    }

    fn open(self) -> Option<Hashes> {
        let text = match self {
            Self::Set(set) => return Some(Hashes::Set(set)),
            Self::Listed(text) => text,
        };
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        let (hashes, rest) = bytes.as_chunks::<12>();
        let listed: Vec<_> = hashes.iter().map(|hash| ShortHash(*hash)).collect();
        (rest.is_empty() && listed.len() <= MOST_LISTED).then_some(Hashes::Listed(listed))
    }
}

impl Default for Packed {
    fn default() -> Self {
        Self::Listed(String::new())
    }
}

impl From<&Hashes> for Packed {
    fn from(hashes: &Hashes) -> Self {
        match hashes {
            Hashes::Set(set) => Self::Set(*set),
            Hashes::Listed(listed) => {
                let bytes: Vec<[u8; 12]> = listed.iter().map(|hash| hash.0).collect();
                Self::Listed(BASE64_URL_SAFE_NO_PAD.encode(bytes.as_flattened()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashes(from: usize, count: usize) -> Vec<ContentHash> {
        let hash = |at: usize| ContentHash::of(&at.to_be_bytes());
        (from..from + count).map(hash).collect()
    }

    fn marker(own: usize, other: usize) -> Marker {
        let digest = ContentHash::of(b"plan");
        Marker::new(Kind::Plan, "acme", "0a1b2c").with_changes(
            digest,
            &hashes(0, own),
            &hashes(own, other),
        )
    }

    #[test]
    fn a_line_says_what_it_is_about() {
        insta::assert_snapshot!(marker(2, 1).line(), @"");
        insta::assert_snapshot!(Marker::new(Kind::Check, "acme", "0a1b2c").line(), @"");
    }

    #[test]
    fn it_is_found_again_above_any_text() {
        for (own, other) in [
            (0, 0),
            (3, 2),
            (MOST_LISTED, 0),
            (MOST_LISTED + 1, 7),
            (1, 5000),
        ] {
            let marker = marker(own, other);
            let line = marker.line();
            assert!(
                !line.contains('\n') && line.len() < LONGEST,
                "{}",
                line.len()
            );
            for body in [
                line.clone(),
                format!("{line}\n# Plan"),
                format!("{line}\r\n-->\r\n"),
            ] {
                assert_eq!(
                    Marker::parse(&body).as_ref(),
                    Some(&marker),
                    "{own} {other}"
                );
            }
            assert_eq!(marker.own.count() + marker.other.count(), own + other);
        }
    }

    #[test]
    fn own_changes_are_listed_before_others() {
        let both = marker(1500, 1500);
        assert_eq!(both.own.listed().len(), 1500);
        assert_eq!(both.other.set(), Some(Set::of(&hashes(1500, 1500))));
        let many = marker(3000, 10);
        assert_eq!(many.own.set().map(|set| set.count), Some(3000));
        assert_eq!(many.other.listed().len(), 10);
    }

    #[test]
    fn nothing_but_our_own_line_at_the_very_start_counts() {
        let line = marker(1, 0).line();
        for body in [
            format!(" {line}"),
            format!("\n{line}"),
            format!("> {line}"),
            line.replace("\"v\":1", "\"v\":2"),
            line.replace("\"v\":1", "\"v\":1,\"more\":1"),
            line.replace("-->", "--> and more"),
            line.replace("\"own\":\"", "\"own\":\"A"),
            line.replace("bursar", "bursary"),
            line.replace("acme", "a<b"),
            line.replace("acme", &"a".repeat(LONGEST)),
            line.replace(" -->", "\n-->"),
            String::new(),
        ] {
            assert_eq!(
                Marker::parse(&body),
                None,
                "{}",
                &body[..body.len().min(200)]
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn no_name_ends_the_comment(project in "(-->|--!>|<!--|\\PC|\n|\"|\\\\){0,12}", head in "\\PC{0,8}") {
            let mut marker = marker(1, 0);
            marker.project = project;
            marker.head = head;
            let line = marker.line();
            proptest::prop_assert_eq!(line.find("-->"), Some(line.len() - 3));
            proptest::prop_assert!(!line.contains("--!>") && !line.contains('\n'));
            proptest::prop_assert_eq!(Marker::parse(&format!("{line}\ntext")), Some(marker));
        }

        #[test]
        fn any_text_is_read_without_harm(text in "(<!-- bursar )?\\PC{0,80}( -->)?") {
            let _ = Marker::parse(&text);
        }
    }
}
