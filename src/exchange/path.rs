//! Where something stands in a message: `.a[0]['b c']`, as templates and properties of others write it.

/// The JSON Pointer (RFC 6901) of the steps behind the name of a message or a payload; empty for all of it.
pub(crate) fn pointer(steps: &str) -> Option<String> {
    let (mut out, mut rest) = (String::new(), steps);
    while !rest.is_empty() {
        let (step, after) = if let Some(named) = rest.strip_prefix('.') {
            let end = named.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(named.len());
            named.split_at_checked(end).filter(|(name, _)| !name.is_empty())?
        } else {
            let inner = rest.strip_prefix('[')?;
            match inner.chars().next()? {
                quote @ ('\'' | '"') => {
                    let (name, after) = inner.strip_prefix(quote)?.split_once(quote)?;
                    (name, after.strip_prefix(']')?)
                }
                _ => {
                    let (index, after) = inner.split_once(']')?;
                    (index.parse::<u32>().ok().map(|_| index)?, after)
                }
            }
        };
        out.push('/');
        out.push_str(&step.replace('~', "~0").replace('/', "~1"));
        rest = after;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::pointer;

    #[test]
    fn steps_are_read() {
        for (steps, expected) in [
            ("", Some("")),
            (".a.b", Some("/a/b")),
            (".list[0].v", Some("/list/0/v")),
            ("['a.b'][\"c/d\"]", Some("/a.b/c~1d")),
            (".温度", Some("/温度")),
            (".", None),
            ("a", None),
            ("[-1]", None),
            ("[i]", None),
            ("['a]", None),
            (".a b", None),
        ] {
            assert_eq!(pointer(steps).as_deref(), expected, "{steps}");
        }
    }
}
