//! The hidden first line of bursar's comments and issues: what they are about, and which changes a
//! preview showed. It is not signed: who wrote the comment decides whether it is believed
//! ([`sticky`](super::sticky)).

mod buckets;
mod fields;
mod gone;
mod hashes;

use serde::{Deserialize, Serialize};

use crate::model::hash::ContentHash;

pub use buckets::Buckets;
pub use fields::{Fields, Place};
pub use gone::Gone;
use hashes::Packed;
pub use hashes::{Hashes, MOST_LISTED, Set, ShortHash};

/// What a line without changes is written as, so that an older bursar finds its comment again.
const FIRST: u32 = 1;
/// The version of lines with changes: it has buckets and fields. Both are read.
const VERSION: u32 = 2;
/// Bytes that hashes may take in all: 36,000 characters of the 65,536 that a comment may have. That is
/// room for some 11,300 changes.
const ROOM: usize = 27_000;
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

/// One change of a plan, as a hidden line knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Names the change.
    pub digest: ContentHash,
    /// Whether it takes something away.
    pub removes: bool,
    /// The fields of an update; empty for whatever is known as a whole only.
    pub fields: Vec<Field>,
}

/// One field of an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Names resource and field.
    pub place: ContentHash,
    /// Names the update of this field alone: resource, field, old value and new value.
    pub hash: ContentHash,
}

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
    /// The fields of updates; none where there was no room for them, or an older bursar wrote the line.
    pub fields: Option<Fields>,
    /// What waited on the base and does not any more.
    pub gone: Gone,
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
            fields: None,
            gone: Gone::default(),
        }
    }

    /// With what it takes back. Said before the changes: nothing may keep it out.
    #[must_use]
    pub fn without(mut self, gone: Gone) -> Self {
        self.gone = gone;
        self
    }

    /// With the digest of a plan and its changes: those that the pull request makes, and the others.
    /// Own ones get room first, fields last.
    #[must_use]
    pub fn with_changes(mut self, digest: ContentHash, own: &[Shown], other: &[Shown]) -> Self {
        let digests = |changes: &[Shown]| -> Vec<ContentHash> {
            changes.iter().map(|change| change.digest).collect()
        };
        self.digest = Some(digest);
        let mut room = ROOM.saturating_sub(self.gone.bytes());
        self.own = Hashes::within(room, &digests(own));
        room = room.saturating_sub(self.own.bytes());
        self.other = Hashes::within(room, &digests(other));
        room = room.saturating_sub(self.other.bytes());
        // An update of one field is found among listed changes alone.
        let listed = matches!(self.own, Hashes::Listed(_));
        let fields = Fields::of(own, other);
        self.fields = (listed && fields.bytes() <= room).then_some(fields);
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
            v: match self.digest {
                Some(_) => VERSION,
                None => FIRST,
            },
            kind: self.kind,
            project: self.project.clone(),
            digest: self.digest,
            head: self.head.clone(),
            own: Packed::from(&self.own),
            other: Packed::from(&self.other),
            fields: self.fields.as_ref().map(Fields::write),
            gone: self.gone.write(),
        };
        // Strings, numbers and maps with text for keys always become JSON.
        let json = serde_json::to_string(&written).unwrap_or_default();
        // Outside of strings JSON has none of these, so that they may be written as escapes.
        let json = json.replace('<', "\\u003c").replace('>', "\\u003e");
        format!("{BEFORE}{json}{AFTER}")
    }

    /// Reads the first line of a body; none where it is not ours to the letter, or of a later version.
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
        let own = read.own.open()?;
        let other = read.other.open()?;
        let fields = match &read.fields {
            Some(fields) => Some(Fields::read(fields)?),
            None => None,
        };
        let gone = Gone::read(&read.gone)?;
        let newer = own.buckets().or(other.buckets()).is_some()
            || fields.is_some()
            || gone != Gone::default();
        if !(FIRST..=VERSION).contains(&read.v) || (read.v == FIRST && newer) {
            return None;
        }
        Some(Self {
            kind: read.kind,
            project: read.project,
            digest: read.digest,
            head: read.head,
            own,
            other,
            fields,
            gone,
        })
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
    /// Since version 2: places, and what was shown of updates of several fields.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fields: Option<[String; 2]>,
    /// Since version 2: what is taken back.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    gone: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(at: usize) -> ContentHash {
        ContentHash::of(&at.to_be_bytes())
    }

    fn hashes(from: usize, count: usize) -> Vec<ContentHash> {
        (from..from + count).map(hash).collect()
    }

    fn shown(from: usize, count: usize) -> Vec<Shown> {
        let one = |digest| Shown {
            digest,
            removes: false,
            fields: Vec::new(),
        };
        hashes(from, count).into_iter().map(one).collect()
    }

    /// An update of so many fields.
    fn update(at: usize, fields: usize) -> Shown {
        let field = |field: usize| Field {
            place: ContentHash::of(format!("{at} {field}").as_bytes()),
            hash: ContentHash::of(format!("{at} {field} to").as_bytes()),
        };
        Shown {
            digest: hash(at),
            removes: false,
            fields: (0..fields).map(field).collect(),
        }
    }

    fn marker(own: usize, other: usize) -> Marker {
        let digest = ContentHash::of(b"plan");
        Marker::new(Kind::Plan, "acme", "0a1b2c").with_changes(
            digest,
            &shown(0, own),
            &shown(own, other),
        )
    }

    #[test]
    fn a_line_says_what_it_is_about() {
        insta::assert_snapshot!(marker(2, 1).line(), @r#"<!-- bursar {"v":2,"kind":"plan","project":"acme","digest":"29fde71e3ef298312227db745efc78ce","head":"0a1b2c","own":"aOrhBm_KKeMjawjrceCpkXNWSTHAuKzF","other":"RfGpPRCPIp-o-0vE","fields":["",""]} -->"#);
        let updates = [update(0, 1), update(1, 2)];
        let updates =
            Marker::new(Kind::Plan, "acme", "0a1b2c").with_changes(hash(9), &updates, &[]);
        let line = updates.line();
        let (_, fields) = line.split_once("\"fields\":[\"").unwrap();
        // Three places of 4 bytes, and the two fields of the second: the first's is the update itself.
        let (places, shown) = fields.split_once("\",\"").unwrap();
        assert_eq!((places.len(), shown.len()), (16, 32 + "\"]} -->".len()));
        insta::assert_snapshot!(Marker::new(Kind::Check, "acme", "0a1b2c").line(), @r#"<!-- bursar {"v":1,"kind":"check","project":"acme","head":"0a1b2c"} -->"#);
    }

    #[test]
    fn lines_of_the_first_version_are_read() {
        let line = r#"<!-- bursar {"v":1,"kind":"plan","project":"acme","digest":"29fde71e3ef298312227db745efc78ce","head":"0a1b2c","own":"aOrhBm_KKeMjawjrceCpkXNWSTHAuKzF","other":"RfGpPRCPIp-o-0vE"} -->"#;
        let read = Marker::parse(line).unwrap();
        assert_eq!(
            (read.own, read.other),
            (marker(2, 1).own, marker(2, 1).other)
        );
        // What it says nothing of, it does not deny.
        assert_eq!(read.fields, None);
        let set = line.replace(
            "\"RfGpPRCPIp-o-0vE\"",
            r#"{"count":3,"digest":"29fde71e3ef298312227db745efc78ce"}"#,
        );
        assert_eq!(Marker::parse(&set).unwrap().other.count(), 3);
        let fields = line.replace("} -->", ",\"fields\":[\"\",\"\"]} -->");
        assert_eq!(Marker::parse(&fields), None);
        assert!(Marker::parse(&fields.replace("\"v\":1", "\"v\":2")).is_some());
    }

    #[test]
    fn it_is_found_again_above_any_text() {
        for (own, other) in [
            (0, 0),
            (3, 2),
            (MOST_LISTED, 0),
            (MOST_LISTED + 1, 7),
            (1, 5000),
            (11_300, 0),
            (0, 11_300),
            (50_000, 50_000),
        ] {
            let marker = marker(own, other);
            let line = marker.line();
            assert!(
                !line.contains('\n') && line.len() < 36_500,
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
    fn own_changes_get_room_before_others() {
        let both = marker(1500, 500);
        assert_eq!(both.own.listed().len(), 1500);
        assert_eq!(both.other.listed().len(), 500);
        let both = marker(1500, 1500);
        assert_eq!(both.own.listed().len(), 1500);
        assert_eq!(both.other.buckets().map(Buckets::count), Some(1500));
        let many = marker(3000, 10);
        assert_eq!(many.own.buckets().map(Buckets::count), Some(3000));
        assert_eq!(many.other.listed().len(), 10);
        let most = marker(20_000, 10);
        assert_eq!(most.own.set(), Some(Set::of(&hashes(0, 20_000))));
        assert_eq!(most.other.listed().len(), 10);
    }

    #[test]
    fn fields_are_kept_where_there_is_room_for_all_of_them() {
        let marker = |count: usize, fields: usize| {
            let updates: Vec<Shown> = (0..count).map(|at| update(at, fields)).collect();
            let marker = Marker::new(Kind::Plan, "acme", "0a1b2c");
            let marker = marker.with_changes(hash(0), &updates, &[]);
            assert_eq!(Marker::parse(&marker.line()).as_ref(), Some(&marker));
            marker
        };
        let some = marker(300, 3).fields.unwrap();
        assert_eq!((some.places().len(), some.shown().len()), (900, 900));
        // The hash of an update of one field is its field's.
        let single = marker(1600, 1).fields.unwrap();
        assert_eq!((single.places().len(), single.shown().len()), (1600, 0));
        assert_eq!(marker(1600, 3).fields, None);
        assert_eq!(marker(2500, 1).fields, None);
    }

    #[test]
    fn nothing_but_our_own_line_at_the_very_start_counts() {
        let line = marker(1, 0).line();
        for body in [
            format!(" {line}"),
            format!("\n{line}"),
            format!("> {line}"),
            line.replace("\"v\":2", "\"v\":3"),
            line.replace("\"v\":2", "\"v\":0"),
            line.replace("\"v\":2", "\"v\":2,\"more\":1"),
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
