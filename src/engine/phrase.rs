//! What a node is in words, made of the words of its inputs. Each kind says its own by these few moves.
//!
//! What it is *not*: it makes no sentences; that is `explain.rs`. The words of commands are in `action.rs`.

pub(crate) use crate::action::{described, publishing_words, setting_words};
use crate::limits::PHRASE_CHARS_MAX;
use crate::nodes::condition::edge::On;
use base::bilingual::is_han;
use base::id::{ConnectionId, PointId};
use base::{Bilingual, Quantity, Span, Unit, Value};
use documents::Comparison;
use things::{PointKind, PointSpec, World, traits};

/// A node in words.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Phrase {
    /// It cannot be said: unknown kind, wrong parameters, nothing connected.
    Unknown,
    /// A point whose value is used.
    Subject(Subject),
    /// A value of a message.
    Field(Field),
    /// Something that holds or does not.
    Condition(Condition),
    /// Moments; any of them counts.
    Event(Vec<Moment>),
    /// Something that is done.
    Action(Bilingual),
}

/// A point whose value is used.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Subject {
    spec: PointSpec,
    /// Device and property.
    name: Bilingual,
    /// The device alone, where that is enough to name a state.
    short: Bilingual,
    start: bool,
}

/// A value of a message.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Field {
    name: Bilingual,
    unit: Option<Unit>,
}

/// Something that holds or does not.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Condition {
    /// A clause that says that it holds.
    holds: Bilingual,
    /// A clause that says that it does not.
    fails: Bilingual,
    /// It is joined of several by `and` (true) or `or` (false).
    joint: Option<bool>,
    /// Both clauses are simple enough to be said plainly.
    plain: bool,
    /// It counts if it already holds when the rule is enabled.
    start: bool,
}

/// A moment at which something happens.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Moment {
    clause: Bilingual,
    /// What has become true at that moment, by node, and whether it became false instead.
    pub(crate) origin: Option<(usize, bool)>,
    /// It can follow "that no longer holds" only; otherwise its clause says enough.
    pub(crate) plain: bool,
    /// It recurs by its nature ("each time ...").
    each: bool,
    /// Time that passes before.
    wait: Span,
    /// What has to hold then.
    conditions: Vec<Bilingual>,
    start: bool,
}

/// What a node kind sees while it is put into words.
pub(crate) struct View<'a> {
    pub(crate) world: &'a World,
    /// For each declared input what arrives.
    pub(crate) inputs: Vec<Vec<Arrived<'a>>>,
}

/// What arrives at an input.
pub(crate) struct Arrived<'a> {
    /// The node that it comes from.
    pub(crate) node: usize,
    /// The port by its name in the graph.
    pub(crate) port: &'a str,
    pub(crate) phrase: &'a Phrase,
}

impl View<'_> {
    /// The phrase at an input.
    pub(crate) fn input(&self, port: usize) -> Phrase {
        self.inputs.get(port).and_then(|l| l.first()).map_or(Phrase::Unknown, |a| a.phrase.clone())
    }
    /// The phrases at an input.
    pub(crate) fn inputs(&self, port: usize) -> Vec<Phrase> {
        self.inputs.get(port).into_iter().flatten().map(|a| a.phrase.clone()).collect()
    }
    /// The node that an input comes from.
    pub(crate) fn source(&self, port: usize) -> Option<usize> {
        self.inputs.get(port).and_then(|l| l.first()).map(|a| a.node)
    }
    /// The phrases at an input whose ports have names, with these.
    pub(crate) fn named(&self, port: usize) -> Vec<(&str, &Phrase)> {
        self.inputs.get(port).into_iter().flatten().map(|a| (a.port, a.phrase)).collect()
    }
}

/// Writes the same pattern in both languages.
pub(crate) fn both(parts: &[&Bilingual], zh: impl Fn(&[&str]) -> String, en: impl Fn(&[&str]) -> String) -> Bilingual {
    let zh_parts: Vec<&str> = parts.iter().map(|p| p.zh.as_str()).collect();
    let en_parts: Vec<&str> = parts.iter().map(|p| p.en.as_str()).collect();
    Bilingual::new(zh(&zh_parts), en(&en_parts))
}

