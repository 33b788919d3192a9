//! Planning: puts the readers together. A project is read, the state is loaded beside it, the
//! platform is listed, and the engine compares. Nothing here can write.

pub mod base;
mod narrow;
mod origin;
mod refusals;
mod trust;

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use crate::config::project::{self, Project, Surroundings};
use crate::engine::change::{Change, Plan};
use crate::engine::compare::{self, Options};
use crate::engine::desired::{Desired, present_address};
use crate::engine::wanted::{Known, Wanted};
use crate::engine::{drift, guard, order};
use crate::model::hash::ContentHash;
use crate::model::record::{Action, Provenance, Record};
use crate::model::selector::Selector;
use crate::model::settings::{Guard, Settings};
use crate::model::time::Month;
use crate::platform::{Document, Listing};
use crate::state::{Binding, Snapshot, StateError};

use narrow::{NO_TARGET, idle, narrow};

pub use origin::{Lines, Origin};
pub use refusals::{FLAG, refusals};
pub use trust::{Proposal, Proposed};

/// Name of the state's folder in a project.
pub const STATE_FOLDER: &str = ".bursar";

/// What a plan is asked for.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Only these addresses, and what they need to be created first.
    pub target: Option<Selector>,
    pub allow_delete: bool,
    pub override_guard: bool,
    /// Closed months may change from this one on.
    pub restate: Option<Month>,
}

/// A plan with what it was made from.
pub struct Planned {
    pub project: Project,
    pub desired: Desired,
    pub plan: Plan,
    /// The stricter of the file's guard and the last apply's.
    pub guard: Guard,
    /// Where the platform's document stands, where it is one.
    pub document: Option<Document>,
    /// What is declared and has no place on the platform, in a few words each.
    pub not_carried: Vec<String>,
    /// What a deletion destroys here, in words.
    destroys: &'static str,
}

/// What a platform has, as a plan needs it.
pub struct Observed {
    pub listing: Listing,
    /// What a deletion destroys there, in words.
    pub destroys: &'static str,
}

impl Planned {
    /// Keeps only the drift, as changes that write it back.
    pub fn drift_only(&mut self) {
        let drift = std::mem::take(&mut self.plan.drift);
        // Nothing is compared that could be refused; what is asked for must be there all the same.
        self.plan
            .refusals
            .retain(|refusal| refusal.code == NO_TARGET);
        self.plan.refreshes.clear();
        self.plan.changes = drift
            .into_iter()
            .map(|drift| repair(drift, &self.desired))
            .collect();
        order::sort(&mut self.plan.changes);
        self.plan.seal();
    }
}

/// The change that writes a drifted resource back.
fn repair(drift: crate::engine::change::Drift, desired: &Desired) -> Change {
    let resource = desired.get(drift.address.as_str());
    let mut change = Change {
        action: if drift.missing {
            Action::Create
        } else {
            Action::Update
        },
        from: None,
        fields: if drift.missing {
            Vec::new()
        } else {
            drift.fields
        },
        spec: Some(drift.spec),
        protect: drift.record.protect,
        before: Some(drift.record),
        digest: ContentHash::default(),
        source: resource.map(|resource| resource.source),
        reason: None,
        follows: 0,
        used_by: 0,
        blocked: None,
        address: drift.address,
    };
    change.digest = change.hash();
    change
}

/// The state folder of a project.
#[must_use]
pub fn state_folder(root: &Path) -> PathBuf {
    root.join(STATE_FOLDER)
}

/// What the state of a project must be bound to.
#[must_use]
pub fn binding(settings: &Settings, platform: &str) -> Binding {
    Binding {
        project: settings.project.clone(),
        platform: platform.to_owned(),
    }
}

