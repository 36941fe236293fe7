//! Devices that log in by themselves get their secret with the revision that makes them; it is shown to a person once,
//! when that person asks. Follows the log like the table of revisions, so doing it again is harmless.

use base::Timestamp;
use base::id::DeviceId;
use documents::{Batch, Change, Event, Outcome};
use std::collections::BTreeSet;
use store::credentials::Identity;
use store::{Store, StoreError};
use things::{Device, Product, Route, World};

/// Gives new devices of a batch their secret, and those with another key their new login name. A removed device keeps
/// its secret, since it may be restored; nobody logs in with it meanwhile, because the world does not have it.
///
/// A secret that cannot be made (the key file is lost) stops nothing else; whoever asks for it is told why.
pub(crate) async fn follow(store: &Store, batch: &Batch, world: &World) {
    let mut devices: BTreeSet<DeviceId> = BTreeSet::new();
    for outcome in &batch.outcomes {
        if let Outcome::Configured(done) = outcome {
            devices.extend(done.changes.iter().flat_map(|change| match change {
                Change::PutDevice(device) => vec![device.id],
                Change::PutProduct(product) => {
                    world.devices().filter(|d| d.product == product.id).map(|d| d.id).collect()
                }
                _ => Vec::new(),
            }));
        }
    }
    let whole = batch.events.iter().any(|e| matches!(e, Event::World { .. }));
    if whole {
        devices.extend(world.devices().map(|d| d.id));
    }
    let direct = |id: &DeviceId| {
        let device = world.device(*id).filter(|d| d.route == Route::Direct)?;
        Some((device, world.product(device.product)?))
    };
    let named: Vec<(&Device, &Product)> = devices.iter().filter_map(direct).collect();
    if let Err(why) = give(store, &named, batch.at).await {
        tracing::error!(%why, "new devices have no secret yet");
    }
}

async fn give(store: &Store, devices: &[(&Device, &Product)], now: Timestamp) -> Result<(), StoreError> {
    let credentials = store.credentials();
    let mut new: Vec<Identity> = Vec::new();
    for (device, product) in devices {
        match credentials.find(&product.key, &device.key).await? {
            Some(known) if known.device == device.id => continue,
            // Of a device that was removed: its names are free again.
            Some(gone) => credentials.remove(gone.device).await?,
            None => {}
        }
        credentials.rename(device.id, &product.key, &device.key).await?;
        if credentials.find(&product.key, &device.key).await?.is_none() {
            new.push(Identity::new(device.id, product.key.as_str(), device.key.as_str()));
        }
    }
    for chunk in new.chunks(store::credentials::ISSUE_MAX) {
        credentials.issue_unseen(chunk.to_vec(), now).await?;
    }
    Ok(())
}