/// Puts Chinese texts together, with a space between a Han character and a Latin letter, digit or unit.
pub(crate) fn glue(parts: &[&str]) -> String {
    let latin = |c: char| c.is_ascii_alphanumeric() || matches!(c, '%' | '°' | '³');
    let mut text = String::new();
    for part in parts {
        if let (Some(a), Some(b)) = (text.chars().last(), part.chars().next())
            && (latin(a) && is_han(b) || is_han(a) && latin(b))
        {
            text.push(' ');
        }
        text.push_str(part);
    }
    text
}

/// Joins clauses by a word.
pub(crate) fn joined_by(parts: &[Bilingual], zh: &str, en: &str) -> Bilingual {
    let mut pieces: Vec<&str> = Vec::new();
    for (i, part) in parts.iter().enumerate() {
        pieces.extend((i > 0).then_some(zh));
        pieces.push(&part.zh);
    }
    let english: Vec<&str> = parts.iter().map(|p| p.en.as_str()).collect();
    Bilingual::new(glue(&pieces), english.join(en))
}

/// The device alone where its trait has words for states and no second point has the trait; else device and property.
pub(crate) fn short_name(spec: &PointSpec, world: &World) -> Bilingual {
    let stateful = spec
        .trait_
        .as_deref()
        .and_then(traits::by_id)
        .is_some_and(|t| !t.states.is_empty() || !t.operations.is_empty());
    let alone = world.points_of(spec.device).filter(|p| p.trait_ == spec.trait_).count() == 1;
    match world.device(spec.device) {
        Some(device) if stateful && alone => device.names.bilingual(),
        _ => world.point_words(spec.id),
    }
}

impl Phrase {
    /// A point.
    pub(crate) fn of_point(point: PointId, start: bool, world: &World) -> Phrase {
        world.point(point).map_or(Phrase::Unknown, |spec| {
            Phrase::Subject(Subject {
                spec: spec.clone(),
                name: world.point_words(point),
                short: short_name(spec, world),
                start,
            })
        })
    }

    /// A value of a message.
    pub(crate) fn of_field(path: &str, unit: Option<Unit>) -> Phrase {
        let name = if path.is_empty() {
            Bilingual::new("其载荷", "its payload")
        } else {
            Bilingual::new(format!("其 {path}"), format!("its {path}"))
        };
        Phrase::Field(Field { name, unit })
    }

    /// Each message on a topic.
    pub(crate) fn of_messages(topic: &str, connection: Option<ConnectionId>, world: &World) -> Phrase {
        let place = topic_words(topic, connection, world);
        let clause = both(&[&place], |p| format!("{}收到消息", p[0]), |p| format!("a message arrives on {}", p[0]));
        Phrase::Event(vec![Moment {
            clause,
            origin: None,
            plain: true,
            each: true,
            wait: Span::ZERO,
            conditions: Vec::new(),
            start: false,
        }])
    }

    /// Something that holds, by its clause.
    pub(crate) fn clause(holds: Bilingual) -> Phrase {
        let fails = both(&[&holds], |p| format!("并非“{}”", p[0]), |p| format!("it is not so that {}", p[0]));
        Phrase::Condition(Condition { holds, fails, joint: None, plain: false, start: false })
    }
    /// A value, by what it is called.
    pub(crate) fn noun(name: Bilingual) -> Phrase {
        Phrase::Field(Field { name, unit: None })
    }
    /// A moment, by its clause.
    pub(crate) fn moment(clause: Bilingual) -> Phrase {
        Phrase::Event(vec![Moment {
            clause,
            origin: None,
            plain: true,
            each: false,
            wait: Span::ZERO,
            conditions: Vec::new(),
            start: false,
        }])
    }
    /// The unit of its value, where that is known.
    pub(crate) fn unit(&self) -> Option<Unit> {
        match self {
            Phrase::Subject(subject) => subject.spec.unit(),
            Phrase::Field(field) => field.unit,
            Phrase::Unknown | Phrase::Condition(_) | Phrase::Event(_) | Phrase::Action(_) => None,
        }
    }

