//! Recognises a bare yes or no. Fixed words, whole utterance: no grammar, no model, nothing fuzzy.

/// Words that mean yes when they are everything that was said.
const YES: &[&str] = &[
    "yes",
    "yeah",
    "yep",
    "yes please",
    "ok",
    "okay",
    "sure",
    "confirm",
    "confirmed",
    "i confirm",
    "approve",
    "approved",
    "i approve",
    "go ahead",
    "do it",
    "yes do it",
    "please do",
    "是",
    "是的",
    "好",
    "好的",
    "好吧",
    "行",
    "可以",
    "确认",
    "确定",
    "同意",
    "批准",
    "没问题",
    "执行",
    "执行吧",
    "嗯",
    "对",
    "對",
    "確認",
    "確定",
];
/// Words that mean no when they are everything that was said.
const NO: &[&str] = &[
    "no",
    "nope",
    "no thanks",
    "no thank you",
    "cancel",
    "cancel it",
    "reject",
    "don't",
    "do not",
    "never mind",
    "不",
    "不是",
    "不要",
    "不用",
    "不用了",
    "不行",
    "不同意",
    "取消",
    "算了",
    "拒绝",
    "否",
    "别",
    "拒絕",
];

/// Whether an utterance is nothing but a yes (`true`) or a no (`false`).
pub(crate) fn recognise(text: &str) -> Option<bool> {
    let bare: String = text
        .to_lowercase()
        .replace('\u{2019}', "'")
        .chars()
        .map(|c| if matches!(c, '.' | ',' | '!' | '~' | '。' | '，' | '！' | '～') { ' ' } else { c })
        .collect();
    let bare = bare.split_whitespace().collect::<Vec<_>>().join(" ");
    if YES.contains(&bare.as_str()) {
        Some(true)
    } else if NO.contains(&bare.as_str()) {
        Some(false)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_bare_yes_or_no() {
        for (text, meant) in [
            ("Yes, please!", Some(true)),
            ("确认。", Some(true)),
            ("Don’t", Some(false)),
            ("算了", Some(false)),
            ("yes, and open the gate", None),
            ("好的，把灯关了", None),
            ("", None),
            ("确认吗", None),
        ] {
            assert_eq!(recognise(text), meant, "{text}");
        }
    }
}
