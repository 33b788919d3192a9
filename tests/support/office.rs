//! LibreOffice, as the program that finance people open a workbook with: what is on the PATH, else
//! Debian's packages unpacked into the target folder, which needs no rights and changes no machine.
//!
//! The version is the distribution's: its archive keeps only the newest, so that none can be pinned.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::tools;

/// No Java, no printing, no dictionaries: a spreadsheet without a window.
const PACKAGE: &str = "libreoffice-calc-nogui";
/// Told by LibreOffice where it has to be started once more, as it does after making a profile.
const ONCE_MORE: i32 = 81;

/// Converts a file as `soffice --convert-to` does; returns where the new one is.
///
/// # Panics
/// If there is no LibreOffice and none can be had, or if it cannot convert the file.
pub fn convert(file: &Path, to: &str, folder: &Path) -> PathBuf {
    let profile = format!("-env:UserInstallation=file://{}/profile", folder.display());
    let mut command = soffice();
    command
        .env_remove("DISPLAY")
        .env("HOME", folder)
        .args(["--headless", "--norestore", &profile])
        .args(["--convert-to", to, "--outdir"])
        .args([folder, file]);
    let mut output = command.output().expect("LibreOffice starts");
    if output.status.code() == Some(ONCE_MORE) {
        output = command.output().expect("LibreOffice starts");
    }
    let made = folder
        .join(file.file_name().expect("a file has a name"))
        .with_extension(to);
    // It ends well also where it made nothing of a file.
    assert!(
        output.status.success() && made.is_file(),
        "LibreOffice makes no {to} of {} ({}):\n{}{}",
        file.display(),
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    made
}

fn soffice() -> Command {
    let installed = Command::new("soffice").arg("--version").output();
    if installed.is_ok_and(|output| output.status.success()) {
        return Command::new("soffice");
    }
    let root = unpacked();
    let program = root.join("usr/lib/libreoffice/program");
    let libraries = fs::read_dir(root.join("usr/lib"))
        .expect("LibreOffice was unpacked")
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_dir());
    let libraries: Vec<PathBuf> = std::iter::once(program.clone()).chain(libraries).collect();
    let mut command = Command::new(program.join("soffice.bin"));
    command.env(
        "LD_LIBRARY_PATH",
        std::env::join_paths(libraries).expect("no path has a colon"),
    );
    command
}

/// Debian's packages, those that this machine lacks, below one folder.
fn unpacked() -> PathBuf {
    let top = tools::tools().join(PACKAGE);
    let root = top.join("root");
    tools::once(&top, "", || {
        let _ = fs::remove_dir_all(&root);
        for folder in ["lists/partial", "cache/archives/partial", "root"] {
            fs::create_dir_all(top.join(folder)).expect("a folder can be made");
        }
        apt(&top, &["update"]);
        apt(
            &top,
            &[
                "install",
                "--yes",
                "--download-only",
                "--no-install-recommends",
                PACKAGE,
            ],
        );
        let archives = fs::read_dir(top.join("cache/archives")).expect("apt made it");
        for archive in archives.flatten().map(|entry| entry.path()) {
            if archive.extension().is_some_and(|kind| kind == "deb") {
                let mut command = Command::new("dpkg-deb");
                command.arg("-x").args([&archive, &root]);
                let _said = tools::output("LibreOffice", &mut command);
            }
        }
        let _ = fs::remove_dir_all(top.join("cache"));
        settle(&root);
    });
    root
}

/// apt with folders of its own: it needs no rights, and what the machine has installed stays.
fn apt(top: &Path, arguments: &[&str]) {
    let mut command = Command::new("apt-get");
    command
        .arg("-qq")
        .arg(format!("-oDir::State::Lists={}/lists", top.display()))
        .arg(format!("-oDir::Cache={}/cache", top.display()))
        .args(["-oDebug::NoLocking=1", "-oAPT::Sandbox::User="])
        .args(arguments);
    let _said = tools::output(
        "LibreOffice (install it so that `soffice` is on the PATH, where this is no Debian)",
        &mut command,
    );
}

/// What the packages' scripts would do, and absolute names made those of the folder.
fn settle(root: &Path) {
    let office = root.join("usr/lib/libreoffice");
    let registry = office.join("share/registry");
    let _ = fs::remove_file(&registry);
    fs::rename(office.join("share/.registry"), &registry).expect("the packages hold a registry");
    for name in ["fundamentalrc", "sofficerc"] {
        let file = office.join("program").join(name);
        let text = fs::read_to_string(&file).expect("the packages hold it");
        let text = text
            .replace(
                "file:///etc/libreoffice/registry",
                &format!("file://{}", registry.display()),
            )
            .replace(
                "file:///usr/lib/libreoffice",
                &format!("file://{}", office.display()),
            );
        fs::write(&file, text).expect("the file can be written");
    }
    for folder in [
        "share/prereg/bundled",
        "share/uno_packages/cache",
        "share/psprint/psprint.conf",
    ] {
        let link = office.join(folder);
        if let Ok(target) = fs::read_link(&link)
            && let Ok(inside) = target.strip_prefix("/")
        {
            fs::remove_file(&link).expect("a link can be removed");
            symlink(root.join(inside), &link).expect("a link can be made");
        }
    }
}
