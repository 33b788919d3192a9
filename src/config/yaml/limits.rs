//! What a file may ask of the reader before it is refused. Numbers only, no checks.

/// The bounds that one file must keep. Each is named in the message when it is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The size of a file, in bytes.
    pub file_bytes: usize,
    /// How deep lists and maps may nest; a file whose root is a flat map has depth 1.
    pub depth: usize,
    /// The length of one value or key, in bytes.
    pub scalar_bytes: usize,
    /// How much text anchors and aliases may add, as a multiple of the file's own size.
    pub alias_factor: usize,
    /// How many values (scalars, lists, maps) the tree may hold, aliases expanded.
    pub nodes: usize,
    /// How many tokens (brackets, separators, quoted values) the scanner may hold before it gives an event.
    pub held: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 64 << 20,
            depth: 64,
            scalar_bytes: 1 << 20,
            alias_factor: 10,
            nodes: 2_000_000,
            held: 100_000,
        }
    }
}
