//! One comment for one thing: found again by its hidden line and by who wrote it, and replaced. A
//! hidden line in what somebody else wrote is text like any other.

use super::CiError;
use super::api::{Comment, Issue, IssueChange, IssueState, MOST_BODY, Reader, Viewer, Writer};
use super::marker::{Kind, Marker};
use crate::credential;

/// What became of a comment or an issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    Created,
    Updated,
    /// It said so already.
    Unchanged,
}

/// A comment or an issue that stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    pub done: Done,
    /// Its page.
    pub url: String,
}

/// An issue that is kept for one thing.
#[derive(Debug, Clone, Copy)]
pub struct Kept<'a> {
    /// Made where it is missing; issues are looked for by it.
    pub label: &'a str,
    pub title: &'a str,
    pub state: IssueState,
}

/// Color of labels that are made: neither red nor green, it says nothing by itself.
const COLOR: &str = "5319e7";

/// The first of these comments that is ours and about this.
#[must_use]
pub fn find<'c>(
    comments: &'c [Comment],
    viewer: &Viewer,
    kind: Kind,
    project: &str,
) -> Option<(&'c Comment, Marker)> {
    let ours = comments
        .iter()
        .filter(|comment| viewer.wrote(&comment.author));
    let mut about = ours.filter_map(|comment| {
        let marker = Marker::parse(&comment.body)?;
        marker.is_about(kind, project).then_some((comment, marker))
    });
    about.next()
}

/// What the hidden lines of a pull request say about a project, by any of its names, of ours only.
///
/// # Errors
/// Where GitHub does not answer or refuses.
pub async fn markers(
    reader: &Reader,
    viewer: &Viewer,
    number: u64,
    names: &[String],
) -> Result<Vec<Marker>, CiError> {
    let comments = reader.comments(number).await?;
    let ours = comments
        .iter()
        .filter(|comment| viewer.wrote(&comment.author));
    let markers = ours.filter_map(|comment| Marker::parse(&comment.body));
    Ok(markers
        .filter(|marker| names.contains(&marker.project))
        .collect())
}

/// What is posted: the hidden line, then the text. Cut at a line where GitHub would not take it.
#[must_use]
pub fn body(marker: &Marker, text: &str) -> String {
    const NOTE: &str = "\n\n**The rest is left out**: GitHub takes no longer texts.";
    let line = marker.line();
    // Here, and not only when it is sent: it is held against what is there.
    let text = &*credential::redact(text);
    let whole = format!("{line}\n{text}");
    // Characters are what GitHub counts; bytes are never fewer.
    if whole.len() <= MOST_BODY {
        return whole;
    }
    let room = MOST_BODY.saturating_sub(line.len() + 1 + NOTE.len());
    let mut at = room.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let start = &text[..at];
    let start = start.rfind('\n').map_or(start, |end| &start[..end]);
    format!("{line}\n{start}{NOTE}")
}

/// Comments on an issue or a pull request, in place of our comment about the same, if there is one.
///
/// # Errors
/// Where GitHub does not answer or refuses.
pub async fn comment(
    reader: &Reader,
    writer: &Writer,
    viewer: &Viewer,
    number: u64,
    marker: &Marker,
    text: &str,
) -> Result<Posted, CiError> {
    let body = body(marker, text);
    let comments = reader.comments(number).await?;
    let posted = |done: Done, comment: &Comment| Posted {
        done,
        url: comment.url.clone(),
    };
    if let Some((known, _)) = find(&comments, viewer, marker.kind, &marker.project) {
        if same(&known.body, &body) {
            return Ok(posted(Done::Unchanged, known));
        }
        let comment = writer.update_comment(known.id, &body).await?;
        return Ok(posted(Done::Updated, &comment));
    }
    match writer.create_comment(number, &body).await {
        Ok(comment) => Ok(posted(Done::Created, &comment)),
        // Nobody knows whether it is there: then it is looked up.
        Err(error @ (CiError::Unreachable { .. } | CiError::Answer { .. })) => {
            let comments = reader.comments(number).await;
            let comments = comments.unwrap_or_default();
            match find(&comments, viewer, marker.kind, &marker.project) {
                Some((there, _)) if same(&there.body, &body) => Ok(posted(Done::Created, there)),
                _ => Err(error),
            }
        }
        Err(error) => Err(error),
    }
}

