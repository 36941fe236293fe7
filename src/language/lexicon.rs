//! Surface forms of the registry and of the concepts, ready for matching. Built once for each revision of the world.

use things::World;

/// What can be said in one world.
#[derive(Debug, Clone, Default)]
pub struct Lexicon {}

impl Lexicon {
    /// Collects the forms of a world.
    pub fn build(_world: &World) -> Lexicon {
        Lexicon {}
    }
}
