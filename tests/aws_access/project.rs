//! A project that declares a world of AWS.

use crate::aws::world::World;
use crate::declared;

pub type Project<'w> = declared::Project<'w, World>;

impl declared::World for World {
    fn files(&self) -> Vec<(&'static str, String)> {
        self.files()
    }

    fn environment(&self) -> Vec<(&'static str, String)> {
        let mut environment = self.environment();
        environment.push(("AWS_MAX_ATTEMPTS", "2".to_owned()));
        environment
    }

    fn plain(&self, text: &str) -> String {
        let mut text = text
            .replace(&self.payer, "<payer>")
            .replace(&self.tools, "<tools>")
            .replace(&self.organization, "<organization>")
            .replace(&self.bucket, "<bucket>");
        for (number, member) in self.members.iter().enumerate() {
            text = text.replace(member, &format!("<member {}>", number + 1));
        }
        text
    }
}
