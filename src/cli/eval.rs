//! `eval`: how well sentences are understood, in simulated buildings; that needs no server. Or whether pinned sentences
//! still mean what they shall, which the server knows.

use super::args::Eval;
use super::client::Client;
use super::failure::Failure;
use super::{folder, say, say_json};
use api::PinView;
use base::{Bilingual, Clock, Lang};
use runtime::SystemClock;
use serde::Serialize;
use std::fmt::Display;
use std::process::ExitCode;
use std::sync::Arc;

pub(super) async fn run(args: Eval, lang: Lang) -> Result<ExitCode, Failure> {
    if args.pinned {
        return pinned(&args, lang).await;
    }
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

/// Every pinned sentence, read again.
async fn pinned(args: &Eval, lang: Lang) -> Result<ExitCode, Failure> {
    let client = Client::running(&folder::path(&args.folder)?, lang).await?;
    let pins: Vec<PinView> = client.all("/api/pins").await?;
    if args.json {
        say_json(&pins)?;
    } else {
        let words = |list: &[Bilingual]| list.iter().map(|w| w.get(lang)).collect::<Vec<_>>().join("; ");
        for pin in &pins {
            let mark = if pin.holds { "ok   " } else { "WRONG" };
            say(&format!("{mark} {}  ->  {}", pin.text, words(&pin.shall)));
            if !pin.holds {
                say(&format!("      {}: {}", Bilingual::new("现在", "now").get(lang), words(&pin.means)));
            }
        }
        let held = pins.iter().filter(|p| p.holds).count();
        let text =
            Bilingual::new(format!("{} 句中 {held} 句不变", pins.len()), format!("{held} of {} hold", pins.len()));
        say(text.get(lang));
    }
    let all = pins.iter().all(|p| p.holds);
    Ok(if all { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn tell<R: Serialize + Display>(report: &R, json: bool) -> Result<(), Failure> {
    if json {
        say_json(report)?;
    } else {
        say(report.to_string().trim_end());
    }
    Ok(())
}
