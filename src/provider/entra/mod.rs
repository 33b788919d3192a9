//! Microsoft Entra, as Azure and Partner Center share it: what its refusals mean. Pure: plain facts
//! in, words out. Never makes requests, and never sees a secret.

pub mod aadsts;
mod refusal;

pub use aadsts::Cause;
pub use refusal::Refusal;
