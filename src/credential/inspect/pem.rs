//! PEM blocks, read the way clients read them: text around the blocks is left aside, as the key
//! files that OCI offers end in a line `OCI_API_KEY`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::zeroize::Zeroizing;

/// One block.
pub(in crate::credential) struct Block<'a> {
    /// What it says it is, for example `RSA PRIVATE KEY`.
    pub label: &'a str,
    /// Encrypted the old way, by a header `Proc-Type: 4,ENCRYPTED`.
    pub legacy_encrypted: bool,
    /// What it holds; none where that is no Base64.
    pub der: Option<Zeroizing<Vec<u8>>>,
}

/// Whether the line breaks were written as `\n`, as happens when a key is put into a variable.
pub(in crate::credential) fn has_escaped_breaks(text: &str) -> bool {
    text.contains("-----\\n") && !text.trim().contains('\n')
}

/// All blocks of a text, in order. A block without an end is left out.
pub(in crate::credential) fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("-----BEGIN ") {
        let Some((label, body)) = after.split_once("-----") else {
            break;
        };
        let Some((body, after)) = body.split_once("-----END ") else {
            break;
        };
        rest = after;
        if !after.starts_with(label) || label.len() > 64 {
            continue;
        }
        blocks.push(block(label, body));
    }
    blocks
}

fn block<'a>(label: &'a str, body: &str) -> Block<'a> {
    let mut base64 = Zeroizing::new(String::with_capacity(body.len()));
    let mut legacy_encrypted = false;
    for line in body.lines().map(str::trim) {
        if let Some((name, value)) = line.split_once(':') {
            legacy_encrypted |= name == "Proc-Type" && value.contains("ENCRYPTED");
        } else {
            base64.push_str(line);
        }
    }
    let der = STANDARD.decode(base64.as_bytes()).ok().map(Zeroizing::new);
    Block {
        label,
        legacy_encrypted,
        der,
    }
}
