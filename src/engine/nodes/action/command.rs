//! `command`: asks for a point, or for all points of a selection, to be written. Where rules end.

use crate::compile::{Scope, tidy};
use crate::each;
use crate::limits::LISTED_MAX;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, Text};
use base::id::PointId;
use base::{Bilingual, Unit, Value};
use documents::{Act, Deed, Setting};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use things::model::{Access, Parameter, Property, X};
use things::point::Misfit;
use things::{PointKind, PointSpec, Selector, World};

/// Parameters of `command`: a `point` or a `select`, not both.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// The point to write.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) point: Option<PointId>,
    /// The points to write; give the trait, so that only points of one meaning are selected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) select: Option<Selector>,
    /// Of `select`: only the points in the room, or of the device, that the rule stands for (`each`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) here: bool,
    /// What they shall become.
    pub(crate) setting: Setting,
    /// Unit of a number in `setting`; each point's own when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unit: Option<Unit>,
}

/// The node in a plan: the selection as it stands, settings in each point's own unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Command {
    acts: Vec<Act>,
}

impl Kind for Command {
    const TYPE: &'static str = "command";
    const TITLE: Text = Text::new("命令", "Command");
    const DOC: Text = Text::new(
        "每来一个事件，就请求写一个点位（point）或一组点位（select）。setting：{\"to\": 值} 设为该值，{\"by\": 数} 在当前值上增减，\
         \"toggle\" 取反，{\"call\": {参数}} 调用服务。值域、枚举、单位、可写性在编译时检查。",
        "For every event, asks for a point (`point`) or the points of a selection (`select`) to be written. `setting`: \
         {\"to\": value} sets it, {\"by\": number} changes the present value, \"toggle\" gives the other boolean, \
         {\"call\": {arguments}} calls a service. Range, tokens, unit and access are checked when the rule is compiled.",
    );
    const INPUTS: &'static [PortSpec] = &[PortSpec::one("in", PortKind::Event, Text::new("何时执行", "when to do it"))];
    const OUTPUTS: &'static [PortSpec] = &[];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("打开风扇", "turn on a fan"),
            params: r#"{"point": "pt_03da3643ad1981acb0edbd9b1c641b51", "setting": {"to": true}}"#,
            inputs: &[("in", Carries::Event)],
            rows: &["0:00 | - | -", "0:10 | ! | true"],
        },
        Example {
            title: Text::new("设定温度 77 °F，空调用摄氏度", "set 77 °F on an air conditioner that takes °C"),
            params: r#"{"point": "pt_9c89fb366cc88a45849369767255ea94", "setting": {"to": 77}, "unit": "[degF]"}"#,
            inputs: &[("in", Carries::Event)],
            rows: &["0:00 | - | -", "0:10 | ! | 25"],
        },
    ];

    type Params = Params;
    type State = ();

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Command> {
        let (field, points) = targets(&params, scope)?;
        let mut acts = Vec::with_capacity(points.len());
        let mut misfits = 0;
        for id in points {
            let world = scope.world;
            let Some(spec) = world.point(id) else {
                scope.unknown_point(field, id);
                continue;
            };
            match checked(&params, spec, world) {
                Ok(setting) => acts.push(Act { point: id, setting }),
                Err(fault) => {
                    misfits += 1;
                    if misfits <= LISTED_MAX {
                        let name = world.point_words(id);
                        let subject = Bilingual::new(
                            format!("“{}”：{}", name.zh, fault.message.zh),
                            format!("{}: {}", name.en, fault.message.en),
                        );
                        scope.fault(fault.code, fault.field.unwrap_or(field), subject);
                    }
                }
            }
        }
        if misfits > LISTED_MAX {
            let more = misfits - LISTED_MAX;
            scope.fault(
                "rule.select",
                field,
                Bilingual::new(format!("另有 {more} 个点位不适用"), format!("{more} more points do not fit")),
            );
        }
        (misfits == 0 && !acts.is_empty()).then_some(Command { acts })
    }

    fn init(&self) {}

    fn step(&self, _: &mut (), io: &mut Io<'_>) {
        if io.event(0) {
            for act in &self.acts {
                io.ask(Deed::Act(act.clone()));
            }
        }
    }

    fn effects_on(&self) -> Vec<PointId> {
        self.acts.iter().map(|a| a.point).collect()
    }

    fn acts(&self) -> &[Act] {
        &self.acts
    }
}

