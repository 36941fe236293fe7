//! Whether the server lives and is ready (open to everybody), and its figures (with a token).

use super::stopped;
use crate::Api;
use crate::auth::Identity;
use crate::metrics::{counter, gauge, resident_bytes};
use crate::problem::Problem;
use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, header};
use documents::{ProposalState, RuleState};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Longest time that the runtime may take to answer and still be called ready.
const READY_TIME_MAX: Duration = Duration::from_secs(2);

pub(super) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/healthz",
            get_with(
                || async { "ok\n" },
                |o| {
                    o.id("getHealth").tag("health").summary("Whether the process lives.").security_requirement_multi([])
                },
            ),
        )
        .api_route(
            "/readyz",
            get_with(ready, |o| {
                o.id("getReady").tag("health").summary("Whether requests are answered.").security_requirement_multi([])
            }),
        )
        .api_route(
            "/metrics",
            get_with(figures, |o| {
                o.id("getMetrics")
                    .tag("health")
                    .summary("Figures in the text format of Prometheus.")
                    .response::<200, String>()
            }),
        )
}

/// What is ready.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Ready {
    /// Always `ready`; otherwise the answer is an error.
    pub status: String,
    /// Version of the server.
    pub version: String,
    /// Whether rules run; `false` after a start with `--safe`.
    pub rules_run: bool,
}

async fn ready(State(api): State<Api>) -> Result<Json<Ready>, Problem> {
    let rules = api.handle().read(|core| !core.rules_are_off());
    match tokio::time::timeout(READY_TIME_MAX, rules).await {
        Ok(Ok(rules_run)) => {
            Ok(Json(Ready { status: "ready".into(), version: env!("CARGO_PKG_VERSION").into(), rules_run }))
        }
        Ok(Err(e)) => Err(stopped(&e)),
        Err(_) => Err(Problem::new(
            axum::http::StatusCode::SERVICE_UNAVAILABLE,
            "runtime.slow",
            "控制核心没有及时应答",
            "the runtime does not answer in time",
        )),
    }
}

async fn figures(State(api): State<Api>, who: Identity) -> Result<([(HeaderName, &'static str); 1], String), Problem> {
    who.may(policy::Effect::Read)?;
    let mut text = api.metrics().text();
    let look = |core: &runtime::Core| {
        let live = core.rules().values().filter(|r| r.graph.state == RuleState::Live).count();
        let pending = core.proposals().values().filter(|p| p.state == ProposalState::Pending).count();
        let (devices, points) = (core.world().devices().count(), core.world().points().count());
        let online = core.world().devices().filter(|d| core.link(d.id).is_some_and(|l| l.online)).count();
        [devices, online, points, live, pending].map(|n| n as u64)
    };
    let [devices, online, points, live, pending] = api.handle().read(look).await.map_err(|e| stopped(&e))?;
    for (name, help, value) in [
        ("castellan_devices", "Devices.", devices),
        ("castellan_devices_online", "Devices that can be reached.", online),
        ("castellan_points", "Points.", points),
        ("castellan_rules_live", "Rules that are live.", live),
        ("castellan_proposals_pending", "Proposals that wait for a person.", pending),
        ("castellan_log_batches", "Number of the last batch in the log.", api.store().log().last_seq()),
        ("castellan_log_batches_durable", "Number of the last batch on the disk.", api.store().log().durable_seq()),
        ("process_resident_memory_bytes", "Memory that is resident.", resident_bytes()),
    ] {
        gauge(&mut text, name, help, value);
    }
    if let Some(broker) = api.broker() {
        of_broker(&mut text, &broker.metrics());
    }
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text))
}

/// What the embedded broker has counted.
fn of_broker(text: &mut String, m: &access::Metrics) {
    for (name, help, value) in [
        ("castellan_mqtt_connections", "Clients that are connected.", m.connections),
        ("castellan_mqtt_sessions", "Sessions, connected or not.", m.sessions),
        ("castellan_mqtt_subscriptions", "Subscriptions of raw topics.", m.subscriptions),
        ("castellan_mqtt_retained", "Retained messages.", m.retained),
    ] {
        gauge(text, name, help, value);
    }
    for (name, help, value) in [
        ("castellan_mqtt_logins_accepted_total", "Logins that were let in.", m.accepted),
        ("castellan_mqtt_logins_refused_total", "Logins that were refused.", m.refused),
        ("castellan_mqtt_received_total", "Publishes that came.", m.received),
        ("castellan_mqtt_delivered_total", "Messages that were given to clients.", m.delivered),
        ("castellan_mqtt_dropped_total", "Messages dropped since too much waited for a client.", m.dropped),
        ("castellan_mqtt_denied_total", "Publishes and subscriptions on topics of others.", m.denied),
        ("castellan_mqtt_limited_total", "Connections closed since a limit was passed.", m.limited),
        ("castellan_mqtt_late_total", "Answers that nobody waited for any more.", m.late),
        ("castellan_mqtt_keep_failed_total", "Times that sessions could not be written at once.", m.keep_failed),
        ("castellan_mqtt_keep_dropped_total", "Messages not kept over a restart.", m.keep_dropped),
        ("castellan_ingest_rejected_total", "Payloads of devices that were not taken.", m.rejected),
        ("castellan_ingest_lost_total", "Signals that the runtime did not take.", m.lost),
    ] {
        counter(text, name, help, value);
    }
}
