//! What can be asked for on the command line.

use clap::{Parser, Subcommand, ValueEnum};
use documents::Role;
use exchange::Format;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Port of the page and the API when none is named.
pub(super) const PORT: u16 = 8080;

/// Port of the embedded MQTT broker when none is named.
pub(super) const MQTT_PORT: u16 = 1883;

/// Talk to your building.
#[derive(Debug, Parser)]
#[command(
    name = "castellan",
    version,
    after_help = "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 no server runs on the data folder, 4 the data folder is in use.\n\
                  Environment: CASTELLAN_DATA (data folder), CASTELLAN_TOKEN (token of `mcp`), CASTELLAN_LOG (what is logged, such as `info` or `api=debug`)."
)]
pub(super) struct Args {
    /// Writes the log as JSON, one object per line, to standard error.
    #[arg(long, global = true)]
    pub(super) log_json: bool,
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Runs the server on a data folder and prints the address of the page.
    Serve(Serve),
    /// Prints another address that opens the page logged in, once.
    Open(Open),
    /// Makes, lists and revokes tokens of the API.
    Token(Token),
    /// Registers, lists, changes and removes devices.
    Device(Device),
    /// Lists products and makes new ones.
    Product(Product),
    /// Lists the product templates that are shipped.
    Template(Template),
    /// Opens, lists and removes connections to buses, brokers and gateways.
    Connection(Connection),
    /// Lists rules, and brings rules of other systems along.
    Rule(Rule),
    /// Says a sentence to the building.
    Chat(Chat),
    /// Speaks the Model Context Protocol on standard input and output, for agents that start their servers themselves.
    Mcp(Mcp),
    /// Applies the log again and compares every command, receipt and trace byte for byte.
    Replay(Replay),
    /// Looks for what could be wrong with this installation.
    Doctor(Doctor),
    /// Measures how well sentences are understood, in simulated buildings: our own cases, or those of an evaluation
    /// folder.
    Eval(Eval),
    /// Measures this machine: the log beside the disk's own sync, sentence to draft, memory.
    Bench(Bench),
}

/// Which data folder.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Folder {
    /// The data folder [default: $CASTELLAN_DATA, or castellan in the user's data folder].
    #[arg(long = "data", value_name = "DIR")]
    pub(super) data: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(super) struct Serve {
    #[command(flatten)]
    pub(super) folder: Folder,
    /// The port of the page and the API; when it is taken, the next free one is used. The last one named counts.
    #[arg(long, default_value_t = PORT, overrides_with = "port")]
    pub(super) port: u16,
    /// Address and port of the page and the API in place of this machine alone, such as 0.0.0.0:8443. Others get in by
    /// TLS only; without a certificate, one is made in the data folder.
    #[arg(long, value_name = "ADDRESS", conflicts_with = "port")]
    pub(super) address: Option<SocketAddr>,
    /// A name by which others reach this machine, for links and the certificate; may be given several times.
    #[arg(long = "name", value_name = "NAME", requires = "address")]
    pub(super) names: Vec<String>,
    /// Begins an empty data folder with a simulated building.
    #[arg(long, conflicts_with = "empty")]
    pub(super) demo: bool,
    /// Lets the time of the simulated building go so many times as fast as the machine's: 1 to 3600.
    #[arg(long, value_name = "N", requires = "demo", value_parser = clap::value_parser!(u32).range(1..=3600))]
    pub(super) speed: Option<u32>,
    /// Wants an empty data folder and begins with nothing.
    #[arg(long)]
    pub(super) empty: bool,
    /// Starts with rules off: everything is shown and can be operated, no rule runs.
    #[arg(long)]
    pub(super) safe: bool,
    #[command(flatten)]
    pub(super) mqtt: Mqtt,
    /// Prints what was started as one JSON object.
    #[arg(long)]
    pub(super) json: bool,
}

