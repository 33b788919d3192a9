//! action.yml, action/inputs.txt and the tables of docs/action.md say what the program takes and writes:
//! they are made from its arguments and its table of outputs. `BURSAR_BLESS=1` makes them anew.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use bursar::report::ci_outputs::{self, COMMANDS};
use clap::{Arg, ArgAction, CommandFactory as _};

/// An input of the action.
#[derive(Debug)]
struct Input {
    name: String,
    about: String,
    /// What the runner fills in where a workflow says nothing.
    default: &'static str,
    required: bool,
    /// Which commands take it as an argument, and whether without a value; none for the action's own.
    argument: Option<(Vec<&'static str>, bool)>,
}

fn own(name: &str, default: &'static str, about: &str) -> Input {
    Input {
        name: name.to_owned(),
        about: about.to_owned(),
        default,
        required: name == "command",
        argument: None,
    }
}

/// The action's own inputs, then those of the commands in the order of their arguments.
fn inputs() -> Vec<Input> {
    let mut inputs = vec![
        own("command", "", "What to do: `plan`, `apply` or `check`"),
        own(
            "working-directory",
            ".",
            "The folder of the project, below the workspace",
        ),
        own(
            "token",
            "${{ github.token }}",
            "The token that comments, issues and pull requests are read and written with",
        ),
        own(
            "version",
            "",
            "The release of bursar to run, such as `1.2.3`; the newest that this version of the action knows where it is left out",
        ),
        own(
            "binary",
            "",
            "The path of a program to run instead of a release",
        ),
        own(
            "release-url",
            "",
            "Where the archives of releases are, without `/v1.2.3/…`: a mirror; the releases of the action's repository on github.com where it is left out",
        ),
    ];
    let own = inputs.len();
    let program = bursar::cli::Cli::command();
    let ci = program.find_subcommand("ci").expect("there is `ci`");
    for command in COMMANDS {
        let arguments = ci.find_subcommand(command).expect("the command is there");
        for argument in arguments.get_arguments() {
            let Some(name) = argument.get_long().filter(|name| *name != "help") else {
                continue;
            };
            let flag = matches!(argument.get_action(), ArgAction::SetTrue);
            assert!(
                flag || matches!(argument.get_action(), ArgAction::Set),
                "the action cannot give --{name} more than once"
            );
            let about = about(argument);
            let known = inputs[own..].iter_mut().find(|input| input.name == name);
            let Some(known) = known else {
                let taken = inputs.iter().any(|input| input.name == name);
                assert!(!taken, "--{name} is an input of the action already");
                inputs.push(Input {
                    name: name.to_owned(),
                    about,
                    default: "",
                    required: false,
                    argument: Some((vec![command], flag)),
                });
                continue;
            };
            let (commands, as_flag) = known.argument.as_mut().expect("it is an argument");
            assert_eq!(*as_flag, flag, "--{name} is of two kinds");
            if known.about != about {
                known.about = format!("{}; `{command}`: {about}", known.about);
            }
            commands.push(command);
        }
    }
    inputs
}

/// The help of an argument, with what it takes and its default.
fn about(argument: &Arg) -> String {
    let mut about = argument
        .get_help()
        .map(ToString::to_string)
        .unwrap_or_default();
    let code = |texts: Vec<String>| format!("`{}`", texts.join("`, `"));
    if matches!(argument.get_action(), ArgAction::SetTrue) {
        return about + " (`true` or `false`)";
    }
    let possible: Vec<String> = argument
        .get_possible_values()
        .iter()
        .map(|value| value.get_name().to_owned())
        .collect();
    let default: Vec<String> = argument
        .get_default_values()
        .iter()
        .map(|value| value.to_string_lossy().into_owned())
        .collect();
    let mut said = Vec::new();
    if !possible.is_empty() {
        said.push(code(possible));
    }
    if !default.is_empty() {
        said.push(format!("default {}", code(default)));
    }
    if !said.is_empty() {
        let _ = write!(about, " ({})", said.join("; "));
    }
    about
}

/// The environment variable that hands an input to run.sh.
fn variable(name: &str) -> String {
    format!("ACTION_INPUT_{}", name.to_uppercase().replace('-', "_"))
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("text is JSON")
}

fn action() -> String {
    let mut text = String::from(
        "# Made by tests/action.rs from the arguments and outputs of the program: BURSAR_BLESS=1 makes it anew.\n\
         name: bursar\n\
         description: Preview changes of cloud accounts and their financial structure in pull requests, and register them on merge\n\
         branding: {icon: book-open, color: blue}\n\
         inputs:\n",
    );
    for input in inputs() {
        let Input { name, about, .. } = &input;
        let _ = writeln!(text, "  {name}:\n    description: {}", quoted(about));
        let _ = writeln!(text, "    required: {}", input.required);
        if !input.required {
            let _ = writeln!(text, "    default: {}", quoted(input.default));
        }
    }
    text += "outputs:\n";
    for output in ci_outputs::ALL {
        let name = output.name;
        // Also the search for the program can fail.
        let or = if name == "failure-reason" {
            " || steps.binary.outputs.failure-reason"
        } else {
            ""
        };
        let _ = writeln!(
            text,
            "  {name}:\n    description: {}\n    value: ${{{{ steps.run.outputs.{name}{or} }}}}",
            quoted(output.about)
        );
    }
    text += "runs:\n  using: composite\n  steps:\n";
    text += "    - name: Find bursar\n      id: binary\n      shell: bash\n";
    text += "      run: '\"$GITHUB_ACTION_PATH/action/binary.sh\"'\n      env:\n";
    text += "        ACTION_REPOSITORY: ${{ github.action_repository }}\n";
    for name in ["version", "binary", "release-url"] {
        let _ = writeln!(text, "        {}: ${{{{ inputs.{name} }}}}", variable(name));
    }
    text += "    - name: Run bursar\n      id: run\n      shell: bash\n";
    text += "      run: '\"$GITHUB_ACTION_PATH/action/run.sh\"'\n      env:\n";
    text += "        ACTION_BINARY: ${{ steps.binary.outputs.path }}\n";
    text += "        GITHUB_TOKEN: ${{ inputs.token }}\n";
    for input in inputs() {
        let name = input.name;
        if !["token", "version", "binary", "release-url"].contains(&name.as_str()) {
            let _ = writeln!(
                text,
                "        {}: ${{{{ inputs.{name} }}}}",
                variable(&name)
            );
        }
    }
    text
}

fn arguments() -> String {
    let mut text = String::from(
        "# Made by tests/action.rs: each input that is an argument, with a value or as a flag, and the commands that take it.\n",
    );
    for input in inputs() {
        if let Some((commands, flag)) = &input.argument {
            let kind = if *flag { "flag" } else { "value" };
            let _ = writeln!(text, "{} {kind} {}", input.name, commands.join(","));
        }
    }
    text
}

fn table_of_inputs() -> String {
    let mut text = String::from("| input | for | meaning |\n| --- | --- | --- |\n");
    for input in inputs() {
        let commands = match &input.argument {
            Some((commands, _)) if commands.len() < COMMANDS.len() => commands.join(", "),
            _ => "all".to_owned(),
        };
        let mut about = input.about.replace('|', "\\|");
        if input.required {
            about += " (required)";
        } else if !input.default.is_empty() {
            let _ = write!(about, " (default `{}`)", input.default);
        }
        let _ = writeln!(text, "| `{}` | {commands} | {about} |", input.name);
    }
    text
}

fn table_of_outputs() -> String {
    let mut text = String::from("| output | of | meaning |\n| --- | --- | --- |\n");
    for output in ci_outputs::ALL {
        let commands = if output.commands.len() < COMMANDS.len() {
            output.commands.join(", ")
        } else {
            "all".to_owned()
        };
        let _ = writeln!(
            text,
            "| `{}` | {commands} | {} |",
            output.name, output.about
        );
    }
    text
}

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Holds a file to what it should say, or writes that.
fn hold(name: &str, wanted: &str) {
    if std::env::var_os("BURSAR_BLESS").is_some() {
        fs::write(path(name), wanted).unwrap();
    }
    let found = fs::read_to_string(path(name)).unwrap_or_default();
    assert!(
        found == wanted,
        "{name} is out of date: run the tests with BURSAR_BLESS=1"
    );
}

/// The page with `table` between the comments that mark its place.
fn with_table(page: &str, mark: &str, table: &str) -> String {
    let (begin, end) = (format!("<!-- {mark} -->\n"), format!("<!-- /{mark} -->"));
    let (before, rest) = page.split_once(&begin).expect("the table has a place");
    let (_, after) = rest.split_once(&end).expect("the place has an end");
    format!("{before}{begin}\n{table}\n{end}{after}")
}

#[test]
fn the_action_takes_and_tells_what_the_program_does() {
    hold("action.yml", &action());
    hold("action/inputs.txt", &arguments());
}

#[test]
fn the_tables_of_the_page_are_those_of_the_action() {
    let page = fs::read_to_string(path("docs/action.md")).unwrap();
    let page = with_table(&page, "inputs", &table_of_inputs());
    hold(
        "docs/action.md",
        &with_table(&page, "outputs", &table_of_outputs()),
    );
}

#[test]
fn no_expression_stands_in_a_script() {
    let action = fs::read_to_string(path("action.yml")).unwrap();
    let scripts: Vec<&str> = action
        .lines()
        .filter(|line| line.trim_start().starts_with("run:"))
        .collect();
    assert_eq!(scripts.len(), 2);
    assert!(scripts.iter().all(|line| !line.contains("${{")));
}

/// The version that the action runs is one that it knows the archives of, or the one of its sources.
#[test]
fn the_version_of_the_action_can_be_had() {
    let version = fs::read_to_string(path("action/version")).unwrap();
    let version = version.trim();
    let known = fs::read_to_string(path("action/checksums.txt")).unwrap();
    let start = format!("bursar-v{version}-");
    let archives: Vec<&str> = known
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let (sum, archive) = line
                .split_once("  ")
                .expect("a checksum, two spaces, a name");
            assert!(
                sum.len() == 64 && sum.bytes().all(|byte| byte.is_ascii_hexdigit()),
                "{sum}"
            );
            archive
        })
        .filter(|archive| archive.starts_with(&start))
        .collect();
    assert!(
        archives.len() == 4 || (archives.is_empty() && version == env!("CARGO_PKG_VERSION")),
        "{version}: {archives:?}"
    );
}
