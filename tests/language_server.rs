//! The first line of our files makes editors help: held to the real yaml-language-server, on the quickstart.

#[path = "support/lsp.rs"]
mod lsp;
#[path = "support/tools.rs"]
mod tools;

use std::path::{Path, PathBuf};
use std::process::Command;

use bursar::config::{scaffold, schema, source};
use lsp::Server;
use serde_json::{Value, json};

const VERSION: &str = "1.25.0";

fn quickstart() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/quickstart")
}

fn start() -> Server {
    let package = tools::npm("yaml-language-server", VERSION);
    let mut command = Command::new("node");
    command
        .arg(package.join("bin/yaml-language-server"))
        .arg("--stdio");
    // What is known of other schemas in the world is not asked for: ours must do, without a network.
    let yaml = json!({
        "validate": true, "hover": true, "completion": true,
        "schemaStore": {"enable": false}, "kubernetesCRDStore": {"enable": false},
    });
    Server::start(&mut command, json!({"yaml": yaml}))
}

fn uri(path: &Path) -> String {
    let path = path.to_string_lossy().replace('\\', "/");
    format!(
        "file://{}{path}",
        if path.starts_with('/') { "" } else { "/" }
    )
}

/// Opens a text as if it were that file, and returns what the server has to say about it.
fn open(server: &mut Server, path: &Path, text: &str) -> Vec<Value> {
    let uri = uri(path);
    let document = json!({"uri": uri, "languageId": "yaml", "version": 1, "text": text});
    server.notify("textDocument/didOpen", json!({"textDocument": document}));
    let params = server.notification("textDocument/publishDiagnostics", |params| {
        params["uri"] == uri
    });
    params["diagnostics"]
        .as_array()
        .cloned()
        .unwrap_or_default()
}

/// A text with `|` where the cursor is.
struct Cursor {
    text: String,
    position: Value,
}

fn cursor(marked: &str) -> Cursor {
    let (before, after) = marked.split_once('|').expect("a cursor");
    let line = before.matches('\n').count();
    let column = before.rsplit('\n').next().unwrap_or_default().len();
    Cursor {
        text: format!("{before}{after}"),
        position: json!({"line": line, "character": column}),
    }
}

/// A file of a team, whose schema line leads to the schema as the others' do.
fn team(body: &str) -> String {
    format!("# yaml-language-server: $schema=../../../../schemas/bursar.schema.json\n{body}")
}

fn new_file(server: &mut Server, marked: &str) -> Value {
    let path = quickstart().join("estate/teams/new.yaml");
    let cursor = cursor(&team(marked));
    open(server, &path, &cursor.text);
    json!({"textDocument": {"uri": uri(&path)}, "position": cursor.position})
}

/// What is offered: label, explanation, and the text that is written.
fn completions(marked: &str) -> Vec<[String; 3]> {
    let mut server = start();
    let at = new_file(&mut server, marked);
    let answer = server.request("textDocument/completion", at);
    let items = answer["items"].as_array().expect("items");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let offer = |item: &Value| ["label", "documentation", "insertText"].map(|key| text(&item[key]));
    items.iter().map(offer).collect()
}

fn hover(marked: &str) -> String {
    let mut server = start();
    let at = new_file(&mut server, marked);
    server.request("textDocument/hover", at)["contents"].to_string()
}

fn description(pointer: &str) -> String {
    let schema: Value = serde_json::from_str(schema::TEXT).unwrap();
    let description = schema.pointer(pointer).and_then(Value::as_str);
    description
        .unwrap_or_else(|| panic!("no {pointer} in the schema"))
        .to_owned()
}

#[test]
fn the_quickstart_has_no_diagnostics() {
    let mut server = start();
    let mut paths = source::find(&quickstart(), &["estate".to_owned()]).unwrap();
    paths.push("bursar.yaml".to_owned());
    assert!(paths.len() >= 6);
    for path in paths {
        let path = quickstart().join(path);
        let text = std::fs::read_to_string(&path).unwrap();
        let found = open(&mut server, &path, &text);
        assert!(found.is_empty(), "{}: {found:#?}", path.display());
    }
}

