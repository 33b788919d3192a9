//! A project that declares a world of Google Cloud.

use crate::declared;
use crate::google::world::World;

pub type Project<'w> = declared::Project<'w, World>;
pub type Checked<'w> = declared::Checked<'w, World>;

impl declared::World for World {
    fn files(&self) -> Vec<(&'static str, String)> {
        self.files()
    }

    fn environment(&self) -> Vec<(&'static str, String)> {
        let mut environment = self.environment();
        environment.push(("BURSAR_CALL_TRIES", "2".to_owned()));
        environment
    }

    fn plain(&self, text: &str) -> String {
        text.to_owned()
    }
}