    /// What its value is called.
    pub(crate) fn value_words(&self) -> Bilingual {
        match self {
            Phrase::Subject(subject) => subject.name.clone(),
            Phrase::Field(field) => field.name.clone(),
            Phrase::Condition(c) => {
                both(&[&c.holds], |p| format!("“{}”是否成立", p[0]), |p| format!("whether {}", p[0]))
            }
            Phrase::Unknown | Phrase::Event(_) | Phrase::Action(_) => Bilingual::new("未知的值", "an unknown value"),
        }
    }

    /// A comparison of a point.
    pub(crate) fn compared(input: &Phrase, op: Comparison, value: &Value, unit: Option<Unit>, band: f64) -> Phrase {
        match input {
            Phrase::Subject(subject) => Phrase::Condition(subject.compared(op, value, unit, band)),
            Phrase::Field(field) => Phrase::Condition(field.compared(op, value, unit, band)),
            Phrase::Condition(condition) => match (op, value) {
                (Comparison::Eq, Value::Bool(true)) | (Comparison::Ne, Value::Bool(false)) => {
                    Phrase::Condition(condition.clone())
                }
                (Comparison::Eq | Comparison::Ne, Value::Bool(_)) => Phrase::Condition(condition.negated()),
                _ => Phrase::Unknown,
            },
            Phrase::Unknown | Phrase::Event(_) | Phrase::Action(_) => Phrase::Unknown,
        }
    }

    /// As a condition: of a point that is true or false, that it is true.
    pub(crate) fn condition(&self) -> Condition {
        match self {
            Phrase::Condition(c) => c.clone(),
            Phrase::Subject(s) => s.is(true),
            Phrase::Field(f) => f.is(true),
            Phrase::Unknown | Phrase::Event(_) | Phrase::Action(_) => Condition {
                holds: Bilingual::new("（未知条件）", "(an unknown condition)"),
                fails: Bilingual::new("（未知条件）不成立", "(an unknown condition) does not hold"),
                joint: None,
                plain: true,
                start: false,
            },
        }
    }

    /// The opposite.
    pub(crate) fn negated(&self) -> Phrase {
        Phrase::Condition(self.condition().negated())
    }

    /// For a time.
    pub(crate) fn held_for(&self, span: Span) -> Phrase {
        let c = self.condition();
        let span = span_words(span);
        let holds = both(
            &[&c.holds, &span],
            |p| match c.joint {
                Some(true) => glue(&[p[0], "，并同时持续", p[1]]),
                Some(false) => glue(&[p[0], "，并持续", p[1]]),
                None => glue(&[p[0], "持续", p[1]]),
            },
            |p| match c.joint {
                Some(true) => format!("{}, together for {}", p[0], p[1]),
                Some(false) => format!("{}, for {} in all", p[0], p[1]),
                None => format!("{} for {}", p[0], p[1]),
            },
        );
        let fails = both(&[&holds], |p| format!("并非“{}”", p[0]), |p| format!("it is not so that {}", p[0]));
        Phrase::Condition(Condition { holds, fails, joint: None, plain: false, start: c.start })
    }

    /// Several conditions joined by "and" or "or".
    pub(crate) fn joined(inputs: Vec<Phrase>, and: bool) -> Phrase {
        let parts: Vec<Condition> = inputs.iter().map(Phrase::condition).collect();
        let join = |parts: &[Bilingual], and: bool| {
            if and { joined_by(parts, "且", " and ") } else { joined_by(parts, "或", " or ") }
        };
        let bracketed = |c: &Condition, text: &Bilingual| {
            let mixed = c.joint.is_some_and(|joint| joint != and);
            if mixed { both(&[text], |p| format!("（{}）", p[0]), |p| format!("({})", p[0])) } else { text.clone() }
        };
        let holds: Vec<Bilingual> = parts.iter().map(|c| bracketed(c, &c.holds)).collect();
        let fails: Vec<Bilingual> = parts.iter().map(|c| bracketed(c, &c.fails)).collect();
        Phrase::Condition(Condition {
            holds: join(&holds, and),
            fails: join(&fails, !and),
            joint: (parts.len() > 1).then_some(and),
            plain: parts.len() < 2 && parts.iter().all(|c| c.plain),
            start: parts.iter().any(|c| c.start),
        })
    }

