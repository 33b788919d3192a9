//! Settings: what only `bursar.yaml` may say.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::money::Currency;
use super::time::{Date, Days, Month};

/// The settings of a project.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    pub version: Option<u32>,
    pub project: Option<String>,
    pub sources: Option<Vec<String>>,
    pub files: BTreeMap<String, Vec<String>>,
    pub state: StateSettings,
    pub platform: PlatformSettings,
    pub select: Option<Vec<String>>,
    pub guard: Guard,
    pub access: Access,
    pub structure: StructureSettings,
    pub waive: Vec<Waiver>,
    pub import: BTreeMap<String, Import>,
}

impl Settings {
    /// Takes what is a matter of trust from other settings: where state and registrations live, what
    /// an apply may do, what access must be proven, which files may declare what. A proposal cannot
    /// loosen for itself what it will be held to.
    pub fn hold_to(&mut self, trusted: &Self) {
        self.state.clone_from(&trusted.state);
        self.platform.clone_from(&trusted.platform);
        self.project.clone_from(&trusted.project);
        self.guard = trusted.guard;
        self.access = trusted.access;
        self.waive.clone_from(&trusted.waive);
        self.files.clone_from(&trusted.files);
    }
}

/// Where the state is kept. Empty: embedded, in `.bursar/`. Or in one object store, for all machines.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(extend("maxProperties" = 1))]
pub struct StateSettings {
    /// A container of Azure Blob Storage.
    pub azure_blob: Option<AzureBlobState>,
    /// A bucket of Google Cloud Storage.
    pub gcs: Option<GcsState>,
    /// A bucket of Amazon S3, or of what is compatible with it.
    pub s3: Option<S3State>,
}

/// A bucket of Amazon S3, or of what is compatible with it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct S3State {
    /// The bucket's name. It must exist.
    pub bucket: String,
    /// What the names of all objects begin with. Default: `bursar`.
    #[serde(default)]
    pub prefix: Option<String>,
    /// The bucket's region, for example `eu-west-1`.
    pub region: String,
}

/// A bucket of Google Cloud Storage.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GcsState {
    /// The bucket's name. It must exist.
    pub bucket: String,
    /// What the names of all objects begin with. Default: `bursar`.
    #[serde(default)]
    pub prefix: Option<String>,
}

/// A container of Azure Blob Storage.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AzureBlobState {
    /// The storage account's name.
    pub account: String,
    /// The container's name. It must exist.
    pub container: String,
    /// What the names of all objects begin with. Default: `bursar`.
    #[serde(default)]
    pub prefix: Option<String>,
}

/// Where registrations live. Empty: `local`, the state itself is the register.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("maxProperties" = 1))]
pub struct PlatformSettings {
    /// Onicloud: a workbook that people download and upload, and a checklist of what they enter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub onicloud: Option<Onicloud>,
}

/// Onicloud has no public interface: its financial structure is a workbook, its integrations are
/// typed into forms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Onicloud {
    /// The folder that `apply` writes into: `upload.xlsx`, `checklist.md`, `written.jsonl`. Default:
    /// onicloud.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
    /// The workbook as it was downloaded from Onicloud, relative to the project's folder. Only read.
    pub workbook: String,
}

impl Onicloud {
    /// The folder that is written into.
    #[must_use]
    pub fn folder(&self) -> &str {
        let folder = self.folder.as_deref().unwrap_or("onicloud");
        folder.trim_end_matches('/')
    }
}

/// How much one apply may delete or update.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Guard {
    /// Deletions. Default: 20 percent and at least 5.
    pub delete: Threshold,
    /// Updates. Default: 50 percent and at least 20.
    pub update: Threshold,
}

impl Default for Guard {
    fn default() -> Self {
        Self {
            delete: Threshold {
                at_least: 5,
                percent: 20,
            },
            update: Threshold {
                at_least: 20,
                percent: 50,
            },
        }
    }
}

/// Refuses an apply that touches more than `at_least` and more than `percent` of the recorded
/// resources of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// As many are always allowed.
    pub at_least: u32,
    /// Of those recorded: per kind, for accounts per organization.
    pub percent: u8,
}

/// What access is required before something is registered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Access {
    /// Which answers block a change. Default: pass.
    pub require: Require,
    /// How long before an expiry a warning is given. Default: 30d.
    pub expiring_within: Option<Days>,
}

impl Access {
    #[must_use]
    pub fn expiring_within(&self) -> Days {
        self.expiring_within.unwrap_or(Days(30))
    }
}

/// Which answers block a change.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Require {
    /// A required check that fails, or that could not be answered, blocks.
    #[default]
    Pass,
    /// A required check that fails blocks; one that could not be answered does not.
    NoFail,
    /// Nothing blocks.
    None,
}

/// Settings of the financial structure.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct StructureSettings {
    /// The last month that is closed: its cost centres change only with `plan --restate`.
    pub closed_through: Option<Month>,
    /// The currency of budgets that name none. Default: USD.
    pub currency: Option<Currency>,
    /// When the fiscal year starts, and how it is named. Default: January.
    pub fiscal_year: Option<FiscalYear>,
}

/// When the fiscal year starts, and how it is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FiscalYear {
    /// After which calendar year it is named. Default: the one it ends in.
    #[serde(default)]
    pub named_after: NamedAfter,
    /// Its first month, 1 to 12.
    #[schemars(range(min = 1, max = 12))]
    pub starts: u8,
}

impl FiscalYear {
    /// The first month of a fiscal year by its name; none where that is no name of one.
    #[must_use]
    pub fn first(fiscal: Option<Self>, name: &str) -> Option<Month> {
        let digits = name.strip_prefix("FY")?;
        if digits.len() != 4 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let year: i16 = digits.parse().ok()?;
        let starts = fiscal.map_or(1, |year| year.starts);
        let earlier = fiscal.is_some_and(Self::ends_later);
        Month::new(year - i16::from(earlier), i8::try_from(starts).unwrap_or(1))
    }

    /// Whether it is named after the calendar year behind the one that it begins in.
    fn ends_later(self) -> bool {
        self.named_after == NamedAfter::End && self.starts > 1
    }

    /// The name of the fiscal year that begins with a month, for example `FY2027`.
    #[must_use]
    pub fn name(fiscal: Option<Self>, first: Month) -> String {
        let later = fiscal.is_some_and(Self::ends_later);
        format!("FY{}", first.year() + i16::from(later))
    }
}

/// After which calendar year a fiscal year is named.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NamedAfter {
    Start,
    #[default]
    End,
}

/// How the accounts of one organization are imported.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Import {
    /// The file that an account is written into: a path with `{name}`, `{ou}` or `{tag:NAME}` in it.
    /// Default: the file with most of the organization's accounts, or a new one of its own.
    pub file: Option<String>,
    /// Accounts that are left alone, and not counted in plans: globs over ids, names and paths of
    /// units.
    pub ignore: Vec<String>,
}

/// A check whose answer is accepted for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// The check's id, for example `azure.sas.expiry`.
    pub check: String,
    /// Which resources: a glob over addresses.
    #[serde(rename = "for")]
    pub applies_to: String,
    /// Why.
    pub reason: String,
    /// The last day on which it is accepted.
    pub until: Date,
}

/// What becomes of a resource that is no longer declared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Removal {
    pub action: RemovalAction,
    /// Why, for the history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RemovalAction {
    /// Remove it from the platform too.
    Delete,
    /// Leave it on the platform, and stop managing it.
    Forget,
}
