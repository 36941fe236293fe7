//! `connection`: buses, brokers and gateways behind which devices are.

use super::args::{Connection, ConnectionCommand, Listing};
use super::client::Client;
use super::failure::Failure;
use super::{device, folder, read_json, say, say_json};
use api::ConnectionView;
use base::id::ConnectionId;
use base::{Bilingual, Lang};
use serde_json::json;
use std::process::ExitCode;

pub(super) async fn run(args: Connection, lang: Lang) -> Result<ExitCode, Failure> {
    match args.command {
        ConnectionCommand::List(Listing { folder, json }) => {
            let client = Client::running(&folder::path(&folder)?, lang).await?;
            let connections: Vec<ConnectionView> = client.all("/api/connections").await?;
            if json {
                say_json(&connections)?;
            } else {
                connections.iter().for_each(|c| say(&row(c, lang)));
            }
        }
        ConnectionCommand::Add { folder, driver, config, name, password, json } => {
            let client = Client::running(&folder::path(&folder)?, lang).await?;
            let names = device::names(Some(name.unwrap_or_else(|| driver.clone())), None);
            let mut wanted = json!({ "driver": driver, "names": names, "config": read_json(&config)? });
            if password {
                wanted["password"] = first_line()?.into();
            }
            let made: ConnectionView = client.post("/api/connections", &wanted).await?;
            if json {
                say_json(&made)?;
            } else {
                say(&row(&made, lang));
            }
        }
        ConnectionCommand::Remove { folder, id } => {
            let id: ConnectionId = ConnectionId::parse(&id).map_err(|e| {
                Failure::system("这不是连接的 id", "this is not the id of a connection", &e)
                    .help("castellan connection list 列出它们", "`castellan connection list` shows them")
            })?;
            let client = Client::running(&folder::path(&folder)?, lang).await?;
            client.delete(&format!("/api/connections/{id}")).await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A password is not an argument, since other users of the machine see arguments.
fn first_line() -> Result<String, Failure> {
    let mut line = String::new();
    std::io::stdin()
        .read_line(&mut line)
        .map_err(|e| Failure::system("无法读取标准输入", "standard input cannot be read", &e))?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn row(connection: &ConnectionView, lang: Lang) -> String {
    let devices = connection.devices;
    let state = if connection.disabled {
        Bilingual::new("已停用", "disabled")
    } else {
        Bilingual::new(format!("{devices} 台设备"), format!("{devices} devices"))
    };
    let name = connection.names.display(lang);
    format!("{}  {}  {name}  {}", connection.id, connection.driver, state.get(lang))
}
