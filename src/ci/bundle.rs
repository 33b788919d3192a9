//! A bundle: what a pull request from a fork declares, as text, carried from a run without secrets to
//! one that has them. Whoever wrote the pull request may have written the bundle too: it is read as
//! declarations only, and what it says about itself is proven before it is believed.

use std::collections::HashSet;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};

use crate::config::source::{PROJECT_FILE_NAME, Source};

/// The version that this bursar writes, and the only one that it reads.
const VERSION: u32 = 1;
/// Bytes that a bundle may have: an estate of 100,000 accounts takes about 30 MB.
pub const LARGEST: u64 = 128 * 1024 * 1024;

/// What a pull request declares, and what it says that it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    bursar_declared: u32,
    /// The pull request.
    pub number: u64,
    /// The last commit of its branch.
    pub head: String,
    files: Vec<File>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    path: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    text: String,
    /// In base64, of a file that is no UTF-8: whoever reads it refuses it as any other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bytes: Option<String>,
}

/// Why a bundle is none.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Broken {
    #[error("it is no bundle of declarations (line {0}, column {1})")]
    Unreadable(usize, usize),
    #[error("it is of version {0}, and this bursar reads version {VERSION}")]
    Version(u32),
    #[error("it names a file that no project can have, the {0}. of its files")]
    Path(usize),
    #[error("it has no content that can be read for the {0}. of its files")]
    Content(usize),
    #[error("it has no {PROJECT_FILE_NAME} as its first file")]
    NoProject,
}

impl Bundle {
    /// Of a project's texts, `bursar.yaml` first.
    #[must_use]
    pub fn of(number: u64, head: &str, texts: &[Source]) -> Self {
        let file = |source: &Source| {
            let path = source.path.clone();
            match std::str::from_utf8(&source.bytes) {
                Ok(text) => File {
                    path,
                    text: text.to_owned(),
                    bytes: None,
                },
                Err(_) => File {
                    path,
                    text: String::new(),
                    bytes: Some(BASE64_STANDARD.encode(&source.bytes)),
                },
            }
        };
        Self {
            bursar_declared: VERSION,
            number,
            head: head.to_owned(),
            files: texts.iter().map(file).collect(),
        }
    }

    /// # Errors
    /// Where serde fails, which it does not on text.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    /// # Errors
    /// [`Broken`], where it is none, or names a path that leads out of a project.
    pub fn parse(text: &str) -> Result<Self, Broken> {
        #[derive(Deserialize)]
        struct Versioned {
            bursar_declared: u32,
        }
        let broken = |cause: serde_json::Error| Broken::Unreadable(cause.line(), cause.column());
        let version: Versioned = serde_json::from_str(text).map_err(broken)?;
        if version.bursar_declared != VERSION {
            return Err(Broken::Version(version.bursar_declared));
        }
        let bundle: Self = serde_json::from_str(text).map_err(broken)?;
        let mut known = HashSet::new();
        for (at, file) in bundle.files.iter().enumerate() {
            if !is_plain(&file.path) || !known.insert(file.path.as_str()) {
                return Err(Broken::Path(at + 1));
            }
            if !file.is_sound() {
                return Err(Broken::Content(at + 1));
            }
        }
        match bundle.files.first() {
            Some(first) if first.path == PROJECT_FILE_NAME => Ok(bundle),
            _ => Err(Broken::NoProject),
        }
    }

    /// The texts, `bursar.yaml` first.
    #[must_use]
    pub fn into_texts(self) -> Vec<Source> {
        let source = |file: File| Source {
            path: file.path.clone(),
            bytes: file.into_bytes(),
        };
        self.files.into_iter().map(source).collect()
    }
}

impl File {
    /// Not where it has two contents, or one that is no base64.
    fn is_sound(&self) -> bool {
        let decodes = |bytes: &String| BASE64_STANDARD.decode(bytes).is_ok();
        let bytes = self.bytes.as_ref();
        bytes.is_none_or(|bytes| self.text.is_empty() && decodes(bytes))
    }

    fn into_bytes(self) -> Vec<u8> {
        match self.bytes {
            None => self.text.into_bytes(),
            // Nothing is read of a bundle where it does not decode.
            Some(bytes) => BASE64_STANDARD.decode(bytes).unwrap_or_default(),
        }
    }
}

/// Whether a path is one that reading a project would find: below its folder, not hidden, YAML.
fn is_plain(path: &str) -> bool {
    let named = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && !part
                .chars()
                .any(|char| char.is_control() || char == '\\' || char == ':')
    };
    path.len() <= 1024
        && path.split('/').all(named)
        && (path.ends_with(".yaml") || path.ends_with(".yml"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(path: &str) -> Source {
        Source {
            path: path.to_owned(),
            bytes: b"version: 1\n".to_vec(),
        }
    }

    #[test]
    fn a_bundle_carries_texts_and_nothing_else() {
        let bundle = Bundle::of(7, "abc", &[text("bursar.yaml"), text("estate/a.yml")]);
        let back = Bundle::parse(&bundle.to_json().unwrap()).unwrap();
        assert_eq!(back, bundle);
        let paths: Vec<String> = back
            .into_texts()
            .into_iter()
            .map(|text| text.path)
            .collect();
        assert_eq!(paths, ["bursar.yaml", "estate/a.yml"]);
    }

    #[test]
    fn what_is_no_text_is_carried_to_the_last_byte() {
        let odd = Source {
            path: "estate/a.yaml".to_owned(),
            bytes: b"name: caf\xe9\n".to_vec(),
        };
        let bundle = Bundle::of(7, "abc", &[text("bursar.yaml"), odd]);
        let json = bundle.to_json().unwrap();
        let back = Bundle::parse(&json).unwrap().into_texts();
        assert_eq!(back[1].bytes, b"name: caf\xe9\n");
        for broken in [
            json.replace("bmFtZTogY2Fm6Qo=", "?"),
            json.replace("\"bytes\":", "\"text\":\"a\",\"bytes\":"),
        ] {
            assert_ne!(broken, json);
            assert_eq!(Bundle::parse(&broken), Err(Broken::Content(2)));
        }
    }

    #[test]
    fn a_bundle_that_leads_out_of_the_project_is_refused() {
        for path in [
            "../x.yaml",
            "/etc/x.yaml",
            "a/../../x.yaml",
            ".git/x.yaml",
            "a//b.yaml",
            "a\\b.yaml",
            "C:x.yaml",
            "a.txt",
            "",
            "a\nb.yaml",
            "bursar.yaml",
        ] {
            let bundle = Bundle::of(7, "abc", &[text("bursar.yaml"), text(path)]);
            let refused = Bundle::parse(&bundle.to_json().unwrap());
            assert!(matches!(refused, Err(Broken::Path(_))), "{path}");
        }
        let bundle = Bundle::of(7, "abc", &[text("a.yaml")]);
        assert_eq!(
            Bundle::parse(&bundle.to_json().unwrap()),
            Err(Broken::NoProject)
        );
        assert!(matches!(Bundle::parse("[]"), Err(Broken::Unreadable(..))));
        assert_eq!(
            Bundle::parse("{\"bursar_declared\": 2}"),
            Err(Broken::Version(2))
        );
    }
}
