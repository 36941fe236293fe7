//! `notify`: tells people something.

use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, Text};
use crate::slots::{self, EVENT};
use crate::template::{Slot, Template};
use crate::words::Words;
use base::Bilingual;
use base::limits::TEXT_CHARS_MAX;
use documents::Deed;
use documents::deed::{NoticeLevel, Notify as Notice};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Longest text that leaves a rule, in bytes.
pub(crate) const TEXT_BYTES_MAX: usize = 2_048;

/// Parameters of `notify`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// How urgent it is: `info`, `warning`, `urgent`.
    #[serde(default, skip_serializing_if = "is_info")]
    pub(crate) level: NoticeLevel,
    /// What is told in Chinese. `{name}` is the value of the input `name`, `{1}` what the first wildcard of a message's
    /// topic stood for; `{{` and `}}` are braces.
    #[schemars(length(min = 1, max = TEXT_CHARS_MAX))]
    pub(crate) zh: String,
    /// The same in English.
    #[schemars(length(min = 1, max = TEXT_CHARS_MAX))]
    pub(crate) en: String,
}

fn is_info(level: &NoticeLevel) -> bool {
    *level == NoticeLevel::Info
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Notify {
    level: NoticeLevel,
    text: Told,
}

/// A text for people in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Told {
    zh: Template<Slot>,
    en: Template<Slot>,
}

impl Kind for Notify {
    const TYPE: &'static str = "notify";
    const TITLE: Text = Text::new("通知", "Notify");
    const DOC: Text = Text::new(
        "每来一个事件，就告诉人们一段话，中英文各一份，其中 {名称} 是同名输入的值；未知的值写作“未知”。level 为 info（一般）、\
         warning（请留意）或 urgent（紧急）。为多处各立一份的规则里，{here} 是那一处的名称，不写就放在最前面。通知会保存，页面上可以看到；要一直提醒到处理完，用 raise_alarm。",
        "For every event, tells people something, in both languages; `{name}` is the value of the input of that name, and a value \
         that is unknown is said to be so. `level` is `info`, `warning` or `urgent`. In a rule that stands for each of several, `{here}` is \
         the name of the room or device; without it the name comes first. Notices are kept and shown on the page; what \
         shall stay until it is dealt with is a `raise_alarm`.",
    );
    const INPUTS: &'static [PortSpec] = &[
        PortSpec::one("in", PortKind::Event, Text::new("何时通知", "when to tell")),
        PortSpec::named("slot", PortKind::Value, Text::new("同名插槽的值", "the value of the slot of the same name")),
    ];
    const OUTPUTS: &'static [PortSpec] = &[];
    const EXAMPLES: &'static [Example] = &[Example {
        title: Text::new("带数值的通知", "with a value in it"),
        params: r#"{"level": "warning", "zh": "二氧化碳 {co2} ppm", "en": "CO2 is at {co2} ppm"}"#,
        inputs: &[("in", Carries::Event), ("co2", Carries::Number("[ppm]"))],
        rows: &[
            "0:00 | - | 812.5 | -",
            "0:10 | ! | 812.5 | warning: 二氧化碳 812.5 ppm / CO2 is at 812.5 ppm",
            "0:20 | ! | ? | warning: 二氧化碳 未知 ppm / CO2 is at unknown ppm",
        ],
    }];
    const WORDS: &'static [Words] = &[
        Words::when(
            &[("level", "urgent")],
            "紧急通知 {zh}（英文 {en}）[，其中 {slot}]",
            "tell people urgently {en} (Chinese {zh})[ with {slot}]",
        ),
        Words::when(
            &[("level", "warning")],
            "提醒 {zh}（英文 {en}）[，其中 {slot}]",
            "warn people {en} (Chinese {zh})[ with {slot}]",
        ),
        Words::new("通知 {zh}（英文 {en}）[，其中 {slot}]", "tell people {en} (Chinese {zh})[ with {slot}]"),
    ];

    type Params = Params;
    type State = ();

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Notify> {
        let text = Told::checked(&params.zh, &params.en, scope)?;
        Some(Notify { level: params.level, text })
    }

    fn init(&self) {}

    fn step(&self, _: &mut (), io: &mut Io<'_>) {
        if io.event(EVENT) {
            let text = self.text.now(io);
            io.ask(Deed::Notify(Notice { level: self.level, text }));
        }
    }
}

impl Told {
    /// Reads a text in both languages; says what is wrong with it.
    pub(crate) fn checked(zh: &str, en: &str, scope: &mut Scope<'_>) -> Option<Told> {
        let mut sound = true;
        for (field, text) in [("zh", zh), ("en", en)] {
            sound &= scope.counted(field, text.chars().count(), 1, TEXT_CHARS_MAX);
        }
        let zh = slots::checked("zh", Template::text(zh), scope);
        let en = slots::checked("en", Template::text(en), scope);
        let (mut zh, mut en) = zh.zip(en)?;
        if let Some(here) = scope.here {
            let name = here.words(scope.world);
            (zh, en) = (zh.there(&name.zh, "："), en.there(&name.en, ": "));
        }
        let slot = slots::resolver(&[("zh", &zh), ("en", &en)], scope);
        let (zh, en) = zh.resolved(&slot).zip(en.resolved(&slot))?;
        sound.then_some(Told { zh, en })
    }

    /// The text now.
    pub(crate) fn now(&self, io: &Io<'_>) -> Bilingual {
        Bilingual::new(
            slots::told(&self.zh, TEXT_BYTES_MAX, "未知", io),
            slots::told(&self.en, TEXT_BYTES_MAX, "unknown", io),
        )
    }
}
