//! The base of a branch: what a plan would be without what the branch declares. Tells its own changes
//! from those that waited or had drifted before. Reads nothing: what was declared then is an argument.

use std::collections::HashSet;

use crate::config::project::Project;
use crate::engine::Refusal;
use crate::engine::change::{Change, Plan, Summary};
use crate::engine::desired::Desired;
use crate::model::address::Address;
use crate::model::hash::ContentHash;
use crate::model::selector::Selector;
use crate::model::settings::Guard;
use crate::state::{Snapshot, StateError};

use super::{Drift, Observed, Planned, Request, planned};

/// Code of a removal that nobody asked for but by being behind.
pub const BEHIND: &str = "removal.behind";

/// What a branch began from.
#[derive(Debug)]
pub struct Base {
    /// The branch it is held against, as it was named.
    pub reference: String,
    /// The full id of the commit that both have.
    pub commit: String,
    /// How many commits of the reference this branch lacks.
    pub behind: usize,
    pub declared: Declared,
    /// What a reader of the marks should know.
    pub notes: Vec<String>,
}

/// What was declared at a base.
#[derive(Debug)]
pub enum Declared {
    /// What is declared now: the same files.
    Same,
    /// There was no project.
    Nothing,
    /// What is wrong with it counts as not declared.
    Otherwise(Box<Project>),
}

/// Whose the changes of a plan are. Beside the plan, never part of its digest.
#[derive(Debug, Clone, Default)]
pub struct Marks {
    /// The branch that it was held against, as it was named.
    pub reference: String,
    /// The full id of the commit that this branch began from.
    pub commit: String,
    /// How many commits of the reference this branch lacks.
    pub behind: usize,
    /// Changes that this branch makes.
    pub own: HashSet<ContentHash>,
    /// Changes that an apply of the base would make too: they waited, or were made on the platform.
    pub before: HashSet<ContentHash>,
    /// What an apply of the base would change, and one of this branch leaves as it is; sorted.
    pub taken_back: Vec<Address>,
    /// What an apply of the base would do, and one of this branch does not, or not so.
    pub gone: Vec<Change>,
    /// The messages of refusals that an apply of the base would meet too.
    refused: HashSet<String>,
}

/// What an apply of the base would do, as far as marks need it.
#[derive(Default)]
struct Before {
    changes: Vec<Change>,
    refused: HashSet<String>,
}

impl Base {
    /// Compares a sound project with a state, as [`super::plan`] does, and beside it what was declared at
    /// the base: with the same state, the same listing of the platform and the same request.
    ///
    /// # Errors
    /// Where records that differ could not be read from the state.
    pub fn plan(
        self,
        project: Project,
        snapshot: &Snapshot,
        observed: Option<&Observed>,
        last_guard: Option<Guard>,
        request: &Request,
    ) -> Result<(Planned, Marks), StateError> {
        let head = |project| super::plan(project, snapshot, observed, last_guard, request);
        let (mut planned, before) = match self.declared {
            Declared::Same => (head(project)?, None),
            Declared::Nothing => (head(project)?, Some(Before::default())),
            Declared::Otherwise(base) => std::thread::scope(|scope| {
                let before = scope.spawn(|| {
                    let planned = planned(
                        *base,
                        snapshot,
                        observed,
                        last_guard,
                        request,
                        Drift::Untold,
                    )?;
                    Ok::<_, StateError>(Before::of(planned.plan))
                });
                let planned = head(project)?;
                match before.join() {
                    Ok(before) => Ok::<_, StateError>((planned, Some(before?))),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            })?,
        };
        let mut marks = Marks {
            reference: self.reference,
            commit: self.commit,
            behind: self.behind,
            ..Marks::default()
        };
        match before {
            Some(before) => marks.compare(&planned.plan, before),
            None => marks.take_all(&planned.plan),
        }
        planned.plan.notes.extend(self.notes);
        Ok((planned, marks))
    }
}

impl Before {
    fn of(plan: Plan) -> Self {
        let refusals = plan.refusals.into_iter();
        Self {
            changes: plan.changes,
            refused: refusals.map(|refusal| refusal.message).collect(),
        }
    }
}

impl Marks {
    /// Where the base declares the same: nothing is this branch's own.
    fn take_all(&mut self, plan: &Plan) {
        self.before = plan.changes.iter().map(|change| change.digest).collect();
        let refusals = plan.refusals.iter();
        self.refused = refusals.map(|refusal| refusal.message.clone()).collect();
    }

