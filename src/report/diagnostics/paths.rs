//! How the paths of a project are shown: as the reader would open them.

use std::path::Path;

/// What stands before the paths of a project's files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Paths {
    prefix: String,
}

impl Paths {
    /// Paths as seen from a folder around the project; from anywhere else they start at the project.
    #[must_use]
    pub fn seen_from(here: Option<&Path>, root: &Path) -> Self {
        let below = here.and_then(|here| root.strip_prefix(here).ok());
        let mut prefix = below.map_or_else(String::new, |path| {
            path.to_string_lossy().replace('\\', "/")
        });
        if !prefix.is_empty() {
            prefix.push('/');
        }
        Self { prefix }
    }

    /// A file's path, as shown.
    #[must_use]
    pub fn show(&self, path: &str) -> String {
        super::super::text::clean(&format!("{}{path}", self.prefix))
    }
}

#[cfg(test)]
mod tests {
    use super::Paths;
    use std::path::Path;

    #[test]
    fn paths_start_where_the_reader_is() {
        let root = Path::new("/repository/estate");
        let shown = |here| Paths::seen_from(Some(Path::new(here)), root).show("a.yaml");
        assert_eq!(shown("/repository"), "estate/a.yaml");
        assert_eq!(shown("/repository/estate"), "a.yaml");
        assert_eq!(shown("/repository/estate/teams"), "a.yaml");
        assert_eq!(shown("/elsewhere"), "a.yaml");
    }
}
