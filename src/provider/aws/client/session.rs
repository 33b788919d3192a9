//! A session: credentials that AWS knows, who they are, and the services reached with them.

use aws_config::{Region, SdkConfig};

use super::{Partition, Principal, Traffic};

/// Somebody who is signed in. Cheap to share; made once for all questions that need it.
#[derive(Debug)]
pub struct Session {
    /// The ARN that AWS knows this session by.
    pub arn: String,
    pub account: String,
    pub principal: Principal,
    pub partition: Partition,
    /// The role that was assumed, as it was asked for: with its path, that a session's ARN lacks.
    pub role_arn: Option<String>,
    pub(super) config: SdkConfig,
    pub(super) traffic: Traffic,
}

/// Makes a client of a service: `client!(self, aws_sdk_iam, region)`.
macro_rules! client {
    ($session:expr, $service:ident, $region:expr) => {{
        let config = $service::config::Builder::from(&$session.config)
            .region(Region::new($region.to_owned()))
            .interceptor($session.traffic.clone())
            .build();
        $service::Client::from_conf(config)
    }};
}

impl Session {
    /// STS in the region that the session was made in.
    pub(super) fn sts(&self) -> aws_sdk_sts::Client {
        let home = self
            .config
            .region()
            .map_or(self.partition.global(), AsRef::as_ref);
        client!(self, aws_sdk_sts, home)
    }

    pub(super) fn iam(&self) -> aws_sdk_iam::Client {
        client!(self, aws_sdk_iam, self.partition.global())
    }

    pub(super) fn organizations(&self) -> aws_sdk_organizations::Client {
        client!(self, aws_sdk_organizations, self.partition.organizations())
    }

    pub(super) fn cost_reports(&self, region: &str) -> aws_sdk_costandusagereport::Client {
        client!(self, aws_sdk_costandusagereport, region)
    }

    pub(super) fn data_exports(&self, region: &str) -> aws_sdk_bcmdataexports::Client {
        client!(self, aws_sdk_bcmdataexports, region)
    }

    pub(super) fn compute_optimizer(&self) -> aws_sdk_computeoptimizer::Client {
        client!(self, aws_sdk_computeoptimizer, self.partition.global())
    }

    pub(super) fn cost_optimization_hub(&self) -> aws_sdk_costoptimizationhub::Client {
        client!(self, aws_sdk_costoptimizationhub, self.partition.global())
    }

    pub(super) fn support(&self) -> aws_sdk_support::Client {
        client!(self, aws_sdk_support, self.partition.global())
    }

    /// S3 in a bucket's region. Own endpoints serve buckets by path: their names are in no DNS.
    pub(super) fn s3(&self, region: &str) -> aws_sdk_s3::Client {
        let own = self.config.endpoint_url().is_some()
            || crate::env::get(crate::env::AWS_ENDPOINT_URL_S3).is_some();
        self.s3_client(region, own)
    }

    /// S3 with the bucket's name in the path, as asking for its region wants it: the name of a
    /// bucket's host is bound to the region that is not known yet.
    pub(super) fn s3_by_path(&self, region: &str) -> aws_sdk_s3::Client {
        self.s3_client(region, true)
    }

    fn s3_client(&self, region: &str, by_path: bool) -> aws_sdk_s3::Client {
        let config = aws_sdk_s3::config::Builder::from(&self.config)
            .region(Region::new(region.to_owned()))
            .force_path_style(by_path)
            .interceptor(self.traffic.clone())
            .build();
        aws_sdk_s3::Client::from_conf(config)
    }
}
