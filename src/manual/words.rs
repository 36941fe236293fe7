//! Words of pages and queries. English is cut into words without their endings, Chinese into pairs of characters: a
//! pair is found wherever the words stand, and no dictionary has to know them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// What carries no meaning in a question.
const STOP_EN: &[&str] = &[
    "a",
    "about",
    "again",
    "all",
    "am",
    "an",
    "and",
    "another",
    "any",
    "anything",
    "are",
    "as",
    "at",
    "be",
    "been",
    "but",
    "by",
    "can",
    "castellan",
    "could",
    "did",
    "do",
    "does",
    "for",
    "from",
    "get",
    "give",
    "had",
    "has",
    "have",
    "how",
    "i",
    "if",
    "in",
    "into",
    "is",
    "it",
    "its",
    "just",
    "may",
    "me",
    "mean",
    "means",
    "might",
    "my",
    "need",
    "of",
    "on",
    "one",
    "or",
    "our",
    "over",
    "please",
    "should",
    "so",
    "some",
    "somebody",
    "something",
    "tell",
    "than",
    "that",
    "the",
    "their",
    "them",
    "then",
    "there",
    "these",
    "they",
    "this",
    "to",
    "up",
    "use",
    "using",
    "want",
    "was",
    "we",
    "what",
    "when",
    "where",
    "which",
    "who",
    "whose",
    "will",
    "with",
    "would",
    "you",
    "your",
];

/// Likewise in Chinese; the longest come first, so that no rest of one is left.
const STOP_ZH: &[&str] = &[
    "是什么意思",
    "为什么",
    "是什么",
    "怎么样",
    "有没有",
    "能不能",
    "可不可以",
    "是不是",
    "在哪里",
    "什么叫",
    "什么是",
    "请问",
    "怎么",
    "怎样",
    "如何",
    "什么",
    "哪里",
    "哪个",
    "哪些",
    "可以",
    "一下",
    "使用",
    "通过",
    "拿到",
    "一个",
    "一台",
    "一条",
    "需要",
    "应该",
    "意思",
    "我的",
    "你们",
    "我们",
    "自己",
    "这个",
    "那个",
    "的话",
    "之后",
    "以后",
    "时候",
    "想要",
    "才能",
    "怎",
    "吗",
    "呢",
    "吧",
    "啊",
    "的",
    "了",
    "我",
    "你",
    "它",
    "请",
    "把",
    "被",
    "让",
    "给",
    "和",
    "与",
    "或",
    "及",
    "是",
    "在",
    "有",
    "能",
    "会",
    "要",
    "想",
    "该",
    "用",
    "从",
    "到",
    "对",
    "就",
    "都",
    "也",
    "还",
    "又",
    "才",
];

