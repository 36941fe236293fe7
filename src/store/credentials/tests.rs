//! Credentials over restarts, crashes and faults of the key file, on the disk and in memory.

use super::*;
use crate::Store;
use crate::seal::KEY_FILE;
use crate::testing::{at, both, code, crash};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

fn device(name: &str) -> DeviceId {
    DeviceId::of_name(name)
}

async fn issue(store: &Store, name: &str) -> Secret {
    store.credentials().issue(device(name), "pk", name, at(0)).await.unwrap()
}

/// Runs SQL on the configuration of a closed store.
async fn tamper(dir: &Path, sql: &'static str) {
    crate::testing::tamper(dir, "castellan.db", crate::migrations::CASTELLAN, sql).await;
}

async fn find(store: &Store, name: &str) -> Option<Credential> {
    store.credentials().find("pk", name).await.unwrap()
}

#[tokio::test]
async fn a_secret_is_good_until_another_is_issued_or_it_is_taken_away() {
    let (_dir, stores) = both().await;
    for store in stores {
        let all = store.credentials();
        let first = issue(&store, "lamp").await;
        assert!(first.expose().len() == 32 && first.expose().bytes().all(|b| b.is_ascii_hexdigit()));
        let expected = Credential { device: device("lamp"), secret: first.clone(), last_login: None, shown: true };
        assert_eq!(find(&store, "lamp").await, Some(expected.clone()));
        for (product_key, device_key) in [("pk", "other"), ("other", "lamp"), ("", ""), ("lamp", "pk")] {
            assert_eq!(all.find(product_key, device_key).await.unwrap(), None);
        }
        assert!(all.logged_in(device("lamp"), 7).await.unwrap());

        let second = issue(&store, "lamp").await;
        assert_ne!(first, second);
        assert_eq!(find(&store, "lamp").await, Some(Credential { secret: second.clone(), ..expected.clone() }));

        all.rename(device("lamp"), "pk2", "灯").await.unwrap();
        assert_eq!(find(&store, "lamp").await, None);
        let renamed = all.find("pk2", "灯").await.unwrap();
        assert_eq!(renamed, Some(Credential { secret: second, ..expected }));
        all.rename(device("without a secret"), "pk", "lamp").await.unwrap();
        assert_eq!(find(&store, "lamp").await, None);

        for _ in 0..2 {
            all.remove(device("lamp")).await.unwrap();
            assert_eq!(all.find("pk2", "灯").await.unwrap(), None);
        }
        assert!(!all.logged_in(device("lamp"), 9).await.unwrap(), "who has no secret does not log in");
    }
}

#[tokio::test]
async fn names_belong_to_one_device_and_many_are_issued_together() {
    let (_dir, stores) = both().await;
    for store in stores {
        let all = store.credentials();
        issue(&store, "a").await;
        let named = |name: &str, key: &str| Identity::new(device(name), "pk", key);
        assert_eq!(code(all.issue(device("b"), "pk", "a", at(0)).await), "store.taken");
        for clash in [vec![named("b", "b"), named("c", "b")], vec![named("b", "b"), named("c", "a")]] {
            assert_eq!(code(all.issue_many(clash, at(0)).await), "store.taken");
            assert_eq!(find(&store, "b").await, None, "all or none");
        }
        let issued = all.issue_many(vec![named("b", "b"), named("c", "c"), named("a", "a")], at(0)).await.unwrap();
        for (name, secret) in ["b", "c", "a"].into_iter().zip(issued) {
            assert_eq!(find(&store, name).await.map(|c| c.secret), Some(secret));
        }
        assert_eq!(code(all.rename(device("b"), "pk", "c").await), "store.taken");
        all.rename(device("b"), "pk", "b").await.unwrap();
        assert!(find(&store, "b").await.is_some() && find(&store, "c").await.is_some());

        let long = "x".repeat(KEY_BYTES_MAX + 1);
        assert_eq!(code(all.issue(device("d"), "pk", &long, at(0)).await), "store.limit");
        assert_eq!(code(all.rename(device("b"), &long, "b").await), "store.limit");
        assert_eq!(code(all.issue_many(vec![named("d", "d"); ISSUE_MAX + 1], at(0)).await), "store.limit");
    }
}

