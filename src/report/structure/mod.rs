//! The financial structure as people and machines read it.

mod coverage;
mod graph;
mod imported;
mod imported_document;
mod tree;
mod who;

pub use coverage::{
    Document as CoverageDocument, document as coverage_document, render as coverage,
};
pub use graph::{Drawn, dot, mermaid, mermaid_around};
pub use imported::{Imported, Ours, address, render as imported};
pub use imported_document::{Document as ImportedDocument, document as imported_document};
pub use tree::{Document as TreeDocument, Shown, document as tree_document, money, render as tree};
pub use who::{Documents as WhoDocuments, Line, csv, documents as who_documents, render as who};
