//! Takes the prerequisites of a good world away again, one by one.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::policies::{BucketPolicy, ROLE, trust};
use super::{Delivery, World, iam};
use crate::aws::billing::exports::Export;
use crate::aws::billing::organization::{MemberState, Organization};
use crate::aws::front::fault::{Fault, Rule};
use crate::aws::web::runtime;

impl World {
    /// The role of an account trusts somebody else.
    pub fn without_trust(&self, account: &str) {
        let other = format!("arn:aws:iam::{}:root", self.payer);
        self.trust(account, &trust(&other, Some(self.setup.external_id)));
    }

    /// The role of an account can be assumed without the external id.
    pub fn external_id_not_enforced(&self, account: &str) {
        self.trust(account, &trust(&self.user(), None));
    }

    /// The role of an account demands another external id.
    pub fn another_external_id(&self, account: &str) {
        self.trust(account, &trust(&self.user(), Some("somebody-else")));
    }

    pub fn trust(&self, account: &str, document: &Value) {
        let document = document.to_string();
        let fields = [("RoleName", ROLE), ("PolicyDocument", &*document)];
        runtime().block_on(iam(&self.root(account), "UpdateAssumeRolePolicy", &fields));
    }

    pub fn without_role(&self, account: &str) {
        let root = self.root(account);
        runtime().block_on(async {
            let fields = [("RoleName", ROLE), ("PolicyName", "read")];
            iam(&root, "DeleteRolePolicy", &fields).await;
            iam(&root, "DeleteRole", &[("RoleName", ROLE)]).await;
        });
    }

    /// The role in the payer may not do this.
    pub fn without_permission(&self, action: &str) {
        self.without_permissions(&self.payer, &[action]);
    }

    /// The role of an account may not do these.
    pub fn without_permissions(&self, account: &str, actions: &[&str]) {
        runtime().block_on(self.put_policy(account, actions));
    }

    /// The key of `ci` is switched off.
    pub fn without_key(&self) {
        let fields = [
            ("UserName", "ci"),
            ("AccessKeyId", &*self.ci.id),
            ("Status", "Inactive"),
        ];
        runtime().block_on(iam(&self.root(&self.tools), "UpdateAccessKey", &fields));
    }

    /// The key of `ci` was made and last used at these moments.
    pub fn key_history(&self, made: Timestamp, used: Option<Timestamp>) {
        let answer = |operation: &str, result: String| {
            let body = format!(
                "<{operation}Response xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><{operation}Result>\
                 {result}</{operation}Result></{operation}Response>"
            );
            let fault = Fault::Exactly(200, "text/xml".to_owned(), body);
            self.front
                .settle(Rule::new(fault).service("iam").operation(operation));
        };
        let id = &self.ci.id;
        let key = format!(
            "<AccessKeyMetadata><member><UserName>ci</UserName><AccessKeyId>{id}</AccessKeyId>\
             <Status>Active</Status><CreateDate>{made:.0}</CreateDate></member></AccessKeyMetadata>\
             <IsTruncated>false</IsTruncated>"
        );
        answer("ListAccessKeys", key);
        let used = match used {
            Some(at) => format!(
                "<LastUsedDate>{at:.0}</LastUsedDate><ServiceName>sts</ServiceName><Region>us-east-1</Region>"
            ),
            None => "<ServiceName>N/A</ServiceName><Region>N/A</Region>".to_owned(),
        };
        let used = format!("<AccessKeyLastUsed>{used}</AccessKeyLastUsed><UserName>ci</UserName>");
        answer("GetAccessKeyLastUsed", used);
    }

    pub fn without_report(&self) {
        let input = json!({"ReportName": Delivery::Hourly.name()});
        runtime()
            .block_on(self.cur("DeleteReportDefinition", &input))
            .ok();
    }

