//! What the programs of others do as AWS does, as far as our tests lean on it.

use crate::aws::ministack::Ministack;

#[test]
fn ministack_starts_and_forgets() {
    Ministack::start().reset();
}
