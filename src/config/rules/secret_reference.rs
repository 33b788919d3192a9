//! A reference to a secret leads to one place, and the files that it names are not git's.

use super::support::shown;
use super::{Context, Rule};
use crate::config::problem::{At, Problem};
use crate::model::secret_ref::SecretRef;

pub const RULE: Rule = Rule {
    name: "secret_reference",
    codes: &[
        "secret.reference",
        "secret.env-name",
        "secret.path",
        "secret.tracked",
    ],
    check,
};

fn check(context: Context<'_>, problems: &mut Vec<Problem>) {
    let table = &context.estate.declaration.credentials;
    for entry in table.iter() {
        let common = entry.value.common();
        for (field, secret) in common.secrets {
            let at = table.at(entry).key(common.word).key(field);
            judge(context, secret, &at, problems);
        }
    }
}

fn judge(context: Context<'_>, secret: &SecretRef, at: &At, problems: &mut Vec<Problem>) {
    let mut wrong = |at: At, message: &str, help: &str| {
        problems.push(Problem::error("secret.reference", at, message, help));
    };
    match secret.sources() {
        0 => wrong(
            at.clone().name(),
            "the reference says nowhere where the secret is",
            "write `{env: NAME}`, `{file: path}` or `{exec: [command, argument]}`",
        ),
        1 => {}
        _ => wrong(
            at.clone().name(),
            "the reference says several places where the secret is, and it can be in one",
            "keep one of `env`, `file` and `exec`",
        ),
    }
    let empty = |command: &Option<Vec<String>>| {
        command
            .as_ref()
            .is_some_and(|command| command.first().is_none_or(String::is_empty))
    };
    if empty(&secret.exec) {
        let help = "write the program and its arguments: `exec: [vault, kv, get, -field=token, secret/acme]`";
        wrong(at.clone().key("exec"), "the command is empty", help);
    }
    if empty(&secret.write) {
        let help = "write the program and its arguments, or delete `write`";
        wrong(at.clone().key("write"), "the command is empty", help);
    }
    if secret.write.is_some() && secret.exec.is_none() && secret.file.is_none() {
        wrong(
            at.clone().key("write").name(),
            "a renewed secret cannot be written back to an environment variable",
            "read it with `exec:` or `file:` beside `write:`, or delete `write:`",
        );
    }
    if let Some(name) = secret.env.as_deref()
        && !is_env_name(name)
    {
        problems.push(env_name(name, at.clone().key("env")));
    }
    if let Some(path) = secret.file.as_deref() {
        file(context, path, at.clone().key("file"), problems);
    }
}

fn is_env_name(name: &str) -> bool {
    name.len() <= 255
        && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn env_name(name: &str, at: At) -> Problem {
    let plain = name.trim_start_matches(['$', '{']).trim_end_matches('}');
    let help = if plain != name && is_env_name(plain) {
        format!("write the name alone: `env: {}`", shown(plain))
    } else {
        "write letters, digits and underscores, not beginning with a digit: `env: AZURE_CLIENT_SECRET`; never the secret itself".to_owned()
    };
    // The text is not shown: it may be the secret.
    Problem::error(
        "secret.env-name",
        at,
        "this is no name of an environment variable",
        help,
    )
    .label("not a variable's name")
}

fn file(context: Context<'_>, path: &str, at: At, problems: &mut Vec<Problem>) {
    let is_absolute = path.starts_with('/') || path.get(1..3) == Some(":\\");
    if is_absolute {
        return;
    }
    if path.trim().is_empty() || path.starts_with('~') || path.contains('\0') {
        problems.push(
            Problem::error(
                "secret.path",
                at,
                format!("`{}` is no path of a file", shown(path)),
                "write a path from the project's folder, or a whole one that begins with `/`; `~` is not replaced",
            )
            .label("not a path"),
        );
        return;
    }
    match inside(path) {
        None => problems.push(
            Problem::error(
                "secret.path",
                at,
                format!("`{}` leads out of the project's folder", shown(path)),
                "keep the file inside the project (ignored by git), or write the whole path, which begins with `/`",
            )
            .label("outside the project"),
        ),
        Some(inner) if context.surroundings.is_tracked(&inner) => problems.push(
            Problem::error(
                "secret.tracked",
                at,
                format!("git tracks the file `{}`, which holds a secret", shown(path)),
                format!(
                    "replace the secret at its provider, then `git rm --cached {0}` and add `/{0}` to .gitignore",
                    shown(&inner)
                ),
            )
            .label("tracked by git"),
        ),
        Some(_) => {}
    }
}

/// The path without `.` and `..`, if it stays inside the folder that it starts from.
fn inside(path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{found, said};
    use super::*;

    #[test]
    fn references_lead_to_one_place() {
        let credential =
            |name: &str, secret: &str| format!("  {name}: {{azure_sas: {{token: {secret}}}}}\n");
        let text = [
            "version: 1\ncredentials:\n".to_owned(),
            credential("a1", "{env: AZURE_SAS}"),
            credential("a2", "{file: keys/free.pem}"),
            credential("a3", "{exec: [vault, read], write: [vault, write]}"),
            credential("a4", "{file: /run/secrets/sas}"),
            credential("b1", "{env: A, file: b}"),
            credential("b2", "{exec: []}"),
            credential("b3", "{env: A, write: [x]}"),
            credential("b4", "{env: '$AZURE_SAS'}"),
            credential("b5", "{env: 1-2}"),
            credential("b6", "{file: ../x.pem}"),
            credential("b7", "{file: ~/x.pem}"),
            credential("b8", "{file: ./keys/../keys/tracked.pem}"),
        ]
        .concat();
        let at = |name, rest| format!("credentials.{name}.azure_sas.token{rest}");
        assert_eq!(
            found(&RULE, &text),
            [
                format!("secret.reference ~{}", at("b1", "")),
                format!("secret.reference {}", at("b2", ".exec")),
                format!("secret.reference ~{}", at("b3", ".write")),
                format!("secret.env-name {}", at("b4", ".env")),
                format!("secret.env-name {}", at("b5", ".env")),
                format!("secret.path {}", at("b6", ".file")),
                format!("secret.path {}", at("b7", ".file")),
                format!("secret.tracked {}", at("b8", ".file")),
            ]
        );
        assert!(said(&RULE, &text)[3].ends_with("`env: AZURE_SAS`"));
        assert!(said(&RULE, &text)[7].contains("git rm --cached keys/tracked.pem"));
    }
}
