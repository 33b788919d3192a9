//! Roles: what Azure's own ones allow, as far as the checks need it, and who has which where.

/// An assignment of a role to the application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assigned {
    pub role: Role,
    /// `/` is the root of the tenant.
    pub scope: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Reader,
    CostManagementReader,
    BlobDataReader,
    /// What some guides tell people to assign.
    EventGrid,
    /// Everything but costs, by what it takes out.
    AllButCosts,
}

impl Role {
    pub fn actions(self) -> &'static [&'static str] {
        match self {
            Self::Reader | Self::AllButCosts => &["*/read"],
            Self::CostManagementReader => &[
                "Microsoft.Consumption/*/read",
                "Microsoft.CostManagement/*/read",
                "Microsoft.Resources/subscriptions/read",
                "Microsoft.Resources/subscriptions/resourceGroups/read",
                "Microsoft.Advisor/recommendations/read",
            ],
            Self::BlobDataReader => {
                &["Microsoft.Storage/storageAccounts/blobServices/containers/read"]
            }
            Self::EventGrid => &[
                "Microsoft.Authorization/*/read",
                "Microsoft.EventGrid/eventSubscriptions/read",
                "Microsoft.EventGrid/topicTypes/eventSubscriptions/read",
                "Microsoft.Resources/subscriptions/resourceGroups/read",
            ],
        }
    }

    pub fn not_actions(self) -> &'static [&'static str] {
        match self {
            Self::AllButCosts => &["Microsoft.CostManagement/*"],
            _ => &[],
        }
    }

    pub fn data_actions(self) -> &'static [&'static str] {
        match self {
            Self::BlobDataReader => {
                &["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"]
            }
            _ => &[],
        }
    }
}

/// Whether a scope is at or below another.
pub fn within(scope: &str, of: &str) -> bool {
    let (scope, of) = (scope.to_lowercase(), of.to_lowercase());
    let of = of.trim_end_matches('/');
    scope == of || scope.starts_with(&format!("{of}/"))
}

/// Whether a pattern with stars covers an action.
pub fn covers(pattern: &str, action: &str) -> bool {
    fn from(pattern: &[u8], text: &[u8]) -> bool {
        match (pattern.first(), text.first()) {
            (None, None) => true,
            (Some(b'*'), _) => {
                from(&pattern[1..], text) || (!text.is_empty() && from(pattern, &text[1..]))
            }
            (Some(a), Some(b)) if a.eq_ignore_ascii_case(b) => from(&pattern[1..], &text[1..]),
            _ => false,
        }
    }
    from(pattern.as_bytes(), action.as_bytes())
}
