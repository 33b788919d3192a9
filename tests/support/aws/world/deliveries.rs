//! What AWS delivers into the bucket: data files of this and the last month, and then the manifest
//! that names them.
//!
//! Layouts: <https://docs.aws.amazon.com/cur/latest/userguide/dataexports-export-delivery.html>,
//! <https://docs.aws.amazon.com/cur/latest/userguide/understanding-report-versions.html>.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};

use super::{Delivery, World};
use crate::aws::client::{between, encoded};

/// An empty file, compressed with gzip.
const GZIP: &[u8] = &[
    0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0,
];

/// What every Parquet file begins and ends with.
const PARQUET: &[u8] = b"PAR1\x15\x04PAR1";

/// One month of a delivery.
struct Month {
    first: Date,
    next: Date,
}

impl Month {
    /// The month of a moment and the one before.
    fn two(now: Timestamp) -> [Self; 2] {
        let this = now.to_zoned(TimeZone::UTC).date().first_of_month();
        let last = this.saturating_sub(1.month());
        let month = |first: Date| Self {
            first,
            next: first.saturating_add(1.month()),
        };
        [month(last), month(this)]
    }

    fn period(&self) -> Value {
        let written = |date: Date| date.strftime("%Y%m%dT000000.000Z").to_string();
        json!({"start": written(self.first), "end": written(self.next)})
    }

    /// `YYYY-MM`
    fn name(&self) -> String {
        self.first.strftime("%Y-%m").to_string()
    }

    /// `YYYYMMDD-YYYYMMDD`
    fn range(&self) -> String {
        format!(
            "{}-{}",
            self.first.strftime("%Y%m%d"),
            self.next.strftime("%Y%m%d")
        )
    }
}

impl World {
    /// Delivers this and the last month.
    pub(super) async fn deliver(&self, delivery: Delivery) {
        for month in Month::two(self.made) {
            match delivery {
                Delivery::Hourly => self.deliver_report(&month).await,
                Delivery::Cur2 | Delivery::Focus => self.deliver_export(delivery, &month).await,
            }
        }
    }

    /// The legacy report that is overwritten: manifest beside the data, and below an assembly.
    async fn deliver_report(&self, month: &Month) {
        let name = Delivery::Hourly.name();
        let folder = format!("{}/{name}/{}", Delivery::Hourly.prefix(), month.range());
        let assembly = format!(
            "{}-c0ff-4ee0-8000-000000000001",
            self.made.strftime("%Y%m%d")
        );
        let data = format!("{folder}/{name}-00001.csv.gz");
        let manifest = json!({
            "assemblyId": assembly,
            "account": self.payer,
            "columns": [
                {"category": "identity", "name": "LineItemId"},
                {"category": "bill", "name": "PayerAccountId"},
                {"category": "lineItem", "name": "UsageAccountId"},
                {"category": "lineItem", "name": "UnblendedCost"},
            ],
            "charset": "UTF-8",
            "compression": "GZIP",
            "contentType": "text/csv",
            "reportId": "494124bac4e25a16a3b704c13be2c525fd60d25b0675eb0f72e7b9e8ea09e167",
            "reportName": name,
            "billingPeriod": month.period(),
            "bucket": self.bucket,
            "reportKeys": [data],
            "additionalArtifactKeys": [],
        });
        self.put(&data, GZIP.to_vec()).await;
        let below = format!("{folder}/{assembly}/{name}-Manifest.json");
        self.put(&below, manifest.to_string().into_bytes()).await;
        let above = format!("{folder}/{name}-Manifest.json");
        self.put(&above, manifest.to_string().into_bytes()).await;
    }

    /// A data export that is overwritten.
    async fn deliver_export(&self, delivery: Delivery, month: &Month) {
        let name = delivery.name();
        // FOCUS writes its partitions in small letters.
        let (partition, extension, bytes) = match delivery {
            Delivery::Cur2 => ("BILLING_PERIOD", "snappy.parquet", PARQUET),
            _ => ("billing_period", "csv.gz", GZIP),
        };
        let partition = format!("{partition}={}", month.name());
        let folder = format!("{}/{name}", delivery.prefix());
        let data = format!("{folder}/data/{partition}/{name}-00001.{extension}");
        let export = self.export_arn(delivery);
        let is_csv = extension == "csv.gz";
        let manifest = json!({
            "executionId": format!("{}-e0e0-4ee0-8000-000000000001", self.made.strftime("%Y%m%d")),
            "exportArn": export,
            "exportName": name,
            "account": self.payer,
            "bucket": self.bucket,
            "billingPeriod": month.period(),
            "columns": [{"name": "BilledCost", "type": "double"}],
            "compression": if is_csv { "GZIP" } else { "PARQUET" },
            "contentType": if is_csv { "text/csv" } else { "application/parquet" },
            "dataFiles": [format!("s3://{}/{data}", self.bucket)],
            "additionalOutputFiles": [],
        });
        self.put(&data, bytes.to_vec()).await;
        let key = format!("{folder}/metadata/{partition}/{name}-Manifest.json");
        self.put(&key, manifest.to_string().into_bytes()).await;
    }

    async fn put(&self, key: &str, bytes: Vec<u8>) {
        self.s3("PUT", &path(key), bytes).await.ok();
    }

    /// The keys of the bucket that begin so.
    pub(super) async fn keys(&self, prefix: &str) -> Vec<String> {
        let mut keys = Vec::new();
        let found = self
            .s3(
                "GET",
                &format!("?list-type=2&prefix={}", encoded(prefix)),
                "",
            )
            .await;
        let found = found.ok().body;
        let mut rest = &*found;
        while let Some(key) = between(rest, "<Key>", "</Key>") {
            rest = rest.split_once("</Key>").map_or("", |(_, rest)| rest);
            keys.push(key);
        }
        keys
    }

    pub(super) async fn delete(&self, key: &str) {
        self.s3("DELETE", &path(key), "").await.ok();
    }
}

/// The path of a key below its bucket.
fn path(key: &str) -> String {
    let parts: Vec<String> = key.split('/').map(encoded).collect();
    format!("/{}", parts.join("/"))
}
