//! The rows of the devices' secrets in RAM, by device and by the names that a device logs in with. Secrets stay sealed.

use super::Identity;
use crate::StoreError;
use base::id::DeviceId;
use sqlx::Row as _;
use sqlx::sqlite::{SqlitePool, SqliteRow};
use std::collections::BTreeMap;

/// A row.
#[derive(Clone)]
pub(super) struct Row {
    pub(super) names: Identity,
    pub(super) sealed: Vec<u8>,
    pub(super) last_login: Option<i64>,
    pub(super) shown: bool,
}

/// All rows.
#[derive(Default)]
pub(super) struct Known {
    rows: BTreeMap<DeviceId, Row>,
    /// By product key, then by device key.
    names: BTreeMap<String, BTreeMap<String, DeviceId>>,
}

impl Known {
    pub(super) async fn load(pool: &SqlitePool) -> Result<Known, StoreError> {
        let rows = sqlx::query("SELECT device, product_key, device_key, secret, shown, last_login FROM device_secret");
        let mut known = Known::default();
        for row in &rows.fetch_all(pool).await? {
            known.insert(read(row)?);
        }
        Ok(known)
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn get(&self, device: DeviceId) -> Option<&Row> {
        self.rows.get(&device)
    }

    pub(super) fn find(&self, product_key: &str, device_key: &str) -> Option<(DeviceId, &Row)> {
        let device = *self.names.get(product_key)?.get(device_key)?;
        Some((device, self.rows.get(&device)?))
    }

    /// Puts a row in the place of the device's old one.
    pub(super) fn insert(&mut self, row: Row) {
        self.remove(row.names.device);
        let names = self.names.entry(row.names.product_key.clone()).or_default();
        names.insert(row.names.device_key.clone(), row.names.device);
        self.rows.insert(row.names.device, row);
    }

    pub(super) fn change(&mut self, device: DeviceId, change: impl FnOnce(&mut Row)) {
        if let Some(row) = self.rows.get_mut(&device) {
            change(row);
        }
    }

    pub(super) fn rename(&mut self, to: Identity) {
        if let Some(row) = self.remove(to.device) {
            self.insert(Row { names: to, ..row });
        }
    }

    pub(super) fn remove(&mut self, device: DeviceId) -> Option<Row> {
        let row = self.rows.remove(&device)?;
        if let Some(names) = self.names.get_mut(&row.names.product_key) {
            names.remove(&row.names.device_key);
            if names.is_empty() {
                self.names.remove(&row.names.product_key);
            }
        }
        Some(row)
    }
}

fn read(row: &SqliteRow) -> Result<Row, StoreError> {
    let device = DeviceId::parse(row.try_get("device")?).map_err(|e| StoreError::corrupt("a device's secret", e))?;
    Ok(Row {
        names: Identity::new(device, row.try_get::<String, _>("product_key")?, row.try_get::<String, _>("device_key")?),
        sealed: row.try_get("secret")?,
        last_login: row.try_get("last_login")?,
        shown: row.try_get("shown")?,
    })
}
