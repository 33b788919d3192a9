//! From the path of an error to its value, also where very many errors lead into one map.

use std::collections::HashMap;

use crate::config::yaml::{self, Key, Node};

/// Follows paths, and remembers where the entries of large maps are: as many paths may lead through one.
#[derive(Default)]
pub(super) struct Finder<'n> {
    /// By the address of the map's first entry.
    maps: HashMap<usize, HashMap<&'n str, usize>>,
}

impl<'n> Finder<'n> {
    pub(super) fn find<'t>(
        &mut self,
        tree: &'n Node<'t>,
        path: &[String],
    ) -> Option<yaml::Found<'n, 't>> {
        let mut found = yaml::find(tree, &[])?;
        for step in path {
            if let Some(entries) = found.node.as_mapping() {
                let (key, node) = self.entry(entries, step)?;
                found = yaml::Found {
                    key: Some(key.span),
                    node,
                };
            } else {
                let index = yaml::Segment::Index(step.parse().ok()?);
                found = yaml::find(found.node, &[index])?;
            }
        }
        Some(found)
    }

    pub(super) fn entry<'t>(
        &mut self,
        entries: &'n [(Key<'t>, Node<'t>)],
        name: &str,
    ) -> Option<&'n (Key<'t>, Node<'t>)> {
        const FEW: usize = 64;
        if entries.len() <= FEW {
            return entries.iter().find(|(key, _)| key.text == name);
        }
        let places = self.maps.entry(entries.as_ptr().addr()).or_insert_with(|| {
            let keys = entries.iter().enumerate();
            keys.map(|(at, (key, _))| (&*key.text, at)).collect()
        });
        entries.get(*places.get(name)?)
    }
}
