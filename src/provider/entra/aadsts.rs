//! Entra's error codes (`AADSTS…`): what each means, and what to do. A table and nothing else.
//!
//! Microsoft lists them at
//! <https://learn.microsoft.com/entra/identity-platform/reference-error-codes> and says that they may
//! change: an unknown code is no fault. Where [`Meaning::documented`] is false that page does not name
//! the code; its meaning is then the one in Entra's own message, as people quote it.

/// What kind of cause a refusal has: who can do something about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The secret or certificate of the application is wrong or has expired.
    Secret,
    /// The application is unknown in the tenant, disabled, or of another kind.
    Application,
    /// The tenant is unknown, in another cloud, or shut.
    Tenant,
    /// Nobody agreed that the application may do this.
    Consent,
    /// A person must sign in again: MFA, Conditional Access, a device.
    Interaction,
    /// The person's account may not sign in.
    Account,
    /// The refresh token or authorization code is no longer good.
    Grant,
    /// The signed or federated token that stands for a secret is not accepted.
    Assertion,
    /// The address that the browser is sent back to is not registered.
    Redirect,
    /// What the token is for is unknown in the tenant.
    Resource,
    /// The request itself is malformed.
    Request,
    /// Too many requests.
    Throttled,
    /// Entra failed; asking again may well be answered.
    Passing,
}

impl Cause {
    /// Whether asking again later may well be answered: says nothing about access.
    #[must_use]
    pub const fn passes(self) -> bool {
        matches!(self, Self::Throttled | Self::Passing)
    }

    /// What happened, where no code says it better: a clause.
    #[must_use]
    pub const fn means(self) -> &'static str {
        match self {
            Self::Secret => "Entra does not accept the application's secret",
            Self::Application => "the application may not sign in this way",
            Self::Tenant => "Entra does not know this tenant",
            Self::Consent => "consent is missing",
            Self::Interaction => "a person must sign in again",
            Self::Account => "this account may not sign in",
            Self::Grant => "the refresh token or authorization code is no longer good",
            Self::Assertion => "Entra does not accept the signed token that stands for a secret",
            Self::Redirect => "the redirect address is not one of the application's",
            Self::Resource => "what the token is for is unknown in this tenant",
            Self::Request => "Entra refused the request",
            Self::Throttled => "Entra is throttling these requests",
            Self::Passing => "Entra failed for now",
        }
    }

    /// What to do, where no code says it better.
    #[must_use]
    pub const fn what_to_do(self) -> &'static str {
        match self {
            Self::Secret => NEW_SECRET,
            Self::Application => APPLICATION,
            Self::Tenant => TENANT,
            Self::Consent => CONSENT,
            Self::Interaction => SIGN_IN,
            Self::Account => ACCOUNT,
            Self::Grant => ANEW,
            Self::Assertion => ASSERTION,
            Self::Redirect => REDIRECT,
            Self::Resource => RESOURCE,
            Self::Request => LOOK_UP,
            Self::Throttled => WAIT,
            Self::Passing => AGAIN,
        }
    }
}

/// What a code means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meaning {
    /// The digits behind `AADSTS`.
    pub code: u32,
    pub cause: Cause,
    /// What happened: a clause that can stand behind "cannot sign in: ".
    pub means: &'static str,
    /// What to do: an imperative.
    pub what_to_do: &'static str,
    /// Whether Microsoft's list names the code.
    pub documented: bool,
}

const NEW_SECRET: &str = "make a new client secret in Entra (App registrations, the application, \
                          Certificates & secrets), and put its value where the reference points; the \
                          value is shown only once, and is not the secret's id";
const APPLICATION: &str = "compare the application (client) id and the tenant with the application's \
                           Overview in Entra, App registrations";
const TENANT: &str = "correct `tenant_id`: Entra's Overview shows the tenant's id; tenants of sovereign \
                      clouds need their own authority (`AZURE_AUTHORITY_HOST`)";
const CONSENT: &str = "have an administrator grant consent: Entra, App registrations, the application, \
                       API permissions, Grant admin consent";
const SIGN_IN: &str = "a person has to sign in again with multifactor authentication; for a partner's \
                       refresh token run `bursar login partner CREDENTIAL`";
const ACCOUNT: &str = "sign in as another user of the tenant, or have an administrator look at this one \
                       in Entra, Users";
const ANEW: &str = "get a new one: `bursar login partner CREDENTIAL`";
const ASSERTION: &str = "compare certificate or federated credential with what the application has in \
                         Entra, Certificates & secrets";
const REDIRECT: &str = "add the address to the application in Entra: Authentication, platform Web, \
                        Redirect URIs; `http://localhost` there holds for every port";
