//! What a list of permissions allows, as Azure reads it: each entry by itself, its `notActions` taken
//! out of its own `actions` only, wildcards anywhere, no difference between capitals and small letters
//! (<https://learn.microsoft.com/azure/role-based-access-control/role-definitions>). Deny assignments
//! are not part of such a list.

/// The permissions that one role gives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Permission {
    pub actions: Vec<String>,
    pub not_actions: Vec<String>,
    pub data_actions: Vec<String>,
    pub not_data_actions: Vec<String>,
}

/// An operation of the management plane, or one on data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Control(&'static str),
    Data(&'static str),
}

impl Action {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Control(name) | Self::Data(name) => name,
        }
    }
}

/// Whether any of the permissions allows an action. Roles add up: what one leaves out another may give.
#[must_use]
pub fn allowed(permissions: &[Permission], action: Action) -> bool {
    permissions.iter().any(|one| {
        let (given, taken) = match action {
            Action::Control(_) => (&one.actions, &one.not_actions),
            Action::Data(_) => (&one.data_actions, &one.not_data_actions),
        };
        let covers = |patterns: &[String]| {
            patterns
                .iter()
                .any(|pattern| matches(pattern, action.name()))
        };
        covers(given) && !covers(taken)
    })
}

/// Whether a pattern covers a name: `*` stands for any text, also across slashes.
fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.to_ascii_lowercase(), name.to_ascii_lowercase());
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXPORTS: &str = "Microsoft.CostManagement/exports/read";

    fn role(actions: &[&str], not: &[&str]) -> Permission {
        let own = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Permission {
            actions: own(actions),
            not_actions: own(not),
            ..Permission::default()
        }
    }

    #[test]
    fn wildcards_stand_for_any_text() {
        for pattern in [
            "*",
            "*/read",
            "Microsoft.CostManagement/*/read",
            "microsoft.costmanagement/EXPORTS/*",
            "Microsoft.CostManagement/exports/read",
            "Microsoft.*/exports/*",
            "**",
        ] {
            assert!(matches(pattern, EXPORTS), "{pattern}");
        }
        for pattern in [
            "",
            "*/write",
            "Microsoft.CostManagement/exports",
            "Microsoft.CostManagement/exports/read/action",
            "Microsoft.Consumption/*/read",
            "read",
            "*/exports/*/read",
        ] {
            assert!(!matches(pattern, EXPORTS), "{pattern}");
        }
    }

    #[test]
    fn parts_of_a_pattern_never_overlap() {
        assert!(!matches("ab*b", "ab"));
        assert!(matches("ab*b", "abb"));
        assert!(!matches("a*bc*c", "abc"));
        assert!(matches("a*b*c", "abc"));
    }

    #[test]
    fn what_is_taken_out_of_one_role_another_may_give() {
        let reader = role(&["*/read"], &["Microsoft.CostManagement/*"]);
        let action = Action::Control(EXPORTS);
        assert!(!allowed(std::slice::from_ref(&reader), action));
        let costs = role(&["Microsoft.CostManagement/*/read"], &[]);
        assert!(allowed(&[reader, costs], action));
        assert!(!allowed(&[], action));
    }

    #[test]
    fn data_is_not_read_with_the_right_to_manage_it() {
        let blob =
            Action::Data("Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read");
        assert!(!allowed(&[role(&["*"], &[])], blob));
        let data = Permission {
            data_actions: vec![
                "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read".to_owned(),
            ],
            ..Permission::default()
        };
        assert!(allowed(std::slice::from_ref(&data), blob));
        let but = Permission {
            not_data_actions: vec!["*/blobs/read".to_owned()],
            ..data
        };
        assert!(!allowed(&[but], blob));
    }
}