#[tokio::test]
async fn what_nobody_has_seen_is_shown_once() {
    let (_dir, stores) = both().await;
    for store in stores {
        let all = store.credentials();
        all.issue_unseen(vec![Identity::new(device("a"), "pk", "a")], at(0)).await.unwrap();
        let unseen = find(&store, "a").await.unwrap();
        assert!(!unseen.shown);
        assert_eq!(all.show(device("a")).await.unwrap(), unseen.secret);
        assert!(find(&store, "a").await.unwrap().shown);
        for name in ["a", "nobody"] {
            assert_eq!(code(all.show(device(name)).await), "store.not_found");
        }
        issue(&store, "b").await;
        assert_eq!(code(all.show(device("b")).await), "store.not_found", "it was shown when it was issued");
    }
}

#[tokio::test]
async fn the_timestamps_of_logins_only_rise_also_over_a_crash() {
    let (dir, stores) = both().await;
    for store in &stores {
        issue(store, "a").await;
        issue(store, "b").await;
        let table = [("a", 5, true), ("a", 5, false), ("a", 4, false), ("b", 1, true), ("a", 6, true), ("a", 0, false)];
        for (name, timestamp, expected) in table {
            let newer = store.credentials().logged_in(device(name), timestamp).await.unwrap();
            assert_eq!(newer, expected, "{name} {timestamp}");
        }
        assert_eq!(find(store, "a").await.unwrap().last_login, Some(6));
    }
    let copy = crash(dir.path());
    let after = Store::open(copy.path()).await.unwrap();
    assert_eq!(find(&after, "a").await, find(&stores[0], "a").await);
    for (timestamp, expected) in [(6, false), (7, true)] {
        assert_eq!(after.credentials().logged_in(device("a"), timestamp).await.unwrap(), expected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_logins_that_come_together_each_timestamp_gets_in_once() {
    let (_dir, stores) = both().await;
    for store in stores {
        let names: Vec<String> = (0..50).map(|n| format!("d{n}")).collect();
        let devices = names.iter().map(|n| Identity::new(device(n), "pk", n)).collect();
        store.credentials().issue_many(devices, at(0)).await.unwrap();
        let tries: Vec<_> = (0..200)
            .map(|n: usize| {
                let (all, device) = (store.credentials().clone(), device(&names[n % names.len()]));
                tokio::spawn(async move { all.logged_in(device, 77).await.unwrap() })
            })
            .collect();
        let mut admitted = 0;
        for t in tries {
            admitted += usize::from(t.await.unwrap());
        }
        assert_eq!(admitted, names.len());
    }
}

#[tokio::test]
async fn a_login_that_could_not_be_written_is_an_error_and_not_remembered() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    issue(&store, "a").await;
    issue(&store, "b").await;
    store.close().await;
    tamper(
        dir.path(),
        "CREATE TRIGGER refuse BEFORE UPDATE ON device_secret WHEN new.last_login = 3 BEGIN SELECT RAISE(ABORT, 'refused'); END",
    )
    .await;
    let store = Store::open(dir.path()).await.unwrap();
    let all = store.credentials();
    assert_eq!(code(all.logged_in(device("a"), 3).await), "store.database");
    assert_eq!(find(&store, "a").await.unwrap().last_login, None);
    let (bad, good) = tokio::join!(all.logged_in(device("a"), 3), all.logged_in(device("b"), 4));
    assert_eq!((code(bad), good.unwrap()), ("store.database", true), "one that fails takes no other with it");
    assert!(all.logged_in(device("a"), 5).await.unwrap());
}

#[tokio::test]
async fn a_change_that_nobody_waits_for_is_in_ram_and_on_the_disk() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    let first = issue(&store, "a").await;
    let mut again = Box::pin(store.credentials().issue(device("a"), "pk", "a", at(1)));
    assert!(futures::poll!(&mut again).is_pending());
    drop(again);
    // The next change waits for it.
    issue(&store, "b").await;
    let credential = find(&store, "a").await.unwrap();
    assert_ne!(credential.secret, first);
    let copy = crash(dir.path());
    assert_eq!(find(&Store::open(copy.path()).await.unwrap(), "a").await, Some(credential));
}

#[tokio::test]
async fn a_devices_token_is_good_until_the_next_one() {
    let (_dir, stores) = both().await;
    for store in stores {
        let all = store.credentials();
        let first = all.mint_device_token(device("a"), at(0)).await.unwrap();
        assert!(first.expose().starts_with(DEVICE_TOKEN_PREFIX) && first.expose().len() == 68);
        assert_eq!(all.verify_device_token(first.expose()).await.unwrap(), device("a"));
        let second = all.mint_device_token(device("a"), at(1)).await.unwrap();
        let other = all.mint_device_token(device("b"), at(1)).await.unwrap();
        assert_eq!(all.verify_device_token(second.expose()).await.unwrap(), device("a"));
        assert_eq!(all.verify_device_token(other.expose()).await.unwrap(), device("b"));
        let long = "x".repeat(9_999);
        for wrong in ["", "cdt_", first.expose(), &second.expose().to_uppercase(), &long] {
            assert_eq!(code(all.verify_device_token(wrong).await), "secret.unknown", "{wrong}");
        }
        all.remove(device("a")).await.unwrap();
        assert_eq!(code(all.verify_device_token(second.expose()).await), "secret.unknown");
        assert_eq!(all.verify_device_token(other.expose()).await.unwrap(), device("b"));
    }
}

#[tokio::test]
async fn a_connections_password_is_kept() {
    let (_dir, stores) = both().await;
    for store in stores {
        let (all, id) = (store.credentials(), ConnectionId::of_name("broker"));
        assert_eq!(all.connection_password(id).await.unwrap(), None);
        for text in ["", "geheim", "密码", &"x".repeat(PASSWORD_BYTES_MAX)] {
            let password = Secret::new(text.into());
            all.put_connection_password(id, &password).await.unwrap();
            assert_eq!(all.connection_password(id).await.unwrap(), Some(password));
        }
        let long = Secret::new("x".repeat(PASSWORD_BYTES_MAX + 1));
        assert_eq!(code(all.put_connection_password(id, &long).await), "store.limit");
        for _ in 0..2 {
            all.remove_connection_password(id).await.unwrap();
            assert_eq!(all.connection_password(id).await.unwrap(), None);
        }
        for n in 0..PASSWORDS_MAX {
            let id = ConnectionId::of_name(&n.to_string());
            all.put_connection_password(id, &Secret::new("x".into())).await.unwrap();
        }
        let last = ConnectionId::of_name("0");
        all.put_connection_password(last, &Secret::new("y".into())).await.unwrap();
        assert_eq!(code(all.put_connection_password(id, &Secret::new("x".into())).await), "store.limit");
        assert_eq!(all.connection_password(last).await.unwrap(), Some(Secret::new("y".into())));
    }
}

/// A folder with a device `a`, a connection and their key; the store is closed.
async fn sealed() -> (tempfile::TempDir, Credential) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    assert!(!dir.path().join(KEY_FILE).exists(), "without a secret there is no key");
    store.credentials().check().await.unwrap();
    issue(&store, "a").await;
    store.credentials().put_connection_password(connection(), &Secret::new("p".into())).await.unwrap();
    let credential = find(&store, "a").await.unwrap();
    store.close().await;
    (dir, credential)
}

