//! A fault of bursar itself: said so, without data.

use std::panic::{self, AssertUnwindSafe};

use super::exit::Exit;

/// Runs a command; a panic in it is told as a bug and ends with [`Exit::Error`].
///
/// The message of a panic may quote what was being worked on, so only its place is told.
pub fn guarded(run: impl FnOnce() -> Exit) -> Exit {
    let before = panic::take_hook();
    panic::set_hook(Box::new(|info| {
        let place = info
            .location()
            .map(|at| format!("{}:{}", at.file(), at.line()));
        let trace = std::backtrace::Backtrace::capture();
        let trace = match trace.status() {
            std::backtrace::BacktraceStatus::Captured => format!("\n{trace}"),
            _ => String::new(),
        };
        eprint!("{}{trace}", text(place.as_deref()));
    }));
    let exit = panic::catch_unwind(AssertUnwindSafe(run)).unwrap_or(Exit::Error);
    panic::set_hook(before);
    exit
}

fn text(place: Option<&str>) -> String {
    let repository = match env!("CARGO_PKG_REPOSITORY") {
        "" => "where you got bursar from",
        url => url,
    };
    format!(
        "error: bursar {} came upon a fault of its own at {}\n  \
         help: this is a bug: please report this line and the command that you ran, {repository}\n  \
         help: what an apply had written stays recorded; run it again to go on\n",
        env!("CARGO_PKG_VERSION"),
        place.unwrap_or("an unknown place"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_and_its_text_names_the_place_only() {
        assert_eq!(guarded(|| panic!("the secret is s3cr3t")), Exit::Error);
        let told = text(Some("src/model/month.rs:7"));
        assert!(told.starts_with("error: bursar "), "{told}");
        assert!(told.contains("src/model/month.rs:7"), "{told}");
        assert!(told.contains("bug"), "{told}");
    }
}