/// Words that mean the same to who asks, beside those of the traits. Both languages stand in one group, so that a word
/// of the other language finds the page as well.
const SAME: &[&[&str]] = &[
    &["install", "installation", "setup", "start", "安装", "启动", "部署"],
    &["set up", "setup", "configure", "configuration", "设置", "配置"],
    &["make", "create", "new", "build", "write", "own", "建立", "新建", "创建", "自己写", "自己的"],
    &["move", "moving", "migrate", "another computer", "another machine", "迁移", "搬迁", "换机", "换电脑"],
    &["replace", "replacing", "swap", "更换", "换掉", "坏了"],
    &["export", "download", "导出", "下载"],
    &["import", "bring along", "导入", "导进来", "带过来"],
    &["test", "try", "测试", "试试", "试一试"],
    &["version", "release", "版本"],
    &["schedule", "timetable", "时间表", "定时"],
    &["add", "register", "onboard", "添加", "新增", "登记", "注册"],
    &["connect", "connecting", "integrate", "attach", "接入", "连接", "对接"],
    &["remove", "delete", "uninstall", "删除", "移除", "去掉"],
    &["password", "secret", "credential", "credentials", "密码", "密钥", "凭据"],
    &["login", "log in", "logs in", "sign in", "登录", "登陆"],
    &["webhook", "web hook", "hook"],
    &["rs485", "modbus"],
    &["phone", "mobile", "qr", "手机", "二维码", "扫码"],
    &["broker", "mosquitto", "消息服务器", "代理服务器", "emqx"],
    &["gateway", "bridge", "网关"],
    &["rule", "automation", "automations", "规则", "自动化", "联动"],
    &["node", "block", "节点"],
    &["alarm", "alert", "warning", "notification", "告警", "报警", "警报"],
    &["scene", "场景", "情景"],
    &["history", "trend", "recorded", "past", "历史", "趋势", "过去"],
    &["backup", "snapshot", "备份"],
    &["restore", "恢复", "还原"],
    &["upgrade", "update", "升级", "更新"],
    &["token", "api key", "令牌", "访问令牌"],
    &["agent", "llm", "claude", "chatgpt", "智能体", "代理程序", "大模型"],
    &["mcp", "model context protocol"],
    &["certificate", "tls", "https", "ssl", "encryption", "证书", "加密"],
    &["port", "端口"],
    &["error", "failure", "fault", "wrong", "problem", "broken", "错误", "故障", "出错", "问题", "失败"],
    &["code", "error code", "错误码", "代码"],
    &["offline", "unreachable", "disconnected", "离线", "断线", "掉线"],
    &["confirm", "confirmed", "receipt", "确认", "回执"],
    &["approve", "approval", "proposal", "批准", "审批", "提案"],
    &["undo", "revert", "take back", "撤销", "撤回", "回退"],
    &["register map", "registers", "coil", "寄存器", "线圈"],
    &["topic", "topics", "主题"],
    &["payload", "message", "报文", "消息", "载荷"],
    &["thing model", "tsl", "model", "product", "物模型", "模型", "产品"],
    &["template", "模板"],
    &["zigbee", "zigbee2mqtt", "z2m", "esphome", "tasmota", "home assistant", "discovery", "自动发现"],
    &["csv", "excel", "table", "spreadsheet", "表格", "批量"],
    &["memory", "ram", "内存"],
    &["speed", "fast", "latency", "performance", "benchmark", "速度", "性能", "延迟", "基准"],
    &["accuracy", "evaluation", "evals", "评测", "准确率"],
    &["language", "chinese", "english", "语言", "中文", "英文"],
    &["demo", "simulated", "simulation", "sandbox", "演示", "模拟", "仿真"],
    &["trace", "why", "cause", "explain", "轨迹", "原因"],
    &["folder", "data folder", "directory", "目录", "数据目录"],
    &["environment", "variable", "environment variable", "环境变量"],
    &["flag", "option", "parameter", "选项", "参数"],
    &["metric", "metrics", "prometheus", "指标", "监控"],
    &["log", "journal", "日志"],
    &["role", "permission", "owner", "operator", "viewer", "角色", "权限"],
    &["energy", "electricity", "meter", "电表", "电量", "能耗", "用电"],
    &["serial", "rs485", "rtu", "串口"],
    &["dialog", "chat", "conversation", "talk", "对话", "聊天", "会话"],
];

/// The groups of words that mean the same, by each of their words.
static GROUPS: LazyLock<BTreeMap<String, Vec<Vec<&'static str>>>> = LazyLock::new(|| {
    let traits = things::traits::ALL.iter().map(|t| t.zh.iter().chain(t.en).copied().collect::<Vec<_>>());
    let mut groups: BTreeMap<String, Vec<Vec<&'static str>>> = BTreeMap::new();
    for group in SAME.iter().map(|g| g.to_vec()).chain(traits) {
        for word in &group {
            groups.entry((*word).to_owned()).or_default().push(group.clone());
        }
    }
    groups
});

/// What kinds of devices are called: who asks about a lamp is answered by what is said of devices.
static KINDS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let names = things::templates::all().flat_map(|(_, model)| model.x.names.all().map(str::to_lowercase));
    // A "room sensor" is a sensor.
    let last = |name: &String| name.rsplit(' ').next().map(str::to_owned);
    names.flat_map(|name| last(&name).into_iter().chain([name])).collect()
});

/// The words of a text, without those that carry no meaning, in their order.
pub(crate) fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let mut out = Vec::new();
    let mut rest: Vec<char> = Vec::new();
    let mut chinese = false;
    for c in lower.chars().chain([' ']) {
        let han = base::bilingual::is_han(c);
        let joins = if chinese { han } else { !han && (c.is_alphanumeric() || c == '_') };
        if !rest.is_empty() && !joins {
            let run: String = rest.drain(..).collect();
            if chinese { pairs(&run, &mut out) } else { latin(&run, &mut out) }
        }
        if han || c.is_alphanumeric() || c == '_' {
            chinese = han;
            rest.push(c);
        }
    }
    out
}