    /// The moment at which it changes.
    pub(crate) fn changing(&self, on: On, node: Option<usize>) -> Phrase {
        let c = self.condition();
        let clause = match (on, self) {
            (On::Rising, _) => c.holds.clone(),
            (On::Falling, _) => c.fails.clone(),
            (On::Both, Phrase::Subject(s)) => {
                both(&[&s.name], |p| glue(&[p[0], "变化"]), |p| format!("{} changes", p[0]))
            }
            (On::Both, _) => {
                both(&[&c.holds], |p| format!("“{}”成立或不再成立", p[0]), |p| format!("it changes whether {}", p[0]))
            }
        };
        let origin = match on {
            On::Rising => node.map(|n| (n, false)),
            On::Falling => node.map(|n| (n, true)),
            On::Both => None,
        };
        Phrase::Event(vec![Moment {
            clause,
            origin,
            plain: c.plain,
            each: on == On::Both,
            wait: Span::ZERO,
            conditions: Vec::new(),
            start: c.start,
        }])
    }

    /// The moments of several events.
    pub(crate) fn any_of(inputs: Vec<Phrase>) -> Phrase {
        let mut all: Vec<Moment> = Vec::new();
        for input in inputs {
            match input {
                Phrase::Event(moments) => all.extend(moments),
                Phrase::Unknown | Phrase::Subject(_) | Phrase::Field(_) | Phrase::Condition(_) | Phrase::Action(_) => {}
            }
        }
        if all.is_empty() { Phrase::Unknown } else { Phrase::Event(all) }
    }

    /// Only while a condition holds.
    pub(crate) fn gated(self, condition: &Phrase) -> Phrase {
        let holds = condition.condition().holds;
        self.each_moment(|m| m.conditions.push(holds.clone()))
    }

    /// Later.
    pub(crate) fn delayed(self, span: Span) -> Phrase {
        self.each_moment(|m| {
            if !m.conditions.is_empty() {
                let conditions = joined_by(&m.conditions, "且", " and ");
                m.clause = both(
                    &[&m.clause, &conditions],
                    |p| format!("{}（且当时{}）", p[0], p[1]),
                    |p| format!("{} (if {} then)", p[0], p[1]),
                );
                m.conditions.clear();
            }
            m.wait = Span::from_micros(m.wait.as_micros().saturating_add(span.as_micros()));
        })
    }

    fn each_moment(self, change: impl Fn(&mut Moment)) -> Phrase {
        match self {
            Phrase::Event(mut moments) => {
                moments.iter_mut().for_each(change);
                Phrase::Event(moments)
            }
            Phrase::Unknown | Phrase::Subject(_) | Phrase::Field(_) | Phrase::Condition(_) | Phrase::Action(_) => {
                Phrase::Unknown
            }
        }
    }

    /// Names the node instead when the words have become too long to read (and to hold: they can double with each node).
    pub(crate) fn shortened(self, id: &str) -> Phrase {
        let long = |b: &Bilingual| b.zh.chars().count().max(b.en.chars().count()) > PHRASE_CHARS_MAX;
        match self {
            Phrase::Condition(c) if long(&c.holds) || long(&c.fails) => Phrase::Condition(Condition {
                holds: Bilingual::new(format!("条件“{id}”成立"), format!("condition `{id}` holds")),
                fails: Bilingual::new(format!("条件“{id}”不成立"), format!("condition `{id}` does not hold")),
                joint: None,
                plain: true,
                start: c.start,
            }),
            Phrase::Event(moments)
                if moments
                    .iter()
                    .map(|m| m.clause.zh.chars().count().max(m.clause.en.chars().count()))
                    .sum::<usize>()
                    > 4 * PHRASE_CHARS_MAX =>
            {
                let start = moments.iter().any(|m| m.start);
                let clause = Bilingual::new(format!("事件“{id}”发生"), format!("event `{id}` happens"));
                Phrase::Event(vec![Moment {
                    clause,
                    origin: None,
                    plain: true,
                    each: false,
                    wait: Span::ZERO,
                    conditions: Vec::new(),
                    start,
                }])
            }
            other => other,
        }
    }
}

