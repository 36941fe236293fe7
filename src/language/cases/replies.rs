//! Replies: answers with yes or no first, and receipts that claim no more than the device reported.

use super::{FIXTURE, hear, now, world};
use crate::Dialogue;
use crate::answers::render;
use base::id::CommandId;
use base::{Bilingual, Sample, Value};
use documents::{Draft, Receipt, ReceiptState, Verdict};
use things::States;

fn states(list: &[(&str, &str, Value)]) -> States {
    let point = |device: &str, trait_: &str| FIXTURE.world.point_with(world::device(device), trait_).unwrap().id;
    list.iter().map(|(d, t, v)| (point(d, t), Sample::good(v.clone(), now()))).collect()
}

fn answer(text: &str, states: &States) -> Bilingual {
    let u = hear(text, "", &Dialogue::default());
    let Some(Verdict::Draft(Draft::Query(q))) = u.parts.first().map(|p| &p.verdict) else { panic!("{text}: {u:?}") };
    render::frame(q, &q.answer(&FIXTURE.world, states, now()), &FIXTURE.world)
}

#[test]
fn answers() {
    let known = states(&[
        ("kit_light", "on_off", true.into()),
        ("bed_light", "on_off", false.into()),
        ("lab_window", "contact", true.into()),
        ("stu_window", "contact", false.into()),
        ("lab_temp", "measure.temperature", 27.5.into()),
        ("hot_temp", "measure.temperature", 31.0.into()),
        ("liv_env", "measure.temperature", 22.0.into()),
    ]);
    for (text, zh, en) in [
        ("is the kitchen light on", "是的，厨房灯开着。", "Yes, kitchen light is on."),
        ("is the bedroom light on", "没有，卧室灯关着。", "No, bedroom light is off."),
        ("is any window open", "是的，实验室窗户打开。", "Yes, lab window is open."),
        ("how many windows are open", "1个：实验室窗户。", "1: lab window."),
        ("which windows are closed", "画室窗户关闭。", "Studio window is closed."),
        ("what is the temperature in the lab", "实验室温度计是27.5°C。", "Lab thermometer temperature is 27.5°C."),
        ("where is it warmest", "花房温度计最高，31°C。", "Greenhouse thermometer is highest: 31°C."),
        ("what is the average temperature", "平均26.8°C。", "26.8°C on average."),
        ("is dusty cleaning", "目前没有读数。", "There is no reading at present."),
    ] {
        let got = answer(text, &known);
        assert_eq!((got.zh.as_str(), got.en.as_str()), (zh, en), "{text}");
    }
}

#[test]
fn receipts_claim_no_more_than_is_known() {
    let receipt = |device: &str, trait_: &str, value: Value, state| {
        let spec = FIXTURE.world.point_with(world::device(device), trait_).unwrap();
        let command = CommandId::of_name(device);
        Receipt {
            command,
            device: spec.device,
            point: spec.id,
            value,
            state,
            at: now(),
            observed: None,
            reason: None,
            words: None,
        }
    };
    for (state, zh, en) in [
        (ReceiptState::Confirmed, "好了，厨房灯：开着。", "Done. kitchen light: on."),
        (ReceiptState::Acked, "已发送，厨房灯：开着，尚未确认。", "Sent, not yet confirmed. kitchen light: on."),
        (ReceiptState::TimedOut, "未得到确认，厨房灯：开着。", "Not confirmed in time. kitchen light: on."),
        (ReceiptState::Unknown, "结果未知，厨房灯：开着。", "Result unknown. kitchen light: on."),
    ] {
        let got = render::receipts(&[receipt("kit_light", "on_off", true.into(), state)], &FIXTURE.world);
        assert_eq!((got.zh.as_str(), got.en.as_str()), (zh, en));
    }
    let mixed = render::receipts(
        &[
            receipt("kit_light", "on_off", true.into(), ReceiptState::Confirmed),
            receipt("bed_light", "on_off", true.into(), ReceiptState::Confirmed),
            receipt("liv_curtain", "position", 100.0.into(), ReceiptState::TimedOut),
        ],
        &FIXTURE.world,
    );
    assert_eq!(
        mixed.en,
        "Done. kitchen light and bedroom light: on. Not confirmed in time. living room curtain: position 100%."
    );
}
