//! `eval`: how well sentences are understood, in simulated buildings. Needs no server.

use super::args::Eval;
use super::failure::Failure;
use super::{say, say_json};
use base::Clock;
use runtime::SystemClock;
use serde::Serialize;
use std::fmt::Display;
use std::process::ExitCode;
use std::sync::Arc;

pub(super) async fn run(args: Eval) -> Result<ExitCode, Failure> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let failed = |e: anyhow::Error| Failure::system("评测失败", "the evaluation failed", &format!("{e:#}"));
    let Some(suite) = args.suite else {
        let wanted =
            evals::own::Wanted { only: args.only, baseline: args.baseline, renew: args.renew, report: args.report };
        let report = evals::own::run(&wanted, &clock).await.map_err(failed)?;
        tell(&report, args.json)?;
        return Ok(if report.passes() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    };
    let wanted = evals::Args {
        suite,
        backend: args.backend,
        predictions: args.predictions,
        only: args.only,
        merged: args.merged,
    };
    let report = evals::run(wanted, clock).await.map_err(failed)?;
    tell(&report, args.json)?;
    Ok(ExitCode::SUCCESS)
}

fn tell<R: Serialize + Display>(report: &R, json: bool) -> Result<(), Failure> {
    if json {
        say_json(report)?;
    } else {
        say(report.to_string().trim_end());
    }
    Ok(())
}
