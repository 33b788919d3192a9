//! moto: a second opinion on organizations.
//!
//! Where its organizations differ from AWS (5.2.5): `ListAccounts` pages by 100 instead of 20 where
//! nobody asks for less; a closed account is `SUSPENDED` in `State` too (AWS: `PENDING_CLOSURE`, then
//! `CLOSED`), and no other state can be had; accounts and units have no `Paths`; a member that lists
//! gets an empty list (AWS: `AccessDeniedException`); a bad token is `InvalidToken` (AWS:
//! `InvalidInputException`). Permissions are not checked.

use super::program::{Program, Recipe, ask};
use crate::tools;

pub struct Moto {
    program: Program,
}

impl Moto {
    /// # Panics
    /// If it does not start.
    pub fn start() -> Self {
        // Not `moto[server]`: that brings 180 MB for services that nobody asks here.
        let python = tools::pip("moto", "5.2.5", &["flask==3.1.3", "flask-cors==6.0.5"]);
        let program = Program::start(&Recipe {
            name: "moto",
            python: &python,
            module: "moto.server",
            arguments: &|port| {
                ["-H", "127.0.0.1", "-p", &port.to_string()]
                    .map(str::to_owned)
                    .to_vec()
            },
            environment: &|_| Vec::new(),
            health: "/moto-api/data.json",
        });
        Self { program }
    }

    pub fn url(&self) -> String {
        self.program.url()
    }

    /// Forgets everything.
    pub fn reset(&self) {
        let answer = ask(self.program.port, "POST", "/moto-api/reset");
        assert!(matches!(answer, Some((200, _))), "{answer:?}");
    }
}
