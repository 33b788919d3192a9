//! A project that declares a world of OCI.

use crate::declared;
use crate::oci::world::World;

pub type Project<'w> = declared::Project<'w, World>;
pub type Checked<'w> = declared::Checked<'w, World>;

impl declared::World for World {
    fn files(&self) -> Vec<(&'static str, String)> {
        self.files()
    }

    fn environment(&self) -> Vec<(&'static str, String)> {
        self.environment()
    }

    fn plain(&self, text: &str) -> String {
        use crate::oci::world::{CHILD, FINGERPRINT, KEEPER, SHOP, TENANCY, USER, WEB};
        [
            (KEEPER, "<keeper>"),
            (TENANCY, "<tenancy>"),
            (USER, "<user>"),
            (CHILD, "<child>"),
            (SHOP, "<shop>"),
            (WEB, "<web>"),
            (FINGERPRINT, "<fingerprint>"),
        ]
        .iter()
        .fold(text.to_owned(), |text, (id, name)| text.replace(id, name))
    }
}

impl Checked<'_> {
    /// What a check says to paste, with the group that it does not know.
    pub fn paste(&self, check: &str) -> String {
        let finding = self
            .findings
            .iter()
            .find(|one| one["check"] == check && one["paste"] != "");
        let finding = finding.unwrap_or_else(|| panic!("{check} has nothing to paste"));
        let paste = finding["paste"].as_str().unwrap();
        paste.replace("GROUP", "cost-readers")
    }
}
