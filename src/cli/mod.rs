//! The command line. `serve` is the server; everything else finds the running one by its data folder and talks to it
//! over the control socket there, or opens the folder itself when no server runs and that is enough.
//!
//! What it is *not*: it decides nothing; it builds the parts, or asks the server. Start at [`Command`].

mod args;
mod bench;
mod bench_rules;
mod bench_socket;
mod broker;
mod certificate;
mod chat;
mod client;
mod connection;
mod device;
mod doctor;
mod eval;
mod failure;
mod folder;
mod mcp;
mod open;
mod parts;
mod product;
#[cfg(test)]
mod reference;
mod replay;
mod rule;
mod serve;
mod token;

use args::{Args, Command};
use base::Lang;
use clap::Parser;
use failure::Failure;
use serde::Serialize;
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// Most threads of the server; a building needs few, and each costs memory.
const THREADS_MAX: usize = 4;

/// Parses and does what was asked for.
pub(crate) fn main() -> ExitCode {
    let args = Args::parse();
    log_to_stderr(args.log_json);
    // The one provider of TLS, for whoever speaks it. An error says that there is one already, which cannot be here.
    rustls::crypto::aws_lc_rs::default_provider().install_default().ok();
    let lang = language();
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(THREADS_MAX);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build();
    let done = match runtime {
        Ok(runtime) => runtime.block_on(run(args, lang)),
        Err(e) => Err(Failure::system("线程无法启动", "the threads cannot be started", &e)),
    };
    match done {
        Ok(code) => code,
        Err(failure) => {
            failure.tell(lang);
            ExitCode::from(failure.exit)
        }
    }
}

async fn run(args: Args, lang: Lang) -> Result<ExitCode, Failure> {
    match args.command {
        Command::Serve(serve) => serve::run(serve, lang).await,
        Command::Open(open) => open::run(open, lang).await,
        Command::Token(token) => token::run(token, lang).await,
        Command::Device(device) => device::run(device, lang).await,
        Command::Product(product) => product::run(product, lang).await,
        Command::Template(template) => product::templates(template, lang).await,
        Command::Connection(connection) => connection::run(connection, lang).await,
        Command::Rule(rule) => rule::run(rule, lang).await,
        Command::Chat(chat) => chat::run(chat, lang).await,
        Command::Mcp(mcp) => mcp::run(mcp, lang).await,
        Command::Replay(replay) => replay::run(replay, lang).await,
        Command::Doctor(doctor) => doctor::run(doctor, lang).await,
        Command::Eval(eval) => eval::run(eval, lang).await,
        Command::Bench(bench) => bench::run(bench, lang).await,
    }
}

/// The language of the terminal, as the environment names it.
fn language() -> Lang {
    let named = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|n| std::env::var(n).ok().filter(|v| !v.is_empty()));
    named.and_then(|tag| Lang::parse(tag.split('.').next()?)).unwrap_or_default()
}

/// Logs go to standard error, so that standard output is for answers. `CASTELLAN_LOG` says what is logged.
fn log_to_stderr(json: bool) {
    let filter = EnvFilter::try_from_env("CASTELLAN_LOG").unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    let colours = std::io::stderr().is_terminal();
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours).with_writer(std::io::stderr);
    if json { log.json().init() } else { log.init() }
}

/// Writes beside the answer: standard output holds the answer alone.
fn note(text: &str) {
    let mut out = std::io::stderr().lock();
    drop(out.write_all(text.as_bytes()).and_then(|()| out.write_all(b"\n")));
}

/// Writes a line for people or scripts. A reader that has gone is no failure.
fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    drop(out.write_all(text.as_bytes()).and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush()));
}

/// Reads a file that was named on the command line.
fn read_file(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|e| {
        let name = path.display();
        Failure::system(&format!("无法读取 {name}"), &format!("{name} cannot be read"), &e)
    })
}

/// Reads a JSON document from a file.
fn read_json(path: &Path) -> Result<serde_json::Value, Failure> {
    serde_json::from_str(&read_file(path)?).map_err(|e| {
        let name = path.display();
        Failure::system(&format!("{name} 不是合法的 JSON"), &format!("{name} is not JSON"), &e)
    })
}

/// Writes one JSON document on one line.
fn say_json(value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string(value)
        .map_err(|e| Failure::system("结果无法写成 JSON", "the result cannot be written as JSON", &e))?;
    say(&text);
    Ok(())
}
