//! What holds for all pages together.

mod pages;
mod questions;
