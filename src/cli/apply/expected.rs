//! What an apply may do at most: a plan that somebody looked at, or its digest.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use crate::engine::Plan;
use crate::model::hash::ContentHash;
use crate::planning;
use crate::report::plan::{json, stale};
use crate::report::text;

use super::{Args, Exit, Failure};

/// What an apply may do at most.
pub enum Expected {
    /// Those of a plan file, by their digests.
    Changes(HashMap<ContentHash, json::PlannedChange>),
    Digest(ContentHash),
}

impl Expected {
    pub fn read(args: &Args) -> Result<Option<Self>, Failure> {
        if let Some(path) = &args.plan {
            return Self::file(path).map(Some);
        }
        let Some(text) = &args.expect else {
            return Ok(None);
        };
        if let Some(digest) = ContentHash::parse(text) {
            return Ok(Some(Self::Digest(digest)));
        }
        Self::file(Path::new(text)).map(Some)
    }

    fn file(path: &Path) -> Result<Self, Failure> {
        let wrong = |why: String| {
            Failure::new(format!("{} is no plan: {why}", path.display()))
                .code("plan.file")
                .help("give a file that `bursar plan --out FILE` wrote")
        };
        let text = std::fs::read_to_string(path).map_err(|cause| wrong(cause.to_string()))?;
        let document: json::Document =
            serde_json::from_str(&text).map_err(|cause| wrong(cause.to_string()))?;
        if document.format_version > json::FORMAT_VERSION {
            return Err(wrong("it was written by a newer bursar".to_owned()));
        }
        let digest = |change: &json::PlannedChange| ContentHash::parse(&change.digest);
        let changes = document.changes.into_iter();
        let changes: Option<HashMap<ContentHash, json::PlannedChange>> = changes
            .map(|change| Some((digest(&change)?, change)))
            .collect();
        changes
            .map(Self::Changes)
            .ok_or_else(|| wrong("a change has no digest".to_owned()))
    }

    /// How many expected changes this plan does not have for their addresses any more.
    pub fn settled(&self, plan: &Plan) -> usize {
        let Self::Changes(expected) = self else {
            return 0;
        };
        let now: HashSet<&str> = plan
            .changes
            .iter()
            .map(|one| one.address.as_str())
            .collect();
        let gone = |one: &&json::PlannedChange| !now.contains(one.address.as_str());
        expected.values().filter(gone).count()
    }

    pub fn check(&self, plan: &Plan) -> Result<(), Failure> {
        let names: Vec<String> = match self {
            Self::Changes(expected) => {
                let digests = expected.keys().copied().collect();
                let unexpected = planning::unexpected(plan, &digests);
                let planned = expected.values().map(|one| (one.address.as_str(), one));
                let planned: HashMap<&str, &json::PlannedChange> = planned.collect();
                unexpected
                    .iter()
                    .map(|change| {
                        let address = change.address.as_str();
                        let what = format!("{} {address}", change.action.as_str());
                        match planned.get(address) {
                            Some(planned) => {
                                format!("{what} ({})", stale::differs(planned, change))
                            }
                            None => what,
                        }
                    })
                    .collect()
            }
            Self::Digest(digest) if plan.has_changes() && *digest != plan.digest => {
                vec![format!("the digest is now {}, not {digest}", plan.digest)]
            }
            Self::Digest(_) => Vec::new(),
        };
        if names.is_empty() {
            return Ok(());
        }
        let first: Vec<&str> = names.iter().take(5).map(String::as_str).collect();
        let more = names.len().saturating_sub(first.len());
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        let gone = self.settled(plan);
        let gone = match gone {
            0 => String::new(),
            some => format!(
                "; {} no longer needed",
                text::count(some, "planned change is", "planned changes are")
            ),
        };
        Err(Failure::new(format!(
            "the plan has changes that were not expected: {}{more}{gone}",
            first.join(", ")
        ))
        .code("plan.stale")
        .help("nothing was applied; look at a new `bursar plan`")
        .exit_with(Exit::Stale))
    }
}
