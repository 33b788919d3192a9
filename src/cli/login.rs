//! `bursar login`: a person signs in, and what that gives is stored where it will be read from.
//!
//! Prints the consent address, waits for what the browser brings back (or for what somebody pastes),
//! and stores the refresh token. The token itself is never printed.

mod browser;
mod loopback;
mod paste;

use std::time::Duration;

use crate::config::project::Project;
use crate::credential::{Exec, Prepared, Resolver, Secret, Writer};
use crate::model::address::Address;
use crate::model::spec::{Credential, PartnerApi};
use crate::provider::partner_login::{Brought, Client, SignIn, SignedIn};
use crate::report::login::{self, Done};

use super::{Context, Exit, Failure, session};
use loopback::{Loopback, Page};

/// Sign in as a person, and store what that gives
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    to: To,
}

#[derive(Debug, clap::Subcommand)]
enum To {
    Partner(Partner),
}

/// Sign in as a user of a CSP partner, and store the refresh token
///
/// Prints the address where the user consents, and opens it in the browser. The refresh token that
/// this gives is written where the `refresh_token` of the credential is read from: its file, or its
/// `write` command. It is never printed.
#[derive(Debug, clap::Args)]
struct Partner {
    /// A `partner_api` credential, by its name in bursar.yaml
    #[arg(value_name = "CREDENTIAL")]
    credential: String,
    /// Only print the address: do not open a browser
    #[arg(long)]
    no_browser: bool,
    /// Listen for the browser on this port of localhost; 0: any that is free
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    port: u16,
    /// Read the address that the browser was sent to, or the code in it, from standard input: where
    /// no browser reaches this machine
    #[arg(long, conflicts_with = "port")]
    paste: bool,
    /// The redirect address of the application, where it is not http://localhost
    #[arg(long, value_name = "URL", requires = "paste")]
    redirect: Option<String>,
    /// Give up after so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    timeout: u64,
    /// Run the commands that `exec:` and `write:` of references name
    #[arg(long)]
    allow_exec: bool,
    /// Print the outcome as JSON
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args, context: &mut Context) -> Result<Exit, Failure> {
    let To::Partner(args) = &args.to;
    let project = context.sound_project()?;
    let (name, credential) = declared(&project, &args.credential)?;
    let exec = if args.allow_exec {
        Exec::Allowed
    } else {
        Exec::NotAllowed
    };
    let resolver = Resolver::new(&project.sources.root).exec(exec);
    let login = Login {
        name,
        credential,
        secret: resolver.resolve(&credential.secret_key)?,
        resolver: &resolver,
        client: Client::new(1),
        args,
    };
    // Known before anybody is sent to a browser; what was begun is taken back.
    drop(login.place()?);
    let patience = Duration::from_secs(args.timeout);
    let done = session::wait(async {
        let stopped = || Failure::new("stopped; nothing was stored");
        tokio::select! {
            biased;
            _ = tokio::signal::ctrl_c() => Err(stopped()),
            done = login.run(patience, context) => done,
        }
    })??;
    if args.json {
        context.printer.json(&login::document(&done))?;
    } else {
        let text = login::render(&done, context.printer.look());
        context.printer.print(&text)?;
    }
    Ok(Exit::Ok)
}

/// The credential that was asked for.
fn declared<'p>(project: &'p Project, asked: &str) -> Result<(&'p str, &'p PartnerApi), Failure> {
    let table = &project.estate.declaration.credentials;
    let wanted = asked.strip_prefix("credential/").unwrap_or(asked);
    let entry = table.iter().find(|entry| &*entry.key == wanted);
    match entry.map(|entry| (&*entry.key, &entry.value)) {
        Some((name, Credential::PartnerApi(credential))) => Ok((name, credential)),
        found => {
            let message = match found {
                Some((_, other)) => format!(
                    "`{wanted}` is a `{}`, and only a `partner_api` has a refresh token",
                    other.common().word
                ),
                None => format!("no credential `{wanted}` is declared"),
            };
            let fit = table
                .iter()
                .filter(|entry| matches!(entry.value, Credential::PartnerApi(_)))
                .map(|entry| format!("`{}`", entry.key));
            let fit: Vec<String> = fit.collect();
            let help = if fit.is_empty() {
                "declare a `partner_api` credential in bursar.yaml first".to_owned()
            } else {
                format!("give one of these: {}", fit.join(", "))
            };
            Err(Failure::new(message).code("login.credential").help(help))
        }
    }
}

/// One sign-in, from its address to the stored token.
struct Login<'a> {
    name: &'a str,
    credential: &'a PartnerApi,
    secret: Secret,
    resolver: &'a Resolver,
    client: Client,
    args: &'a Partner,
}