/// Where devices log in. Plain MQTT and WebSocket are for this machine only; other machines come in by TLS.
#[derive(Debug, clap::Args)]
pub(super) struct Mqtt {
    /// The port of the embedded MQTT broker on this machine; when it is taken, the next free one is used.
    #[arg(long, value_name = "PORT", default_value_t = MQTT_PORT, overrides_with = "mqtt_port")]
    pub(super) mqtt_port: u16,
    /// The port of MQTT over WebSocket on this machine.
    #[arg(long, value_name = "PORT")]
    pub(super) mqtt_ws_port: Option<u16>,
    /// Address and port of MQTT over TLS, such as 0.0.0.0:8883. Without a certificate, one is made in the data folder.
    #[arg(long, value_name = "ADDRESS")]
    pub(super) mqtts: Option<SocketAddr>,
    /// Address and port of MQTT over WebSocket over TLS.
    #[arg(long, value_name = "ADDRESS")]
    pub(super) mqtt_wss: Option<SocketAddr>,
    /// Certificate chain for TLS of the page, the API and devices, in PEM.
    #[arg(long, value_name = "FILE", requires = "key")]
    pub(super) certificate: Option<PathBuf>,
    /// Key of the certificate, in PEM.
    #[arg(long, value_name = "FILE", requires = "certificate")]
    pub(super) key: Option<PathBuf>,
    /// Starts without the broker.
    #[arg(long, conflicts_with_all = ["mqtt_ws_port", "mqtts", "mqtt_wss"])]
    pub(super) no_mqtt: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Mcp {
    #[command(flatten)]
    pub(super) folder: Folder,
    /// A file with a token of role `agent`; $CASTELLAN_TOKEN may hold one instead. Without any, the agent is called `local`.
    #[arg(long, value_name = "FILE")]
    pub(super) token_file: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(super) struct Open {
    #[command(flatten)]
    pub(super) folder: Folder,
    /// Prints a JSON object.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Token {
    #[command(subcommand)]
    pub(super) command: TokenCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum TokenCommand {
    /// Makes a token and prints it, this once, to standard output.
    Create {
        #[command(flatten)]
        folder: Folder,
        /// Whose or what for.
        #[arg(long, default_value = "token")]
        name: String,
        /// What it may do at most.
        #[arg(long, value_enum)]
        role: RoleName,
        /// For how many days it is good; for ever when absent.
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=i64::from(api::limits::TOKEN_DAYS_MAX)))]
        days: Option<u32>,
        /// Prints a JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Lists tokens; their text is not kept.
    List {
        #[command(flatten)]
        folder: Folder,
        /// Prints a JSON array.
        #[arg(long)]
        json: bool,
    },
    /// Takes a token back.
    Revoke {
        #[command(flatten)]
        folder: Folder,
        /// Its id, as `list` shows it.
        id: String,
    },
}

/// A role by its name.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum RoleName {
    /// Everything.
    Owner,
    /// Operates and approves.
    Operator,
    /// Reads.
    Viewer,
    /// A program that acts for somebody; never approves.
    Agent,
    /// A device gateway; only raw topics.
    Bridge,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Role {
        match name {
            RoleName::Owner => Role::Owner,
            RoleName::Operator => Role::Operator,
            RoleName::Viewer => Role::Viewer,
            RoleName::Agent => Role::Agent,
            RoleName::Bridge => Role::Bridge,
        }
    }
}