/// The points that are meant, and the parameter that says so.
fn targets(params: &Params, scope: &mut Scope<'_>) -> Option<(&'static str, Vec<PointId>)> {
    match (&params.point, &params.select) {
        (Some(point), None) if !params.here => Some(("point", vec![*point])),
        (None, Some(selector)) => {
            let points = each::selected(selector, params.here, scope)?;
            Some(("select", points))
        }
        (Some(_), _) | (None, None) => {
            scope.fault(
                "rule.params",
                "",
                Bilingual::new(
                    "point 和 select 要给出其中一个，here 只与 select 一起用",
                    "give either `point` or `select`; `here` goes with `select`",
                ),
            );
            None
        }
    }
}

/// Why a setting does not fit a point.
struct Fault {
    code: &'static str,
    /// The parameter at fault; none means the target itself.
    field: Option<&'static str>,
    message: Bilingual,
}

fn setting_fault(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Fault {
    Fault { code, field: Some("setting"), message: Bilingual::new(zh, en) }
}

/// The setting in the point's own unit, if the point can take it.
fn checked(params: &Params, spec: &PointSpec, world: &World) -> Result<Setting, Fault> {
    if !spec.writable {
        return Err(Fault {
            code: "rule.not_writable",
            field: None,
            message: Bilingual::new("只读，不能写", "it can only be read"),
        });
    }
    let numeric = matches!(params.setting, Setting::To(Value::Number(_)) | Setting::By(_));
    let from = match (params.unit, spec.unit()) {
        (Some(unit), Some(own)) if numeric => {
            if unit.dimension() != own.dimension() {
                let message = Bilingual::new(
                    format!("单位 {} 与 {} 不能换算", unit.code(), own.code()),
                    format!("unit {} does not convert to {}", unit.code(), own.code()),
                );
                return Err(Fault { code: "rule.unit", field: Some("unit"), message });
            }
            Some((unit, own))
        }
        (Some(_), _) => {
            return Err(Fault {
                code: "rule.unit",
                field: Some("unit"),
                message: Bilingual::new("这里没有单位", "there is no unit here"),
            });
        }
        (None, _) => None,
    };
    match &params.setting {
        Setting::To(_) if spec.kind == PointKind::Service => {
            Err(setting_fault("rule.setting", "是服务，要用 call", "it is a service; use `call`"))
        }
        Setting::To(value) => {
            let value = match (value, from) {
                (Value::Number(n), Some((unit, own))) => Value::Number(tidy(unit.convert(*n, own).unwrap_or(f64::NAN))),
                (other, _) => other.clone(),
            };
            spec.check(&value).map_err(misfit)?;
            Ok(Setting::To(value))
        }
        Setting::By(n) => {
            let by = from.map_or(Some(*n), |(unit, own)| unit.convert_delta(*n, own)).map(tidy);
            match (&spec.kind, by) {
                (PointKind::Number { .. }, Some(by)) if by.is_finite() && by.abs() > 0.0 => Ok(Setting::By(by)),
                (PointKind::Number { .. }, _) => {
                    Err(setting_fault("rule.setting", "增减量不能为 0", "a change by nothing"))
                }
                _ => Err(setting_fault(
                    "rule.value_kind",
                    "不是数值，不能增减",
                    "it is no number that could go up or down",
                )),
            }
        }
        Setting::Toggle if spec.kind == PointKind::Bool => Ok(Setting::Toggle),
        Setting::Toggle => {
            Err(setting_fault("rule.value_kind", "不是布尔值，不能取反", "it is not a boolean that could be toggled"))
        }
        Setting::Call(Value::Map(arguments)) if spec.kind == PointKind::Service => {
            call(arguments, spec, world).map(|()| params.setting.clone())
        }
        Setting::Call(_) if spec.kind == PointKind::Service => {
            Err(setting_fault("rule.value_kind", "服务的参数应为对象", "the arguments of a service are an object"))
        }
        Setting::Call(_) => {
            Err(setting_fault("rule.setting", "不是服务，不能调用", "it is no service that could be called"))
        }
    }
}

/// A call of a service as it stands in a plan; says what is wrong with it.
pub(crate) fn checked_call(
    field: &str,
    point: PointId,
    arguments: BTreeMap<String, Value>,
    scope: &mut Scope<'_>,
) -> Option<Setting> {
    let world = scope.world;
    let Some(spec) = world.point(point) else {
        scope.unknown_point("point", point);
        return None;
    };
    let name = world.point_words(point);
    if spec.kind != PointKind::Service {
        let message = Bilingual::new(
            format!("“{}”不是服务，不能调用", name.zh),
            format!("`{}` is no service that could be called", name.en),
        );
        scope.fault("rule.setting", "point", message);
        return None;
    }
    if let Err(fault) = call(&arguments, spec, world) {
        scope.fault(fault.code, field, fault.message);
        return None;
    }
    Some(Setting::Call(Value::Map(arguments)))
}

/// What an argument of a service takes, as if it were a point; says so if there is no such argument.
pub(crate) fn argument(name: &str, point: PointId, scope: &mut Scope<'_>) -> Option<PointSpec> {
    let world = scope.world;
    let spec = world.point(point)?;
    let known = parameters(spec, world);
    let Some(parameter) = known.iter().find(|p| p.identifier == name) else {
        scope.unknown_name("", name, &known.iter().map(|p| p.identifier.as_str()).collect::<Vec<_>>());
        return None;
    };
    as_point(parameter, spec).ok()
}

fn parameters<'w>(spec: &PointSpec, world: &'w World) -> &'w [Parameter] {
    let service = world.model_of(spec.device).and_then(|m| m.services.iter().find(|s| s.identifier == spec.identifier));
    service.map_or(&[], |s| &s.input_data)
}

