//! What can be asked for on the command line.

use clap::{Parser, Subcommand, ValueEnum};
use documents::Role;
use std::path::PathBuf;

/// Port of the page and the API when none is named.
pub(super) const PORT: u16 = 8080;

/// Talk to your building.
#[derive(Debug, Parser)]
#[command(
    name = "castellan",
    version,
    after_help = "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 no server runs on the data folder, 4 the data folder is in use.\n\
                  Environment: CASTELLAN_DATA (data folder), CASTELLAN_LOG (what is logged, such as `info` or `api=debug`)."
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
    /// Says a sentence to the building.
    Chat(Chat),
    /// Applies the log again and compares every command, receipt and trace byte for byte.
    Replay(Replay),
    /// Looks for what could be wrong with this installation.
    Doctor(Doctor),
    /// Says the sentences of an evaluation folder in simulated buildings and writes what came out.
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
    /// Begins an empty data folder with a simulated building.
    #[arg(long, conflicts_with = "empty")]
    pub(super) demo: bool,
    /// Wants an empty data folder and begins with nothing.
    #[arg(long)]
    pub(super) empty: bool,
    /// Starts with rules off: everything is shown and can be operated, no rule runs.
    #[arg(long)]
    pub(super) safe: bool,
    /// Prints what was started as one JSON object.
    #[arg(long)]
    pub(super) json: bool,
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
    /// Prints a JSON array.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Bench {
    /// Prints a JSON object.
    #[arg(long)]
    pub(super) json: bool,
    /// The folder whose disk is measured; the system's folder for temporary files when absent.
    #[arg(long, value_name = "DIR")]
    pub(super) disk: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(super) struct Eval {
    /// The evaluation folder: `*.jsonl` and `homes/`.
    #[arg(long, value_name = "DIR")]
    pub(super) suite: PathBuf,
    /// The back end.
    #[arg(long, default_value = "embedded")]
    pub(super) backend: String,
    /// Where predictions are written, one JSON object a line.
    #[arg(long, value_name = "FILE")]
    pub(super) predictions: Option<PathBuf>,
    /// Only the suite of this name.
    #[arg(long, value_name = "NAME")]
    pub(super) only: Option<String>,
    /// The sensors of a room are one device.
    #[arg(long)]
    pub(super) merged: bool,
    /// Prints the report as JSON.
    #[arg(long)]
    pub(super) json: bool,
}