impl Condition {
    /// That it holds.
    pub(crate) fn holds(&self) -> Bilingual {
        self.holds.clone()
    }
    fn negated(&self) -> Condition {
        Condition {
            holds: self.fails.clone(),
            fails: self.holds.clone(),
            joint: self.joint.map(|and| !and),
            plain: self.plain,
            start: self.start,
        }
    }
}

impl Subject {
    /// That a point which is true or false has this value: "Front door is open", "Hall sensor reports motion".
    fn is(&self, value: bool) -> Condition {
        let clause = |value: bool| {
            let words = self.spec.words(&Value::Bool(value));
            match self.spec.trait_.as_deref().and_then(traits::by_id) {
                Some(t) if !t.states.is_empty() => {
                    let verb = if matches!(t.id, "motion" | "smoke" | "gas" | "problem") { "reports" } else { "is" };
                    both(
                        &[&self.short, &words],
                        |p| format!("{}{}", p[0], p[1]),
                        |p| format!("{} {verb} {}", p[0], p[1]),
                    )
                }
                _ => is_words(&self.name, value),
            }
        };
        Condition { holds: clause(value), fails: clause(!value), joint: None, plain: true, start: self.start }
    }

    fn compared(&self, op: Comparison, value: &Value, unit: Option<Unit>, band: f64) -> Condition {
        if let (PointKind::Bool, Value::Bool(b), Comparison::Eq | Comparison::Ne) = (&self.spec.kind, value, op) {
            return self.is(*b == (op == Comparison::Eq));
        }
        let unit = unit.or(self.spec.unit()).unwrap_or(Unit::one());
        let mut condition = compared_words(&self.name, op, value, unit, band, |value| self.spec.words(value));
        condition.start = self.start;
        condition
    }
}

impl Field {
    fn is(&self, value: bool) -> Condition {
        let clause = |value: bool| is_words(&self.name, value);
        Condition { holds: clause(value), fails: clause(!value), joint: None, plain: true, start: false }
    }

    fn compared(&self, op: Comparison, value: &Value, unit: Option<Unit>, band: f64) -> Condition {
        if let (Value::Bool(b), Comparison::Eq | Comparison::Ne) = (value, op) {
            return self.is(*b == (op == Comparison::Eq));
        }
        let unit = unit.or(self.unit).unwrap_or(Unit::one());
        compared_words(&self.name, op, value, unit, band, |value| {
            Bilingual::new(format!("“{value}”"), format!("\"{value}\""))
        })
    }
}

/// That something that is true or false has this value.
fn is_words(name: &Bilingual, value: bool) -> Bilingual {
    both(&[name], |p| glue(&[p[0], "为", if value { "真" } else { "假" }]), |p| format!("{} is {value}", p[0]))
}

/// A comparison of something with a value; what is no number says itself.
fn compared_words(
    name: &Bilingual,
    op: Comparison,
    value: &Value,
    unit: Unit,
    band: f64,
    said: impl Fn(&Value) -> Bilingual,
) -> Condition {
    let quantity = |n: f64| Bilingual::same(Quantity::new(n, unit).to_string());
    let (words, number) = match value {
        Value::Number(n) => (quantity(*n), Some(*n)),
        other => (said(other), None),
    };
    let clause = |op: Comparison, words: &Bilingual| {
        let (zh, en) = comparison_words(op, number.is_some());
        both(&[name, words], |p| glue(&[p[0], zh, p[1]]), |p| format!("{} {en} {}", p[0], p[1]))
    };
    let (mut holds, mut fails) = (clause(op, &words), clause(op.negated(), &words));
    if let (Some(n), true) = (number, band > 0.0) {
        let rising = matches!(op, Comparison::Gt | Comparison::Ge);
        let back = quantity(if rising { n - band } else { n + band });
        fails = clause(op.negated(), &back);
        holds = both(
            &[&holds, &back],
            |p| glue(&[p[0], "（回到", p[1], "为止）"]),
            |p| format!("{} (until back at {})", p[0], p[1]),
        );
    }
    Condition { holds, fails, joint: None, plain: band <= 0.0, start: false }
}

