//! Scenes by what people call them.

use base::diagnostic::nearest;
use base::id::SceneId;
use base::{Bilingual, Diagnostic, Diagnostics};
use things::{Scene, World};

/// Most names that one finding suggests.
const NEAR_MAX: usize = 3;

/// The scenes with this name.
pub(crate) fn scenes_named<'a>(world: &'a World, written: &str) -> Vec<&'a Scene> {
    let written = written.trim().to_lowercase();
    world.scenes().filter(|s| s.names.all().any(|n| n.to_lowercase() == written)).collect()
}

/// The one scene with this id or name.
pub(crate) fn scene_called<'a>(world: &'a World, written: &str) -> Result<&'a Scene, Diagnostics> {
    if let Some(scene) = SceneId::parse(written).ok().and_then(|id| world.scene(id)) {
        return Ok(scene);
    }
    let found = scenes_named(world, written);
    if let [scene] = found[..] {
        return Ok(scene);
    }
    let fault = |code, zh: String, en: String| Diagnostic::error(code, "/scene", Bilingual::new(zh, en));
    let fault = if found.is_empty() {
        let all = world.scenes().flat_map(|s| s.names.all());
        let near = nearest(written, all, NEAR_MAX).join(", ");
        let found = fault("unknown_scene", format!("没有场景“{written}”"), format!("there is no scene “{written}”"));
        let help = if near.is_empty() {
            Bilingual::new("不带 scene 调用 scene_run 可列出场景", "call scene_run without `scene` to list the scenes")
        } else {
            Bilingual::new(format!("最接近的：{near}"), format!("the nearest are: {near}"))
        };
        found.help(help)
    } else {
        let ids = found.iter().map(|s| s.id.to_string()).collect::<Vec<_>>().join(", ");
        let n = found.len();
        let (zh, en) = (format!("有 {n} 个场景叫“{written}”"), format!("{n} scenes are called “{written}”"));
        fault("ambiguous", zh, en).help(Bilingual::new(format!("用 id：{ids}"), format!("give an id: {ids}")))
    };
    Err(vec![fault])
}
