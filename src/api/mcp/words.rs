//! What an agent reads besides the structured output: a model reads it as it stands.

use agent::ToolError;
use base::Lang;
use base::id::TurnId;
use std::fmt::Write;

/// A fault, with every finding and how to mend it.
pub(super) fn of_fault(error: &ToolError, lang: Lang) -> String {
    let fault = error.fault();
    let mut text = format!("{}: {}", fault.code, fault.message.get(lang));
    for finding in &fault.diagnostics {
        let help = finding.help.as_ref().map(|h| format!(" ({})", h.get(lang))).unwrap_or_default();
        let place = if finding.path.is_empty() { "/" } else { &finding.path };
        // Writing to a text cannot fail.
        write!(text, "\n- {place}: {}{help}", finding.message.get(lang)).unwrap_or_default();
    }
    match error {
        ToolError::Tell(_) => text,
        ToolError::Stop(_) => format!("{text}\nCalling again does not help."),
    }
}

/// The turn that a call was: what takes it back.
pub(super) fn of_turn(turn: TurnId) -> String {
    format!("This was turn {turn}; `turn_undo` takes back what it changed.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::{Bilingual, Diagnostic};

    #[test]
    fn faults_say_where_and_how_to_mend() {
        let finding = Diagnostic::error("out_of_range", "/acts/0", Bilingual::new("过高", "too high"))
            .help(Bilingual::new("16 到 30", "16 to 30"));
        let error = ToolError::input(vec![finding]);
        assert_eq!(of_fault(&error, Lang::En), "out_of_range: too high\n- /acts/0: too high (16 to 30)");
        assert_eq!(of_fault(&error, Lang::Zh), "out_of_range: 过高\n- /acts/0: 过高 (16 到 30)");
        let stop = ToolError::stop("gone", Bilingual::same("gone"));
        assert!(of_fault(&stop, Lang::En).ends_with("does not help."));
    }
}
