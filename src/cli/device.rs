//! `device`: registers, lists, changes and removes devices of the running server.

use super::args::{AddDevice, Device, DeviceCommand, OneDevice};
use super::client::Client;
use super::failure::Failure;
use super::{folder, note, read_file, say, say_json};
use api::{Changed, Credential, DeviceToken, DeviceView, Imported, Registered, RemovedView};
use base::{Bilingual, Lang};
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;
use things::Names;

pub(super) async fn run(args: Device, lang: Lang) -> Result<ExitCode, Failure> {
    match args.command {
        DeviceCommand::Add(wanted) => add(wanted, lang).await?,
        DeviceCommand::List { folder, removed, json } => {
            let client = Client::running(&folder::path(&folder)?, lang).await?;
            if removed {
                list(&client.get::<api::Page<RemovedView>>("/api/devices/removed").await?.items, json, removed_row)?;
            } else {
                list(&client.all::<DeviceView>("/api/devices").await?, json, |d| row(d, lang))?;
            }
        }
        DeviceCommand::Remove { of, force } => remove(of, force, lang).await?,
        DeviceCommand::Restore(of) => restore(of, lang).await?,
        DeviceCommand::Disable(of) => disable(of, true, lang).await?,
        DeviceCommand::Enable(of) => disable(of, false, lang).await?,
        DeviceCommand::Replace { of, key } => replace(of, key, lang).await?,
        DeviceCommand::Secret { of, rotate } => secret(of, rotate, lang).await?,
        DeviceCommand::Token(of) => token(of, lang).await?,
        DeviceCommand::Import { folder, table, template, partial, json } => {
            let client = Client::running(&folder::path(&folder)?, lang).await?;
            match table.filter(|_| !template) {
                Some(table) => import(&client, table, partial, json, lang).await?,
                None => say(client.text("/api/devices/import/template.csv").await?.trim_end()),
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn add(wanted: AddDevice, lang: Lang) -> Result<(), Failure> {
    let client = Client::running(&folder::path(&wanted.folder)?, lang).await?;
    let mut device = json!({ "product": wanted.product, "names": names(wanted.name, wanted.name_en) });
    for (field, value) in [("key", wanted.key), ("space", wanted.space)] {
        if let Some(value) = value {
            device[field] = value.into();
        }
    }
    let made: Registered = client.post("/api/devices", &device).await?;
    if wanted.json {
        return say_json(&made);
    }
    let (name, id) = (made.device.names.display(lang), made.device.id);
    tell(format!("已添加设备“{name}”（{id}）"), format!("Added device “{name}” ({id})"), lang);
    if let Some(credential) = &made.credential {
        show(credential, lang);
    }
    Ok(())
}

/// A name alone is of the language that it is written in; beside an English one it is the Chinese one.
pub(super) fn names(name: Option<String>, english: Option<String>) -> Names {
    let han = |text: &str| text.chars().any(|c| matches!(c, '\u{3400}'..='\u{9fff}'));
    let mut names = Names { zh: Vec::new(), en: english.into_iter().collect() };
    match name {
        Some(name) if names.en.is_empty() && !han(&name) => names.en.push(name),
        Some(name) => names.zh.push(name),
        None => {}
    }
    names
}

/// What a device logs in with, for people; the line to paste stands alone.
fn show(credential: &Credential, lang: Lang) {
    let words = |zh: &str, en: &str| Bilingual::new(zh, en).get(lang).to_owned();
    let mut rows = vec![
        (words("产品键", "product key"), credential.product_key.clone()),
        (words("设备标识", "device key"), credential.device_key.clone()),
        (words("设备密钥", "device secret"), credential.device_secret.clone()),
    ];
    if let Some(mqtt) = &credential.mqtt {
        rows.push(("MQTT".into(), format!("{}:{}", mqtt.host, mqtt.port)));
        rows.push((words("客户端 id", "client id"), mqtt.client_id.clone()));
        rows.push((words("用户名", "username"), mqtt.username.clone()));
        rows.push((words("密码", "password"), mqtt.password.get(lang).to_owned()));
    }
    for (what, value) in rows {
        say(&format!("  {what}: {value}"));
    }
    if let Some(mqtt) = &credential.mqtt {
        tell("粘贴到命令行即可上报一次示例：", "Paste this line into a shell to report an example:", lang);
        say(&mqtt.line);
    }
    note(&words(
        "密钥只显示这一次，请妥善保存；castellan device secret --rotate 可换新密钥",
        "The secret is shown only this once; keep it safe. `castellan device secret --rotate` makes a new one",
    ));
}

fn tell(zh: impl Into<String>, en: impl Into<String>, lang: Lang) {
    say(Bilingual::new(zh, en).get(lang));
}

fn list<T: serde::Serialize>(items: &[T], json: bool, row: impl Fn(&T) -> String) -> Result<(), Failure> {
    if json {
        return say_json(&items);
    }
    items.iter().for_each(|item| say(&row(item)));
    Ok(())
}

fn row(device: &DeviceView, lang: Lang) -> String {
    let state = match (device.disabled, device.online) {
        (true, _) => Bilingual::new("已停用", "disabled"),
        (false, Some(true)) => Bilingual::new("在线", "online"),
        (false, Some(false)) => Bilingual::new("离线", "offline"),
        (false, None) => Bilingual::new("从未上线", "never seen"),
    };
    let (name, state) = (device.names.display(lang), state.get(lang).to_owned());
    format!("{}  {}/{}  {name}  {state}", device.id, device.product, device.key)
}

fn removed_row(device: &RemovedView) -> String {
    format!("{}  {}/{}  {}", device.id, device.product, device.key, device.at)
}

/// What a device can be found by.
struct Candidate {
    id: String,
    key: String,
    product: String,
    names: Names,
}

impl From<DeviceView> for Candidate {
    fn from(d: DeviceView) -> Self {
        Candidate { id: d.id.to_string(), key: d.key, product: d.product, names: d.names }
    }
}

impl From<RemovedView> for Candidate {
    fn from(d: RemovedView) -> Self {
        Candidate { id: d.id.to_string(), key: d.key, product: d.product, names: d.names }
    }
}

/// The id of the device that was named: by id, product and key, key, or name, the first of these that fits one.
fn find(written: &str, devices: impl IntoIterator<Item = Candidate>) -> Result<String, Failure> {
    let devices: Vec<Candidate> = devices.into_iter().collect();
    let ways: [fn(&Candidate, &str) -> bool; 4] = [
        |d, w| d.id == w,
        |d, w| w.split_once('/').is_some_and(|(product, key)| d.product == product && d.key == key),
        |d, w| d.key == w,
        |d, w| d.names.all().any(|n| n.to_lowercase() == w.to_lowercase()),
    ];
    for way in ways {
        let fit: Vec<&Candidate> = devices.iter().filter(|d| way(d, written)).collect();
        match fit[..] {
            [] => {}
            [one] => return Ok(one.id.clone()),
            _ => {
                let all = fit.iter().map(|d| format!("{}/{}", d.product, d.key)).collect::<Vec<_>>().join(", ");
                return Err(Failure::new(
                    format!("“{written}”可指多台设备：{all}"),
                    format!("`{written}` is more than one device: {all}"),
                ));
            }
        }
    }
    let known = devices.iter().flat_map(|d| d.names.all().chain([d.key.as_str()]));
    let near = base::diagnostic::nearest(written, known, 3).join(", ");
    let none = Failure::new(format!("没有设备“{written}”"), format!("there is no device `{written}`"));
    Err(if near.is_empty() {
        none
    } else {
        none.help(format!("最接近的：{near}"), format!("the nearest are: {near}"))
    })
}

/// The server, and the id of the device that a command is about.
async fn about(of: &OneDevice, lang: Lang) -> Result<(Client, String), Failure> {
    let client = Client::running(&folder::path(&of.folder)?, lang).await?;
    let devices = client.all::<DeviceView>("/api/devices").await?;
    let id = find(&of.device, devices.into_iter().map(Candidate::from))?;
    Ok((client, id))
}

async fn remove(of: OneDevice, force: bool, lang: Lang) -> Result<(), Failure> {
    let (client, id) = about(&of, lang).await?;
    let changed: Changed = client.delete_with(&format!("/api/devices/{id}?force={force}")).await?;
    if of.json {
        return say_json(&changed);
    }
    tell(
        format!("已删除 {id}；一天内可用 castellan device restore 恢复"),
        format!("Removed {id}; `castellan device restore` brings it back within a day"),
        lang,
    );
    Ok(())
}

async fn restore(of: OneDevice, lang: Lang) -> Result<(), Failure> {
    let client = Client::running(&folder::path(&of.folder)?, lang).await?;
    let removed = client.get::<api::Page<RemovedView>>("/api/devices/removed").await?.items;
    let id = find(&of.device, removed.into_iter().map(Candidate::from))?;
    let device: DeviceView = client.post(&format!("/api/devices/{id}/restore"), &json!({})).await?;
    changed(&of, &device, lang)
}

async fn disable(of: OneDevice, disabled: bool, lang: Lang) -> Result<(), Failure> {
    let (client, id) = about(&of, lang).await?;
    let device: DeviceView = client.patch(&format!("/api/devices/{id}"), &json!({ "disabled": disabled })).await?;
    changed(&of, &device, lang)
}

fn changed(of: &OneDevice, device: &DeviceView, lang: Lang) -> Result<(), Failure> {
    if of.json {
        return say_json(device);
    }
    say(&row(device, lang));
    Ok(())
}

async fn replace(of: OneDevice, key: Option<String>, lang: Lang) -> Result<(), Failure> {
    let (client, id) = about(&of, lang).await?;
    let body = key.map_or_else(|| json!({}), |key| json!({ "key": key }));
    let made: Registered = client.post(&format!("/api/devices/{id}/replace"), &body).await?;
    if of.json {
        return say_json(&made);
    }
    if let Some(credential) = &made.credential {
        show(credential, lang);
    }
    Ok(())
}

async fn secret(of: OneDevice, rotate: bool, lang: Lang) -> Result<(), Failure> {
    let (client, id) = about(&of, lang).await?;
    let credential: Credential = client.post(&format!("/api/devices/{id}/secret?rotate={rotate}"), &json!({})).await?;
    if of.json {
        return say_json(&credential);
    }
    show(&credential, lang);
    Ok(())
}

async fn token(of: OneDevice, lang: Lang) -> Result<(), Failure> {
    let (client, id) = about(&of, lang).await?;
    let token: DeviceToken = client.post(&format!("/api/devices/{id}/token"), &json!({})).await?;
    if of.json {
        return say_json(&token);
    }
    say(&token.token);
    note(Bilingual::new(format!("试一试：{}", token.line), format!("Try it: {}", token.line)).get(lang));
    Ok(())
}

async fn import(client: &Client, table: PathBuf, partial: bool, json: bool, lang: Lang) -> Result<(), Failure> {
    let path = format!("/api/devices/import?partial={partial}");
    let made: Imported = client.post_table(&path, read_file(&table)?).await?;
    if json {
        return say_json(&made);
    }
    // Keys are letters, digits and a few marks, and secrets are hexadecimal: nothing needs quotes.
    say("device,product_key,device_key,device_secret");
    for c in &made.credentials {
        say(&format!("{},{},{},{}", c.device, c.product_key, c.device_key, c.device_secret));
    }
    made.faults.iter().for_each(|d| note(d.message.get(lang)));
    let (n, left) = (made.credentials.len(), made.faults.len());
    note(
        Bilingual::new(
            format!("已登记 {n} 台设备，{left} 处错误；密钥只显示这一次，请妥善保存"),
            format!("{n} devices were registered, {left} faults; the secrets are shown only this once, keep them safe"),
        )
        .get(lang),
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_found_by_what_fits_one() {
        let device = |id: &str, product: &str, key: &str, name: &str| Candidate {
            id: id.into(),
            key: key.into(),
            product: product.into(),
            names: Names::new(name, name),
        };
        let all = || {
            [
                device("dv_1", "lamp", "a", "Desk"),
                device("dv_2", "lamp", "b", "Shelf"),
                device("dv_3", "fan", "a", "Shelf"),
            ]
        };
        for (written, expected) in
            [("dv_2", Some("dv_2")), ("fan/a", Some("dv_3")), ("b", Some("dv_2")), ("desk", Some("dv_1"))]
        {
            assert_eq!(find(written, all()).ok().as_deref(), expected, "{written}");
        }
        assert!(find("a", all()).unwrap_err().what.en.contains("lamp/a, fan/a"));
        assert!(find("shelf", all()).unwrap_err().what.en.contains("more than one"));
        assert!(find("shelv", all()).unwrap_err().help.is_some());
    }

    #[test]
    fn a_name_is_of_its_language() {
        for (name, english, zh, en) in [
            (Some("大厅"), None, vec!["大厅"], vec![]),
            (Some("Lobby"), None, vec![], vec!["Lobby"]),
            (Some("Lobby"), Some("Hall"), vec!["Lobby"], vec!["Hall"]),
            (None, None, vec![], vec![]),
        ] {
            let names = names(name.map(Into::into), english.map(Into::into));
            assert_eq!(
                (names.zh, names.en),
                (zh.iter().map(|s| s.to_string()).collect(), en.iter().map(|s| s.to_string()).collect())
            );
        }
    }
}
