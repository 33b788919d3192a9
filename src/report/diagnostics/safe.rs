//! The only way from a file's text to a report: what may be a secret is masked, length kept.
//!
//! Masked is what looks like a secret, what a rule called a literal one, and what may be one in a file
//! that was never understood well enough to be judged: values behind keys that name secrets, and
//! private keys without an end.

use std::borrow::Cow;
use std::ops::Range;

use crate::config::rules;
use crate::config::yaml::Span;

/// The text with its secrets masked by as many bytes of `*`, so that spans stay true.
///
/// `literals` are the spans of values that rules found to be secrets.
#[must_use]
pub fn safe_text<'t>(text: &'t str, literals: &[Span]) -> Cow<'t, str> {
    let mut ranges: Vec<Range<usize>> = literals
        .iter()
        .map(|span| span.start as usize..span.end as usize)
        .collect();
    behind_keys(text, &mut ranges);
    private_keys(text, &mut ranges);
    // What looks like a secret wherever it stands, also where no rule was asked: same lengths.
    let masked = rules::mask(text);
    if ranges.is_empty() {
        return masked;
    }
    let text: &str = &masked;
    ranges.sort_by_key(|range| range.start);
    let mut safe = String::with_capacity(text.len());
    let mut at = 0;
    for range in ranges {
        let start = floor(text, range.start).max(at);
        let end = ceil(text, range.end).max(start);
        safe += &text[at..start];
        let hide = |byte: u8| {
            if byte == b'\n' || byte == b'\r' {
                byte as char
            } else {
                '*'
            }
        };
        safe.extend(text[start..end].bytes().map(hide));
        at = end;
    }
    safe += &text[at..];
    Cow::Owned(safe)
}

