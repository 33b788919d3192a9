//! Proves the stand-ins for AWS themselves: that they refuse what AWS refuses, and that clients which
//! others wrote get along with them.

#[path = "support/aws/mod.rs"]
mod aws;
#[path = "support/tools.rs"]
mod tools;

use aws::ministack::Ministack;
use aws::moto::Moto;

#[test]
fn moto_starts_and_forgets() {
    Moto::start().reset();
}

#[test]
fn ministack_starts_and_forgets() {
    Ministack::start().reset();
}
