//! The licences of everything that is linked or shipped, against the list in `deny.toml`: the same list serves
//! `cargo deny`, for who has it. It does not look at vulnerabilities; that needs a data base and the network.

use super::floors::{PACKAGES, Package};
use super::{REPOSITORY, clean, finds};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The allow-list of `deny.toml`.
fn allowed(deny: &str) -> BTreeSet<String> {
    let deny: toml::Table = deny.parse().unwrap();
    let list = deny.get("licenses").and_then(|l| l.get("allow")).and_then(toml::Value::as_array);
    list.unwrap().iter().map(|l| l.as_str().unwrap().to_owned()).collect()
}

/// The crates that `deny.toml` refuses by name, each with the crates that may use it all the same (`wrappers`).
fn banned(deny: &str) -> BTreeMap<String, BTreeSet<String>> {
    let deny: toml::Table = deny.parse().unwrap();
    let list = deny.get("bans").and_then(|b| b.get("deny")).and_then(toml::Value::as_array);
    let text = |v: &toml::Value| v.as_str().unwrap().to_owned();
    let wrappers = |ban: &toml::Value| {
        ban.get("wrappers").and_then(toml::Value::as_array).into_iter().flatten().map(text).collect()
    };
    list.unwrap().iter().map(|ban| (text(&ban["crate"]), wrappers(ban))).collect()
}

/// Whether an SPDX expression can be met with the allowed licences. `/` is the old spelling of OR.
fn is_met(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let tokens: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    let met = any(&tokens, &mut at, allowed);
    met && at == tokens.len()
}

fn any(tokens: &[&str], at: &mut usize, allowed: &BTreeSet<String>) -> bool {
    let mut met = every(tokens, at, allowed);
    while tokens.get(*at) == Some(&"OR") {
        *at += 1;
        met |= every(tokens, at, allowed);
    }
    met
}

fn every(tokens: &[&str], at: &mut usize, allowed: &BTreeSet<String>) -> bool {
    let mut met = one(tokens, at, allowed);
    while tokens.get(*at) == Some(&"AND") {
        *at += 1;
        met &= one(tokens, at, allowed);
    }
    met
}

fn one(tokens: &[&str], at: &mut usize, allowed: &BTreeSet<String>) -> bool {
    let Some(token) = tokens.get(*at) else { return false };
    *at += 1;
    if *token == "(" {
        let met = any(tokens, at, allowed);
        let closed = tokens.get(*at) == Some(&")");
        *at += 1;
        return met && closed;
    }
    if tokens.get(*at) == Some(&"WITH") {
        let exception = tokens.get(*at + 1).copied().unwrap_or_default();
        *at += 2;
        return allowed.contains(&format!("{token} WITH {exception}"));
    }
    allowed.contains(*token)
}

fn check(packages: &[Package], allowed: &BTreeSet<String>, banned: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let mut found = Vec::new();
    for Package { name, version, licence, .. } in packages {
        if !licence.as_deref().is_some_and(|licence| is_met(licence, allowed)) {
            found.push(format!(
                "{name} {version}: {} is not allowed by deny.toml",
                licence.as_deref().unwrap_or("no licence")
            ));
        }
        if let Some(wrappers) = banned.get(name) {
            let users = packages.iter().filter(|p| p.uses.contains(name) && !wrappers.contains(&p.name));
            let users: Vec<&str> = users.map(|p| p.name.as_str()).collect();
            if !users.is_empty() || wrappers.is_empty() {
                found.push(format!("{name} {version}: banned by deny.toml, used by {}", users.join(", ")));
            }
        }
    }
    found
}

/// The packages of a `package-lock.json` that are shipped; what only builds or tests is not.
fn shipped(lock: &str) -> Vec<Package> {
    let lock: Value = serde_json::from_str(lock).unwrap();
    let packages = lock["packages"].as_object().cloned().unwrap_or_default();
    let shipped = packages.iter().filter(|(path, p)| !path.is_empty() && p["dev"] != true);
    let text = |value: &Value| value.as_str().map(str::to_owned);
    shipped
        .map(|(path, p)| Package {
            name: path.trim_start_matches("node_modules/").to_owned(),
            version: text(&p["version"]).unwrap_or_default(),
            licence: text(&p["license"]),
            ..Package::default()
        })
        .collect()
}

#[test]
fn licences_are_allowed() {
    let deny = &REPOSITORY["deny.toml"];
    let mut packages = PACKAGES.clone();
    packages.extend(shipped(&REPOSITORY["web/package-lock.json"]));
    clean(&check(&packages, &allowed(deny), &banned(deny)));
}

#[test]
fn other_licences_are_found() {
    let deny = "[licenses]\nallow = ['MIT', 'Zlib', 'Apache-2.0 WITH LLVM-exception']\n[bans]\ndeny = [{ crate = 'openssl', reason = 'x' }, { crate = 'chrono', reason = 'x', wrappers = ['codec'] }]";
    let (allowed, banned) = (allowed(deny), banned(deny));
    for (expression, expected) in [
        ("MIT", true),
        ("GPL-3.0", false),
        ("MIT OR GPL-3.0", true),
        ("GPL-3.0/MIT", true),
        ("MIT AND GPL-3.0", false),
        ("(GPL-3.0 OR MIT) AND Zlib", true),
        ("GPL-3.0 OR (MIT AND BSD-2-Clause)", false),
        ("Apache-2.0 WITH LLVM-exception", true),
        ("Apache-2.0", false),
        ("MIT)", false),
        ("(MIT", false),
        ("", false),
    ] {
        assert_eq!(is_met(expression, &allowed), expected, "{expression}");
    }
    let lock = r#"{"packages": {"": {}, "node_modules/a": {"version": "1", "license": "MIT"},
        "node_modules/b": {"version": "2", "license": "EPL-2.0"}, "node_modules/c": {"dev": true}}}"#;
    let mut packages = shipped(lock);
    let package = |name: &str, licence: Option<&str>, uses: &[&str]| Package {
        name: name.to_owned(),
        version: "3".to_owned(),
        licence: licence.map(str::to_owned),
        uses: uses.iter().map(|u| (*u).to_owned()).collect(),
        ..Package::default()
    };
    packages.extend([
        package("openssl", None, &[]),
        package("chrono", Some("MIT"), &[]),
        package("codec", Some("MIT"), &["chrono"]),
        package("engine", Some("MIT"), &["chrono"]),
    ]);
    finds(
        &check(&packages, &allowed, &banned),
        &[
            "b 2: EPL-2.0 is not allowed by deny.toml",
            "openssl 3: no licence is not allowed by deny.toml",
            "openssl 3: banned by deny.toml, used by ",
            "chrono 3: banned by deny.toml, used by engine",
        ],
    );
}
