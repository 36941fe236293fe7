//! `eval`: sentences of an evaluation folder, said in simulated buildings. Needs no server.

use super::args::Eval;
use super::failure::Failure;
use super::{say, say_json};
use runtime::SystemClock;
use std::process::ExitCode;
use std::sync::Arc;

pub(super) async fn run(args: Eval) -> Result<ExitCode, Failure> {
    let json = args.json;
    let wanted = evals::Args {
        suite: args.suite,
        backend: args.backend,
        predictions: args.predictions,
        only: args.only,
        merged: args.merged,
    };
    let report = evals::run(wanted, Arc::new(SystemClock::default()))
        .await
        .map_err(|e| Failure::system("评测失败", "the evaluation failed", &format!("{e:#}")))?;
    if json {
        say_json(&report)?;
    } else {
        say(report.to_string().trim_end());
    }
    Ok(ExitCode::SUCCESS)
}
