//! What a request was understood as, before anything happens.

use crate::{
    Act, ChartQuery, ListChange, ListRef, NewTimer, PastQuery, Query, RuleGraph, RuleState, TimerChange, TimerRef,
};
use base::id::{DeviceId, PointId, RuleId, SpaceId};
use base::{Bilingual, Lang, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use things::Names;

/// Most options of a question.
pub const OPTIONS_MAX: usize = 4;

/// A whole request, clause by clause: each gets its own verdict, so that nothing is dropped in silence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Understanding {
    /// The language to answer in.
    pub lang: Lang,
    /// The clauses in the order they were said.
    pub parts: Vec<Part>,
    /// How sure the back end is, 0 to 1.
    pub confidence: f64,
}

impl Understanding {
    /// What it means, to be compared: without where the words stand, and without names, ids and texts that only the
    /// words gave.
    pub fn meaning(&self) -> Json {
        let part = |verdict: &Verdict| match verdict {
            Verdict::Draft(Draft::Rule(rule)) => json!({ "rule": [rule.mode, rule.each, rule.nodes, rule.edges] }),
            Verdict::Refusal(refusal) => json!({ "refusal": refusal.reason }),
            Verdict::Draft(draft) => json!({ "draft": draft }),
            Verdict::Question(question) => json!({ "question": question.options }),
        };
        self.parts.iter().map(|p| part(&p.verdict)).collect()
    }
}

/// One clause.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Where it stands in the request, as character offsets `[from, to)`.
    pub span: (usize, usize),
    /// What it became.
    pub verdict: Verdict,
    /// Which words made what of it, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<Words>,
}

impl Part {
    /// A clause of which nobody said which words made what.
    pub fn new(span: (usize, usize), verdict: Verdict) -> Self {
        Part { span, verdict, words: Vec::new() }
    }
}

/// Words of a request, and what was read in them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// Where they stand in the request, as character offsets `[from, to)`.
    pub span: (usize, usize),
    /// What kind of thing they say.
    pub sense: Sense,
    /// What they were read as.
    pub text: Bilingual,
}

/// What kind of thing words say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sense {
    /// What is to be done.
    Act,
    /// A device.
    Device,
    /// A place.
    Place,
    /// A kind of device.
    Kind,
    /// What is measured or set.
    Property,
    /// How something is.
    State,
    /// A value.
    Value,
    /// A time, or how long.
    Time,
    /// How the rest belongs together: all, except, if.
    Link,
}

/// What a clause became.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Something that can be done.
    Draft(Draft),
    /// More has to be known.
    Question(Question),
    /// It cannot be done.
    Refusal(Refusal),
}

/// Something that can be done. References are ids, never names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Draft {
    /// Device commands.
    Commands(Vec<Act>),
    /// A question about states.
    Query(Query),
    /// A question about what was.
    Past(PastQuery),
    /// A standing rule.
    Rule(Box<RuleGraph>),
    /// Something about rules that exist.
    Rules(RuleAct),
    /// A chart.
    Chart(ChartQuery),
    /// A change of which devices there are.
    Device(DeviceAct),
    /// The present state becomes a scene.
    SaveScene {
        /// What it is called.
        names: Names,
        /// Of which space; of the whole site when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        space: Option<SpaceId>,
    },
    /// A timer, a reminder, or commands that are done later.
    Timer(TimerAct),
    /// Something about a list.
    List(ListAct),
    /// A question about the clock or the calendar.
    Clock(ClockAsk),
    /// Something about the conversation itself.
    Dialogue(DialogueAct),
}

/// Something about rules that exist.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RuleAct {
    /// A question about some of them.
    Ask {
        /// Which; none when none fits.
        rules: Vec<RuleId>,
        /// What is asked.
        ask: RuleAsk,
    },
    /// One is put into use or out of it.
    Switch {
        /// Which.
        rule: RuleId,
        /// How far it shall be in use.
        state: RuleState,
    },
    /// One is no longer wanted.
    Remove(RuleId),
    /// One is run by hand.
    Run(RuleId),
}

/// What is asked about rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RuleAsk {
    /// Which are they, and what do they do?
    Which,
    /// How many are they?
    Count,
    /// What does it do?
    What,
    /// When does it run next?
    When,
    /// Why did it act, or not?
    Why,
}

/// Something about timers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TimerAct {
    /// A new one.
    Start(Box<NewTimer>),
    /// A change of one that is there.
    Change {
        /// Which.
        which: TimerRef,
        /// What shall become of it.
        change: TimerChange,
    },
    /// How far are they?
    Ask(TimerRef),
}

/// Something about a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListAct {
    /// Which list.
    pub list: ListRef,
    /// What shall become of it; what stands on it is told when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<ListChange>,
}

