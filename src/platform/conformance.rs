//! What every platform keeps to, written once and asked of each: what was written is listed as it was
//! written, what was deleted is not, nothing is there twice, and an apply that ends twice ends the
//! same. The state is played by a map of records.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Operation, PlatformWriter};
use crate::model::address::Address;
use crate::model::canonical::Canonical;
use crate::model::record::{Action, Provenance, Record};

/// A platform beside the records that a state would hold.
struct Driver<'p> {
    platform: &'p dyn PlatformWriter,
    records: BTreeMap<Address, Record>,
}

impl Driver<'_> {
    fn recorded(&self) -> Vec<Record> {
        match self.platform.is_document() {
            true => self.records.values().cloned().collect(),
            false => Vec::new(),
        }
    }

    async fn write(
        &mut self,
        action: Action,
        address: &str,
        from: Option<&str>,
        spec: Option<Value>,
    ) {
        let address = Address::parse(address).unwrap();
        let from = from.map(|from| Address::parse(from).unwrap());
        let spec = spec.map(|spec| Canonical::of(&spec).unwrap());
        let before = self.records.remove(from.as_ref().unwrap_or(&address));
        let mut ids = before.map(|before| before.platform).unwrap_or_default();
        let operation = Operation {
            action,
            address: address.clone(),
            from,
            spec: spec.clone(),
            ids: ids.clone(),
        };
        ids.extend(self.platform.write(&operation).await.unwrap());
        if let Some(spec) = spec {
            let record = Record {
                address: address.clone(),
                spec,
                platform: ids,
                protect: false,
                provenance: Provenance::default(),
            };
            self.records.insert(address, record);
        }
    }

    /// Everything recorded is listed as it is recorded, and nothing else is.
    async fn agrees(&self) {
        let listing = self.platform.list(&self.recorded()).await.unwrap();
        let found: BTreeMap<&Address, &Value> = listing
            .found
            .iter()
            .map(|(at, found)| (at, &found.spec))
            .collect();
        let specs: BTreeMap<Address, Value> = self
            .records
            .iter()
            .map(|(at, record)| (at.clone(), record.spec.value()))
            .collect();
        let recorded: BTreeMap<&Address, &Value> = specs.iter().collect();
        assert_eq!(found, recorded);
        assert_eq!(listing.document.is_some(), self.platform.is_document());
    }

    async fn finishes(&self) {
        self.platform.finish(&self.recorded(), &[]).await.unwrap();
        let again = self.platform.finish(&self.recorded(), &[]).await.unwrap();
        assert_eq!(
            again.written,
            Vec::<String>::new(),
            "an end that ended writes nothing"
        );
        self.agrees().await;
    }
}

/// Puts a platform with nothing on it through its paces.
pub async fn conforms(platform: &dyn PlatformWriter) {
    let mut driver = Driver {
        platform,
        records: BTreeMap::new(),
    };
    let gone = Address::parse("cost_center/CC-1").unwrap();
    assert!(platform.list(&[]).await.unwrap().found.is_empty());
    assert_eq!(platform.find(&gone).await.unwrap(), None);

    let create = Action::Create;
    for (address, spec) in [
        ("credential/ci", json!({"aws_default": {}})),
        ("cost_center/CC-1", json!({"name": "Payments"})),
        (
            "cost_center/CC-2",
            json!({"alerts": [50, 80], "name": "Platform", "parent": "CC-1"}),
        ),
        ("budget/CC-1/FY2027", json!({"amount": "100"})),
        (
            "account/aws/210987654321",
            json!({"cost_center": "CC-1", "name": "Shop"}),
        ),
        ("account/aws/210987654322", json!({"name": "Nobody's"})),
    ] {
        driver.write(create, address, None, Some(spec)).await;
    }
    driver.agrees().await;
    driver.finishes().await;

    let name = Some(json!({"name": "Pay"}));
    driver
        .write(Action::Update, "cost_center/CC-1", None, name)
        .await;
    let moved = Some(json!({"cost_center": "CC-2", "name": "Shop"}));
    driver
        .write(Action::Update, "account/aws/210987654321", None, moved)
        .await;
    let renamed = Some(json!({"name": "Platform"}));
    driver
        .write(
            Action::Rename,
            "cost_center/CC-3",
            Some("cost_center/CC-2"),
            renamed,
        )
        .await;
    driver.agrees().await;
    driver.finishes().await;

    driver
        .write(Action::Delete, "budget/CC-1/FY2027", None, None)
        .await;
    driver
        .write(Action::Delete, "cost_center/CC-1", None, None)
        .await;
    assert_eq!(platform.find(&gone).await.unwrap(), None);
    // It is as it was asked for.
    driver
        .write(Action::Delete, "cost_center/CC-1", None, None)
        .await;
    driver.agrees().await;
    driver.finishes().await;
}

#[cfg(feature = "testkit")]
#[tokio::test]
async fn the_platform_of_tests_conforms() {
    let folder = tempfile::tempdir().unwrap();
    conforms(&super::test_dir::TestDir::new(folder.path())).await;
}

#[tokio::test]
async fn onicloud_conforms() {
    use crate::model::leaf::Leaf;
    use crate::model::settings::{Onicloud, StructureSettings};
    use crate::model::time::Month;

    let folder = tempfile::tempdir().unwrap();
    let settings = Onicloud {
        folder: None,
        workbook: "finance.xlsx".to_owned(),
    };
    let structure = StructureSettings::default();
    let month = Month::parse("2026-11").unwrap();
    let platform = super::onicloud::Onicloud::new(folder.path(), &settings, &structure, month);
    conforms(&platform).await;
    assert!(folder.path().join("onicloud/upload.xlsx").exists());
    assert!(
        !folder.path().join("finance.xlsx").exists(),
        "the download is never written"
    );
}
