//! Just enough of Rust's grammar to judge form: where comments and literals are, how long a function is, what a macro
//! encloses. Not a parser; names and types are left to the compiler.

/// Rust text with comments and literals blanked; every line stays where it is.
pub(super) fn mask(source: &str) -> String {
    let text: Vec<char> = source.chars().collect();
    let mut out = String::with_capacity(source.len());
    let mut at = 0;
    while at < text.len() {
        let end = opaque_end(&text, at);
        if end == at {
            out.push(text[at]);
            at += 1;
        } else {
            out.extend(text[at..end].iter().map(|c| if *c == '\n' { '\n' } else { ' ' }));
            at = end;
        }
    }
    out
}

/// Where the comment or literal that starts here ends; `at` itself when none does.
fn opaque_end(text: &[char], at: usize) -> usize {
    let next = text.get(at + 1).copied();
    match text[at] {
        '/' if next == Some('/') => line_end(text, at),
        '/' if next == Some('*') => block_comment_end(text, at),
        '"' => string_end(text, at),
        '\'' => char_end(text, at),
        'r' | 'b' | 'c' if at == 0 || !joins(text[at - 1]) => raw_string_end(text, at),
        _ => at,
    }
}

fn joins(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn line_end(text: &[char], at: usize) -> usize {
    text.iter().skip(at).position(|c| *c == '\n').map_or(text.len(), |n| at + n)
}

fn block_comment_end(text: &[char], start: usize) -> usize {
    let mut depth = 0_usize;
    let mut at = start;
    while at < text.len() {
        match (text[at], text.get(at + 1)) {
            ('/', Some('*')) => {
                depth += 1;
                at += 2;
            }
            ('*', Some('/')) => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    text.len()
}

fn string_end(text: &[char], start: usize) -> usize {
    let mut at = start + 1;
    while at < text.len() {
        match text[at] {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    text.len()
}

/// A character literal; a lifetime is none.
fn char_end(text: &[char], at: usize) -> usize {
    match (text.get(at + 1), text.get(at + 2)) {
        (Some('\\'), Some(_)) => {
            let close = text.iter().skip(at + 3).position(|c| *c == '\'');
            close.map_or(text.len(), |n| at + 3 + n + 1)
        }
        (Some(_), Some('\'')) => at + 3,
        _ => at,
    }
}

/// `r"…"`, `r#"…"#` and their `b` and `c` forms; `r#name` is none, and plain `b"…"` is met at its quote.
fn raw_string_end(text: &[char], start: usize) -> usize {
    let mut at = start;
    if text[at] != 'r' {
        at += 1;
    }
    if text.get(at) != Some(&'r') {
        return start;
    }
    at += 1;
    let hashes = text.iter().skip(at).take_while(|c| **c == '#').count();
    at += hashes;
    if text.get(at) != Some(&'"') {
        return start;
    }
    at += 1;
    while at < text.len() {
        let closes = text[at] == '"' && text.iter().skip(at + 1).take(hashes).filter(|c| **c == '#').count() == hashes;
        if closes {
            return at + 1 + hashes;
        }
        at += 1;
    }
    text.len()
}

/// A function of a masked text.
#[derive(Debug, PartialEq)]
pub(super) struct Function {
    pub(super) name: String,
    pub(super) line: usize,
    pub(super) lines: usize,
}

/// The functions with a body, each from the line of its `fn` to the line of its last brace.
pub(super) fn functions(masked: &str) -> Vec<Function> {
    let text: Vec<char> = masked.chars().collect();
    let line_of = |at: usize| text.iter().take(at).filter(|c| **c == '\n').count() + 1;
    let mut found = Vec::new();
    for at in words(&text, "fn") {
        let name: String =
            text.iter().skip(at + 2).skip_while(|c| c.is_whitespace()).take_while(|c| joins(**c)).collect();
        if name.is_empty() {
            continue; // a function pointer
        }
        if let Some(open) = body(&text, at) {
            let (first, last) = (line_of(at), line_of(closing(&text, open)));
            found.push(Function { name, line: first, lines: last - first + 1 });
        }
    }
    found
}

/// Where the word stands alone.
fn words(text: &[char], word: &str) -> Vec<usize> {
    let word: Vec<char> = word.chars().collect();
    (0..text.len())
        .filter(|&at| {
            text.get(at..at + word.len()) == Some(word.as_slice())
                && (at == 0 || !joins(text[at - 1]))
                && !text.get(at + word.len()).is_some_and(|c| joins(*c))
        })
        .collect()
}

/// The brace that opens the body of the function at `at`; none for a declaration.
fn body(text: &[char], at: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (n, c) in text.iter().enumerate().skip(at) {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            '{' if depth == 0 => return Some(n),
            ';' if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

/// The bracket that closes the one at `open`, of any kind.
fn closing(text: &[char], open: usize) -> usize {
    let mut depth = 0_usize;
    for (n, c) in text.iter().enumerate().skip(open) {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return n;
                }
            }
            _ => {}
        }
    }
    text.len()
}

/// The lines where a module is declared inside a macro's brackets: `cargo fmt` does not follow those.
pub(super) fn modules_in_macros(masked: &str) -> Vec<usize> {
    let text: Vec<char> = masked.chars().collect();
    let mut lines = Vec::new();
    for bang in (1..text.len()).filter(|&at| text[at] == '!' && joins(text[at - 1])) {
        // `macro_rules! name {` has a name between.
        let open = text.iter().skip(bang + 1).position(|c| !(c.is_whitespace() || joins(*c))).map(|n| bang + 1 + n);
        if let Some(open) = open.filter(|&at| matches!(text[at], '(' | '[' | '{')) {
            let inside = &text[..closing(&text, open)];
            let inner = words(inside, "mod").into_iter().filter(|at| *at > open);
            lines.extend(inner.map(|at| text.iter().take(at).filter(|c| **c == '\n').count() + 1));
        }
    }
    lines
}

/// The text before its unit tests.
pub(super) fn without_tests(source: &str) -> &str {
    source.split("#[cfg(test)]\nmod ").next().unwrap_or(source)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_and_comments_are_blanked() {
        for (source, expected) in [
            ("a // { \" \nb", "a b"),
            ("a /* { /* } */ \n */ b", "a b"),
            (r#"f("a \" { ", 'x', '\'', '{')"#, "f( , , , )"),
            ("r#\"{ \" \"# r\"\\\" x", "x"),
            ("br##\"{\"# \"## x", "x"),
            ("fn f<'a>(r: &'a str) {}", "fn f<'a>(r: &'a str) {}"),
            ("r#type b\"{\" bar\"{\"", "r#type b bar"),
            ("'\\u{7d}' }", "}"),
        ] {
            let masked = mask(source);
            assert_eq!(masked.split_whitespace().collect::<Vec<_>>().join(" "), expected, "{source}");
            let shape = |text: &str| (text.chars().count(), text.lines().count());
            assert_eq!(shape(&masked), shape(source), "{source}");
        }
    }

    #[test]
    fn functions_are_measured() {
        let source = "trait T {\n    fn declared(&self) -> [u8; 2];\n}\nfn one() {}\nconst F: fn(u8) = g;\n\
                      fn two(\n    a: [u8; 2],\n) {\n    let brace = \"}\";\n    if a.is_empty() { loop {} }\n}\n";
        let expected =
            [("one", 4, 1), ("two", 6, 6)].map(|(name, line, lines)| Function { name: name.to_owned(), line, lines });
        assert_eq!(functions(&mask(source)), expected);
    }

    #[test]
    fn modules_in_macros_are_found() {
        assert_eq!(modules_in_macros("mod a;\nlist! {\n    mod b;\n}\nmod c;"), [3]);
        assert_eq!(modules_in_macros("macro_rules! m {\n    ($n:ident) => { mod $n; };\n}"), [2]);
        assert_eq!(modules_in_macros("fn f() { if !a { mod_b() } }\nmod c {}"), Vec::<usize>::new());
    }
}
