//! `script`: an expression over named values, for what other nodes cannot say.

use crate::checks::known;
use crate::compile::Scope;
use crate::limits::SCRIPT_CHARS_MAX;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, PortType, Text};
use crate::script::{Script, Type};
use crate::words::Words;
use base::{Bilingual, Unit, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `script`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// The expression, over the names of the inputs: `(a + b) / 2`.
    #[schemars(length(max = SCRIPT_CHARS_MAX))]
    pub(crate) code: String,
    /// Unit of the result, where it is a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unit: Option<Unit>,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ScriptOf {
    script: Script,
}

impl Kind for ScriptOf {
    const TYPE: &'static str = "script";
    const TITLE: Text = Text::new("脚本", "Script");
    const DOC: Text = Text::new(
        "用表达式计算输入的值，写法同 Jinja 表达式：+ - * / // % **、比较（可连写）、and or not、值 if 条件 else 值、~ 连接文本、\
         'a' in 文本、x is defined，以及函数或过滤器 abs ceil cos default exp float floor int length log lower max min replace round \
         sin sqrt string trim upper。数值按输入自身的单位，结果的单位由 unit 给出。类型在编译时检查并指出位置。没有循环，\
         也接触不到系统。用到的值未知时结果未知（and、or 已能确定时除外）；除以 0 等没有结果的，输出未知并记入追踪。",
        "Calculates with the values of its inputs, written as a Jinja expression: + - * / // % **, comparisons and chains of them, \
         and or not, value if condition else value, ~ to join texts, 'a' in text, x is defined, and the functions or filters abs \
         ceil cos default exp float floor int length log lower max min replace round sin sqrt string trim upper. Numbers are in \
         the units of their inputs, `unit` is that of the result. Types are checked when the rule is compiled, with the place of \
         each fault. There are no loops, and nothing of the machine can be reached. Unknown when a value that it takes is, unless \
         `and` or `or` is decided already; where there is no result, as of a division by zero, it is unknown and the trace says so.",
    );
    const INPUTS: &'static [PortSpec] =
        &[PortSpec::named("value", PortKind::Value, Text::new("表达式里的值", "a value of the expression"))];
    const OUTPUTS: &'static [PortSpec] = &[PortSpec::one("out", PortKind::Value, Text::new("结果", "the result"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("两个温度的平均", "the mean of two temperatures"),
            params: r#"{"code": "(a + b) / 2", "unit": "Cel"}"#,
            inputs: &[("a", Carries::Number("Cel")), ("b", Carries::Number("Cel"))],
            rows: &["0:00 | 20 | 22 | 21", "0:10 | ? | 22 | ?"],
        },
        Example {
            title: Text::new("条件，另一个值未知时也已确定", "a condition that is decided although a value is unknown"),
            params: r#"{"code": "mode == 'heat' and t < 20"}"#,
            inputs: &[("mode", Carries::Enum(&["cool", "heat"])), ("t", Carries::Number("Cel"))],
            rows: &["0:00 | heat | 19 | true", "0:10 | heat | ? | ?", "0:20 | cool | ? | false"],
        },
        Example {
            title: Text::new("除以 0 没有结果", "there is no result of a division by zero"),
            params: r#"{"code": "power / area | default(1) | round(1)"}"#,
            inputs: &[("power", Carries::Number("W")), ("area", Carries::Number("1"))],
            rows: &["0:00 | 100 | 3 | 33.333", "0:10 | 100 | 0 | ?", "0:20 | 100 | ? | 100"],
        },
    ];
    const WORDS: &'static [Words] = &[Words::new(
        "脚本 {code} 的结果[（以 {unit} 计）][（{value:named}）]",
        "the result of the script {code}[ in {unit}][ ({value:named})]",
    )];

    type Params = Params;
    type State = ();

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<ScriptOf> {
        let names = scope.names(0).to_vec();
        let types: Vec<Type> = scope.types(0).iter().map(type_of).collect();
        if types.len() < names.len() {
            return None;
        }
        let inputs: Vec<(&str, Type)> = names.iter().map(String::as_str).zip(types).collect();
        let (script, type_) = match Script::read(&params.code, &inputs) {
            Ok(read) => read,
            Err(faults) => {
                for fault in faults {
                    let (line, column) = fault.at;
                    let message = Bilingual::new(
                        format!("第 {line} 行第 {column} 列：{}", fault.message.zh),
                        format!("line {line}, column {column}: {}", fault.message.en),
                    );
                    scope.fault("rule.script", "code", message);
                }
                return None;
            }
        };
        if params.unit.is_some() && type_ != Type::Number {
            scope.fault("rule.unit", "unit", Bilingual::new("只有数值才有单位", "only numbers have a unit"));
            return None;
        }
        let gives = match type_ {
            Type::Bool => PortType::Bool,
            Type::Number => PortType::Number(params.unit.unwrap_or(Unit::one())),
            Type::Text => PortType::Text,
            Type::Any => {
                scope.fault("rule.script", "code", Bilingual::new("结果总是未知", "the result is never known"));
                return None;
            }
        };
        scope.produces(0, gives);
        Some(ScriptOf { script })
    }

    fn init(&self) {}

    fn step(&self, _: &mut (), io: &mut Io<'_>) {
        let result = self.script.run(&|place| io.nth_value(0, place));
        let value = match result {
            Ok(Some(Value::Number(n))) => known(n),
            Ok(value) => value,
            Err(failure) => {
                io.fail("script.failed", failure.words());
                None
            }
        };
        io.set(0, value);
    }
}

fn type_of(type_: &PortType) -> Type {
    match type_ {
        PortType::Bool => Type::Bool,
        PortType::Number(_) => Type::Number,
        PortType::Enum(_) | PortType::Text => Type::Text,
        PortType::Event | PortType::Message => Type::Any,
    }
}