/// The character boundary at or before an offset.
pub(super) fn floor(text: &str, offset: usize) -> usize {
    let mut at = offset.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The character boundary at or after an offset.
pub(super) fn ceil(text: &str, offset: usize) -> usize {
    let mut at = offset.min(text.len());
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at
}

/// Ends of keys whose values are secrets.
const SECRET_KEYS: &[&str] = &[
    "secret",
    "secret_key",
    "secret_access_key",
    "token",
    "password",
    "passphrase",
    "private_key",
    "account_key",
    "api_key",
    "connection_string",
];

/// Kinds of credential that end alike: what stands below them is a map with keys of its own.
const KINDS: &[&str] = &["azure_client_secret", "oci_api_key"];

fn names_a_secret(key: &str) -> bool {
    let key = key.to_ascii_lowercase().replace('-', "_");
    key == "key" || SECRET_KEYS.iter().any(|end| key.ends_with(end))
}

/// Values behind keys that name secrets, unless they are maps or lists: those are references.
/// Never keys, nor comments without a value of their own. Passes over the text once, however long its lines are.
fn behind_keys(text: &str, ranges: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    let (mut seen, mut line, mut done) = (0, 0, 0);
    let mut comment = comment(text, 0);
    for (colon, _) in text.match_indices(':') {
        let passed = bytes.get(seen..colon).unwrap_or_default();
        if let Some(last) = passed.iter().rposition(|byte| *byte == b'\n') {
            line = seen + last + 1;
            comment = self::comment(text, line);
        }
        seen = colon;
        let next = bytes.get(colon + 1);
        let ends_a_key = next.is_none_or(|byte| b" \t\r\n\"'".contains(byte));
        if colon < done || !ends_a_key {
            continue;
        }
        let Some(key) = key_before(text, colon) else {
            continue;
        };
        if !names_a_secret(&text[key.clone()]) {
            continue;
        }
        let value = skip_blank(bytes, colon + 1);
        let commented = colon > comment;
        let range = match bytes.get(skip_properties(bytes, value)) {
            Some(b'{' | b'[') => continue,
            // Prose, unless it is one word: a field that was commented out.
            _ if commented => match one_word(text, value) {
                Some(word) => word,
                None => continue,
            },
            Some(b'|' | b'>') => below(text, line, line_end(bytes, value)),
            None | Some(b'\n' | b'#') if KINDS.contains(&&text[key.clone()]) => continue,
            None | Some(b'\n' | b'#') => {
                let end = line_end(bytes, value);
                let own = indent(&text[line..end]);
                let first = first_line(&text[end..]).filter(|first| indent(first) > own);
                let first = first.map(str::trim_start);
                if first.is_some_and(is_reference) {
                    continue;
                }
                let range = below(text, line, end);
                if first.is_some_and(is_key) {
                    done = range.end;
                    values(text, range, ranges);
                    continue;
                }
                range
            }
            Some(quote @ (b'"' | b'\'')) => value..closing_quote(bytes, value, *quote),
            Some(_) => {
                let end = plain_end(text, line, key.start, value);
                let end = if comment > value {
                    end.min(comment)
                } else {
                    end
                };
                value..value + text[value..end].trim_end().len()
            }
        };
        done = range.end;
        if !range.is_empty() {
            ranges.push(range);
        }
    }
}

/// The key before a colon: letters, digits, `_` and `-`, perhaps in quotes.
fn key_before(text: &str, colon: usize) -> Option<Range<usize>> {
    const LONGEST: usize = 64;
    let bytes = text.as_bytes();
    let is_quote = |byte: Option<&u8>| matches!(byte, Some(b'"' | b'\''));
    let end = colon.checked_sub(usize::from(is_quote(bytes.get(colon.checked_sub(1)?))))?;
    let word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte == b'-';
    let before = bytes.get(end.saturating_sub(LONGEST)..end)?;
    let length = before.iter().rev().take_while(|byte| word(byte)).count();
    (length > 0).then(|| end - length..end)
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    let after = bytes.get(at..).unwrap_or_default();
    after
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(bytes.len(), |end| at + end)
}

fn skip_blank(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    let blank = rest.iter().take_while(|byte| b" \t\r".contains(byte));
    from + blank.count()
}

fn indent(line: &str) -> usize {
    line.bytes()
        .take_while(|byte| *byte == b' ' || *byte == b'-')
        .count()
}

/// Where the comment of a line starts; nowhere: past everything. A `#` that may be in quotes
/// starts none.
fn comment(text: &str, line: usize) -> usize {
    let bytes = text.as_bytes();
    let mut quote = None;
    let mut before = b' ';
    for (at, byte) in bytes.iter().enumerate().skip(line) {
        match (byte, quote) {
            (b'\n', _) => break,
            (b'#', None) if before == b' ' || before == b'\t' => return at,
            (b'"' | b'\'', None) => quote = Some(*byte),
            (byte, Some(open)) if *byte == open => quote = None,
            _ => {}
        }
        before = *byte;
    }
    usize::MAX
}

/// Past a tag and an anchor, where a map or list follows them.
fn skip_properties(bytes: &[u8], value: usize) -> usize {
    let mut at = value;
    while matches!(bytes.get(at), Some(b'!' | b'&')) {
        let rest = bytes.get(at..).unwrap_or_default();
        let token = rest.iter().take_while(|byte| !b" \t\r\n".contains(byte));
        at = skip_blank(bytes, at + token.count());
    }
    match bytes.get(at) {
        Some(b'{' | b'[') => at,
        _ => value,
    }
}

/// The only word up to the end of the line, if there is just one. A very long one is no prose either.
fn one_word(text: &str, value: usize) -> Option<Range<usize>> {
    const LONG: usize = 1 << 12;
    let rest = text.as_bytes().get(value..)?;
    let blank = |byte: &u8| b" \t\r\n".contains(byte);
    let length = rest.iter().position(blank).unwrap_or(rest.len());
    let after = skip_blank(text.as_bytes(), value + length);
    let alone = matches!(text.as_bytes().get(after), None | Some(b'\n'));
    (length > LONG || length > 0 && alone).then(|| value..value + length)
}

/// The first line near that is neither blank nor a comment.
fn first_line(text: &str) -> Option<&str> {
    const NEAR: usize = 64;
    let own = |line: &&str| !line.trim_start().is_empty() && !line.trim_start().starts_with('#');
    text.lines().take(NEAR).find(own)
}

/// Whether a line begins with a key.
fn is_key(line: &str) -> bool {
    let line = line.trim_start_matches([' ', '-']);
    let word = |c: char| c.is_ascii_alphanumeric() || "_-\"'".contains(c);
    let key = line.trim_start_matches(word);
    key.len() < line.len()
        && key
            .strip_prefix(':')
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
}

/// A map where a reference belongs: its values, without what refers to a secret.
fn values(text: &str, range: Range<usize>, ranges: &mut Vec<Range<usize>>) {
    let mut at = range.start;
    for line in text[range].split_inclusive('\n') {
        let start = at;
        at += line.len();
        let own = line.trim_start();
        if own.is_empty() || own.starts_with('#') || is_reference(line) {
            continue;
        }
        let value = match line.find(':') {
            Some(colon) if is_key(own) => colon + 1,
            _ => line.len() - own.len(),
        };
        let blank = line[value..].len() - line[value..].trim_start().len();
        let value = start + (value + blank).min(line.len());
        if value < at {
            ranges.push(value..at);
        }
    }
}

/// The deeper lines below a key.
fn below(text: &str, line: usize, end: usize) -> Range<usize> {
    let own = indent(text.get(line..end).unwrap_or_default());
    let mut last = end;
    for (number, below) in text
        .get(end..)
        .unwrap_or_default()
        .split_inclusive('\n')
        .enumerate()
    {
        // The first piece is the line break of the key's own line.
        let blank = below.trim().is_empty();
        if number > 0 && !blank && indent(below) <= own {
            break;
        }
        last += below.len();
    }
    end..last
}

fn is_reference(line: &str) -> bool {
    let line = line.trim_start();
    ["env:", "file:", "exec:", "write:", "{", "["]
        .iter()
        .any(|start| line.starts_with(start))
}

/// One past the closing quote; the end of the line where there is none near.
fn closing_quote(bytes: &[u8], open: usize, quote: u8) -> usize {
    const NEAR: usize = 1 << 16;
    let mut at = open + 1;
    while at < bytes.len().min(open + NEAR) {
        match bytes[at] {
            b'\\' if quote == b'"' => at += 1,
            // Doubled, a single quote stands for itself.
            byte if byte == quote && quote == b'\'' && bytes.get(at + 1) == Some(&quote) => at += 1,
            byte if byte == quote => return at + 1,
            _ => {}
        }
        at += 1;
    }
    line_end(bytes, open)
}

/// Inside `{…}` a plain value ends at a comma or bracket, elsewhere at the end of the line. Only
/// inside can anything but dashes stand before a key.
fn plain_end(text: &str, line: usize, key: usize, value: usize) -> usize {
    const FAR: usize = 256;
    let before = text.as_bytes().get(line..key).unwrap_or_default();
    let alone = before.len() < FAR && before.iter().all(|byte| b" -?\"'".contains(byte));
    let rest = text.as_bytes().get(value..).unwrap_or_default();
    let stops = |byte: &u8| *byte == b'\n' || !alone && b",}]".contains(byte);
    rest.iter()
        .position(stops)
        .map_or(text.len(), |stop| value + stop)
}

/// The bodies of private keys in PEM.
fn private_keys(text: &str, ranges: &mut Vec<Range<usize>>) {
    const BEGIN: &str = "-----BEGIN ";
    let mut at = 0;
    while let Some(begin) = text.get(at..).and_then(|rest| rest.find(BEGIN)) {
        let name = at + begin + BEGIN.len();
        let rest = text.get(name..).unwrap_or_default();
        let Some(header) = rest.find("-----").filter(|length| *length < 64) else {
            at = name;
            continue;
        };
        let body = name + header + 5;
        at = body;
        if !rest[..header].ends_with("PRIVATE KEY") {
            continue;
        }
        let end = text.get(body..).and_then(|rest| rest.find("-----END"));
        let end = end.map_or(text.len(), |length| body + length);
        ranges.push(body..end);
        at = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(text: &str) -> String {
        let safe = safe_text(text, &[]);
        assert_eq!(safe.len(), text.len(), "length is kept");
        safe.into_owned()
    }

    #[test]
    fn values_behind_keys_that_name_secrets_are_masked() {
        insta::assert_snapshot!(masked(
            "client_secret: abc, def\n\
             \"secret_access_key\": \"a\\\"b\" # note\n\
             a: {client_secret: abc, tenant_id: visible}\n\
             token: |\n  line one\n\n  line two\nafter: visible\n\
             refresh_token:\n    long\n    text\nafter: visible\n\
             passphrase: 'it''s'\n\
             password: \"never closed\n\
             after: visible\n"
        ), @r#"
        client_secret: ********
        "secret_access_key": ****** # note
        a: {client_secret: ***, tenant_id: visible}
        token: |
        **********

        **********
        after: visible
        refresh_token:
        ********
        ********
        after: visible
        passphrase: *******
        password: *************
        after: visible
        "#);
    }

    #[test]
    fn references_stay_readable() {
        let text = "a: {client_secret: {env: NAME}, secret_key: {exec: [vault]}}\n\
                    client_secret:\n  env: NAME\nkey: {file: key.json}\naccess_key_id: AKIA\n";
        assert_eq!(masked(text), text);
    }

    #[test]
    fn only_the_value_of_the_named_key_is_masked() {
        let text = "
entra:
  azure_client_secret:  # the app's, see the wiki
    tenant_id: visible
    client_secret: {env: AZURE_CLIENT_SECRET}   # rotated by ops
    client_id: visible
oci:
  oci_api_key:
    private_key:   # where it is
      file: oci.pem
    passphrase:
      # token: the vault has it
      {env: OCI_PASS}
    fingerprint: aa
broken: {azure_client_secret: {client_secret: {env: NAME, client_id: x}
sas: {azure_sas: {token: !!map {env: SAS}, connection_string: &a {env: B}}}
partner:
  secret_key:
  tenant_id: x
# the client_secret: ask the ops team for it
";
        assert_eq!(masked(text), text);
        insta::assert_snapshot!(masked(
            "client_secret: hunter2 # why\n\
             next: visible\n\
             client_secret:\n  value: hunter2\n  env: NAME\n  other:\n    - hunter2\n\
             next: visible\n\
             # client_secret: hunter2\n\
             a: {name: \"x #y\", client_secret: hunter2}\n\
             password: !hunter2\n"
        ), @r##"
        client_secret: ******* # why
        next: visible
        client_secret:
          value: *******
          env: NAME
          other:
            *********
        next: visible
        # client_secret: *******
        a: {name: "x #y", client_secret: *******}
        password: ********
        "##);
    }

    #[test]
    fn private_keys_are_masked_wherever_they_stand() {
        let text =
            "x: |\n  -----BEGIN RSA PRIVATE KEY-----\n  MIIabc\n  -----END RSA PRIVATE KEY-----\n";
        assert!(!masked(text).contains("MII"));
        let open = "x: -----BEGIN PRIVATE KEY-----\\nMIIabc";
        assert!(!masked(open).contains("MII"));
        let certificate = "-----BEGIN CERTIFICATE-----\nMIIabc\n-----END CERTIFICATE-----\n";
        assert_eq!(masked(certificate), certificate);
    }

    #[test]
    fn what_a_rule_found_is_masked_to_the_character() {
        let text = "name: schlüssel-ü!";
        let safe = safe_text(text, &[Span::new(6, 18)]);
        assert_eq!(safe.len(), text.len());
        assert!(safe.starts_with("name: ***********"), "{safe}");
        // A span that is not one of the text harms nobody.
        let beyond = safe_text("ab", &[Span::new(1, 99)]);
        assert_eq!(beyond, "a*");
    }

    #[test]
    fn one_long_line_takes_linear_time() {
        let text = "{".to_owned() + &"client_secret: a, ".repeat(20_000);
        assert_eq!(masked(&text).matches('*').count(), 20_000);
        let before = std::time::Instant::now();
        for piece in ["password: ", "password:\"", "password:\" x", "password: |"] {
            masked(&("#".to_owned() + &piece.repeat(40_000)));
            masked(&piece.repeat(40_000));
        }
        let nested = |n: usize| format!("{0}password:\n{0} env:\n", " ".repeat(n));
        masked(&(0..1500).map(|n| nested(2 * n)).collect::<String>());
        assert!(before.elapsed() < std::time::Duration::from_secs(20));
    }
}