/// Keeps an issue: opens it, updates it, closes it. None where it is to be closed and there is none, or
/// none that is open.
///
/// # Errors
/// Where GitHub does not answer or refuses.
pub async fn issue(
    reader: &Reader,
    writer: &Writer,
    viewer: &Viewer,
    kept: Kept<'_>,
    marker: &Marker,
    text: &str,
) -> Result<Option<Posted>, CiError> {
    let body = body(marker, text);
    let issues = reader.issues(kept.label, viewer).await?;
    let posted = |done: Done, issue: &Issue| {
        Some(Posted {
            done,
            url: issue.url.clone(),
        })
    };
    if let Some(known) = find_issue(&issues, marker) {
        if kept.state == IssueState::Closed && known.state == IssueState::Closed {
            return Ok(None);
        }
        let state = (known.state != kept.state).then_some(kept.state);
        if state.is_none() && same(&known.body, &body) && known.title == kept.title {
            return Ok(posted(Done::Unchanged, known));
        }
        let change = IssueChange {
            title: Some(kept.title),
            body: Some(&body),
            state,
        };
        let issue = writer.update_issue(known.number, &change).await?;
        return Ok(posted(Done::Updated, &issue));
    }
    if kept.state == IssueState::Closed {
        return Ok(None);
    }
    let description = "Kept up to date by bursar";
    writer.create_label(kept.label, COLOR, description).await?;
    match writer.create_issue(kept.title, &body, kept.label).await {
        Ok(issue) => Ok(posted(Done::Created, &issue)),
        Err(error @ (CiError::Unreachable { .. } | CiError::Answer { .. })) => {
            let issues = reader.issues(kept.label, viewer).await.unwrap_or_default();
            match find_issue(&issues, marker) {
                Some(there) if same(&there.body, &body) => Ok(posted(Done::Created, there)),
                _ => Err(error),
            }
        }
        Err(error) => Err(error),
    }
}

/// The oldest of our issues about the same.
fn find_issue<'i>(issues: &'i [Issue], marker: &Marker) -> Option<&'i Issue> {
    issues.iter().find(|issue| {
        let there = Marker::parse(&issue.body);
        there.is_some_and(|there| there.is_about(marker.kind, &marker.project))
    })
}

/// Whether two texts are the same but for line ends, which forms change, and blanks at the end.
fn same(there: &str, wanted: &str) -> bool {
    let there = there.replace("\r\n", "\n");
    there.trim_end() == wanted.trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ci::api::Author;

    fn author(login: &str, id: u64, bot: bool) -> Author {
        Author {
            login: login.to_owned(),
            id: Some(id),
            bot,
        }
    }

    fn comment(id: u64, author: Author, body: String) -> Comment {
        Comment {
            id,
            body,
            author,
            url: format!("https://github.com/acme/estate/pull/41#issuecomment-{id}"),
        }
    }

    fn ours() -> Author {
        author("github-actions", 41_898_282, true)
    }

    #[test]
    fn only_our_own_oldest_comment_about_the_same_is_found() {
        let viewer = Viewer::named("github-actions[bot]", Some(41_898_282), None);
        let line =
            |kind, project: &str| format!("{}\ntext", Marker::new(kind, project, "0a1b").line());
        let comments = [
            comment(1, author("mallory", 7, false), line(Kind::Plan, "acme")),
            comment(
                2,
                author("github-actions", 8, false),
                line(Kind::Plan, "acme"),
            ),
            comment(3, ours(), format!("Quoting:\n{}", line(Kind::Plan, "acme"))),
            comment(4, ours(), line(Kind::Plan, "other")),
            comment(5, ours(), line(Kind::Apply, "acme")),
            comment(6, ours(), line(Kind::Plan, "acme")),
            comment(7, ours(), line(Kind::Plan, "acme")),
        ];
        let id = |kind, project| find(&comments, &viewer, kind, project).map(|(it, _)| it.id);
        assert_eq!(id(Kind::Plan, "acme"), Some(6));
        assert_eq!(id(Kind::Plan, "other"), Some(4));
        assert_eq!(id(Kind::Apply, "acme"), Some(5));
        assert_eq!(id(Kind::Check, "acme"), None);
    }

    #[test]
    fn a_text_that_github_would_refuse_is_cut_at_a_line() {
        let marker = Marker::new(Kind::Plan, "acme", "0a1b");
        let text = "zwölf Änderungen\n".repeat(6000);
        let cut = body(&marker, &text);
        assert!(cut.len() <= MOST_BODY && cut.len() > MOST_BODY - 100);
        assert!(cut.contains("zwölf Änderungen\n\n**The rest is left out**"));
        assert_eq!(Marker::parse(&cut), Some(marker.clone()));
        assert_eq!(body(&marker, "short"), format!("{}\nshort", marker.line()));
    }

    #[test]
    fn line_ends_make_no_difference() {
        assert!(same("a\r\nb\r\n", "a\nb"));
        assert!(!same("a\nc", "a\nb"));
    }
}
