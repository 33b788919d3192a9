//! A run of the program with what it took: CPU time, and the most memory that it ever held.
//!
//! The kernel counts both and tells them to who waits for the process. The standard library does not ask for
//! them, so Python waits, which the tests need anyway.

use std::process::Command;
use std::time::Duration;

use snapbox::cmd::cargo_bin;

use crate::support::Project;

pub const MIB: u64 = 1 << 20;

pub struct Run {
    pub status: Option<i32>,
    /// What it said, on both streams.
    pub output: String,
    pub cpu: Duration,
    /// In bytes.
    pub peak: u64,
}

const WAIT: &str = "
import os, sys
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, used = os.wait4(child, 0)
unit = 1 if sys.platform == 'darwin' else 1024
print('', used.ru_utime + used.ru_stime, used.ru_maxrss * unit, sep='\\n')
sys.exit(os.waitstatus_to_exitcode(status))
";

/// `bursar validate` in a project.
pub fn validate(project: &Project) -> Run {
    let output = Command::new("python3")
        .args(["-c", WAIT])
        .arg(cargo_bin!("bursar"))
        .arg("validate")
        .current_dir(project.path())
        .env_remove("BURSAR_LOG")
        .output()
        .unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    let mut lines = told.trim_end().rsplitn(3, '\n');
    let peak = lines.next().unwrap().parse().unwrap();
    let cpu = lines.next().unwrap().parse().unwrap();
    Run {
        status: output.status.code(),
        output: lines.next().unwrap_or_default().to_owned() + &said,
        cpu: Duration::from_secs_f64(cpu),
        peak,
    }
}