    /// Changes the definition of the report.
    pub fn change_report(&self, change: impl FnOnce(&mut Value)) {
        let mut report = self.report();
        change(&mut report);
        let input = json!({"ReportName": Delivery::Hourly.name(), "ReportDefinition": report});
        runtime()
            .block_on(self.cur("ModifyReportDefinition", &input))
            .ok();
    }

    pub fn without_export(&self, delivery: Delivery) {
        let arn = self.export_arn(delivery);
        self.billing
            .state()
            .exports
            .retain(|export| export.arn != arn);
    }

    /// Changes an export: its definition, its health, when it was refreshed.
    ///
    /// # Panics
    /// If there is none.
    pub fn change_export(&self, delivery: Delivery, change: impl FnOnce(&mut Export)) {
        let mut state = self.billing.state();
        let mut all = state.exports.iter_mut();
        change(
            all.find(|export| export.account == self.payer && export.name() == delivery.name())
                .unwrap(),
        );
    }

    pub(super) fn export_arn(&self, delivery: Delivery) -> String {
        let mut arn = String::new();
        self.change_export(delivery, |export| arn.clone_from(&export.arn));
        arn
    }

    pub fn without_bucket(&self) {
        self.without_objects("");
        runtime().block_on(self.s3("DELETE", "", "")).ok();
    }

    pub fn without_policy(&self) {
        runtime().block_on(self.s3("DELETE", "?policy", "")).ok();
    }

    pub fn bucket_policy(&self, document: &Value) {
        let text = document.to_string();
        runtime().block_on(self.s3("PUT", "?policy", text)).ok();
    }

    /// Another of the right forms.
    pub fn bucket_policy_of(&self, form: BucketPolicy) {
        self.bucket_policy(&form.document(&self.payer, &self.bucket));
    }

    /// Nothing was delivered.
    pub fn without_deliveries(&self, delivery: Delivery) {
        self.without_objects(&format!("{}/{}/", delivery.prefix(), delivery.name()));
    }

    /// The data files that the manifests name are gone.
    pub fn without_data(&self, delivery: Delivery) {
        let folder = format!("{}/{}/", delivery.prefix(), delivery.name());
        runtime().block_on(async {
            for key in self.keys(&folder).await {
                if !key.ends_with("-Manifest.json") {
                    self.delete(&key).await;
                }
            }
        });
    }

    /// Deletes the objects whose keys begin so.
    pub fn without_objects(&self, prefix: &str) {
        runtime().block_on(async {
            for key in self.keys(prefix).await {
                self.delete(&key).await;
            }
        });
    }

    /// Everything was delivered at this moment for the last time.
    pub fn delivered_at(&self, at: Timestamp) {
        self.front.dated(&self.bucket, "", at);
        self.change_report(|report| {
            report["ReportStatus"]["lastDelivery"] =
                at.strftime("%Y%m%dT%H%M%SZ").to_string().into();
        });
        for delivery in [Delivery::Cur2, Delivery::Focus] {
            self.change_export(delivery, |export| export.delivered(at));
        }
    }

    /// An account is no longer what it was.
    pub fn member_state(&self, account: &str, state: MemberState) {
        self.change_organization(|organization| organization.member(account).state = state);
    }

    /// An account left the organization.
    pub fn member_left(&self, account: &str) {
        self.change_organization(|organization| {
            organization.members.retain(|member| member.id != account);
        });
    }

    /// The payer is a member only: another account manages the organization.
    pub fn managed_by(&self, account: &str) {
        self.change_organization(|organization| account.clone_into(&mut organization.master));
    }

    /// There is no organization.
    pub fn without_organization(&self) {
        self.billing.state().organizations.clear();
    }

    /// # Panics
    /// If there is none.
    pub fn change_organization(&self, change: impl FnOnce(&mut Organization)) {
        change(&mut self.billing.state().organizations[0]);
    }

    /// The payer never opted in to recommendations, and has no support plan.
    pub fn without_recommendations(&self) {
        let mut state = self.billing.state();
        state.hub.enrolled.clear();
        state.optimizer.enrolled.clear();
        state.support.subscribed.clear();
    }
}
