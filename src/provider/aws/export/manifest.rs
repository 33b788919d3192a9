//! Manifests: which files a delivery is made of. Of legacy reports: `reportKeys` in `bucket`
//! (user guide, "Understanding your report versions"). Of Data Exports: `dataFiles`, as
//! `s3://bucket/key`; AWS publishes no schema of those, so keys alone are taken too.

use serde_json::Value;

/// A file of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    pub bucket: String,
    pub key: String,
}

/// A manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    pub files: Vec<File>,
    /// The payer that it was delivered for, where it says so.
    pub account: Option<String>,
}

impl Manifest {
    /// Reads one that lay in a bucket.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &[u8], bucket: &str) -> Result<Self, String> {
        let value: Value =
            serde_json::from_slice(text).map_err(|error| format!("it is no JSON: {error}"))?;
        let Some(fields) = value.as_object() else {
            return Err("it is no JSON object".to_owned());
        };
        let text = |name: &str| fields.get(name).and_then(Value::as_str);
        let listed = fields.get("dataFiles").or_else(|| fields.get("reportKeys"));
        let Some(listed) = listed.and_then(Value::as_array) else {
            return Err("it has neither `reportKeys` nor `dataFiles`".to_owned());
        };
        let bucket = text("bucket").unwrap_or(bucket);
        let files: Option<Vec<File>> = listed
            .iter()
            .map(|file| located(file.as_str()?, bucket))
            .collect();
        Ok(Self {
            files: files.ok_or("its list of files holds something else than files")?,
            account: text("account").map(str::to_owned),
        })
    }
}

fn located(file: &str, bucket: &str) -> Option<File> {
    let (bucket, key) = match file.strip_prefix("s3://") {
        Some(rest) => rest.split_once('/')?,
        None => (bucket, file),
    };
    (!bucket.is_empty() && !key.is_empty()).then(|| File {
        bucket: bucket.to_owned(),
        key: key.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Vec<String>, String> {
        let manifest = Manifest::parse(text.as_bytes(), "acme")?;
        let told = |file: File| format!("{} {}", file.bucket, file.key);
        Ok(manifest.files.into_iter().map(told).collect())
    }

    #[test]
    fn legacy_reports_list_keys_of_their_bucket() {
        let manifest = r#"{"assemblyId": "9f2c", "account": "111122223333", "charset": "UTF-8",
            "columns": [{"category": "identity", "name": "LineItemId"}], "compression": "GZIP",
            "billingPeriod": {"start": "20261101T000000.000Z", "end": "20261201T000000.000Z"},
            "bucket": "acme-cur", "reportName": "hourly",
            "reportKeys": ["cur/hourly/20261101-20261201/9f2c/hourly-1.csv.gz"]}"#;
        let manifest = Manifest::parse(manifest.as_bytes(), "elsewhere").unwrap();
        assert_eq!(manifest.account.as_deref(), Some("111122223333"));
        assert_eq!(manifest.files[0].bucket, "acme-cur");
        assert_eq!(
            manifest.files[0].key,
            "cur/hourly/20261101-20261201/9f2c/hourly-1.csv.gz"
        );
    }

    #[test]
    fn data_exports_list_addresses_or_keys() {
        assert_eq!(
            parse(
                r#"{"executionId": "1", "dataFiles": ["s3://lake/f/x/data/a.parquet", "f/x/data/b.parquet"]}"#
            ),
            Ok(vec![
                "lake f/x/data/a.parquet".into(),
                "acme f/x/data/b.parquet".into()
            ])
        );
        assert_eq!(parse(r#"{"dataFiles": []}"#), Ok(vec![]));
    }

    #[test]
    fn what_is_no_manifest_is_said_to_be_none() {
        let wrong = |text| parse(text).unwrap_err();
        assert!(wrong("").starts_with("it is no JSON"));
        assert!(wrong("<html>").starts_with("it is no JSON"));
        assert_eq!(wrong("[]"), "it is no JSON object");
        assert_eq!(wrong("{}"), "it has neither `reportKeys` nor `dataFiles`");
        assert_eq!(
            wrong(r#"{"dataFiles": "a"}"#),
            "it has neither `reportKeys` nor `dataFiles`"
        );
        for text in [
            r#"{"dataFiles": [1]}"#,
            r#"{"dataFiles": [""]}"#,
            r#"{"dataFiles": ["s3://bucket"]}"#,
            r#"{"dataFiles": ["s3:///key"]}"#,
        ] {
            assert_eq!(
                wrong(text),
                "its list of files holds something else than files"
            );
        }
    }
}
