//! Declarative binary layouts: how numbers and texts stand in bytes, and which frames a device sends and takes.
//!
//! [`number::Codec`] is one value in bytes; raw topics and register maps both use it. What it is *not*: a protocol. It
//! opens nothing, asks nothing and keeps nothing. Start at [`number::Codec`].

pub mod number;

pub use number::{Bits, Codec, NumberType, Order, Unfit};