const RESOURCE: &str = "see that the service is there in this tenant (Entra, Enterprise applications, \
                        all applications) and that the tenant is the right one";
const LOOK_UP: &str =
    "see what Entra says about the code at https://login.microsoftonline.com/error";
const WAIT: &str = "wait some minutes, then ask again";
const AGAIN: &str = "ask again in some minutes";

/// A row of the table.
const fn row(code: u32, cause: Cause, means: &'static str, what_to_do: &'static str) -> Meaning {
    Meaning {
        code,
        cause,
        means,
        what_to_do,
        documented: true,
    }
}

/// A row that Microsoft's list does not have.
const fn seen(code: u32, cause: Cause, means: &'static str, what_to_do: &'static str) -> Meaning {
    Meaning {
        documented: false,
        ..row(code, cause, means, what_to_do)
    }
}

/// What a code means; none where bursar does not know it.
#[must_use]
pub fn meaning(code: u32) -> Option<&'static Meaning> {
    let at = TABLE.binary_search_by_key(&code, |row| row.code).ok()?;
    TABLE.get(at)
}

use Cause as C;

/// All codes that bursar knows, sorted.
#[rustfmt::skip]
pub const TABLE: &[Meaning] = &[
    row(16_000, C::Account, "this account is not in the tenant", ACCOUNT),
    row(50_000, C::Passing, "Entra could not issue a token", AGAIN),
    row(50_001, C::Resource, "what the token is for is disabled or does not exist", RESOURCE),
    row(50_002, C::Tenant, "a restriction on the tenant forbids the sign-in", "have an administrator look at the tenant restrictions"),
    row(50_011, C::Redirect, "the redirect address is not one of the application's", REDIRECT),
    row(50_012, C::Assertion, "the certificate, or what it signed, is not accepted", "upload the certificate that is used to the application in Entra, Certificates & secrets"),
    row(50_013, C::Assertion, "the assertion is expired, malformed or from the wrong issuer", ASSERTION),
    row(50_020, C::Account, "this account is not in the tenant", "sign in as a user of the partner's own tenant, in a private window so that no other account is taken"),
    row(50_027, C::Assertion, "the signed token is malformed or outside its time", "see that the clock of this machine is right, then have the token made anew"),
    row(50_033, C::Passing, "Entra failed for now", AGAIN),
    row(50_034, C::Account, "this account is not in the tenant", ACCOUNT),
    row(50_049, C::Tenant, "Entra does not know this authority", "correct `AZURE_AUTHORITY_HOST`"),
    row(50_053, C::Account, "the account is locked, or the network it comes from is blocked", "see the sign-in log in Entra for which of both it is"),
    row(50_055, C::Account, "the user's password has expired", "have the user set a new password, then sign in again"),
    row(50_057, C::Account, "the user's account is disabled", "enable the account in Entra, or sign in as another user"),
    row(50_058, C::Interaction, "nobody is signed in", SIGN_IN),
    row(50_072, C::Interaction, "the user has to register for multifactor authentication first", "have the user register at https://aka.ms/mfasetup, then sign in again"),
    row(50_074, C::Interaction, "multifactor authentication was not passed", SIGN_IN),
    row(50_076, C::Interaction, "multifactor authentication is demanded, and this sign-in had none", SIGN_IN),
    row(50_078, C::Interaction, "the multifactor authentication is too long ago", SIGN_IN),
    row(50_079, C::Interaction, "the user has to register for multifactor authentication first", "have the user register at https://aka.ms/mfasetup, then sign in again"),
    row(50_087, C::Passing, "multifactor authentication failed for now", AGAIN),
    row(50_088, C::Throttled, "too many calls for multifactor authentication by telephone", WAIT),
    row(50_089, C::Grant, "the sign-in has expired or was revoked", ANEW),
    row(50_097, C::Interaction, "Conditional Access demands a known device", "sign in from a device that the policy accepts, or have an administrator except the application's user"),
    row(50_105, C::Account, "the user is not assigned to the application", "assign the user in Entra: Enterprise applications, the application, Users and groups"),
    row(50_126, C::Account, "user name or password is wrong", "sign in again with the right ones"),
    row(50_131, C::Interaction, "Conditional Access refused", "see the sign-in log in Entra for the policy, and have an administrator adapt it"),
    row(50_132, C::Grant, "the password was changed or has expired since the sign-in", ANEW),
    row(50_133, C::Grant, "the password was changed or has expired since the sign-in", ANEW),
    row(50_147, C::Request, "the code challenge (PKCE) has a wrong size", LOOK_UP),
    row(50_158, C::Interaction, "a further challenge outside of Entra was not passed", SIGN_IN),
    row(50_173, C::Grant, "the refresh token was revoked, as after a change of the password", ANEW),
    row(50_194, C::Tenant, "the application is of one tenant, and was asked for under none", TENANT),
    row(50_196, C::Throttled, "the same request came too often", WAIT),
    row(51_004, C::Account, "this account is not in the tenant", ACCOUNT),
    row(53_000, C::Interaction, "Conditional Access demands a compliant device", "sign in from a device that the policy accepts, or have an administrator except this"),
    row(53_001, C::Interaction, "Conditional Access demands a device of the domain", "sign in from a device that the policy accepts, or have an administrator except this"),
    row(53_003, C::Interaction, "Conditional Access blocks this sign-in", "see the sign-in log in Entra for the policy; an administrator can except the application, its user or the network it comes from"),
    row(53_004, C::Interaction, "the user has to register for multifactor authentication first", "have the user register at https://aka.ms/mfasetup, then sign in again"),
    row(53_011, C::Account, "the user is blocked for risk", "have an administrator look at the user's risk in Entra, Identity Protection"),
    row(54_005, C::Grant, "the authorization code was already redeemed", ANEW),
    row(65_001, C::Consent, "nobody has consented to the application yet", CONSENT),
    row(65_002, C::Application, "this is one of Microsoft's own applications, which nobody else may use", "register an application of your own, and use its id"),
    row(65_004, C::Consent, "the user declined to consent", "sign in again and accept, or have an administrator grant consent"),
    row(65_005, C::Consent, "the application does not list this permission", "add the permission in Entra: App registrations, the application, API permissions; then grant admin consent"),
    row(70_000, C::Grant, "the refresh token is not one of Entra's, or was cut off", "store the whole refresh token, or get a new one: `bursar login partner CREDENTIAL`"),
    row(70_001, C::Application, "the application is disabled, or not in this tenant", APPLICATION),
    row(70_002, C::Secret, "the application's secret is wrong", NEW_SECRET),
    row(70_003, C::Request, "Entra does not know this kind of grant", LOOK_UP),
    row(70_008, C::Grant, "the refresh token or authorization code has expired", ANEW),
    row(70_011, C::Resource, "Entra does not accept the scope", LOOK_UP),
    row(70_043, C::Grant, "Conditional Access ended the sign-in: its frequency has passed", "sign in again, or have an administrator except this user from the sign-in frequency"),
    row(90_002, C::Tenant, "there is no such tenant", TENANT),
    row(90_006, C::Passing, "Entra is unavailable for now", AGAIN),
    row(90_012, C::Passing, "Entra took too long", AGAIN),
    row(90_013, C::Request, "Entra does not accept an input", LOOK_UP),
    row(90_014, C::Request, "the request lacks a field", LOOK_UP),
    row(90_019, C::Tenant, "Entra cannot tell the tenant", TENANT),
    row(90_023, C::Request, "Entra does not accept the request", LOOK_UP),
    row(90_024, C::Passing, "Entra failed for now", AGAIN),
    row(90_033, C::Passing, "Entra's directory is unavailable for now", AGAIN),
    row(90_038, C::Tenant, "the tenant belongs to another cloud", "set `AZURE_AUTHORITY_HOST` to the authority of that cloud"),
    row(90_055, C::Throttled, "too many requests for this tenant", WAIT),
    row(90_072, C::Account, "this account is of another tenant", ACCOUNT),
    row(90_090, C::Passing, "Entra is unavailable for now", AGAIN),
    row(90_094, C::Consent, "an administrator has to consent", CONSENT),
    row(90_095, C::Consent, "an administrator has to consent", CONSENT),
    row(90_099, C::Consent, "the application is not authorised in the customer's tenant", "consent to it there in advance through Partner Center"),
    row(500_011, C::Resource, "the service that the token is for is not in this tenant", RESOURCE),
    row(500_021, C::Tenant, "the network's tenant restrictions forbid this tenant", "have an administrator of the network add the tenant, or run bursar elsewhere"),
    row(500_133, C::Assertion, "the assertion is outside its time", "see that the clock of this machine is right, then have the token made anew"),
    row(501_481, C::Grant, "the code belongs to another sign-in (PKCE)", ANEW),
    row(530_032, C::Interaction, "a security policy of the tenant blocks this sign-in", "have an administrator look at the tenant's security policies"),
    row(530_035, C::Interaction, "the security defaults block this sign-in", "have an administrator look at the tenant's security defaults"),
    row(650_052, C::Consent, "the tenant has not subscribed to this service", RESOURCE),
    row(650_056, C::Consent, "the application lists no permission for this, or an administrator has not consented", "add the permission in Entra: App registrations, the application, API permissions; then grant admin consent"),
    row(650_057, C::Consent, "the application does not list this permission", "add the permission in Entra: App registrations, the application, API permissions; then grant admin consent"),
    seen(700_003, C::Grant, "the device that the user signed in on is no longer in the tenant", ANEW),
    row(700_005, C::Grant, "the code was made for another tenant", "sign in again in the tenant of `tenant_id`"),
    row(700_011, C::Application, "there is no such application in this tenant", APPLICATION),
    row(700_016, C::Application, "there is no such application in this tenant", APPLICATION),
    seen(700_024, C::Assertion, "the assertion is outside its time", "see that the clock of this machine is right, then have the runner make the token just before bursar runs"),
    row(700_025, C::Application, "the application is a public client, which has no secret", "make it a web application in Entra: Authentication, platform Web; and set `Allow public client flows` to no"),
    row(700_027, C::Assertion, "the signature of the assertion is not accepted", "upload the certificate that is used to the application in Entra, Certificates & secrets"),
    row(700_030, C::Assertion, "the subject of the certificate is not authorised", ASSERTION),
    row(700_082, C::Grant, "the refresh token was not used for 90 days", ANEW),
    row(700_084, C::Grant, "the refresh token is one of a single page app, and has ended", "make the redirect address one of the platform Web in Entra, not of a single page app; then sign in again"),
    seen(700_211, C::Assertion, "no federated credential has the issuer of this token", ASSERTION),
    seen(700_212, C::Assertion, "no federated credential has the audience of this token", ASSERTION),
    seen(700_213, C::Assertion, "no federated credential has the subject of this token", ASSERTION),
    seen(900_023, C::Tenant, "the tenant is neither an id nor a domain", TENANT),
    row(900_144, C::Request, "the request lacks a parameter", LOOK_UP),
    row(900_382, C::Tenant, "the tenant belongs to another cloud", "set `AZURE_AUTHORITY_HOST` to the authority of that cloud"),
    row(900_384, C::Assertion, "the signature of the assertion is not accepted", ASSERTION),
    row(900_971, C::Redirect, "there is no redirect address", REDIRECT),
    row(7_000_112, C::Application, "the application is disabled", "enable it in Entra: Enterprise applications, the application, Properties"),
    row(7_000_215, C::Secret, "the application's secret is wrong", NEW_SECRET),
    row(7_000_218, C::Secret, "the application has to sign in with a secret, and none was sent", NEW_SECRET),
    row(7_000_222, C::Secret, "the application's secret has expired", NEW_SECRET),
    seen(7_000_229, C::Application, "the application has no service principal in this tenant", "have an administrator make one: `az ad sp create --id CLIENT_ID`, or grant consent to the application"),
    row(9_001_023, C::Tenant, "this needs a tenant of its own, not `common`", TENANT),
    row(9_002_313, C::Request, "the request is malformed: most often a token or code that was cut off", "store the whole token again, or get a new one: `bursar login partner CREDENTIAL`"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_worded_alike() {
        assert!(TABLE.is_sorted_by(|a, b| a.code < b.code));
        for row in TABLE {
            for text in [row.means, row.what_to_do] {
                assert!(!text.is_empty() && !text.ends_with('.'), "{}", row.code);
                assert!(!text.contains("  ") && !text.contains('\n'), "{}", row.code);
            }
            let first = row.means.chars().next().unwrap();
            assert!(
                first.is_lowercase()
                    || row.means.starts_with("Entra")
                    || row.means.starts_with("Conditional"),
                "{}: a clause",
                row.code
            );
            assert_eq!(meaning(row.code), Some(row));
        }
        assert_eq!(meaning(0), None);
        assert_eq!(meaning(u32::MAX), None);
    }

    #[test]
    fn what_people_meet_most_is_known_by_its_cause() {
        for (code, cause) in [
            (7_000_215, Cause::Secret),
            (7_000_222, Cause::Secret),
            (700_016, Cause::Application),
            (90_002, Cause::Tenant),
            (50_076, Cause::Interaction),
            (50_078, Cause::Interaction),
            (50_079, Cause::Interaction),
            (65_001, Cause::Consent),
            (70_000, Cause::Grant),
            (70_008, Cause::Grant),
            (700_082, Cause::Grant),
            (50_173, Cause::Grant),
            (500_011, Cause::Resource),
            (53_003, Cause::Interaction),
            (700_024, Cause::Assertion),
            (700_027, Cause::Assertion),
            (50_011, Cause::Redirect),
            (9_002_313, Cause::Request),
        ] {
            assert_eq!(meaning(code).map(|row| row.cause), Some(cause), "{code}");
        }
        assert!(meaning(90_033).unwrap().cause.passes());
        assert!(!meaning(7_000_215).unwrap().cause.passes());
    }
}
