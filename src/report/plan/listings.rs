//! How the accounts that providers list differ from the declared ones: a line for each organization
//! where they do.

use std::fmt::Write;

use crate::access::Board;
use crate::import::{Compared, Survey};
use crate::model::address::Address;
use crate::model::finding::Status;
use crate::provider::{self, Unlisted};
use crate::report::{Look, style, text};

/// As many accounts that left are named.
const NAMED: usize = 3;

/// The lines, with a blank line above them; nothing where nothing differs.
#[must_use]
pub fn render(compared: &[Compared], board: &Board, look: Look) -> String {
    let mut out = String::new();
    // Several organizations may fail for one reason.
    let mut troubles: Vec<(Vec<&str>, String)> = Vec::new();
    for one in compared {
        let cloud = provider::name(one.provider);
        let why = match &one.outcome {
            Ok(survey) if survey.matches() => continue,
            Ok(survey) => {
                out += &line(&one.organization, &differs(survey, one, cloud), look);
                continue;
            }
            Err(Unlisted::Nothing(_)) => continue,
            Err(Unlisted::Unsigned { credential, .. }) if is_told(credential, board) => {
                format!("`{credential}` cannot sign in")
            }
            Err(Unlisted::Unsigned { answer, .. } | Unlisted::Trouble(answer)) => {
                answer.message.clone()
            }
        };
        let why = format!("not compared with the accounts in {cloud}: {why}");
        match troubles.iter_mut().find(|(_, same)| *same == why) {
            Some((names, _)) => names.push(&one.organization),
            None => troubles.push((vec![&one.organization], why)),
        }
    }
    for (names, why) in &troubles {
        let names = format!("{}:", text::clean(&names.join(", ")));
        let width = names.chars().count() + 1;
        let first = format!("{} ", look.paint(style::BOLD, &names));
        out += &text::wrap(&text::clean(why), look.width, &first, width, "      ");
    }
    if out.is_empty() {
        out
    } else {
        format!("\n{out}")
    }
}

/// Whether a finding says already why a credential cannot sign in.
fn is_told(credential: &str, board: &Board) -> bool {
    let findings = board.of(&Address::credential(credential));
    findings
        .iter()
        .any(|finding| matches!(finding.status, Status::Fail | Status::Unknown))
}

/// One line, however long: it ends with a command to copy.
fn line(names: &str, said: &str, look: Look) -> String {
    let names = look.paint(style::BOLD, format!("{}:", text::clean(names)));
    format!("{names} {}\n", text::clean(said))
}

fn differs(survey: &Survey, compared: &Compared, cloud: &str) -> String {
    let mut said = format!("{} in {cloud}; ", accounts(survey.accounts));
    let (all, inactive) = (survey.undeclared.len(), survey.inactive());
    let mut parts = Vec::new();
    if all > 0 {
        let verb = if all == 1 { "is" } else { "are" };
        let closed = match inactive {
            0 => String::new(),
            1 if all == 1 => " (closed or suspended)".to_owned(),
            some if some == all => " (all of them closed or suspended)".to_owned(),
            some => format!(" ({} of them closed or suspended)", text::thousands(some)),
        };
        parts.push(format!(
            "{} {verb} not declared{closed}",
            text::thousands(all)
        ));
    }
    let left = survey.left.len();
    if left > 0 {
        let verb = if left == 1 { "has" } else { "have" };
        let noun = if left == 1 { "account" } else { "accounts" };
        let mut part = format!("{} declared {noun} {verb} left", text::thousands(left));
        if left <= NAMED {
            let ids: Vec<_> = survey.left.iter().map(|address| address.last()).collect();
            let _ = write!(part, " ({})", ids.join(", "));
        }
        parts.push(part);
    }
    said += &parts.join(", ");
    if all > inactive {
        let _ = write!(said, ": `bursar import {}`", compared.organization);
    }
    said
}

/// A number of accounts.
#[must_use]
pub fn accounts(count: usize) -> String {
    let noun = if count == 1 { "account" } else { "accounts" };
    format!("{} {noun}", text::thousands(count))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::Undeclared;
    use crate::model::provider::Provider;
    use crate::provider::{Answer, Listed, State};

    fn compared(organization: &str, outcome: Result<Survey, Unlisted>) -> Compared {
        Compared {
            organization: organization.to_owned(),
            provider: Provider::Aws,
            outcome,
        }
    }

    fn survey(active: usize, closed: usize, left: usize) -> Survey {
        let one = |number: usize| Undeclared {
            account: Listed {
                id: format!("{number:012}"),
                name: "Shop".to_owned(),
                state: if number < active {
                    State::Active
                } else {
                    State::Closed
                },
                closed: None,
                units: None,
                account_type: None,
                within: None,
            },
            units: None,
            payer: None,
            tags: None,
        };
        Survey {
            accounts: 2000,
            undeclared: (0..active + closed).map(one).collect(),
            left: (0..left)
                .map(|n| Address::account(Provider::Aws, &format!("9{n:011}")))
                .collect(),
            ..Survey::default()
        }
    }

    fn said(active: usize, closed: usize, left: usize) -> String {
        let survey = survey(active, closed, left);
        render(
            &[compared("acme-core", Ok(survey))],
            &Board::default(),
            Look::PLAIN,
        )
    }

    #[test]
    fn what_differs_is_one_line() {
        assert_eq!(
            said(9, 3, 1),
            "\nacme-core: 2,000 accounts in AWS; 12 are not declared (3 of them closed or suspended), 1 declared account \
             has left (900000000000): `bursar import acme-core`\n"
        );
        assert_eq!(
            said(1, 0, 0),
            "\nacme-core: 2,000 accounts in AWS; 1 is not declared: `bursar import acme-core`\n"
        );
        assert_eq!(
            said(0, 2, 0),
            "\nacme-core: 2,000 accounts in AWS; 2 are not declared (all of them closed or suspended)\n"
        );
        assert_eq!(
            said(0, 1, 4),
            "\nacme-core: 2,000 accounts in AWS; 1 is not declared (closed or suspended), 4 declared accounts have left\n"
        );
        assert_eq!(said(0, 0, 0), "");
    }

    #[test]
    fn one_reason_is_one_line_and_what_nobody_must_do_none() {
        let trouble = |why: &str| Err(Unlisted::from(Answer::unknown(why)));
        let unsigned = || {
            Err(Unlisted::Unsigned {
                credential: "ci".to_owned(),
                answer: Box::new(Answer::skipped("`ci` cannot sign in: the network failed")),
            })
        };
        let all = [
            compared("a", unsigned()),
            compared("b", trouble("AWS is throttling these calls")),
            compared("c", unsigned()),
            compared("d", Err(Unlisted::Nothing("somebody else's".to_owned()))),
        ];
        let look = Look {
            width: 120,
            ..Look::PLAIN
        };
        let mut board = Board::default();
        assert_eq!(
            render(&all, &board, look),
            "\na, c: not compared with the accounts in AWS: `ci` cannot sign in: the network failed\n\
             b: not compared with the accounts in AWS: AWS is throttling these calls\n"
        );
        // What a finding tells is not told twice.
        let check = provider::checks()[0];
        let at = "2026-11-21T12:00:00Z".to_owned();
        let finding = Answer::unknown("cannot sign in: the network failed");
        board.add([finding.into_finding(check, &Address::credential("ci"), at)]);
        assert_eq!(
            render(&all[..1], &board, look),
            "\na: not compared with the accounts in AWS: `ci` cannot sign in\n"
        );
    }
}
