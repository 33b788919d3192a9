//! `azure.payer.datasets`: do the declared exports hold costs both as billed and spread over their use?

use crate::model::finding::{Badge, Check};
use crate::model::spec::{Dataset, Export};
use crate::provider::answer::Answer;
use crate::provider::local;
use crate::provider::probe::Question;
use crate::provider::subject::What;

pub(super) const CHECK: Check = Check {
    badge: Badge::Cost,
    required: false,
    ..local::api(
        "azure.payer.datasets",
        "Do the payer's exports hold both actual and amortized costs, or FOCUS, which has both?",
        "add an export of the other dataset, or one of FocusCost instead of both",
    )
};

pub(super) fn ask(question: &Question<'_>) -> Option<Answer> {
    let What::Payer { payer, .. } = question.subject.what else {
        return None;
    };
    let datasets: Vec<Dataset> = payer
        .exports
        .values()
        .filter_map(|export| match export {
            Export::CostManagement(export) => Some(export.dataset),
            _ => None,
        })
        .collect();
    let has = |dataset| datasets.contains(&dataset);
    if payer.external || datasets.is_empty() {
        return None;
    }
    Some(if has(Dataset::FocusCost) {
        Answer::pass("an export of FOCUS has both costs")
    } else {
        match (has(Dataset::ActualCost), has(Dataset::AmortizedCost)) {
            (true, true) => Answer::pass("actual and amortized costs are exported"),
            (true, false) => Answer::warn(
                "amortized costs are not exported: reservations and savings plans stand where they were \
                 bought, not where they are used",
            ),
            _ => Answer::warn(
                "actual costs are not exported: what is delivered cannot be held against the invoice",
            ),
        }
    })
}
