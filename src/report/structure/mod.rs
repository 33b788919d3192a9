//! The financial structure as people and machines read it.

mod coverage;
mod graph;
mod imported;
mod tree;
mod who;

pub use coverage::{
    Document as CoverageDocument, document as coverage_document, render as coverage,
};
pub use graph::{Drawn, dot, mermaid};
pub use imported::{
    Document as ImportedDocument, Imported, document as imported_document, render as imported,
};
pub use tree::{Document as TreeDocument, Shown, document as tree_document, render as tree};
pub use who::{Documents as WhoDocuments, Line, csv, documents as who_documents, render as who};
