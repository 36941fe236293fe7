//! The embedded broker of `serve`: where it listens, and with which certificate.

use super::args::Mqtt;
use super::certificate;
use super::failure::Failure;
use access::{AccessError, Certificate, Options};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

/// How many ports after the wanted one are tried.
const PORTS_TRIED: u16 = 20;

/// What the broker is started with; none when it is not wanted.
pub(super) fn options(args: &Mqtt, folder: &Path) -> Result<Option<Options>, Failure> {
    if args.no_mqtt {
        return Ok(None);
    }
    let here = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let certificate = match (&args.certificate, &args.key) {
        (Some(chain), Some(key)) => Some(Certificate { chain: chain.clone(), key: key.clone() }),
        _ if args.mqtts.is_some() || args.mqtt_wss.is_some() => {
            let bound = [args.mqtts, args.mqtt_wss].into_iter().flatten();
            let names: Vec<String> = bound.flat_map(|a| certificate::names_of(a.ip(), &[])).collect();
            Some(certificate::own(folder, &names)?)
        }
        _ => None,
    };
    Ok(Some(Options {
        tcp: Some(here(args.mqtt_port)),
        tls: args.mqtts,
        ws: args.mqtt_ws_port.map(here),
        wss: args.mqtt_wss,
        certificate,
        ..Options::default()
    }))
}

/// The same with the next port for plain MQTT, when it was that one which is taken; none when it was another, or there
/// is no other to try.
pub(super) fn with_next_port(options: &Options, first: u16, error: &AccessError) -> Option<Options> {
    let AccessError::Listen { address, .. } = error else { return None };
    let next = options.tcp.filter(|tcp| tcp == address && first != 0)?.port().checked_add(1)?;
    let tcp = Some(SocketAddr::from((Ipv4Addr::LOCALHOST, next)));
    (next - first <= PORTS_TRIED).then(|| Options { tcp, ..options.clone() })
}