impl Login<'_> {
    /// Where the refresh token will be stored.
    fn place(&self) -> Result<Prepared<'_>, Failure> {
        let writer = Writer::beside(self.resolver);
        Ok(writer.prepare(&self.credential.refresh_token)?)
    }

    async fn run(&self, patience: Duration, context: &mut Context) -> Result<Done, Failure> {
        if self.args.paste {
            self.by_paste(patience, context).await
        } else {
            self.by_browser(patience, context).await
        }
    }

    fn begin(&self, redirect: &str, context: &mut Context) -> Result<SignIn, Failure> {
        let sign_in = SignIn::begin(&self.client, self.credential, redirect).map_err(|cannot| {
            Failure::new(format!("cannot begin: {cannot}")).code("login.failed")
        })?;
        context.printer.note(&format!(
            "Sign in as a user of the partner, with multifactor authentication, here:\n\n{}\n\n",
            sign_in.address
        ));
        Ok(sign_in)
    }

    async fn by_browser(&self, patience: Duration, context: &mut Context) -> Result<Done, Failure> {
        let loopback = Loopback::bind(self.args.port).await.map_err(|cause| {
            Failure::new(format!(
                "cannot listen on port {} of localhost: {cause}",
                self.args.port
            ))
            .code("login.port")
            .help("leave `--port` out, so that a free one is taken; or use `--paste`")
        })?;
        let redirect = format!("http://localhost:{}", loopback.port());
        let sign_in = self.begin(&redirect, context)?;
        if !self.args.no_browser {
            browser::open(sign_in.address.as_str());
        }
        context
            .printer
            .note("Waiting for the browser to come back (Ctrl-C stops)\n");
        let waiting = tokio::time::timeout(patience, loopback.arrival(&sign_in));
        let arrival = waiting.await.map_err(|_| self.late())?;
        let Some((brought, answer)) = arrival else {
            return Err(Failure::new("nothing listens any more").code("login.failed"));
        };
        let outcome = self.finish(&sign_in, brought).await;
        let page = match &outcome {
            Ok(done) => Page::good(&done.stored),
            Err(failure) => Page::bad(&failure.message),
        };
        answer.give(page).await;
        outcome
    }

    async fn by_paste(&self, patience: Duration, context: &mut Context) -> Result<Done, Failure> {
        let redirect = self.args.redirect.as_deref().unwrap_or("http://localhost");
        let quiet = paste::Quiet::begin();
        let sign_in = self.begin(redirect, context)?;
        context.printer.note(
            "The browser is then sent to an address that does not load: copy it whole from the address \
             bar, paste it here, and press Enter (it is not shown)\n",
        );
        let read = tokio::time::timeout(patience, paste::line(quiet)).await;
        let text = read.map_err(|_| self.late())?.map_err(|cause| {
            Failure::new(format!("nothing could be read: {cause}")).code("login.input")
        })?;
        let brought = sign_in.pasted(text.expose_text().unwrap_or_default());
        self.finish(&sign_in, brought).await
    }

    fn late(&self) -> Failure {
        Failure::new(format!(
            "nobody signed in within {} seconds",
            self.args.timeout
        ))
        .code("login.timeout")
        .help(
            "begin again; where the browser runs on another machine, use `--paste`; `--timeout` waits \
             longer",
        )
    }

    /// From what came back to the stored token.
    async fn finish(&self, sign_in: &SignIn, brought: Brought) -> Result<Done, Failure> {
        let code = match brought {
            Brought::Code(code) => code,
            Brought::Foreign(why) => {
                return Err(Failure::new(format!("what was pasted is of no use: {why}"))
                    .code("login.input")
                    .help(
                        "copy the whole address of this sign-in from the browser's address bar; it \
                             holds `code=` and `state=`",
                    ));
            }
            Brought::Refused(refusal) => {
                let said = if refusal.said.is_empty() {
                    String::new()
                } else {
                    format!("; Entra says: {}", refusal.said)
                };
                return Err(
                    Failure::new(format!("not signed in: {}{said}", refusal.explained()))
                        .code("login.refused")
                        .help(refusal.what_to_do().replace("CREDENTIAL", self.name)),
                );
            }
        };
        // Before the code is spent it is known where the token goes.
        let place = self.place()?;
        let exchanged = sign_in
            .exchange(&self.client, self.credential, &self.secret, &code)
            .await;
        let signed = exchanged.map_err(|trouble| {
            let code = if trouble.passes() {
                "login.failed"
            } else {
                "login.refused"
            };
            let mut failure = Failure::new(format!(
                "Entra gives no token for the code: {}",
                trouble.explained()
            ))
            .code(code);
            if !trouble.message.is_empty() && !trouble.passes() {
                failure = failure.help(format!("Entra says: {}", trouble.message));
            }
            failure.help(trouble.what_to_do().replace("CREDENTIAL", self.name))
        })?;
        self.store(place, signed)
    }

    fn store(&self, place: Prepared<'_>, signed: SignedIn) -> Result<Done, Failure> {
        let wanted = &self.credential.tenant_id;
        if let Some(found) = &signed.tenant
            && !found.eq_ignore_ascii_case(wanted)
        {
            let message = format!("the user is of tenant {found}, not of {wanted}");
            return Err(Failure::new(message)
                .code("login.refused")
                .help("sign in as a user of the partner's own tenant, in a private window"));
        }
        let Some(token) = signed.refresh_token else {
            return Err(Failure::new("Entra gave no refresh token")
                .code("login.refused")
                .help(
                    "allow the application `offline_access` (Microsoft Graph, delegated) in Entra, and \
                     sign in again",
                ));
        };
        let stored = place.place().to_owned();
        place.write(&token)?;
        Ok(Done {
            credential: Address::credential(self.name).to_string(),
            name: self.name.to_owned(),
            client_id: self.credential.client_id.clone(),
            tenant: wanted.clone(),
            user: signed.user,
            mfa: signed.mfa,
            stored,
        })
    }
}

impl From<crate::credential::CredentialError> for Failure {
    fn from(error: crate::credential::CredentialError) -> Self {
        Self::new(error.message).code(error.code).help(error.help)
    }
}
