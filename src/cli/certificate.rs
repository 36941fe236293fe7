//! The certificate that is made in the data folder where none is given: an authority of this installation, which
//! browsers and devices are told to trust once, and a certificate for the names and addresses of this machine.
//!
//! What it is *not*: no public authority knows it. Who has a certificate of one names it with `--certificate`.

use super::failure::Failure;
use access::Certificate;
use base::{Clock, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use runtime::SystemClock;
use std::collections::BTreeSet;
use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Folder of certificates within the data folder.
const FOLDER: &str = "tls";
/// What browsers and devices are given, so that they know this server: the certificate of its own authority.
pub(super) const AUTHORITY: &str = "tls/authority.pem";
/// Key of the authority; with it the server's certificate is made anew without anybody having to trust a new one.
const AUTHORITY_KEY: &str = "tls/authority.key";
/// The names that the certificate holds, and the day from which on it is made anew.
const NAMES: &str = "tls/names";
/// Years for which the server's certificate is good. Phones take none that is good for more than 825 days.
const YEARS: i32 = 2;
/// An address of documentation (RFC 5737): nothing is sent to it, only the way out is asked for.
const SOMEWHERE: &str = "192.0.2.1:9";

/// By which names others reach an address of this machine, the best one first: those that were given, then its own.
pub(super) fn names_of(address: IpAddr, given: &[String]) -> Vec<String> {
    let mut names = given.to_vec();
    if address.is_unspecified() {
        names.extend(way_out().map(|ip| ip.to_string()));
        names.extend(host_name().into_iter().flat_map(|name| [format!("{name}.local"), name]));
    } else {
        names.push(address.to_string());
    }
    names
}

/// The address by which this machine reaches others. No packet leaves for it.
fn way_out() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect(SOMEWHERE).ok()?;
    socket.local_addr().ok().map(|a: SocketAddr| a.ip()).filter(|ip| !ip.is_unspecified())
}

fn host_name() -> Option<String> {
    let name = std::fs::read_to_string("/etc/hostname").ok()?.trim().to_string();
    (!name.is_empty()).then_some(name)
}

fn failed(error: &dyn std::fmt::Display) -> Failure {
    Failure::new(format!("无法生成证书：{error}"), format!("no certificate can be made: {error}"))
}

/// The certificate in the data folder, for at least these names. It is made where there is none, where a name is
/// missing, and in time before it ends; the authority stays.
pub(super) fn own(folder: &Path, names: &[String]) -> Result<Certificate, Failure> {
    let within = |file: &str| folder.join(FOLDER).join(file);
    let own = Certificate { chain: within("server.pem"), key: within("server.key") };
    let today = day(SystemClock::default().now());
    let mut wanted: BTreeSet<String> = names.iter().cloned().collect();
    wanted.extend(["localhost".to_string(), Ipv4Addr::LOCALHOST.to_string()]);
    wanted.extend(host_name());
    let kept = std::fs::read_to_string(folder.join(NAMES)).unwrap_or_default();
    let (renew, known) = kept.split_once('\n').unwrap_or_default();
    let known: BTreeSet<String> = known.lines().map(str::to_string).collect();
    if own.chain.exists() && own.key.exists() && wanted.is_subset(&known) && today.as_str() < renew {
        return Ok(own);
    }
    wanted.extend(known);
    std::fs::create_dir_all(folder.join(FOLDER)).map_err(|e| failed(&e))?;
    let authority = authority(folder)?;
    let mut server = CertificateParams::new(wanted.iter().cloned().collect::<Vec<_>>()).map_err(|e| failed(&e))?;
    server.distinguished_name.push(DnType::CommonName, "Castellan");
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let (year, month, date) = parts(&today).ok_or_else(|| failed(&today))?;
    // Every month has a 28th.
    let date = date.min(28);
    server.not_before = date_time_ymd(year, month, date);
    server.not_after = date_time_ymd(year + YEARS, month, date);
    let key = KeyPair::generate().map_err(|e| failed(&e))?;
    let signed = server.signed_by(&key, &authority).map_err(|e| failed(&e))?;
    write(&own.key, &key.serialize_pem(), 0o600)?;
    write(&own.chain, &signed.pem(), 0o644)?;
    let renew = format!("{:04}-{month:02}-{date:02}", year + YEARS - 1);
    let names = wanted.into_iter().collect::<Vec<_>>().join("\n");
    write(&folder.join(NAMES), &format!("{renew}\n{names}\n"), 0o644)?;
    Ok(own)
}

/// The authority of this installation, made the first time.
fn authority(folder: &Path) -> Result<Issuer<'static, KeyPair>, Failure> {
    let mut params = CertificateParams::new(Vec::new()).map_err(|e| failed(&e))?;
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.distinguished_name.push(DnType::CommonName, "Castellan authority of this installation");
    let (file, of_key) = (folder.join(AUTHORITY), folder.join(AUTHORITY_KEY));
    if file.exists()
        && let Ok(kept) = std::fs::read_to_string(&of_key)
    {
        return Ok(Issuer::new(params, KeyPair::from_pem(&kept).map_err(|e| failed(&e))?));
    }
    if file.exists() {
        tracing::warn!("a new authority is made: browsers and devices have to trust it again");
    }
    let key = KeyPair::generate().map_err(|e| failed(&e))?;
    let certificate = params.self_signed(&key).map_err(|e| failed(&e))?;
    write(&of_key, &key.serialize_pem(), 0o600)?;
    write(&file, &certificate.pem(), 0o644)?;
    Ok(Issuer::new(params, key))
}

/// The day of a moment: `2026-11-21`.
fn day(at: Timestamp) -> String {
    at.to_string().chars().take(10).collect()
}

fn parts(day: &str) -> Option<(i32, u8, u8)> {
    let mut parts = day.split('-');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

fn write(path: &PathBuf, text: &str, mode: u32) -> Result<(), Failure> {
    let mut options = std::fs::File::options();
    options.write(true).create(true).truncate(true).mode(mode);
    options
        .open(path)
        .and_then(|mut f| f.write_all(text.as_bytes()).and_then(|()| f.sync_all()))
        .map_err(|e| failed(&e))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn it_is_made_once_and_again_for_a_new_name_by_the_same_authority() {
        let dir = tempfile::tempdir().unwrap();
        let read = |file: &str| std::fs::read_to_string(dir.path().join(file)).unwrap();
        own(dir.path(), &["192.0.2.7".into()]).unwrap();
        let (first, authority) = (read("tls/server.pem"), read(AUTHORITY));
        own(dir.path(), &[]).unwrap();
        assert_eq!(read("tls/server.pem"), first);
        own(dir.path(), &["hall.example".into()]).unwrap();
        assert_ne!(read("tls/server.pem"), first);
        assert_eq!(read(AUTHORITY), authority);
        let names = read(NAMES);
        assert!(names.lines().any(|n| n == "192.0.2.7") && names.lines().any(|n| n == "hall.example"), "{names}");
        for key in ["tls/server.key", AUTHORITY_KEY] {
            let mode = std::fs::metadata(dir.path().join(key)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{key}");
        }
        // In time before its end it is made anew.
        std::fs::write(dir.path().join(NAMES), names.replacen(|_: char| true, "1", 1)).unwrap();
        let before = read("tls/server.pem");
        own(dir.path(), &[]).unwrap();
        assert_ne!(read("tls/server.pem"), before);
    }
}
