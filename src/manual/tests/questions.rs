//! What people ask, and where it is answered: a table for each language, and how much of it the search finds.

use crate::{answer, asks, search};
use base::Lang;

/// The share of the questions whose section has to come first.
const FIRST_MIN: f64 = 0.75;
/// The share of the questions whose section has to be among the first three.
const AMONG_THREE_MIN: f64 = 0.95;

/// A question, and the sections that answer it: pages, or headings by their anchors.
type Question = (&'static str, &'static [&'static str]);

const ENGLISH: &[Question] = &[
    ("how do I start the server", &["start#start-the-server", "reference-configuration#castellan-serve"]),
    ("install castellan", &["start", "start#start-the-server"]),
    (
        "get another login code for the page",
        &["start#open-the-page-and-log-in", "troubleshooting#the-page-does-not-open"],
    ),
    ("stop the server", &["start#stop-the-server"]),
    ("what sentences can I say", &["talk#what-you-can-say"]),
    ("what does confirmed mean", &["talk#receipts-what-the-answers-mean"]),
    ("why was my request refused", &["talk#when-it-refuses"]),
    ("undo the last command", &["talk#undo-taking-it-back"]),
    ("chat from the terminal", &["talk#from-a-terminal", "reference-configuration#castellan-chat"]),
    ("connect my own MQTT device", &["devices", "devices#how-a-device-logs-in", "devices#in-one-minute"]),
    ("password of a device HMAC", &["devices#how-a-device-logs-in", "troubleshooting#a-device-does-not-log-in"]),
    ("client id and username for mqtt login", &["devices#how-a-device-logs-in"]),
    ("topic for posting properties", &["devices#topics"]),
    ("send values over HTTP", &["devices#over-http"]),
    ("replace broken hardware but keep the rules", &["devices#replacing-disabling-removing"]),
    (
        "restore a deleted device",
        &["devices#replacing-disabling-removing", "reference-configuration#castellan-device-restore"],
    ),
    ("import many devices from excel", &["devices#many-at-once", "reference-configuration#castellan-device-import"]),
    ("zigbee2mqtt discovery", &["mqtt#devices-that-announce-themselves"]),
    ("map a topic to a property with jsonpath", &["mqtt#configuration"]),
    ("tls certificate for the mqtt broker connection", &["reference-configuration#tls", "mqtt#configuration"]),
    ("configure a modbus rtu serial line", &["reference-configuration#rtu", "modbus#configuration"]),
    ("modbus register address 40001", &["modbus#registers"]),
    ("byte order of a 32 bit float", &["modbus#registers"]),
    ("register map as csv", &["modbus#registers", "modbus#configuration"]),
    ("error code 6306", &["messages#codes"]),
    ("batch several values in one message", &["messages#several-at-once"]),
    ("device sends raw bytes", &["messages#raw-frames"]),
    ("which timestamp format do values have", &["messages#values"]),
    ("write my own thing model", &["thing-models#a-model-of-your-own"]),
    (
        "list the product templates",
        &["thing-models#templates", "reference-configuration#castellan-template-list", "reference-templates"],
    ),
    ("what is a trait", &["glossary#trait", "reference-traits"]),
    ("create a rule by a sentence", &["rules#make-one-by-a-sentence"]),
    ("test a rule before enabling it", &["rules#test-a-rule-before-it-runs"]),
    ("disable a rule", &["rules#enable-and-disable-a-rule"]),
    ("why did a rule act", &["rules#why-a-rule-acted-traces"]),
    ("what happens to timers of rules after a restart", &["rules#what-you-can-rely-on"]),
    ("which rule nodes are there", &["rules#the-graph", "reference-nodes"]),
    ("how do I make a backup", &["backup#make-a-backup"]),
    ("move to another machine", &["backup"]),
    ("lost the key file", &["backup#when-the-key-file-is-lost"]),
    ("upgrade to a new version", &["backup#a-new-version"]),
    ("device does not log in", &["troubleshooting#a-device-does-not-log-in"]),
    ("a rule does not fire", &["troubleshooting#a-rule-does-not-fire"]),
    ("command sent but not confirmed", &["troubleshooting#a-command-is-sent-and-not-confirmed"]),
    ("prometheus metrics", &["reference-metrics", "troubleshooting#it-uses-too-much-of-something"]),
    ("environment variables", &["reference-configuration#environment"]),
    ("exit codes of the command line", &["reference-configuration#exit-codes"]),
    ("how fast is it", &["benchmarks"]),
];

const CHINESE: &[Question] = &[
    ("怎么启动服务", &["start#启动服务", "reference-configuration#castellan-serve"]),
    ("怎么安装", &["start#启动服务", "start"]),
    ("登录代码过期了怎么办", &["start#打开页面并登录", "troubleshooting#页面打不开"]),
    ("怎么停止服务", &["start#停止服务"]),
    ("可以说哪些话", &["talk#可以说什么"]),
    ("已确认是什么意思", &["talk#回执回答里的词"]),
    ("为什么拒绝我的请求", &["talk#它会拒绝请求的情况"]),
    ("撤销刚才的命令", &["talk#撤销收回所做的事"]),
    ("在终端里对话", &["talk#在终端里", "reference-configuration#castellan-chat"]),
    ("怎么接入自己的 MQTT 设备", &["devices", "devices#设备如何登录", "devices#一分钟接入"]),
    ("设备密码怎么计算 HMAC", &["devices#设备如何登录"]),
    ("客户端 id 和用户名怎么填", &["devices#设备如何登录"]),
    ("上报属性用哪个主题", &["devices#主题"]),
    ("通过 HTTP 上报数据", &["devices#通过-http"]),
    ("更换硬件但保留规则", &["devices#更换停用和删除"]),
    ("恢复已删除的设备", &["devices#更换停用和删除", "reference-configuration#castellan-device-restore"]),
    ("用表格批量导入设备", &["devices#批量登记", "reference-configuration#castellan-device-import"]),
    ("Zigbee2MQTT 自动发现", &["mqtt#会自报的设备"]),
    ("主题里的 JSON 怎么映射到属性", &["mqtt#配置"]),
    ("连接 MQTT 服务器的 TLS 证书", &["reference-configuration#tls", "mqtt#配置"]),
    ("配置 Modbus RTU 串口", &["reference-configuration#rtu", "modbus#配置"]),
    ("Modbus 地址 40001", &["modbus#寄存器"]),
    ("32 位浮点数的字节顺序", &["modbus#寄存器"]),
    ("寄存器表 CSV", &["modbus#寄存器", "modbus#配置"]),
    ("错误码 6306", &["messages#代码"]),
    ("一次上报多个值", &["messages#一次上报多个"]),
    ("设备发送原始字节", &["messages#原始帧"]),
    ("时间戳是什么格式", &["messages#值"]),
    ("自己写物模型", &["thing-models#自己的模型"]),
    (
        "有哪些产品模板",
        &["thing-models#模板", "reference-configuration#castellan-template-list", "reference-templates"],
    ),
    ("什么是特征", &["glossary#特征", "reference-traits"]),
    ("用一句话创建规则", &["rules#用一句话建立"]),
    ("启用之前先试试规则", &["rules#启用之前先试一试", "rules#启用和停用规则"]),
    ("停用一条规则", &["rules#启用和停用规则"]),
    ("规则为什么动作了", &["rules#规则为什么动作轨迹"]),
    ("重启之后规则的计时", &["rules#可以信赖的"]),
    ("有哪些规则节点", &["rules#规则图", "reference-nodes"]),
    ("怎么备份", &["backup#做备份"]),
    ("迁移到另一台机器", &["backup"]),
    ("密钥文件丢了", &["backup#密钥文件丢失时"]),
    ("升级到新版本", &["backup#换新版本"]),
    ("设备登录不上", &["troubleshooting#设备登录不上"]),
    ("规则没有触发", &["troubleshooting#规则没有触发"]),
    ("命令发出了但没确认", &["troubleshooting#命令已发送但没有确认"]),
    ("Prometheus 指标", &["reference-metrics", "troubleshooting#占用资源过多"]),
    ("环境变量", &["reference-configuration#环境变量"]),
    ("命令行的退出码", &["reference-configuration#退出码"]),
    ("性能怎么样", &["benchmarks"]),
];

/// At which place of the search one of the sections stands, from 0; a page counts with any of its sections.
fn place(question: &str, sections: &[&str], lang: Lang) -> Option<usize> {
    let found = search(question, lang, 10);
    found.iter().position(|hit| {
        let at = hit.url.rsplit_once("/docs/").map(|(_, at)| at).unwrap_or_default();
        let at = at.split_once('/').map(|(_, at)| at).unwrap_or_default();
        sections.iter().any(|s| at == *s || (!s.contains('#') && at.split('#').next() == Some(s)))
    })
}

#[test]
fn what_people_ask_is_found() {
    for (lang, questions) in [(Lang::En, ENGLISH), (Lang::Zh, CHINESE)] {
        assert!(questions.len() >= 40);
        let (mut first, mut among, mut lost) = (0.0, 0.0, Vec::new());
        for (question, sections) in questions {
            match place(question, sections, lang) {
                Some(0) => (first, among) = (first + 1.0, among + 1.0),
                Some(n) if n < 3 => {
                    among += 1.0;
                    lost.push(format!("{question}: place {}", n + 1));
                }
                other => lost
                    .push(format!("{question}: {}", other.map_or("not found".into(), |n| format!("place {}", n + 1)))),
            }
        }
        let all = f64::from(u32::try_from(questions.len()).unwrap());
        let (first, among) = (first / all, among / all);
        println!(
            "{}: first {:.0} %, among three {:.0} %\n{}",
            lang.tag(),
            first * 100.0,
            among * 100.0,
            lost.join("\n")
        );
        assert!(first >= FIRST_MIN && among >= AMONG_THREE_MIN, "{}: {first} {among}\n{}", lang.tag(), lost.join("\n"));
    }
}

#[test]
fn the_same_query_gives_the_same_at_once() {
    for (lang, questions) in [(Lang::En, ENGLISH), (Lang::Zh, CHINESE)] {
        for (question, _) in questions {
            assert_eq!(search(question, lang, 10), search(question, lang, 10), "{question}");
        }
    }
    for odd in ["", " ", "?", "的", "\u{0}", "🙂", &"a ".repeat(5_000), &"电".repeat(5_000)] {
        for lang in [Lang::Zh, Lang::En] {
            search(odd, lang, 10);
            assert_eq!(answer(odd, lang), None);
        }
    }
}

/// What is asked about Castellan is answered by the right section; what is not, or is a wish, by none.
#[test]
fn only_what_the_manual_says_is_answered() {
    for (lang, question, url) in [
        (Lang::En, "How do I connect a Modbus meter?", "/docs/en/modbus"),
        (Lang::En, "how do I add a light?", "/docs/en/"),
        (Lang::En, "How do I take back a command?", "/docs/en/talk#undo-taking-it-back"),
        (Lang::En, "what is a thing model?", "/docs/en/thing-models"),
        (Lang::En, "how to make a backup", "/docs/en/backup"),
        (Lang::En, "How can I disable a rule?", "/docs/en/rules#enable-and-disable-a-rule"),
        (Lang::En, "how do I make a scene?", "/docs/en/scenes#making-a-scene"),
        (Lang::En, "how can I move everything to another computer", "/docs/en/backup#restore"),
        (Lang::En, "what does timed out mean?", "/docs/en/talk#receipts-what-the-answers-mean"),
        (Lang::Zh, "怎么接入 MQTT 设备？", "/docs/zh-CN/devices"),
        (Lang::Zh, "怎么新建规则", "/docs/zh-CN/rules#用一句话建立"),
        (Lang::Zh, "怎么换一台设备又不丢规则", "/docs/zh-CN/devices#更换停用和删除"),
        (Lang::Zh, "怎么接入Modbus电表？", "/docs/zh-CN/modbus"),
        (Lang::Zh, "什么是物模型？", "/docs/zh-CN/thing-models"),
        (Lang::Zh, "怎么备份数据", "/docs/zh-CN/backup"),
        (Lang::Zh, "规则怎么停用？", "/docs/zh-CN/rules#启用和停用规则"),
        (Lang::Zh, "如何撤销", "/docs/zh-CN/talk#撤销收回所做的事"),
    ] {
        let found = answer(question, lang).unwrap_or_else(|| panic!("{question}: no answer"));
        assert!(found.url.starts_with(url), "{question}: {}", found.url);
        assert!(!found.text.is_empty() && found.text.chars().count() <= 421, "{question}");
    }
    for (lang, question) in [
        (Lang::En, "how do I cook pasta?"),
        (Lang::En, "what is the weather?"),
        (Lang::En, "what is a dog"),
        (Lang::En, "how can I improve my english"),
        (Lang::En, "how do I get to the station"),
        (Lang::En, "turn on the light"),
        (Lang::En, "connect a modbus meter"),
        (Lang::En, "what's the time in london"),
        (Lang::Zh, "怎么做蛋糕"),
        (Lang::Zh, "会议室怎么这么热"),
        (Lang::Zh, "今天天气怎么样"),
        (Lang::Zh, "什么是爱情"),
        (Lang::Zh, "怎么去火车站"),
        (Lang::Zh, "打开大厅灯"),
        (Lang::Zh, "接入一台电表"),
    ] {
        assert_eq!(answer(question, lang), None, "{question}");
    }
    assert_eq!(asks("The lobby is too warm", Lang::En), None);
}
