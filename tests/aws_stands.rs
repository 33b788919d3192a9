//! Proves the stand-ins for AWS themselves: that they refuse what AWS refuses, and that clients which
//! others wrote get along with them.

#[path = "support/aws/mod.rs"]
mod aws;
#[path = "aws_stands/billing.rs"]
mod billing;
#[path = "aws_stands/ministack.rs"]
mod ministack;
#[path = "support/sandbox.rs"]
mod sandbox;
#[path = "support/tools.rs"]
mod tools;
#[path = "aws_stands/world.rs"]
mod world;
