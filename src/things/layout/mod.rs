//! Declarative binary layouts: how numbers and texts stand in bytes, and which frames a device sends and takes.
//!
//! [`number::Codec`] is one value in bytes; raw topics and register maps both use it. [`raw::RawLayout`] is the frames of
//! a product, part of its thing model. What it is *not*: a protocol. It opens nothing, asks nothing and keeps nothing.

pub(crate) mod check;
pub mod number;
pub mod raw;

pub use number::{Bits, Codec, NumberType, Order, Unfit};
pub use raw::{RawFault, RawLayout};