fn connection() -> ConnectionId {
    ConnectionId::of_name("c")
}

#[tokio::test]
async fn a_key_file_that_cannot_be_used_is_said_and_harms_nothing() {
    let (dir, credential) = sealed().await;
    let path = dir.path().join(KEY_FILE);
    let (good, (other, _)) = (fs::read(&path).unwrap(), sealed().await);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let wrong = fs::read(other.path().join(KEY_FILE)).unwrap();
    let torn = |n: usize| Some((good[..n].to_vec(), 0o600));
    let with = |bytes: &[u8]| Some(([&good[..good.len() - 3], bytes].concat(), 0o600));
    let cases = [
        (None, "key.lost"),
        (torn(0), "key.damaged"),
        (torn(1), "key.damaged"),
        (torn(40), "key.damaged"),
        (torn(good.len() - 1), "key.damaged"),
        (with(b"zz\n"), "key.damaged"),
        (with(b"00\n\n"), "key.damaged"),
        (with(b"\xff\xff\n"), "key.damaged"),
        (Some((vec![0; good.len()], 0o600)), "key.damaged"),
        (Some((vec![b'a'; 1 << 20], 0o600)), "key.damaged"),
        (Some((wrong, 0o600)), "key.wrong"),
        (Some((good.clone(), 0o640)), "key.mode"),
        (Some((good.clone(), 0o604)), "key.mode"),
        (Some((good.clone(), 0o666)), "key.mode"),
        (Some((good.clone(), 0o400)), "ok"),
        (Some((good.clone(), 0o600)), "ok"),
    ];
    for (file, expected) in cases {
        fs::remove_file(&path).ok();
        if let Some((bytes, mode)) = &file {
            fs::write(&path, bytes).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(*mode)).unwrap();
        }
        let store = Store::open(dir.path()).await.unwrap();
        let all = store.credentials();
        let said = all.check().await;
        assert!(said.as_ref().err().is_none_or(|e| e.to_string().contains(&*path.to_string_lossy())), "{said:?}");
        assert_eq!(code(said), expected, "{file:?}");
        assert_eq!(code(all.find("pk", "a").await), expected);
        assert_eq!(code(all.connection_password(connection()).await), expected);
        assert_eq!(code(all.issue(device("b"), "pk", "b", at(0)).await), expected);
        // What needs no key goes on: names that nobody has, tokens, timestamps.
        assert_eq!(all.find("pk", "nobody").await.unwrap(), None);
        let token = all.mint_device_token(device("b"), at(0)).await.unwrap();
        assert_eq!(all.verify_device_token(token.expose()).await.unwrap(), device("b"));
        all.remove(device("b")).await.unwrap();
        store.close().await;
        assert_eq!(fs::read(&path).ok(), file.map(|(bytes, _)| bytes), "the file is as it was");
    }
    let store = Store::open(dir.path()).await.unwrap();
    assert_eq!(find(&store, "a").await, Some(credential));
}

