//! Proves the stand-ins for AWS themselves: that they refuse what AWS refuses, and that clients which
//! others wrote get along with them.

#[path = "support/aws/mod.rs"]
mod aws;
#[path = "aws_stands/billing.rs"]
mod billing;
#[path = "aws_stands/crowd.rs"]
mod crowd;
#[path = "aws_stands/front.rs"]
mod front;
#[path = "aws_stands/gaps.rs"]
mod gaps;
#[path = "aws_stands/ministack.rs"]
mod ministack;
#[path = "support/sandbox.rs"]
mod sandbox;
#[path = "aws_stands/sdk.rs"]
mod sdk;
#[path = "support/tools.rs"]
mod tools;
#[path = "aws_stands/world.rs"]
mod world;