/// A question about the clock or the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClockAsk {
    /// What time is it?
    Time,
    /// Which date is it, so many days from today?
    Date(i32),
    /// Which day of the week is it, so many days from today?
    Weekday(i32),
    /// When does the sun rise, so many days from today?
    Sunrise(i32),
    /// When does the sun set, so many days from today?
    Sunset(i32),
    /// When is the next public holiday?
    Holiday,
    /// Do people work, so many days from today?
    Workday(i32),
}

/// A change of which devices there are, and what they are called.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeviceAct {
    /// New devices of one product.
    Register {
        /// Key of a product or of a shipped template.
        product: String,
        /// How many.
        count: u16,
        /// What they are called; made from the product when empty.
        #[serde(default, skip_serializing_if = "Names::is_empty")]
        names: Names,
        /// Where they are.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        space: Option<SpaceId>,
    },
    /// Another name; that of the other language stays.
    Rename {
        /// Which device.
        device: DeviceId,
        /// What it is called from now on.
        names: Names,
    },
    /// Another place.
    Move {
        /// Which device.
        device: DeviceId,
        /// Where it is from now on.
        space: SpaceId,
    },
    /// Out of service, so that it is neither read nor written, or back in it.
    Service {
        /// Which device.
        device: DeviceId,
        /// Whether it is out of service.
        disabled: bool,
    },
    /// It is taken out; for a while it can be restored.
    Remove {
        /// Which device.
        device: DeviceId,
        /// Although rules use it.
        #[serde(default)]
        force: bool,
    },
    /// A removed device comes back. What was removed has no entry in the world, so it is named.
    Restore {
        /// Its name.
        name: String,
    },
}

/// Something about the conversation itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DialogueAct {
    /// Take back the last turn that changed something.
    Undo,
    /// Yes to the pending proposal.
    Confirm,
    /// No to the pending proposal or question.
    Cancel,
    /// Why is this point as it is?
    Why(PointId),
    /// A greeting or thanks.
    SmallTalk,
}

/// A question back, with at most [`OPTIONS_MAX`] options.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// The question.
    pub text: Bilingual,
    /// What can be meant; choosing one is doing its draft.
    pub options: Vec<Choice>,
}

/// One option of a question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// What it is called.
    pub label: Bilingual,
    /// What is done when it is chosen.
    pub draft: Draft,
}

/// Why something is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// No device has this name.
    UnknownDevice,
    /// No place has this name.
    UnknownPlace,
    /// Several are possible.
    Ambiguous,
    /// The device cannot do it.
    NoCapability,
    /// The value is outside the device's range.
    OutOfRange,
    /// The unit does not measure this.
    WrongUnit,
    /// Somebody could be hurt.
    Unsafe,
    /// Policy forbids it.
    NotAllowed,
    /// The device cannot be reached.
    Offline,
    /// The words were not understood.
    NotUnderstood,
    /// It is not about this building.
    OutOfDomain,
    /// It contradicts a rule or itself.
    Contradiction,
    /// There is nothing to do.
    NothingToDo,
}

impl Reason {
    /// Stable code for APIs and logs.
    pub fn code(self) -> &'static str {
        match self {
            Reason::UnknownDevice => "unknown_device",
            Reason::UnknownPlace => "unknown_place",
            Reason::Ambiguous => "ambiguous",
            Reason::NoCapability => "no_capability",
            Reason::OutOfRange => "out_of_range",
            Reason::WrongUnit => "wrong_unit",
            Reason::Unsafe => "unsafe",
            Reason::NotAllowed => "not_allowed",
            Reason::Offline => "offline",
            Reason::NotUnderstood => "not_understood",
            Reason::OutOfDomain => "out_of_domain",
            Reason::Contradiction => "contradiction",
            Reason::NothingToDo => "nothing_to_do",
        }
    }
}

/// Why something is not done, in words, with the nearest thing that is possible.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    /// The reason.
    pub reason: Reason,
    /// The reason in words; names what was not understood.
    pub text: Bilingual,
    /// The nearest things that are possible: names, values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nearest: Vec<Bilingual>,
    /// What was looked for in vain, where only the device is missing. It is for who thinks further, and is not sent.
    #[serde(skip)]
    pub sought: Option<Box<Sought>>,
}

impl Refusal {
    /// A refusal without alternatives.
    pub fn new(reason: Reason, text: Bilingual) -> Self {
        Refusal { reason, text, nearest: Vec::new(), sought: None }
    }
}

/// A request that was understood, about a device that is not there: "turn on the kitchen fan" where there is none.
#[derive(Debug, Clone, PartialEq)]
pub struct Sought {
    /// The kind of device, where one was named.
    pub kind: Option<String>,
    /// Where it was looked for.
    pub spaces: Vec<SpaceId>,
    /// The trait that was to be set or asked about.
    pub trait_: String,
    /// What it was to be set to, or was asked to be; numbers in the unit of the shipped products of the kind.
    pub value: Value,
}