    fn compare(&mut self, plan: &Plan, before: Before) {
        let then: HashSet<ContentHash> = before.changes.iter().map(|one| one.digest).collect();
        let digests = plan.changes.iter().map(|change| change.digest);
        (self.before, self.own) = digests.partition(|digest| then.contains(digest));
        let changes = plan.changes.iter().map(|change| &change.address);
        let refused = plan.refusals.iter().filter_map(|one| one.address.as_ref());
        let spoken_of: HashSet<&Address> = changes.chain(refused).collect();
        let mut gone = before.changes;
        gone.retain(|change| !self.before.contains(&change.digest));
        let back = gone.iter().map(|change| &change.address);
        let back = back.filter(|address| !spoken_of.contains(address));
        self.taken_back = back.cloned().collect();
        self.taken_back.sort_unstable();
        self.gone = gone;
        let refusals = plan.refusals.iter().map(|refusal| &refusal.message);
        let too = refusals.filter(|message| before.refused.contains(*message));
        self.refused = too.cloned().collect();
    }

    /// Whether this branch makes a change.
    #[must_use]
    pub fn is_own(&self, change: &Change) -> bool {
        !self.before.contains(&change.digest)
    }

    /// Whether an apply of the base would be refused for this too.
    #[must_use]
    pub fn was_refused(&self, refusal: &Refusal) -> bool {
        refusal.code == BEHIND || self.refused.contains(&refusal.message)
    }

    /// How many changes of each action this branch makes, and how many it does not.
    #[must_use]
    pub fn summaries(&self, plan: &Plan) -> (Summary, Summary) {
        let of = |own: bool| {
            let changes = plan.changes.iter();
            Summary::of(changes.filter(|change| self.is_own(change) == own))
        };
        (of(true), of(false))
    }

    /// Whether removals are refused that may come from commits which this branch lacks: worth a look
    /// at what those declare.
    #[must_use]
    pub fn may_lack(&self, plan: &Plan) -> bool {
        self.behind > 0 && plan.refusals.iter().any(|refusal| self.by_absence(refusal))
    }

    /// Says of refused removals that nobody meant them: `tip` declares what this branch does not have
    /// yet.
    pub fn tell_lacking(&self, planned: &mut Planned, tip: &Project) {
        let select = tip.settings().select.as_ref();
        let select = select.and_then(|globs| Selector::new(globs).ok());
        let declared = Desired::of(&tip.estate, select.as_ref());
        for refusal in &mut planned.plan.refusals {
            let Some(address) = &refusal.address else {
                continue;
            };
            if self.by_absence(refusal) && declared.get(address.as_str()).is_some() {
                refusal.code = BEHIND;
                refusal.message =
                    format!("{address} is registered, and declared in commits that are not here");
                refusal.help = self.catch_up();
            }
        }
    }

    /// What to do about being behind.
    #[must_use]
    pub fn catch_up(&self) -> String {
        format!(
            "this branch lacks {} of {}, which declare it: merge {} or rebase; nothing needs to be \
             said in `removed:`",
            super::refusals::commits(self.behind),
            self.reference,
            self.reference,
        )
    }

    fn by_absence(&self, refusal: &Refusal) -> bool {
        matches!(refusal.code, "removal.unasked" | "removal.protected")
            && self.refused.contains(&refusal.message)
    }
}