/// The pairs of characters of Chinese, without the words that carry no meaning.
fn pairs(run: &str, out: &mut Vec<String>) {
    let mut spaced = run.to_owned();
    for stop in STOP_ZH {
        spaced = spaced.replace(stop, " ");
    }
    for part in spaced.split(' ') {
        let chars: Vec<char> = part.chars().collect();
        match chars.as_slice() {
            [] => {}
            [one] => out.push(one.to_string()),
            chars => out.extend(chars.windows(2).map(String::from_iter)),
        }
    }
}

/// A word of English, and the parts of one that is written together with underscores.
fn latin(run: &str, out: &mut Vec<String>) {
    let parts: Vec<&str> = run.split('_').filter(|p| !p.is_empty()).collect();
    if parts.len() > 1 {
        out.push(parts.join("_"));
    }
    for part in parts {
        if !STOP_EN.contains(&part) {
            out.push(stem(part));
        }
    }
}

/// A word without its ending. Crude on purpose: pages and queries lose the same.
fn stem(word: &str) -> String {
    if !word.is_ascii() || word.len() < 4 || word.bytes().any(|b| b.is_ascii_digit()) {
        return word.to_owned();
    }
    let cut = |ending: &str, left: usize| word.strip_suffix(ending).filter(|s| s.len() >= left);
    let stem = if let Some(s) = cut("ies", 2) {
        format!("{s}y")
    } else if let Some(s) = cut("ations", 4).or_else(|| cut("ation", 4)) {
        s.to_owned()
    } else if let Some(s) = cut("ions", 4).or_else(|| cut("ion", 4)) {
        s.to_owned()
    } else if let Some(s) = cut("ings", 3).or_else(|| cut("ing", 3)).or_else(|| cut("ed", 3)) {
        undouble(s)
    } else if let Some(s) = cut("sses", 1) {
        format!("{s}ss")
    } else if let Some(s) = word.strip_suffix('s').filter(|s| s.len() > 2 && !s.ends_with(['s', 'u', 'i'])) {
        s.to_owned()
    } else {
        word.to_owned()
    };
    let stem = stem.strip_suffix('y').filter(|s| s.len() > 4).map_or(stem.clone(), str::to_owned);
    stem.strip_suffix('e').filter(|s| s.len() > 2).map_or(stem.clone(), str::to_owned)
}

/// `stopp` of "stopped" is "stop".
fn undouble(stem: &str) -> String {
    let mut chars = stem.chars().rev();
    match (chars.next(), chars.next()) {
        (Some(a), Some(b)) if a == b && !"lsz".contains(a) => stem.strip_suffix(a).unwrap_or(stem).to_owned(),
        _ => stem.to_owned(),
    }
}

/// The words of those that mean the same as a part of the text; not the text's own.
pub(crate) fn same(text: &str) -> Vec<(Vec<String>, Vec<Vec<String>>)> {
    let lower = text.to_lowercase();
    let spaced: Vec<String> = lower.split(|c: char| !c.is_alphanumeric()).map(stem).collect();
    let spoken = format!(" {} ", spaced.join(" "));
    let mut out = Vec::new();
    for (word, groups) in GROUPS.iter() {
        if says(&lower, &spoken, word) {
            let others = groups.iter().flatten().filter(|w| **w != word.as_str()).map(|w| words(w));
            out.push((words(word), others.filter(|w| !w.is_empty()).collect()));
        }
    }
    for kind in KINDS.iter().filter(|kind| says(&lower, &spoken, kind)) {
        out.push((words(kind), vec![words("device"), words("设备")]));
    }
    out
}

/// Whether a text has a word; `spoken` is the text in stems with spaces around them.
fn says(lower: &str, spoken: &str, word: &str) -> bool {
    if !word.is_ascii() {
        return lower.contains(word);
    }
    let stemmed: Vec<String> = word.split(' ').map(stem).collect();
    spoken.contains(&format!(" {} ", stemmed.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_are_lost_alike() {
        for (a, b) in [
            ("connecting", "connects"),
            ("connection", "connected"),
            ("registers", "register"),
            ("stopped", "stop"),
            ("devices", "device"),
            ("batteries", "battery"),
            ("configuration", "configur"),
        ] {
            assert_eq!(stem(a), stem(b), "{a} {b}");
        }
    }

    #[test]
    fn chinese_is_cut_into_pairs_without_what_carries_no_meaning() {
        assert_eq!(words("怎么接入 MQTT 设备？"), ["接入", "mqtt", "设备"]);
        assert_eq!(words("为什么设备离线了"), ["设备", "备离", "离线"]);
        assert_eq!(words("How do I connect a Modbus meter?"), ["connect", "modbus", "meter"]);
        assert_eq!(words("device_add"), ["device_add", "devic", "add"]);
    }
}
