//! run.sh hands inputs over as arguments, letter by letter, and ends as the program ends.

use std::fs;

use crate::support::{Copy, NOTES, Said, noted, write_program};

fn run(copy: &Copy, with: &[(&str, &str)]) -> Said {
    let program = copy.path("bursar");
    write_program(&program, NOTES);
    let program = program.display().to_string();
    let mut all = vec![("ACTION_BINARY", program.as_str())];
    all.extend(with);
    copy.script("run.sh", &all)
}

fn given(copy: &Copy) -> Vec<String> {
    noted(copy.path("bursar").parent().unwrap())
}

#[test]
fn values_come_through_letter_by_letter() {
    let copy = Copy::new();
    let strange = "a  b \"c\" 'd' $(touch oops) `id` \\ * %0A é\nsecond line";
    let with = [
        ("ACTION_INPUT_COMMAND", "plan"),
        ("ACTION_INPUT_WORKING_DIRECTORY", "cost data/it's"),
        ("ACTION_INPUT_STATE_DIR", strange),
        ("ACTION_INPUT_DECLARED", "--offline"),
        ("ACTION_INPUT_OFFLINE", "true"),
        ("ACTION_INPUT_COMMENT", ""),
        // Said, but no: so it may stand at any command.
        ("ACTION_INPUT_ALLOW_EXEC", "false"),
    ];
    let said = run(&copy, &with);
    assert_eq!(said.code, Some(0), "{}", said.text);
    let state_dir = format!("--state-dir={strange}");
    let wanted = [
        "-C",
        "cost data/it's",
        "ci",
        "plan",
        &state_dir,
        "--declared=--offline",
        "--offline",
    ];
    assert_eq!(given(&copy), wanted);
    assert!(!copy.path("oops").exists());
}

#[test]
fn what_is_not_given_is_not_said() {
    let copy = Copy::new();
    for command in ["plan", "apply", "check"] {
        let said = run(&copy, &[("ACTION_INPUT_COMMAND", command)]);
        assert_eq!(said.code, Some(0), "{}", said.text);
        assert_eq!(given(&copy), ["-C", ".", "ci", command]);
    }
}

#[test]
fn the_step_ends_as_the_program_ends() {
    let copy = Copy::new();
    for code in [0, 1, 3, 4] {
        fs::write(copy.path("exit"), code.to_string()).unwrap();
        let said = run(&copy, &[("ACTION_INPUT_COMMAND", "apply")]);
        assert_eq!(said.code, Some(code), "{}", said.text);
    }
}

#[test]
fn inputs_that_cannot_be_meant_are_refused() {
    let copy = Copy::new();
    type Given = &'static [(&'static str, &'static str)];
    let cases: &[(Given, &[&str])] = &[
        (&[], &["plan, apply or check"]),
        (
            &[("ACTION_INPUT_COMMAND", "destroy")],
            &["destroy", "plan, apply or check"],
        ),
        (
            &[("ACTION_INPUT_COMMAND", "plan"), ("ACTION_INPUT_WAIT", "5")],
            &["wait", "not for plan", "apply"],
        ),
        (
            &[
                ("ACTION_INPUT_COMMAND", "plan"),
                ("ACTION_INPUT_ALLOW_EXEC", "true"),
            ],
            &["allow-exec", "apply and check"],
        ),
        (
            &[
                ("ACTION_INPUT_COMMAND", "plan"),
                ("ACTION_INPUT_OFFLINE", "Yes\n::set-env name=x::y"),
            ],
            &["offline", "true or false", "Yes%0A"],
        ),
    ];
    for (with, words) in cases {
        let said = run(&copy, with);
        assert_eq!(said.code, Some(1), "{}", said.text);
        assert_eq!(said.outputs["failure-reason"], "error");
        for word in *words {
            assert!(said.text.contains(word), "{word} is not in {}", said.text);
        }
        assert!(!copy.path("arguments").exists(), "the program ran");
    }
}
