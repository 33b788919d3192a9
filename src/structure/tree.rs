//! The tree of cost centres.

use std::collections::HashMap;

use crate::config::declaration::Table;
use crate::model::spec::{CostCenter, Manager};
use crate::model::time::Month;

/// All cost centres, each below its parent of one month.
#[derive(Debug)]
pub struct Tree<'a> {
    pub nodes: Vec<Node<'a>>,
    /// Those without a parent, by code.
    pub roots: Vec<usize>,
    places: HashMap<&'a str, usize>,
}

/// One cost centre.
#[derive(Debug)]
pub struct Node<'a> {
    pub code: &'a str,
    pub center: &'a CostCenter,
    pub parent: Option<usize>,
    /// By code.
    pub children: Vec<usize>,
}

impl<'a> Tree<'a> {
    /// The tree of a month. A parent that is not declared counts as none; the rules speak about that.
    #[must_use]
    pub fn of(table: &'a Table<CostCenter>, month: Month) -> Self {
        let mut nodes: Vec<Node<'a>> = table
            .iter()
            .map(|entry| Node {
                code: &entry.key,
                center: &entry.value,
                parent: None,
                children: Vec::new(),
            })
            .collect();
        let mut places: HashMap<&str, usize> = HashMap::new();
        for (at, node) in nodes.iter().enumerate() {
            places.insert(node.code, at);
            for former in &node.center.previously {
                places.entry(former).or_insert(at);
            }
        }
        let mut roots = Vec::new();
        for at in 0..nodes.len() {
            let parents = nodes[at].center.parent.as_ref();
            let parent = parents.and_then(|parents| parents.at(month));
            match parent.and_then(|parent| places.get(parent).copied()) {
                Some(parent) if parent != at => {
                    nodes[at].parent = Some(parent);
                    nodes[parent].children.push(at);
                }
                _ => roots.push(at),
            }
        }
        Self {
            nodes,
            roots,
            places,
        }
    }

    /// The place of a cost centre, also by a code that it had before.
    #[must_use]
    pub fn place(&self, code: &str) -> Option<usize> {
        self.places.get(code).copied()
    }

    #[must_use]
    pub fn get(&self, code: &str) -> Option<&Node<'a>> {
        self.place(code).map(|at| &self.nodes[at])
    }

    /// A cost centre and all above it, from it to the root.
    pub fn upwards(&self, at: usize) -> impl Iterator<Item = &Node<'a>> {
        let mut next = Some(at);
        // No more steps than nodes, whatever the parents say.
        (0..self.nodes.len()).map_while(move |_| {
            let node = &self.nodes[next?];
            next = node.parent;
            Some(node)
        })
    }

    /// Who answers for a cost centre, and the one that names them: itself, or one above.
    #[must_use]
    pub fn manager(&self, at: usize) -> Option<(&'a Manager, &'a str)> {
        self.upwards(at)
            .find_map(|node| Some((node.center.manager.as_ref()?, node.code)))
    }

    /// All cost centres with their depth, each before its children, by code.
    #[must_use]
    pub fn walk(&self) -> Vec<(usize, usize)> {
        let mut walked = Vec::with_capacity(self.nodes.len());
        let mut open: Vec<(usize, usize)> = self.roots.iter().rev().map(|at| (*at, 0)).collect();
        while let Some((at, depth)) = open.pop() {
            walked.push((at, depth));
            let children = self.nodes[at].children.iter().rev();
            open.extend(children.map(|child| (*child, depth + 1)));
        }
        walked
    }
}

/// Whether costs may fall on a cost centre in a month.
#[must_use]
pub fn lives(center: &CostCenter, month: Month) -> bool {
    center.from.is_none_or(|from| from <= month) && center.to.is_none_or(|to| month <= to)
}
