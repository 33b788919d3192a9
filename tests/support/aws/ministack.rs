//! ministack: STS, IAM, S3 and CUR that check signatures, external ids and policies.
//!
//! It holds many accounts side by side: a key of twelve digits is the root user of that account,
//! with any secret. Where it differs from AWS (1.5.33): what an IAM action without a name of a role,
//! user or policy in its parameters applies to is `*` (so `iam:SimulatePrincipalPolicy` and
//! `iam:GetAccessKeyLastUsed` must be allowed on `*`). The front makes up for the rest: keys were
//! never used; regions of buckets and of global services are not enforced;
//! `DescribeReportDefinitions` has one page; simulations look at one resource and no context.

use std::sync::OnceLock;

use super::program::{Program, Recipe, ask};
use crate::tools;

/// The secret of every root key.
pub const ROOT_SECRET: &str = "test";

/// The account of requests that name none.
pub const ACCOUNT: &str = "123456789012";

pub struct Ministack {
    program: Program,
}

impl Ministack {
    /// A Python with boto3 and botocore's models, the one that ministack runs in.
    pub fn python() -> std::path::PathBuf {
        tools::pip("ministack", "1.5.33", &["boto3==1.43.106"])
    }

    /// # Panics
    /// If it does not start.
    pub fn start() -> Self {
        let python = Self::python();
        let environment = |port: u16| {
            vec![
                ("AUTH", "true".to_owned()),
                ("AWS_ACCESS_KEY_ID", "test".to_owned()),
                ("AWS_SECRET_ACCESS_KEY", ROOT_SECRET.to_owned()),
                ("MINISTACK_ACCOUNT_ID", ACCOUNT.to_owned()),
                ("BIND_HOST", "127.0.0.1".to_owned()),
                ("GATEWAY_PORT", port.to_string()),
            ]
        };
        let program = Program::start(&Recipe {
            name: "ministack",
            python: &python,
            module: "ministack",
            arguments: &|_| Vec::new(),
            environment: &environment,
            health: "/_ministack/health",
        });
        Self { program }
    }

    /// The one of this process: tests that stay in accounts of their own share it.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Ministack> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.program.id()
    }

    pub fn url(&self) -> String {
        self.program.url()
    }

    /// The end of its log, and where the rest is.
    pub fn last_words(&self) -> String {
        self.program.last_words()
    }

    /// Forgets everything, of every account.
    pub fn reset(&self) {
        let answer = ask(self.program.port, "POST", "/_ministack/reset");
        assert!(matches!(answer, Some((200, _))), "{answer:?}");
    }
}
