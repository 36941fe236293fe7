//! Other forms of a word: its singular and plural, and what people say for a side of something.
//!
//! What it is *not*: no word is looked up.

/// What people say for a side of something.
const SIDES: &[&str] = &["侧", "边", "面", "边的", "侧的", "面的"];

/// 左边窗帘 and 左边的窗帘 of what is called 左侧窗帘.
pub(crate) fn other_sides(form: &str) -> Vec<String> {
    let said = |way: &str| SIDES.iter().rev().map(|s| format!("{way}{s}")).find(|s| form.contains(s.as_str()));
    let own = ["左", "右", "前", "后", "里", "外"].iter().find_map(|way| Some((*way, said(way)?)));
    let Some((way, own)) = own else { return Vec::new() };
    SIDES.iter().map(|s| form.replacen(&own, &format!("{way}{s}"), 1)).filter(|f| f != form).collect()
}

/// "air purifier" of what is called "air purifiers".
pub(crate) fn singular(form: &str) -> Option<String> {
    let ends = |list: &[&str]| list.iter().any(|e| form.ends_with(e));
    let last = form.rsplit(' ').next()?;
    let plural =
        last.len() > 4 && last.is_ascii() && last.ends_with('s') && !ends(&["ss", "us", "is", "'s", "ies", "xes"]);
    plural.then(|| form.get(..form.len() - 1).map(str::to_owned)).flatten()
}

/// English plurals of a form's last word.
pub(crate) fn plurals(form: &str) -> Vec<String> {
    let Some(last) = form.chars().last().filter(char::is_ascii_alphabetic) else { return Vec::new() };
    if last == 's' && !form.ends_with("ss") {
        return Vec::new();
    }
    let y = form.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'i', 'o', 'u']));
    let sibilant = ["ch", "sh", "x", "ss", "z"].iter().any(|e| form.ends_with(e));
    vec![match y {
        Some(stem) => format!("{stem}ies"),
        None if sibilant => format!("{form}es"),
        None => format!("{form}s"),
    }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals_and_singulars() {
        assert_eq!(plurals("lobby"), vec!["lobbies"]);
        assert_eq!(plurals("switch"), vec!["switches"]);
        assert_eq!(plurals("lights"), Vec::<String>::new());
        assert_eq!(singular("air purifiers").as_deref(), Some("air purifier"));
        assert_eq!(singular("glass"), None);
        assert!(other_sides("左侧窗帘").contains(&"左边的窗帘".to_string()) && other_sides("窗帘").is_empty());
    }
}