#[tokio::test]
async fn after_the_loss_of_the_key_one_may_begin_anew() {
    let (dir, _) = sealed().await;
    fs::remove_file(dir.path().join(KEY_FILE)).unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    let all = store.credentials();
    assert_eq!(code(all.find("pk", "a").await), "key.lost");
    all.discard_sealed().await.unwrap();
    all.check().await.unwrap();
    assert_eq!((find(&store, "a").await, all.connection_password(connection()).await.unwrap()), (None, None));
    let secret = issue(&store, "a").await;
    // With a good key too: it stays.
    all.discard_sealed().await.unwrap();
    assert_eq!(find(&store, "a").await, None);
    let again = issue(&store, "a").await;
    assert_ne!(secret, again);
    store.close().await;
    let store = Store::open(dir.path()).await.unwrap();
    assert_eq!(find(&store, "a").await.map(|c| c.secret), Some(again));
}

#[tokio::test]
async fn a_crash_while_the_key_is_made_costs_nothing() {
    // Half of a new key, and a whole one with which nothing is sealed yet.
    let (other, _) = sealed().await;
    let key = fs::read(other.path().join(KEY_FILE)).unwrap();
    for (name, bytes) in [("castellan.key.new", &key[..20]), (KEY_FILE, &key[..])] {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(name);
        fs::write(&path, bytes).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        store.credentials().check().await.unwrap();
        let secret = issue(&store, "a").await;
        let copy = crash(dir.path());
        let after = Store::open(copy.path()).await.unwrap();
        assert_eq!(find(&after, "a").await.map(|c| c.secret), Some(secret));
        assert!(!dir.path().join("castellan.key.new").exists());
    }
}

#[tokio::test]
async fn a_damaged_or_foreign_row_is_said_and_takes_no_other_with_it() {
    let damages = [
        ("UPDATE device_secret SET secret = x'' WHERE device_key = 'a'", "store.corrupt"),
        ("UPDATE device_secret SET secret = x'01020304' WHERE device_key = 'a'", "store.corrupt"),
        ("UPDATE device_secret SET secret = CAST(x'02' || secret AS BLOB) WHERE device_key = 'a'", "store.version"),
        ("UPDATE device_secret SET secret = substr(secret, 1, 60) WHERE device_key = 'a'", "store.corrupt"),
        (
            "UPDATE device_secret SET secret = (SELECT secret FROM device_secret WHERE device_key = 'b') WHERE device_key = 'a'",
            "store.corrupt",
        ),
        (
            "UPDATE device_secret SET secret = (SELECT password FROM connection_password) WHERE device_key = 'a'",
            "store.corrupt",
        ),
    ];
    for (sql, expected) in damages {
        let (dir, _) = sealed().await;
        let store = Store::open(dir.path()).await.unwrap();
        issue(&store, "b").await;
        store.close().await;
        tamper(dir.path(), sql).await;
        let store = Store::open(dir.path()).await.unwrap();
        assert_eq!(code(store.credentials().find("pk", "a").await), expected, "{sql}");
        assert!(find(&store, "b").await.is_some());
        issue(&store, "a").await;
        assert!(find(&store, "a").await.is_some(), "a new secret mends it");
    }
}
