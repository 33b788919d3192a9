//! The CSV files that AWS offers for download: with an access key, or with a console password.

use super::without_bom;
use crate::credential::Secret;

/// An access key from a CSV file.
#[derive(Debug, Clone)]
pub struct AccessKey {
    pub id: Secret,
    pub secret: Secret,
    /// The user's name, where the file has one.
    pub user: Option<String>,
}

/// What a file that should hold an access key holds.
#[derive(Debug, Clone)]
pub enum AwsCsv {
    /// One access key.
    Key(AccessKey),
    /// A console password, and no access key.
    ConsoleOnly,
    /// Columns, and no key below them.
    NoRows,
    /// Several keys.
    Several(usize),
    /// A key's id or its secret is left out.
    Incomplete,
    /// Not a CSV file with the columns of an access key.
    NotKeys,
}

/// Reads a file as AWS offers it: `Access key ID,Secret access key`, also with the user's name and
/// console password before them; letter case and blanks in the names of columns have changed over
/// the years, so that they count for nothing.
#[must_use]
pub fn read(csv: &Secret) -> AwsCsv {
    let Some(text) = csv.expose_text() else {
        return AwsCsv::NotKeys;
    };
    let mut rows = without_bom(text)
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(fields);
    let Some(header) = rows.next() else {
        return AwsCsv::NotKeys;
    };
    let names: Vec<String> = header
        .iter()
        .map(|name| {
            name.chars()
                .filter(|c| c.is_alphanumeric())
                .collect::<String>()
                .to_lowercase()
        })
        .collect();
    let column = |name: &str| names.iter().position(|n| n == name);
    let (Some(id), Some(secret)) = (column("accesskeyid"), column("secretaccesskey")) else {
        let console = ["password", "consoleloginlink", "consolesigninurl"];
        return if names.iter().any(|name| console.contains(&name.as_str())) {
            AwsCsv::ConsoleOnly
        } else {
            AwsCsv::NotKeys
        };
    };
    let Some(row) = rows.next() else {
        return AwsCsv::NoRows;
    };
    let more = rows.count();
    if more > 0 {
        return AwsCsv::Several(more + 1);
    }
    let at = |column: usize| row.get(column).map(|v| v.trim()).filter(|v| !v.is_empty());
    match (at(id), at(secret)) {
        (Some(id), Some(secret)) => AwsCsv::Key(AccessKey {
            id: Secret::new(id.into()),
            secret: Secret::new(secret.into()),
            user: column("username").and_then(at).map(super::public),
        }),
        _ => AwsCsv::Incomplete,
    }
}

/// The fields of one line (RFC 4180, without line breaks inside fields).
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    let mut chars = line.trim().chars().peekable();
    while let Some(c) = chars.next() {
        let last = fields.len() - 1;
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                fields[last].push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            _ => fields[last].push(c),
        }
    }
    fields
}
