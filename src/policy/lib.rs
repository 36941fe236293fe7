//! Who may do what: (role, channel, effect, exposure of the point, safety class) to allow, ask or deny.
//!
//! What it is *not*: it knows no device and no request, only these five facts, and it never looks at words. It fails
//! closed: what no line below allows is denied. The whole default table is a golden file in `snapshots/`.

use base::Bilingual;
use documents::{Channel, Role};
use serde::{Deserialize, Serialize};
use things::{Assistant, Safety};

/// What a request would do. The order is that of danger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// Reads.
    Read,
    /// Makes a proposal, which does nothing by itself.
    Propose,
    /// Writes to devices.
    Actuate,
    /// Changes rules, and what exists: products, spaces, devices, connections.
    Configure,
    /// Says yes or no to a proposal.
    Approve,
    /// Changes tokens and settings.
    Administer,
}

/// The five facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    /// What the actor may do at most.
    pub role: Role,
    /// By which way it came.
    pub channel: Channel,
    /// What it would do.
    pub effect: Effect,
    /// What the assistant may do with the point; of several points the least.
    pub exposure: Assistant,
    /// The strictest safety class it touches.
    pub safety: Safety,
}

/// What is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// It is done.
    Allow,
    /// A person is asked first.
    Ask,
    /// It is not done.
    Deny,
}

/// A decision with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What is decided.
    pub decision: Decision,
    /// Why, in words.
    pub why: Bilingual,
}

/// Decides. Every dimension gives its own answer, and the strictest wins.
pub fn decide(request: &Request) -> Verdict {
    let answers = [by_role(request), by_channel(request), by_exposure(request), by_safety(request)];
    let mut strictest = Verdict { decision: Decision::Allow, why: Bilingual::new("允许", "allowed") };
    for answer in answers {
        if answer.decision > strictest.decision {
            strictest = answer;
        }
    }
    strictest
}

/// Decides about several points at once: the strictest answer.
pub fn decide_all(requests: impl IntoIterator<Item = Request>) -> Verdict {
    requests.into_iter().map(|r| decide(&r)).max_by_key(|v| v.decision).unwrap_or_else(allow)
}

fn allow() -> Verdict {
    Verdict { decision: Decision::Allow, why: Bilingual::new("允许", "allowed") }
}
fn ask(zh: &str, en: &str) -> Verdict {
    Verdict { decision: Decision::Ask, why: Bilingual::new(zh, en) }
}
fn deny(zh: &str, en: &str) -> Verdict {
    Verdict { decision: Decision::Deny, why: Bilingual::new(zh, en) }
}

fn by_role(r: &Request) -> Verdict {
    let not_role = || deny("该角色无权执行此操作", "this role may not do that");
    match (r.role, r.effect) {
        (Role::Owner, _) => allow(),
        (Role::Operator, Effect::Administer) => not_role(),
        (Role::Operator, _) => allow(),
        (Role::Viewer, Effect::Read) => allow(),
        (Role::Viewer, _) => not_role(),
        (Role::Agent, Effect::Read | Effect::Propose | Effect::Actuate) => allow(),
        (Role::Agent, Effect::Configure) => ask(
            "代理不能自行更改规则和设备，需由人批准",
            "an agent cannot change rules and devices by itself; a person approves",
        ),
        (Role::Agent, Effect::Approve) => deny("代理不能批准", "an agent cannot approve"),
        (Role::Agent, Effect::Administer) => not_role(),
        (Role::Bridge, _) => deny("网关令牌只能收发原始主题", "a bridge token may only use raw topics"),
    }
}

/// Whether a request comes through the assistant, where words may have been misunderstood.
fn through_assistant(channel: Channel) -> bool {
    matches!(channel, Channel::Chat | Channel::Voice | Channel::Mcp)
}

fn by_channel(r: &Request) -> Verdict {
    match (r.channel, r.effect) {
        (Channel::Mcp, Effect::Approve) => {
            deny("外部代理的渠道不能批准", "approvals are not admitted on an agent's channel")
        }
        (Channel::Rule, Effect::Read | Effect::Actuate) => allow(),
        (Channel::Rule, _) => deny("规则只能读取点位和下发命令", "a rule only reads points and sends commands"),
        (c, Effect::Configure) if through_assistant(c) => {
            ask("通过对话更改规则和设备需先批准", "changing rules and devices by conversation needs approval")
        }
        (c, Effect::Administer) if through_assistant(c) => {
            deny("不能通过对话管理系统", "administration is not done by conversation")
        }
        _ => allow(),
    }
}

