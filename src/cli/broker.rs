//! The embedded broker of `serve`: where it listens, and the certificate it makes for itself when none is given.

use super::args::Mqtt;
use super::failure::Failure;
use access::{AccessError, Certificate, Options};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose};
use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Folder of certificates within the data folder.
const FOLDER: &str = "tls";
/// What devices are given, so that they know this server: the certificate of its own authority.
pub(super) const AUTHORITY: &str = "tls/authority.pem";
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
        _ if args.mqtts.is_some() || args.mqtt_wss.is_some() => Some(own_certificate(folder, args)?),
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

fn failed(error: &dyn std::fmt::Display) -> Failure {
    Failure::new(format!("无法生成证书：{error}"), format!("no certificate can be made: {error}"))
}

/// The certificate in the data folder, made where there is none: an authority of its own, which devices trust, and a
/// certificate for the names and addresses of this machine, signed by it. Delete the folder to have new ones.
fn own_certificate(folder: &Path, args: &Mqtt) -> Result<Certificate, Failure> {
    let own =
        Certificate { chain: folder.join(FOLDER).join("server.pem"), key: folder.join(FOLDER).join("server.key") };
    if own.chain.exists() && own.key.exists() {
        return Ok(own);
    }
    std::fs::create_dir_all(folder.join(FOLDER)).map_err(|e| failed(&e))?;
    let mut authority = CertificateParams::new(Vec::new()).map_err(|e| failed(&e))?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    authority.distinguished_name.push(DnType::CommonName, "Castellan authority of this installation");
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().map_err(|e| failed(&e))?)
        .map_err(|e| failed(&e))?;
    let mut names = vec!["localhost".to_string(), Ipv4Addr::LOCALHOST.to_string()];
    names.extend(host_name());
    let bound = [args.mqtts, args.mqtt_wss].into_iter().flatten().map(|a| a.ip());
    names.extend(bound.filter(|ip: &IpAddr| !ip.is_unspecified()).map(|ip| ip.to_string()));
    names.sort();
    names.dedup();
    let mut server = CertificateParams::new(names).map_err(|e| failed(&e))?;
    server.distinguished_name.push(DnType::CommonName, "Castellan");
    let key = KeyPair::generate().map_err(|e| failed(&e))?;
    let signed = server.signed_by(&key, &authority).map_err(|e| failed(&e))?;
    write(&own.key, &key.serialize_pem(), 0o600)?;
    write(&folder.join(AUTHORITY), &authority.pem(), 0o644)?;
    write(&own.chain, &signed.pem(), 0o644)?;
    Ok(own)
}

fn host_name() -> Option<String> {
    let name = std::fs::read_to_string("/etc/hostname").ok()?.trim().to_string();
    (!name.is_empty()).then_some(name)
}

fn write(path: &PathBuf, text: &str, mode: u32) -> Result<(), Failure> {
    let mut options = std::fs::File::options();
    options.write(true).create(true).truncate(true).mode(mode);
    options
        .open(path)
        .and_then(|mut f| f.write_all(text.as_bytes()).and_then(|()| f.sync_all()))
        .map_err(|e| failed(&e))
}
