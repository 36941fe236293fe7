//! The product templates that are shipped.

use super::writer::{Writer, code};
use things::traits;

pub(super) fn write(w: &mut Writer) {
    w.title(
        "产品模板",
        "Product templates",
        "随程序提供的物模型。用 `castellan device add --product 名称` 登记设备；`castellan template list` 列出它们。",
        "The thing models that are shipped. `castellan device add --product NAME` registers a device of one; \
         `castellan template list` lists them.",
    );
    for (name, model) in things::templates::all() {
        let called = w.both(&model.x.names.bilingual());
        w.heading(&format!("{called}{}`{name}`{}", w.pick("（", " ("), w.pick("）", ")")));
        let names = w.pick("、", ", ").to_owned();
        let also = [model.x.names.zh.join("、"), model.x.names.en.join(", ")].join(&names);
        w.paragraph(&format!("{}{also}{}", w.pick("叫法：", "Called: "), w.pick("。", ".")));
        let mut rows = Vec::new();
        for p in &model.properties {
            let id = p.x.trait_.as_deref().unwrap_or_default();
            let known = traits::by_id(id);
            let means = known.map(|t| w.pick(t.zh.first().copied().unwrap_or(id), t.en.first().copied().unwrap_or(id)));
            let unit = p.x.unit.map(|u| u.code().to_owned()).unwrap_or_default();
            let way =
                if p.access_mode.writable() { w.pick("可读写", "read and set") } else { w.pick("只读", "read") };
            rows.push(vec![
                code(&p.identifier),
                format!("{} {}", means.unwrap_or_default(), code(id)).trim().to_owned(),
                code(&unit),
                way.to_owned(),
            ]);
        }
        let heads =
            [w.pick("属性", "property"), w.pick("特征", "trait"), w.pick("单位", "unit"), w.pick("读写", "access")];
        w.table(&heads, &rows);
    }
}