#[test]
fn a_new_project_has_no_diagnostics() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().canonicalize().unwrap();
    scaffold::write(&folder).unwrap();
    let mut server = start();
    for file in scaffold::files()
        .iter()
        .filter(|f| f.path.ends_with(".yaml"))
    {
        let found = open(&mut server, &folder.join(file.path), file.text);
        assert!(found.is_empty(), "{}: {found:#?}", file.path);
    }
    // And its schema is found: a mistake is seen.
    let wrong = scaffold::files()[0].text.replace("currency:", "curency:");
    assert!(!open(&mut server, &folder.join("wrong.yaml"), &wrong).is_empty());
}

#[test]
fn a_wrong_key_is_marked_where_it_stands() {
    let mut server = start();
    let path = quickstart().join("estate/teams/payments.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    let wrong = text.replacen("protect: true", "protekt: true", 1);
    assert_ne!(wrong, text);
    let found = open(&mut server, &path, &wrong);
    let [diagnostic] = found.as_slice() else {
        panic!("one diagnostic is wanted: {found:#?}");
    };
    let line = wrong
        .lines()
        .position(|line| line.contains("protekt"))
        .unwrap();
    assert_eq!(diagnostic["range"]["start"]["line"], line);
    let message = diagnostic["message"].as_str().unwrap();
    assert!(message.contains("protekt"), "{message}");
}

#[test]
fn keys_are_completed_and_explained_inside_an_account() {
    let found = completions("accounts:\n  \"210987654399\":\n    name: New\n    |\n");
    let labels: Vec<&str> = found.iter().map(|[label, ..]| label.as_str()).collect();
    for key in [
        "cost_center",
        "organization",
        "owner",
        "labels",
        "closed",
        "protect",
    ] {
        assert!(labels.contains(&key), "no {key} in {labels:?}");
    }
    assert!(
        !labels.contains(&"name"),
        "it stands there already: {labels:?}"
    );
    let empty = found.iter().find(|[.., text]| text.contains("null"));
    assert!(
        empty.is_none(),
        "what may be left out is not offered as nothing: {empty:?}"
    );
    let [_, documentation, _] = found.iter().find(|[label, ..]| label == "protect").unwrap();
    assert!(
        documentation.contains(&description(
            "/$defs/Account/properties/protect/description"
        )),
        "{documentation}"
    );
}

#[test]
fn sections_and_kinds_are_completed() {
    let found = completions("version: 1\n|\n");
    assert!(
        found.iter().any(|[label, ..]| label == "accounts"),
        "{found:?}"
    );
    // Where one key names the kind, this server wants a letter first.
    let found = completions("credentials:\n  ci:\n    a|\n");
    for kind in ["aws_default", "azure_sas", "oci_api_key"] {
        assert!(
            found.iter().any(|[label, ..]| label == kind),
            "no {kind} in {found:?}"
        );
    }
    let found = completions("organizations:\n  acme:\n    provider: |\n");
    assert!(
        found.iter().any(|[label, ..]| label == "azure_csp"),
        "{found:?}"
    );
}

#[test]
fn keys_are_explained_under_the_pointer() {
    let account = "accounts:\n  \"210987654399\":\n    pro|tect: true\n    cost_center: CC-110\n";
    let text = hover(account);
    assert!(
        text.contains(&description(
            "/$defs/Account/properties/protect/description"
        )),
        "{text}"
    );
    let account = "accounts:\n  \"210987654399\":\n    cost_cen|ter: CC-110\n";
    let text = hover(account);
    assert!(
        text.contains(&description("/$defs/Timeline/description")),
        "{text}"
    );
    let text = hover("acc|ounts: {}\n");
    assert!(
        text.contains(&description("/properties/accounts/description")),
        "{text}"
    );
}
