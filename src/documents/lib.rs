//! What is said becomes one of these: plain, versioned documents with JSON Schemas. Engine, views, language, policy and
//! store use them, never each other.
//!
//! What it is *not*: nothing here decides or executes; a query is answered from a snapshot that is passed in.
//! Start at [`draft`] (what a request becomes) and [`journal`] (what the runtime writes down).

pub mod actor;
pub mod alarm;
pub mod backtest;
pub mod chart;
pub mod chart_frame;
pub mod command;
pub mod configuration;
pub mod deed;
pub mod draft;
pub mod finding;
pub mod history;
pub mod journal;
pub mod list;
pub mod past;
pub mod proposal;
pub mod query;
pub mod reply;
pub mod rule;
pub mod rule_finding;
pub mod scenario;
pub mod shadow;
pub mod signal;
pub mod template;
pub mod timer;
pub mod trace;

pub use actor::{Actor, ActorKind, Channel, Role};
pub use alarm::Alarm;
pub use backtest::Backtest;
pub use chart::{ChartKind, ChartQuery};
pub use chart_frame::{Chart, ChartFrame};
pub use command::{Act, Cause, Command, Priority, Receipt, ReceiptState, Setting};
pub use configuration::Change;
pub use deed::{Deed, Notice, NoticeLevel, Notify, Post, Raise};
pub use draft::{
    ClockAsk, DeviceAct, DialogueAct, Draft, ListAct, Part, Question, Reason, Refusal, RuleAct, RuleAsk, Sense, Sought,
    TimerAct, Understanding, Verdict, Words,
};
pub use finding::Finding;
pub use history::{Bucket, Grouping, HistoryFrame, HistoryQuery};
pub use journal::{Batch, Event, Outcome};
pub use list::{List, ListChange, ListRef};
pub use past::{PastAsk, PastFrame, PastQuery, PastRow};
pub use proposal::{Proposal, ProposalDoc, ProposalState, RuleChange};
pub use query::{Ask, Comparison, Condition, Frame, Query, Than};
pub use reply::Reply;
pub use rule::{Edge, Node, Overflow, RuleGraph, RuleMode, RuleState, RunLimit};
pub use rule_finding::{RuleFinding, RuleFindingKind};
pub use scenario::ScenarioRun;
pub use shadow::ShadowReport;
pub use signal::{Message, Payload, Signal};
pub use template::{InputKind, RuleTemplate, TemplateInput};
pub use timer::{NewTimer, Timer, TimerChange, TimerRef};
pub use trace::{PortValue, RuleValues, Trace, TraceClass, TraceEntry};

/// The JSON Schema of every document by name, for validators, forms and models.
pub fn schemas() -> Vec<(&'static str, schemars::Schema)> {
    macro_rules! of {
        ($($t:ident),* $(,)?) => { vec![$((stringify!($t), schemars::schema_for!($t))),*] };
    }
    of![
        Act,
        Alarm,
        Backtest,
        Chart,
        ChartQuery,
        Command,
        Deed,
        Draft,
        Finding,
        Frame,
        HistoryFrame,
        HistoryQuery,
        List,
        Notice,
        PastFrame,
        PastQuery,
        Proposal,
        Query,
        Question,
        Receipt,
        Refusal,
        Reply,
        RuleFinding,
        RuleGraph,
        RuleTemplate,
        ScenarioRun,
        ShadowReport,
        Timer,
        Trace,
        Understanding
    ]
}

#[cfg(test)]
mod tests;
