//! A project that declares a world of Azure.

use super::world::World;
use crate::declared;

pub type Project<'w> = declared::Project<'w, World>;

impl declared::World for World {
    fn files(&self) -> Vec<(&'static str, String)> {
        self.files()
    }

    fn environment(&self) -> Vec<(&'static str, String)> {
        let mut environment = self.environment();
        environment.push(("NO_COLOR", "1".to_owned()));
        environment
    }

    fn plain(&self, text: &str) -> String {
        self.plain(text)
    }
}
