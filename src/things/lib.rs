//! What exists: thing models (TSL with our `x` block), the closed list of traits, products, devices, points, spaces,
//! selectors, and the immutable [`World`] snapshot that everything above reads. What devices say is checked by
//! [`ingest`], what they say in bytes is taken apart by [`layout`], and [`infer`] proposes a model where there is none.
//!
//! What it is *not*: it holds no present values of its own ([`States`] is filled by the runtime), knows no rule, no
//! request and no protocol. Start at [`World`].

pub mod calendar;
pub mod compat;
pub mod each;
pub mod infer;
pub mod ingest;
pub mod layout;
pub mod model;
mod model_check;
pub mod names;
pub mod point;
pub mod registry;
pub mod scene;
pub mod schedule;
pub mod selector;
pub mod templates;
pub mod traits;
pub mod world;

pub use calendar::Calendar;
pub use each::{Each, Here, Spaces};
pub use model::{Access, Assistant, Safety, ThingModel};
pub use names::Names;
pub use point::{PointKind, PointSpec, Token};
pub use registry::{
    CORNER_METRES_MAX, CORNERS_MAX, Connection, Corner, Device, Place, Placement, Product, Route, Site, Space,
    SpaceKind, WorldDoc,
};
pub use scene::{Scene, SceneAct};
pub use schedule::Schedule;
pub use selector::Selector;
pub use traits::Trait;
pub use world::{States, World};

#[cfg(test)]
mod tests;
