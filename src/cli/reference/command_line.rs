//! The command line from its parser, and the configurations of drivers from their schemas.

use super::schema;
use super::writer::{Writer, code, plain};
use crate::cli::args::Args;
use clap::{Command, CommandFactory};
use drivers::registry::DRIVERS;

/// The environment that the program reads, and what for.
const ENVIRONMENT: &[(&str, &str, &str)] = &[
    ("CASTELLAN_DATA", "数据目录，未用 --data 指定时使用", "the data folder, when --data does not name it"),
    ("CASTELLAN_LOG", "记录哪些日志，如 `info` 或 `api=debug`", "what is logged, such as `info` or `api=debug`"),
    ("LC_ALL, LC_MESSAGES, LANG", "终端的语言：中文或英文", "the language of the terminal: Chinese or English"),
];

/// What the program ends with.
const EXITS: &[(&str, &str, &str)] = &[
    ("0", "完成", "done"),
    ("1", "失败", "failed"),
    ("2", "用法有误", "wrong usage"),
    ("3", "该数据目录上没有服务在运行", "no server runs on the data folder"),
    ("4", "数据目录正被使用", "the data folder is in use"),
];

pub(super) fn write(w: &mut Writer) {
    w.title(
        "命令行与配置",
        "Command line and configuration",
        "所有命令及其选项、程序读取的环境变量，以及各驱动的配置。",
        "Every command with its options, the environment that the program reads, and the configuration of each driver.",
    );
    let mut command = Args::command();
    command.build();
    for inner in command.get_subcommands().filter(|c| c.get_name() != "help") {
        one(w, &format!("castellan {}", inner.get_name()), inner);
    }
    let pairs = |w: &Writer, list: &[(&str, &str, &str)]| {
        list.iter().map(|(name, zh, en)| vec![code(name), w.pick(zh, en).to_owned()]).collect::<Vec<_>>()
    };
    w.heading(w.pick("环境变量", "Environment").to_owned().as_str());
    let rows = pairs(w, ENVIRONMENT);
    w.table(&[w.pick("变量", "variable"), w.pick("说明", "what it is")], &rows);
    w.heading(w.pick("退出码", "Exit codes").to_owned().as_str());
    let rows = pairs(w, EXITS);
    w.table(&[w.pick("退出码", "code"), w.pick("含义", "meaning")], &rows);
    for driver in DRIVERS {
        drivers_form(w, driver);
    }
}

/// A command with its options, then those within it.
fn one(w: &mut Writer, name: &str, command: &Command) {
    w.heading(&code(name));
    let about = w.said(&about(command));
    w.paragraph(&about);
    let mut rows = Vec::new();
    for arg in command.get_arguments().filter(|a| !["help", "version", "log_json"].contains(&a.get_id().as_str())) {
        let values = arg.get_value_names().map(|v| v.join(" ")).unwrap_or_default();
        let takes = arg.get_action().takes_values();
        let written = match arg.get_long() {
            Some(long) if takes => format!("--{long} {values}"),
            Some(long) => format!("--{long}"),
            None => values,
        };
        let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
        // The parser ends a sentence without its full stop.
        let mut said = w.said(&ended(&help));
        let words: Vec<String> = arg.get_possible_values().iter().map(|v| code(v.get_name())).collect();
        if takes && !words.is_empty() {
            said = format!("{said} {}", words.join(", "));
        }
        let default: Vec<String> =
            arg.get_default_values().iter().map(|v| code(&v.to_string_lossy())).filter(|_| takes).collect();
        let needed = if arg.is_required_set() { w.pick("必填", "needed").to_owned() } else { default.join(" ") };
        rows.push(vec![code(&written), needed, said]);
    }
    let heads = [w.pick("选项", "option"), w.pick("默认", "when absent"), w.pick("说明", "what it is")];
    w.table(&heads, &rows);
    for inner in command.get_subcommands().filter(|c| c.get_name() != "help") {
        one(w, &format!("{name} {}", inner.get_name()), inner);
    }
}

fn about(command: &Command) -> String {
    ended(&command.get_about().map(ToString::to_string).unwrap_or_default())
}

fn ended(text: &str) -> String {
    let text = plain(text);
    if text.is_empty() || text.ends_with(['.', ']']) { text } else { format!("{text}.") }
}

fn drivers_form(w: &mut Writer, driver: &drivers::Driver) {
    let title = w.both(&(driver.title)());
    w.heading(&format!(
        "{}{title}{}`{}`{}",
        w.pick("驱动：", "Driver: "),
        w.pick("（", " ("),
        driver.name,
        w.pick("）", ")")
    ));
    let schema = (driver.schema)().to_value();
    let said = w.said(schema["description"].as_str().unwrap_or_default());
    w.paragraph(&said);
    schema::fields(w, &schema);
    let sample = serde_json::to_string_pretty(&(driver.sample)()).unwrap();
    w.code("json", &sample);
    schema::definitions(w, &schema);
}
