//! `message_part`: a part of a message as text: its topic, a level of it, its payload, or what stands in it as JSON.

use crate::analysis::{Meaning, Seen, Term, Var};
use crate::calendar::{Local, Pattern};
use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, PortType, Text};
use crate::words::Words;
use base::canonical::{hex, sha256};
use base::limits::TEXT_CHARS_MAX;
use base::{Bilingual, Unit, Value};
use documents::signal::Payload;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Part {
    /// The whole topic.
    Topic,
    /// One level of the topic, by `level`.
    Level,
    /// The payload as it came; none where it is no text.
    Payload,
    /// What stands at `path` of a JSON payload, as JSON text; `null` where nothing does.
    Json,
    /// When it came, in milliseconds since 1970, or as a text by `format`.
    Time,
    /// An id of its own in the form of a UUID, the same whenever this message is looked at again.
    Uuid,
}

/// Parameters of `message_part`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// Which part.
    pub(crate) part: Part,
    /// Which level of the topic, counted from 1; a leading slash does not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 64))]
    pub(crate) level: Option<u32>,
    /// Where it stands in the payload, as a JSON Pointer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) path: Option<String>,
    /// How the time is written, such as `yyyy-MM-dd HH:mm:ss.SSS`, by the clocks of the site. What stands between single
    /// quotes is written as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) format: Option<String>,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MessagePart {
    Topic,
    Level(usize),
    Payload,
    Json(Vec<String>),
    Time,
    Written(Pattern, Local),
    Uuid,
}

/// Most levels of a topic that can be asked for.
const LEVELS_MAX: u32 = 64;