fn by_exposure(r: &Request) -> Verdict {
    if !through_assistant(r.channel) && r.role != Role::Agent {
        return allow();
    }
    match (r.exposure, r.effect) {
        (Assistant::Hidden, _) => deny("该点位对助手不可见", "the assistant does not see this point"),
        (Assistant::Read, Effect::Read) => allow(),
        (Assistant::Read, _) => deny("助手只能读取该点位", "the assistant may only read this point"),
        (Assistant::Confirm, Effect::Actuate) => ask("该点位需要确认", "this point wants a confirmation"),
        (Assistant::Confirm | Assistant::Act, _) => allow(),
    }
}

fn by_safety(r: &Request) -> Verdict {
    let by_hand = matches!(r.channel, Channel::Ui | Channel::Api | Channel::System);
    match (r.effect, r.safety) {
        (Effect::Actuate, Safety::None | Safety::Comfort) => allow(),
        (Effect::Actuate, Safety::Security) => match r.channel {
            Channel::System | Channel::Rule => allow(),
            _ => ask("涉及安防，需由人批准", "it touches security, so a person approves"),
        },
        (Effect::Actuate, Safety::Life) => match r.channel {
            Channel::System => allow(),
            Channel::Ui | Channel::Api => {
                ask("涉及人身安全，需由人批准", "it touches the safety of people, so a person approves")
            }
            _ => deny(
                "涉及人身安全，只能在页面上由人操作",
                "it touches the safety of people, so it is done by hand on the page",
            ),
        },
        // A typed or spoken yes is enough for comfort only.
        (Effect::Approve, Safety::Security | Safety::Life) if !by_hand => deny(
            "安防和人身安全类提案只能在页面上批准",
            "proposals of class security or life are approved on the page only",
        ),
        _ => allow(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::fmt::Write;

    const ROLES: [Role; 5] = [Role::Owner, Role::Operator, Role::Viewer, Role::Agent, Role::Bridge];
    const CHANNELS: [Channel; 7] =
        [Channel::Ui, Channel::Api, Channel::Chat, Channel::Voice, Channel::Mcp, Channel::Rule, Channel::System];
    const EFFECTS: [Effect; 6] =
        [Effect::Read, Effect::Propose, Effect::Actuate, Effect::Configure, Effect::Approve, Effect::Administer];
    const EXPOSURES: [Assistant; 4] = [Assistant::Hidden, Assistant::Read, Assistant::Confirm, Assistant::Act];
    const SAFETIES: [Safety; 4] = [Safety::None, Safety::Comfort, Safety::Security, Safety::Life];

    #[test]
    fn default_table() {
        let mut table = String::from(
            "columns: none comfort security life; rows: exposure hidden read confirm act; a allow, ? ask, - deny\n",
        );
        for role in ROLES {
            for channel in CHANNELS {
                for effect in EFFECTS {
                    write!(
                        table,
                        "{:8} {:6} {:10}",
                        format!("{role:?}"),
                        format!("{channel:?}"),
                        format!("{effect:?}")
                    )
                    .unwrap();
                    for exposure in EXPOSURES {
                        table.push(' ');
                        for safety in SAFETIES {
                            table.push(match decide(&Request { role, channel, effect, exposure, safety }).decision {
                                Decision::Allow => 'a',
                                Decision::Ask => '?',
                                Decision::Deny => '-',
                            });
                        }
                    }
                    table.push('\n');
                }
            }
        }
        insta::assert_snapshot!(table);
    }

    proptest! {
        /// More danger, less exposure or a weaker role never gives more freedom.
        #[test]
        fn monotone(role in 0..5usize, channel in 0..7usize, effect in 0..6usize, exposure in 0..4usize, safety in 0..4usize) {
            let r = Request { role: ROLES[role], channel: CHANNELS[channel], effect: EFFECTS[effect], exposure: EXPOSURES[exposure], safety: SAFETIES[safety] };
            let here = decide(&r).decision;
            let with = |other: Request| decide(&other).decision;
            let safer = SAFETIES[..safety].iter().all(|s| with(Request { safety: *s, ..r }) <= here);
            let more_exposed = EXPOSURES[exposure..].iter().all(|e| with(Request { exposure: *e, ..r }) <= here);
            let owner = with(Request { role: Role::Owner, ..r });
            prop_assert!(safer && more_exposed && owner <= here);
            if r.effect == Effect::Approve && !matches!(r.role, Role::Owner | Role::Operator) {
                prop_assert_eq!(here, Decision::Deny);
            }
        }
    }
}