/// Checks the arguments of a service by its thing model.
fn call(arguments: &BTreeMap<String, Value>, spec: &PointSpec, world: &World) -> Result<(), Fault> {
    let known = parameters(spec, world);
    for (name, value) in arguments {
        let Some(parameter) = known.iter().find(|p| p.identifier == *name) else {
            let list = known.iter().map(|p| p.identifier.as_str()).collect::<Vec<_>>().join(", ");
            return Err(setting_fault(
                "rule.setting",
                format!("没有参数“{name}”；可用：{list}"),
                format!("there is no argument `{name}`; known: {list}"),
            ));
        };
        if let Ok(as_point) = as_point(parameter, spec) {
            as_point.check(value).map_err(misfit)?;
        }
    }
    Ok(())
}

/// A parameter of a service seen as a point, so that the same checks hold.
fn as_point(parameter: &Parameter, service: &PointSpec) -> Result<PointSpec, Bilingual> {
    let property = Property {
        identifier: parameter.identifier.clone(),
        name: parameter.identifier.clone(),
        access_mode: Access::ReadWrite,
        required: false,
        data_type: parameter.data_type.clone(),
        x: X::default(),
        extra: serde_json::Map::new(),
    };
    PointSpec::of_property(service.device, &property)
}

fn misfit(misfit: Misfit) -> Fault {
    let en = misfit.to_string();
    match misfit {
        Misfit::Kind { expected, got } => {
            setting_fault("rule.value_kind", format!("需要 {expected}，而不是 {got}"), en)
        }
        Misfit::Range { min, max, unit, got } => {
            let (zh, en) = match (min.is_finite(), max.is_finite()) {
                (true, true) => (format!("取值范围为 {min} 到 {max} {unit}"), format!("takes {min} to {max} {unit}")),
                (true, false) => (format!("至少为 {min} {unit}"), format!("takes at least {min} {unit}")),
                _ => (format!("至多为 {max} {unit}"), format!("takes at most {max} {unit}")),
            };
            setting_fault(
                "rule.out_of_range",
                format!("{}，不能是 {got}", zh.trim_end()),
                format!("{}, not {got}", en.trim_end()),
            )
        }
        Misfit::Token { allowed, got } => setting_fault("rule.token", format!("可取值：{allowed}；没有“{got}”"), en),
        Misfit::Size => setting_fault("rule.value_kind", "不是有限数，或文本过长", en),
        Misfit::ReadOnly => setting_fault("rule.not_writable", "只读，不能写", en),
    }
}