/// A command about one device.
#[derive(Debug, clap::Args)]
pub(super) struct OneDevice {
    #[command(flatten)]
    pub(super) folder: Folder,
    /// Its id, its key, PRODUCT/KEY, or a name that only it has.
    pub(super) device: String,
    /// Prints a JSON object.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Device {
    #[command(subcommand)]
    pub(super) command: DeviceCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum DeviceCommand {
    /// Registers a device; prints what it logs in with, this once, and a line to try it.
    Add(AddDevice),
    /// Lists devices.
    List {
        #[command(flatten)]
        folder: Folder,
        /// Lists those that were removed and can be restored.
        #[arg(long)]
        removed: bool,
        /// Prints a JSON array.
        #[arg(long)]
        json: bool,
    },
    /// Removes a device; it can be restored for a day.
    Remove {
        #[command(flatten)]
        of: OneDevice,
        /// Although rules use it.
        #[arg(long)]
        force: bool,
    },
    /// A removed device comes back as it was.
    Restore(OneDevice),
    /// Neither reads nor writes a device any more, and does not let it log in.
    Disable(OneDevice),
    /// Takes a disabled device into use again.
    Enable(OneDevice),
    /// Other hardware takes the place of a device; prints what it logs in with, this once.
    Replace {
        #[command(flatten)]
        of: OneDevice,
        /// The name with which the new hardware logs in; that of the old one when absent.
        #[arg(long)]
        key: Option<String>,
    },
    /// Prints what a device logs in with, when nobody has seen it.
    Secret {
        #[command(flatten)]
        of: OneDevice,
        /// Makes a new secret; the old one stops at once.
        #[arg(long)]
        rotate: bool,
    },
    /// Makes the token with which a device posts over HTTP, and prints it, this once.
    Token(OneDevice),
    /// Registers the devices of a table and prints their credentials as a table, this once.
    Import {
        #[command(flatten)]
        folder: Folder,
        /// The table, comma-separated; `device import --template` prints an empty one.
        #[arg(value_name = "FILE", required_unless_present = "template")]
        table: Option<PathBuf>,
        /// Prints an empty table to fill in.
        #[arg(long, conflicts_with = "table")]
        template: bool,
        /// Registers the rows that are right and names the others.
        #[arg(long)]
        partial: bool,
        /// Prints a JSON object.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, clap::Args)]
pub(super) struct AddDevice {
    #[command(flatten)]
    pub(super) folder: Folder,
    /// Key of a product that exists, or name of a template, as `template list` prints them.
    #[arg(long)]
    pub(super) product: String,
    /// The name with which it logs in; made from the product when absent.
    #[arg(long)]
    pub(super) key: Option<String>,
    /// What people call it.
    #[arg(long)]
    pub(super) name: Option<String>,
    /// What people call it in English.
    #[arg(long)]
    pub(super) name_en: Option<String>,
    /// Where it is: the id of a space, or a name that only it has.
    #[arg(long)]
    pub(super) space: Option<String>,
    /// Prints a JSON object.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Product {
    #[command(subcommand)]
    pub(super) command: ProductCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum ProductCommand {
    /// Lists products.
    List(Listing),
    /// Makes a product of a thing model in TSL.
    Import {
        #[command(flatten)]
        folder: Folder,
        /// The thing model, as JSON.
        #[arg(value_name = "FILE")]
        model: PathBuf,
        /// Its key; that of the model when absent.
        #[arg(long)]
        key: Option<String>,
        /// Prints a JSON object.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, clap::Args)]
pub(super) struct Template {
    #[command(subcommand)]
    pub(super) command: TemplateCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum TemplateCommand {
    /// Lists templates.
    List(Listing),
}

/// A command that lists.
#[derive(Debug, clap::Args)]
pub(super) struct Listing {
    #[command(flatten)]
    pub(super) folder: Folder,
    /// Prints a JSON array.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Connection {
    #[command(subcommand)]
    pub(super) command: ConnectionCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum ConnectionCommand {
    /// Lists connections; never their passwords.
    List(Listing),
    /// Opens a connection.
    Add {
        #[command(flatten)]
        folder: Folder,
        /// Its driver: `mqtt`, `modbus`.
        #[arg(long)]
        driver: String,
        /// Its configuration, as JSON.
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
        /// What people call it; the name of the driver when absent.
        #[arg(long)]
        name: Option<String>,
        /// Reads its password from the first line of standard input.
        #[arg(long)]
        password: bool,
        /// Prints a JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Removes a connection that no device is behind.
    Remove {
        #[command(flatten)]
        folder: Folder,
        /// Its id, as `list` shows it.
        id: String,
    },
}

#[derive(Debug, clap::Args)]
pub(super) struct Rule {
    #[command(subcommand)]
    pub(super) command: RuleCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum RuleCommand {
    /// Lists rules.
    List(Listing),
    /// Shows a rule in words.
    Show {
        #[command(flatten)]
        folder: Folder,
        /// Its id, or a name that only it has.
        rule: String,
        /// Prints a JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Proposes the rules of a file; a person approves them. Says what was left out, and why.
    Import(ImportRules),
    /// Writes a rule for another system, or names the nodes that cannot be said there.
    Export {
        #[command(flatten)]
        folder: Folder,
        /// Its id, or a name that only it has.
        rule: String,
        /// Who shall read it.
        #[arg(long, value_enum)]
        format: RuleFormat,
    },
    /// Lists the rule templates that are shipped.
    Templates(Listing),
}

#[derive(Debug, clap::Args)]
pub(super) struct ImportRules {
    #[command(flatten)]
    pub(super) folder: Folder,
    /// The file.
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
    /// Who wrote it; by its ending when absent: `.yaml` is Home Assistant's, `.sql` a stream rule.
    #[arg(long, value_enum)]
    pub(super) format: Option<RuleFormat>,
    /// What a name of the other system means here, such as light.kitchen=pt_...; may be given several times.
    #[arg(long = "map", value_name = "NAME=ID", value_parser = pair)]
    pub(super) mapping: Vec<(String, String)>,
    /// A value for an input of a blueprint; may be given several times.
    #[arg(long = "input", value_name = "NAME=VALUE", value_parser = pair)]
    pub(super) inputs: Vec<(String, String)>,
    /// Shows what would be proposed.
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Prints a JSON object.
    #[arg(long)]
    pub(super) json: bool,
}

/// Two parts with `=` between them.
fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("it has the form NAME=VALUE")?;
    Ok((name.into(), value.into()))
}

/// A system that rules come from or go to.
#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(super) enum RuleFormat {
    /// Rule graphs of Castellan, JSON.
    Castellan,
    /// Automations and blueprints of Home Assistant, YAML or JSON.
    HomeAssistant,
    /// Flows of Node-RED, JSON.
    NodeRed,
    /// Scene rules of Alibaba Cloud IoT, JSON.
    Alibaba,
    /// A stream rule in SQL; only read.
    Sql,
}

impl From<RuleFormat> for Format {
    fn from(name: RuleFormat) -> Format {
        match name {
            RuleFormat::Castellan => Format::Castellan,
            RuleFormat::HomeAssistant => Format::HomeAssistant,
            RuleFormat::NodeRed => Format::NodeRed,
            RuleFormat::Alibaba => Format::Alibaba,
            RuleFormat::Sql => Format::Sql,
        }
    }
}

#[derive(Debug, clap::Args)]
pub(super) struct Chat {
    #[command(flatten)]
    pub(super) folder: Folder,
    /// What is said.
    pub(super) text: String,
    /// The language to answer in, such as zh-CN or en; that of the words when absent.
    #[arg(long, value_name = "TAG")]
    pub(super) lang: Option<String>,
    /// The conversation that goes on, as an earlier answer named it.
    #[arg(long, value_name = "ID")]
    pub(super) conversation: Option<String>,
    /// Prints the whole answer as JSON.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Replay {
    #[command(flatten)]
    pub(super) folder: Folder,
    /// Prints a JSON object.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Doctor {
    #[command(flatten)]
    pub(super) folder: Folder,
    /// The port that `serve` would use.
    #[arg(long, default_value_t = PORT)]
    pub(super) port: u16,
    /// Throws away the sealed secrets of devices and connections, when the key file is lost for good: every device then
    /// needs a new secret. Only while no server runs.
    #[arg(long)]
    pub(super) discard_secrets: bool,
    /// Prints a JSON array.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Bench {
    #[command(subcommand)]
    pub(super) command: Option<BenchCommand>,
    /// Prints a JSON object.
    #[arg(long)]
    pub(super) json: bool,
    /// The folder whose disk is measured; the system's folder for temporary files when absent.
    #[arg(long, value_name = "DIR")]
    pub(super) disk: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(super) enum BenchCommand {
    /// Pages that read along while devices report: from a report to its receipt by each of them.
    Socket(BenchSocket),
    /// Values on their way through rules: among one, and among ten thousand; what a rule takes of memory.
    Rules(BenchRules),
}

#[derive(Debug, clap::Args)]
pub(super) struct BenchRules {
    /// Prints a JSON object.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct BenchSocket {
    /// How many pages read along.
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    pub(super) clients: usize,
    /// How many points report.
    #[arg(long, value_name = "N", default_value_t = 300)]
    pub(super) points: usize,
    /// How often each reports in a second.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(super) rate: u32,
    /// For how long.
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(super) seconds: u64,
    /// Prints a JSON object.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Eval {
    /// The evaluation folder: `*.jsonl` and `homes/`. Without it the shipped cases are run.
    #[arg(long, value_name = "DIR")]
    pub(super) suite: Option<PathBuf>,
    /// The back end.
    #[arg(long, default_value = "embedded")]
    pub(super) backend: String,
    /// Where predictions are written, one JSON object a line.
    #[arg(long, value_name = "FILE", requires = "suite")]
    pub(super) predictions: Option<PathBuf>,
    /// Only the suite of this name.
    #[arg(long, value_name = "NAME")]
    pub(super) only: Option<String>,
    /// The sensors of a room are one device.
    #[arg(long, requires = "suite")]
    pub(super) merged: bool,
    /// Which of the shipped cases were wrong before; the command fails when another one is.
    #[arg(long, value_name = "FILE", conflicts_with = "suite")]
    pub(super) baseline: Option<PathBuf>,
    /// Writes the baseline instead of comparing with it.
    #[arg(long, requires = "baseline")]
    pub(super) renew: bool,
    /// The folder in which a report is written, as JSON and as one HTML page.
    #[arg(long, value_name = "DIR", conflicts_with = "suite")]
    pub(super) report: Option<PathBuf>,
    /// The sentences that were pinned on the page, read again by the server of the data folder.
    #[arg(long, conflicts_with_all = ["suite", "only", "baseline", "report"])]
    pub(super) pinned: bool,
    /// Prints the report as JSON.
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) folder: Folder,
}
