//! A manifest of a run: what was exported, and the blobs that hold it.

use serde::Deserialize;

/// A manifest, as far as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// `ActualCost` and the like; empty where it does not say.
    pub dataset: String,
    /// Names of blobs.
    pub blobs: Vec<String>,
}

impl Manifest {
    /// Reads a manifest.
    ///
    /// # Errors
    /// Where it is none: what is wrong.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Document {
            export_config: Option<Config>,
            blobs: Option<Vec<Blob>>,
        }
        #[derive(Deserialize)]
        struct Config {
            #[serde(rename = "type")]
            dataset: Option<String>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Blob {
            blob_name: String,
        }
        let text = text.trim_start_matches('\u{feff}');
        let document: serde_json::Value =
            serde_json::from_str(text).map_err(|_| "it is no JSON")?;
        let document: Document =
            serde_json::from_value(document).map_err(|_| "its `blobs` are no list of blobs")?;
        let blobs = document.blobs.ok_or("it has no `blobs`")?;
        let dataset = document.export_config.and_then(|config| config.dataset);
        Ok(Self {
            dataset: dataset.unwrap_or_default(),
            blobs: blobs.into_iter().map(|blob| blob.blob_name).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manifests_name_their_blobs() {
        let text = "\u{feff}{\"manifestVersion\": \"2024-04-01\", \"exportConfig\": {\"type\": \"ActualCost\", \"granularity\": null}, \"blobs\": [{\"blobName\": \"a/part_0_0001.csv.gz\", \"byteCount\": 1}]}";
        let manifest = Manifest::parse(text).unwrap();
        assert_eq!(manifest.dataset, "ActualCost");
        assert_eq!(manifest.blobs, ["a/part_0_0001.csv.gz"]);
    }

    #[test]
    fn what_is_none_says_why() {
        assert_eq!(Manifest::parse("<html>"), Err("it is no JSON"));
        assert_eq!(Manifest::parse("{}"), Err("it has no `blobs`"));
        let odd = r#"{"blobs": [1]}"#;
        assert_eq!(
            Manifest::parse(odd),
            Err("its `blobs` are no list of blobs")
        );
    }
}