/// A topic, and the connection where it is not the embedded broker's.
pub(crate) fn topic_words(topic: &str, connection: Option<ConnectionId>, world: &World) -> Bilingual {
    let topic = Bilingual::new(format!("“{topic}”"), format!("`{topic}`"));
    let Some(id) = connection else { return topic };
    let unknown = || Bilingual::new("未知连接", "an unknown connection");
    let name = world.connection(id).map_or_else(unknown, |c| c.names.bilingual());
    both(&[&topic, &name], |p| format!("{}的{}", p[1], p[0]), |p| format!("{} of {}", p[0], p[1]))
}

fn comparison_words(op: Comparison, number: bool) -> (&'static str, &'static str) {
    match op {
        Comparison::Eq if number => ("等于", "is"),
        Comparison::Eq => ("为", "is"),
        Comparison::Ne if number => ("不等于", "is not"),
        Comparison::Ne => ("不为", "is not"),
        Comparison::Lt => ("低于", "is below"),
        Comparison::Le => ("不高于", "is at most"),
        Comparison::Gt => ("高于", "is above"),
        Comparison::Ge => ("不低于", "is at least"),
    }
}

impl Moment {
    /// An adverbial: "when Front door is open", 当前门打开时.
    pub(crate) fn words(&self, no_longer: bool) -> Bilingual {
        let wait = span_words(self.wait);
        let clause = if no_longer {
            Bilingual::new("该条件不再成立", "that no longer holds")
        } else {
            self.clause.clone()
        };
        let mut words = if self.wait > Span::ZERO {
            both(&[&clause, &wait], |p| glue(&[p[0], p[1], "后"]), |p| format!("{} after {}", p[1], p[0]))
        } else if self.each {
            both(&[&clause], |p| glue(&["每当", p[0], "时"]), |p| format!("each time {}", p[0]))
        } else {
            both(&[&clause], |p| glue(&["当", p[0], "时"]), |p| format!("when {}", p[0]))
        };
        if self.start {
            words = both(
                &[&words],
                |p| format!("{}（启用规则时已如此也算）", p[0]),
                |p| format!("{} (also if that is already so when the rule is enabled)", p[0]),
            );
        }
        if !self.conditions.is_empty() {
            let conditions = joined_by(&self.conditions, "且", " and ");
            words = both(
                &[&words, &conditions],
                |p| format!("{}，如果{}", p[0], p[1]),
                |p| format!("{}, if {}", p[0], p[1]),
            );
        }
        words
    }
    /// Whether nothing but the change itself matters.
    pub(crate) fn is_bare(&self) -> bool {
        self.wait == Span::ZERO && self.conditions.is_empty() && !self.start
    }
}

/// A duration: "1 hour 30 minutes", 1 小时 30 分钟.
pub(crate) fn span_words(span: Span) -> Bilingual {
    let mut rest = span.as_millis().max(0);
    let (mut zh, mut en): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for (ms, zh_unit, en_unit) in [
        (86_400_000, "天", "day"),
        (3_600_000, "小时", "hour"),
        (60_000, "分钟", "minute"),
        (1_000, "秒", "second"),
        (1, "毫秒", "millisecond"),
    ] {
        let count = rest / ms;
        rest %= ms;
        if count > 0 {
            zh.push(format!("{count} {zh_unit}"));
            en.push(format!("{count} {en_unit}{}", if count == 1 { "" } else { "s" }));
        }
    }
    Bilingual::new(zh.join(" "), en.join(" "))
}