/// Reads a project and loads its state side by side.
pub fn read<S: Send>(
    root: &Path,
    surroundings: &Surroundings,
    state: impl FnOnce() -> S + Send,
) -> (Project, S) {
    // A thread of its own: a state that waits for a network would keep a core from the files.
    std::thread::scope(|scope| {
        let state = scope.spawn(state);
        let project = project::load(root, surroundings);
        match state.join() {
            Ok(state) => (project, state),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// Compares a sound project with a state.
///
/// # Errors
/// Where records that differ could not be read from the state.
pub fn plan(
    project: Project,
    snapshot: &Snapshot,
    observed: Option<&Observed>,
    last_guard: Option<Guard>,
    request: &Request,
) -> Result<Planned, StateError> {
    planned(
        project,
        snapshot,
        observed,
        last_guard,
        request,
        Drift::Told,
    )
}

/// Whether a plan says what drifted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Drift {
    Told,
    Untold,
}

fn planned(
    project: Project,
    snapshot: &Snapshot,
    observed: Option<&Observed>,
    last_guard: Option<Guard>,
    request: &Request,
    drift: Drift,
) -> Result<Planned, StateError> {
    let settings = project.settings();
    let select = settings
        .select
        .as_ref()
        .and_then(|globs| Selector::new(globs).ok());
    let desired = Desired::of(&project.estate, select.as_ref());
    let index = index(snapshot);
    let wanted = Wanted::of(&desired, &index);
    let places = wanted.records();
    let records: HashMap<usize, Record> = places
        .iter()
        .copied()
        .zip(snapshot.fetch_at(&places)?)
        .collect();
    let thresholds =
        last_guard.map_or(settings.guard, |last| guard::stricter(settings.guard, last));
    let destroys = observed.map_or(
        "its entry in the register goes; its history stays",
        |observed| observed.destroys,
    );
    let options = Options {
        allow_delete: request.allow_delete,
        // A narrowed plan is judged by what it keeps.
        override_guard: request.override_guard,
        guard: thresholds,
        closed_through: settings.structure.closed_through,
        restate: request.restate,
        destroys,
    };
    let specs = observed.map(|observed| {
        let found = observed.listing.found.iter();
        found
            .map(|(address, found)| (address.clone(), found.spec.clone()))
            .collect()
    });
    let mut plan = compare::compare(
        &desired,
        &index,
        &wanted,
        &records,
        specs.as_ref(),
        &options,
    );
    if let (Some(observed), Drift::Told) = (&specs, drift) {
        let unchanged: Vec<usize> = unchanged(&desired, snapshot, &wanted);
        plan.drift = drift::find(&desired, &snapshot.fetch_at(&unchanged)?, observed);
    }
    if let Some(target) = &request.target {
        narrow(&mut plan, target);
        let known = desired.resources.iter().map(|known| known.address.as_str());
        let known = known.chain(index.iter().map(|known| known.address));
        if let Some(glob) = target.idle(known.clone()) {
            plan.refusals.push(idle(glob, known));
        }
    }
    Ok(Planned {
        project,
        desired,
        plan,
        guard: thresholds,
        document: observed.and_then(|observed| observed.listing.document.clone()),
        not_carried: Vec::new(),
        destroys,
    })
}

/// Compares what a sound project declares with what it declared before: no state, no consent, no
/// guard. What was protected or closed then is shown all the same.
#[must_use]
pub fn since(before: &Project, project: Project) -> Planned {
    let settings = project.settings();
    let select = settings
        .select
        .as_ref()
        .and_then(|globs| Selector::new(globs).ok());
    let desired = Desired::of(&project.estate, select.as_ref());
    let former = Desired::of(&before.estate, select.as_ref()).resources;
    let index: Vec<Known<'_>> = former
        .iter()
        .map(|resource| Known {
            address: resource.address.as_str(),
            spec_hash: resource.hash,
            protect: resource.protect,
        })
        .collect();
    let wanted = Wanted::of(&desired, &index);
    let record = |at: usize| {
        let resource = former.get(at)?;
        let stays = desired.get(resource.address.as_str()).is_some()
            || present_address(&resource.address, &desired.renames).is_some();
        let record = Record {
            address: resource.address.clone(),
            spec: resource.spec.clone(),
            platform: BTreeMap::new(),
            protect: resource.protect && stays,
            provenance: Provenance::default(),
        };
        Some((at, record))
    };
    let records = wanted.records().into_iter().filter_map(record).collect();
    let options = Options {
        allow_delete: true,
        override_guard: true,
        guard: settings.guard,
        closed_through: None,
        restate: None,
        destroys: "",
    };
    let plan = compare::compare(&desired, &index, &wanted, &records, None, &options);
    Planned {
        destroys: "",
        document: None,
        not_carried: Vec::new(),
        guard: settings.guard,
        desired,
        plan,
        project,
    }
}

fn index(snapshot: &Snapshot) -> Vec<Known<'_>> {
    snapshot
        .index()
        .map(|entry| Known {
            address: entry.address,
            spec_hash: entry.spec_hash,
            protect: entry.protect,
        })
        .collect()
}

/// Index entries that are declared as they are recorded.
fn unchanged(desired: &Desired, snapshot: &Snapshot, wanted: &Wanted) -> Vec<usize> {
    let touched: std::collections::HashSet<usize> = wanted.records().into_iter().collect();
    (0..snapshot.len())
        .filter(|at| !touched.contains(at))
        .filter(|at| {
            snapshot
                .at(*at)
                .is_some_and(|entry| desired.get(entry.address).is_some())
        })
        .collect()
}

/// The changes of a plan that a saved or expected one does not have.
#[must_use]
pub fn unexpected<'p>(
    plan: &'p Plan,
    expected: &std::collections::HashSet<crate::model::hash::ContentHash>,
) -> Vec<&'p Change> {
    plan.changes
        .iter()
        .filter(|change| !expected.contains(&change.digest))
        .collect()
}
