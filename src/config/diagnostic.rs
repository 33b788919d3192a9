//! Diagnostics: problems with their spans, in file order, ready to be read.

use std::borrow::Cow;
use std::collections::HashMap;

use super::problem::{At, FileId, Problem, Severity, Step};
use super::rules;
use super::source::Sources;
use super::yaml::{self, Limits, Node, Segment, Span};

/// A problem with its place in the text. A problem of the project as a whole has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable code, for `bursar explain`.
    pub code: &'static str,
    pub severity: Severity,
    pub place: Option<(FileId, Span)>,
    pub message: String,
    /// A few words under the marked text.
    pub label: Option<String>,
    /// What to do.
    pub help: String,
    /// Other places that belong to it, each with a few words.
    pub related: Vec<((FileId, Span), String)>,
}

impl Diagnostic {
    /// A problem of the project as a whole.
    #[must_use]
    pub fn of_project(
        code: &'static str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self {
            code,
            severity: Severity::Error,
            place: None,
            message: message.into(),
            label: None,
            help: help.into(),
            related: Vec::new(),
        }
        .masked()
    }

    /// Names and values of the files stand in sentences too: no secret among them.
    fn masked(mut self) -> Self {
        self.mask();
        self
    }

    fn mask(&mut self) {
        let notes = self.related.iter_mut().map(|(_, note)| note);
        let texts = [&mut self.message, &mut self.help].into_iter();
        for text in texts.chain(&mut self.label).chain(notes) {
            if let Cow::Owned(masked) = rules::mask_sure(text) {
                *text = masked;
            }
        }
    }

    /// A problem that the reader found in a file.
    #[must_use]
    pub fn of_reader(file: FileId, problem: yaml::Problem) -> Self {
        Self {
            code: problem.code,
            severity: Severity::Error,
            place: Some((file, problem.span)),
            message: problem.message,
            label: problem.label,
            help: problem.help,
            related: problem
                .related
                .into_iter()
                .map(|(span, note)| ((file, span), note))
                .collect(),
        }
        .masked()
    }

    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Sorts by file and place, drops what is said twice, and masks what looks like a secret.
pub fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.iter_mut().for_each(Diagnostic::mask);
    diagnostics.sort_by(|a, b| {
        let order = |d: &Diagnostic| {
            (
                d.place.map(|(file, span)| (file, span.start, span.end)),
                d.severity,
                d.code,
            )
        };
        order(a)
            .cmp(&order(b))
            .then_with(|| a.message.cmp(&b.message))
    });
    diagnostics.dedup();
    // The schema and the scanner may both see one secret: it is said once.
    diagnostics.dedup_by(|b, a| {
        let overlap = match (a.place, b.place) {
            (Some((file, first)), Some((other, second))) => {
                file == other && second.start < first.end
            }
            _ => false,
        };
        overlap && a.code == "secret.literal" && b.code == a.code
    });
}

/// Finds the spans of problems: parses each file that has one, once.
#[must_use]
pub fn locate(problems: Vec<Problem>, sources: &Sources) -> Vec<Diagnostic> {
    let mut places = Places::new(sources);
    let mut diagnostics = Vec::with_capacity(problems.len());
    for problem in problems {
        let diagnostic = Diagnostic {
            code: problem.code,
            severity: problem.severity,
            place: Some((problem.at.file, places.span(&problem.at))),
            message: problem.message,
            label: problem.label,
            help: problem.help,
            related: problem
                .related
                .into_iter()
                .map(|(at, note)| ((at.file, places.span(&at)), note))
                .collect(),
        };
        diagnostics.push(diagnostic.masked());
    }
    diagnostics
}

/// Leads from paths to spans; keeps the trees of the files it was asked about.
pub struct Places<'s> {
    sources: &'s Sources,
    trees: HashMap<FileId, Option<Indexed<'s>>>,
}

/// A file's tree, with the positions of the entries of the sections that were asked about: a section
/// may have very many entries, and as many problems.
struct Indexed<'s> {
    tree: Node<'s>,
    sections: HashMap<Box<str>, HashMap<Box<str>, usize>>,
}

impl<'s> Places<'s> {
    #[must_use]
    pub fn new(sources: &'s Sources) -> Self {
        Self {
            sources,
            trees: HashMap::new(),
        }
    }

    /// The span of a place, or of the nearest one around it that exists.
    pub fn span(&mut self, at: &At) -> Span {
        if let Some(span) = at.span {
            return span;
        }
        let sources = self.sources;
        let indexed = self.trees.entry(at.file).or_insert_with(|| {
            let tree = yaml::parse(sources.text(at.file), &Limits::default());
            tree.ok().flatten().map(|tree| Indexed {
                tree,
                sections: HashMap::new(),
            })
        });
        let Some(indexed) = indexed else {
            return Span::default();
        };
        let (found, steps) = indexed.walk(&at.path);
        let whole = steps == at.path.len() && !at.on_key;
        // A large value is named by its key: marking pages of text helps nobody.
        let short = found.node.as_scalar().is_some() || found.key.is_none();
        if whole && short {
            found.node.span
        } else {
            found.entry_span()
        }
    }
}

impl<'s> Indexed<'s> {
    /// Follows a path as far as it leads, and says how many steps that is.
    fn walk(&mut self, path: &[Step]) -> (yaml::Found<'_, 's>, usize) {
        let Self { tree, sections } = self;
        let mut found = yaml::Found {
            key: None,
            node: &*tree,
        };
        for (depth, step) in path.iter().enumerate() {
            let next = match (depth, &path[0], step) {
                (1, Step::Key(section), Step::Key(name)) => {
                    let entries = found.node.as_mapping().unwrap_or_default();
                    let positions = sections.entry(section.clone()).or_insert_with(|| {
                        let place = |(at, (key, _)): (usize, &(yaml::Key<'_>, Node<'_>))| {
                            (Box::from(&*key.text), at)
                        };
                        entries.iter().enumerate().map(place).collect()
                    });
                    let entry = positions.get(name).and_then(|at| entries.get(*at));
                    entry.map(|(key, node)| yaml::Found {
                        key: Some(key.span),
                        node,
                    })
                }
                _ => yaml::find(found.node, &[segment(step)]),
            };
            match next {
                Some(next) => found = next,
                None => return (found, depth),
            }
        }
        (found, path.len())
    }
}

fn segment(step: &Step) -> Segment<'_> {
    match step {
        Step::Key(key) => Segment::Key(key),
        Step::Index(index) => Segment::Index(*index),
    }
}