impl Kind for MessagePart {
    const TYPE: &'static str = "message_part";
    const TITLE: Text = Text::new("消息的一部分", "Part of a message");
    const DOC: Text = Text::new(
        "给出消息的一部分：topic 主题，level 主题的某一层（从 1 数起，开头的斜杠不算），payload 载荷原文，\
         json 载荷中某处的 JSON 文本（没有则为 null），time 收到的时刻（1970 年以来的毫秒数，或按 format 写成文本），uuid 由消息本身算出的标识。\
         与 json_field 一样，它只在处理这条消息时已知。",
        "Gives a part of a message: its `topic`; a `level` of the topic, counted from 1 without a leading slash; its \
         `payload` as it came; as `json` the JSON text of what stands at a path of the payload, `null` where nothing does; \
         the `time` at which it came, in milliseconds since 1970 or as a text by `format`; a `uuid` that is worked out of the message itself. As with \
         `json_field`, it is known only while this message is looked at.",
    );
    const INPUTS: &'static [PortSpec] = &[PortSpec::one("in", PortKind::Message, Text::new("消息", "the message"))];
    const OUTPUTS: &'static [PortSpec] = &[PortSpec::one("out", PortKind::Value, Text::new("这一部分", "that part"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("主题的第二层", "the second level of the topic"),
            params: r#"{"part": "level", "level": 2}"#,
            inputs: &[("in", Carries::Message("house/+/temp"))],
            rows: &["0:00 | - | ?", "0:10 | house/7/temp {} | 7", "0:20 | - | ?"],
        },
        Example {
            title: Text::new("载荷中一处的 JSON，没有则为 null", "JSON of a place in the payload, `null` without one"),
            params: r#"{"part": "json", "path": "/a"}"#,
            inputs: &[("in", Carries::Message("house/#"))],
            rows: &[
                "0:00 | - | ?",
                r#"0:10 | house/x {"a": {"b": [1, "c"]}} | {"b":[1,"c"]}"#,
                "0:20 | house/x {} | null",
                "0:30 | house/x hello | ?",
            ],
        },
        Example {
            title: Text::new("载荷原文", "the payload as it came"),
            params: r#"{"part": "payload"}"#,
            inputs: &[("in", Carries::Message("house/#"))],
            rows: &["0:00 | - | ?", "0:10 | house/x ON | ON"],
        },
        Example {
            title: Text::new("收到时钟面上的分和秒", "minutes and seconds of the clock when it came"),
            params: r#"{"part": "time", "format": "'at' mm:ss"}"#,
            inputs: &[("in", Carries::Message("house/#"))],
            rows: &["0:00 | - | ?", "0:10 | house/x ON | at 00:10"],
        },
    ];
    const WORDS: &'static [Words] = &[
        Words::when(&[("part", "topic")], "{in}的主题", "the topic of {in}"),
        Words::when(&[("part", "level")], "{in}主题的第 {level} 层", "level {level} of the topic of {in}"),
        Words::when(&[("part", "payload")], "{in}的载荷原文", "the payload of {in} as it came"),
        Words::when(&[("part", "json")], "{in}中 {path} 的 JSON", "the JSON at {path} of {in}"),
        Words::when(
            &[("part", "time")],
            "{in}收到的时刻[，写作 {format}]",
            "the time at which {in} came[, written {format}]",
        ),
        Words::when(&[("part", "uuid")], "{in}的标识", "the id of {in}"),
    ];

    type Params = Params;
    type State = ();

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<MessagePart> {
        let counted = params.part == Part::Time && params.format.is_none();
        let type_ = if counted { PortType::Number(Unit::one()) } else { PortType::Text };
        scope.produces(0, type_);
        if params.level.is_some() != (params.part == Part::Level) {
            scope.fault(
                "rule.params",
                "level",
                Bilingual::new("level 与 part: level 一起给出", "`level` goes with part `level`"),
            );
            return None;
        }
        if params.path.is_some() != (params.part == Part::Json) {
            scope.fault(
                "rule.params",
                "path",
                Bilingual::new("path 与 part: json 一起给出", "`path` goes with part `json`"),
            );
            return None;
        }
        if params.format.is_some() && params.part != Part::Time {
            scope.fault(
                "rule.params",
                "format",
                Bilingual::new("format 与 part: time 一起给出", "`format` goes with part `time`"),
            );
            return None;
        }
        if params.level.is_some_and(|n| n == 0 || n > LEVELS_MAX) {
            let (zh, en) = (format!("应在 1 到 {LEVELS_MAX} 之间"), format!("takes 1 to {LEVELS_MAX}"));
            scope.fault("rule.params", "level", Bilingual::new(zh, en));
            return None;
        }
        Some(match params.part {
            Part::Topic => MessagePart::Topic,
            Part::Level => MessagePart::Level(params.level? as usize),
            Part::Payload => MessagePart::Payload,
            Part::Json => MessagePart::Json(scope.pointer("path", &params.path?)?),
            Part::Time => match params.format.map(|format| Pattern::parse(&format)) {
                None => MessagePart::Time,
                Some(Ok(pattern)) => MessagePart::Written(pattern, Local::of(scope.world.site())),
                Some(Err(why)) => {
                    scope.fault("rule.params", "format", why);
                    return None;
                }
            },
            Part::Uuid => MessagePart::Uuid,
        })
    }

    fn init(&self) {}

    fn step(&self, _: &mut (), io: &mut Io<'_>) {
        let found = io.heard().filter(|_| io.event(0)).and_then(|heard| {
            let message = heard.incoming.message;
            let text = |text: &str| (text.chars().count() <= TEXT_CHARS_MAX).then(|| Value::text(text));
            match self {
                MessagePart::Topic => text(&message.topic),
                MessagePart::Level(level) => {
                    let topic = message.topic.strip_prefix('/').unwrap_or(&message.topic);
                    topic.split('/').nth(level - 1).and_then(text)
                }
                MessagePart::Payload => match &message.payload {
                    Payload::Text(payload) => text(payload),
                    Payload::Base64(_) => None,
                },
                MessagePart::Json(path) => heard.incoming.json(path).as_deref().and_then(text),
                MessagePart::Time => Some(Value::Number(io.now.as_millis() as f64)),
                MessagePart::Written(pattern, local) => Some(Value::text(pattern.written(io.now, local))),
                MessagePart::Uuid => {
                    let payload = match &message.payload {
                        Payload::Text(payload) | Payload::Base64(payload) => payload,
                    };
                    let micros = io.now.as_micros();
                    Some(Value::text(uuid(&sha256(format!("{micros}\n{}\n{payload}", message.topic).as_bytes()))))
                }
            }
        });
        io.set(0, found);
    }

    fn meaning(&self, _: &Seen<'_>) -> Vec<Meaning> {
        match self {
            MessagePart::Level(level) => vec![Meaning::Value(Term::Var(Var::Level(*level), None))],
            MessagePart::Topic
            | MessagePart::Payload
            | MessagePart::Json(_)
            | MessagePart::Time
            | MessagePart::Written(..)
            | MessagePart::Uuid => Vec::new(),
        }
    }
}

/// A digest in the form of a UUID of version 8 (RFC 9562 section 5.8).
fn uuid(digest: &[u8; 32]) -> String {
    let digits = hex(digest);
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default().to_owned();
    format!("{}-{}-8{}-8{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32))
}
