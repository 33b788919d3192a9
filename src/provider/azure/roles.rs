//! Roles that bursar tells people to assign: their names and ids, which are the same in every tenant
//! (<https://learn.microsoft.com/azure/role-based-access-control/built-in-roles>), and the command that
//! assigns them.

/// A role of Azure RBAC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Role {
    pub name: &'static str,
    pub id: &'static str,
}

pub const COST_MANAGEMENT_READER: Role = Role {
    name: "Cost Management Reader",
    id: "72fafb9e-0641-4937-9268-a91bfd8191a3",
};

pub const READER: Role = Role {
    name: "Reader",
    id: "acdd72a7-3385-48ef-bd42-f606fba81ae7",
};

pub const BLOB_DATA_READER: Role = Role {
    name: "Storage Blob Data Reader",
    id: "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
};

/// A role of a billing account, which RBAC knows nothing of
/// (<https://learn.microsoft.com/azure/cost-management-billing/manage/assign-roles-azure-service-principals>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BillingRole {
    pub name: &'static str,
    pub id: &'static str,
}

/// Of an Enterprise Agreement.
pub const ENROLLMENT_READER: BillingRole = BillingRole {
    name: "EnrollmentReader",
    id: "24f8edb6-1668-4659-b5e2-40bb5f3a7d7e",
};

/// Of a billing profile under a Microsoft Customer Agreement.
pub const BILLING_PROFILE_READER: BillingRole = BillingRole {
    name: "Billing profile reader",
    id: "40000000-aaaa-bbbb-cccc-100000000002",
};

impl Role {
    /// `Reader (acdd72a7-…)`.
    #[must_use]
    pub fn named(self) -> String {
        format!("{} ({})", self.name, self.id)
    }

    /// The command that assigns it to a service principal or managed identity, by its object id.
    #[must_use]
    pub fn assign(self, object_id: &str, scope: &str) -> String {
        format!(
            "az role assignment create --assignee-object-id {object_id} \
             --assignee-principal-type ServicePrincipal --role {} --scope \"{scope}\"",
            self.id
        )
    }
}

impl BillingRole {
    #[must_use]
    pub fn named(self) -> String {
        format!("{} ({})", self.name, self.id)
    }

    /// The command that assigns it, at an enrolment (`/providers/…/billingAccounts/8608480`) or a
    /// billing profile. An enrolment's owner chooses the assignment's own id: any GUID.
    #[must_use]
    pub fn assign(self, object_id: &str, tenant: &str, scope: &str) -> String {
        let body = serde_json::json!({
            "principalId": object_id,
            "principalTenantId": tenant,
            "roleDefinitionId": format!("{scope}/billingRoleDefinitions/{}", self.id),
        });
        let url = format!("https://management.azure.com{scope}");
        if self == ENROLLMENT_READER {
            format!(
                "az rest --method put --url \"{url}/billingRoleAssignments/$(uuidgen)\
                 ?api-version=2019-10-01-preview\" --body '{{\"properties\":{body}}}'"
            )
        } else {
            format!(
                "az rest --method post --url \"{url}/createBillingRoleAssignment\
                 ?api-version=2024-04-01\" --body '{body}'"
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OBJECT: &str = "5f3f7c4a-0000-4000-8000-00000000000b";
    const TENANT: &str = "0e1b2a3c-4d5e-4f60-8a7b-9c0d1e2f3a4b";

    #[test]
    fn commands_can_be_pasted() {
        assert_eq!(
            READER.assign(OBJECT, "/subscriptions/x"),
            format!(
                "az role assignment create --assignee-object-id {OBJECT} --assignee-principal-type \
                 ServicePrincipal --role acdd72a7-3385-48ef-bd42-f606fba81ae7 --scope \
                 \"/subscriptions/x\""
            )
        );
        let scope = "/providers/Microsoft.Billing/billingAccounts/8608480";
        let line = ENROLLMENT_READER.assign(OBJECT, TENANT, scope);
        let (_, body) = line.split_once("--body '").unwrap();
        let body: serde_json::Value = serde_json::from_str(body.trim_end_matches('\'')).unwrap();
        assert_eq!(body["properties"]["principalId"], OBJECT);
        assert_eq!(
            body["properties"]["roleDefinitionId"],
            format!("{scope}/billingRoleDefinitions/{}", ENROLLMENT_READER.id)
        );
        let line = BILLING_PROFILE_READER.assign(OBJECT, TENANT, scope);
        let (_, body) = line.split_once("--body '").unwrap();
        let body: serde_json::Value = serde_json::from_str(body.trim_end_matches('\'')).unwrap();
        assert_eq!(body["principalTenantId"], TENANT);
    }
}
