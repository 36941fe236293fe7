//! The schema of the files, as migrations that only go forward. A file in `migrations/` without its line here fails
//! the test below; an applied migration is never edited (its checksum is stored).

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// One step of a schema.
pub(crate) struct Step {
    version: i64,
    name: &'static str,
    pub(crate) sql: &'static str,
}

macro_rules! steps {
    ($folder:literal: $($version:literal $name:literal),* $(,)?) => {
        &[$(Step { version: $version, name: $name, sql: include_str!(concat!("migrations/", $folder, "/", $name, ".sql")) }),*]
    };
}

/// Configuration: `castellan.db`.
pub(crate) const CASTELLAN: &[Step] = steps!["castellan": 1 "0001_configuration", 2 "0002_credentials", 3 "0003_conversations", 4 "0004_hooks", 5 "0005_pins"];
/// What the embedded broker keeps: `broker.db`.
pub(crate) const BROKER: &[Step] = steps!["broker": 1 "0001_broker"];
/// The log: `history.db`.
pub(crate) const HISTORY: &[Step] = steps!["history": 1 "0001_log"];

/// Sealed history: `telemetry.db`.
pub(crate) const TELEMETRY: &[Step] = steps!["telemetry": 1 "0001_chunks"];

/// For files, where it is recorded what was applied.
pub(crate) fn migrator(steps: &[Step]) -> Migrator {
    let migration =
        |s: &Step| Migration::new(s.version, s.name.into(), MigrationType::Simple, s.sql.into_sql_str(), false);
    Migrator::with_migrations(steps.iter().map(migration).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_and_the_folders_agree() {
        for (folder, steps) in
            [("castellan", CASTELLAN), ("broker", BROKER), ("history", HISTORY), ("telemetry", TELEMETRY)]
        {
            let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(folder);
            let mut files: Vec<String> =
                std::fs::read_dir(path).unwrap().map(|f| f.unwrap().file_name().into_string().unwrap()).collect();
            files.sort();
            let listed: Vec<String> = steps.iter().map(|s| format!("{}.sql", s.name)).collect();
            assert_eq!(files, listed);
            for (i, step) in steps.iter().enumerate() {
                assert_eq!(step.version, i64::try_from(i).unwrap() + 1);
                assert!(step.name.starts_with(&format!("{:04}_", step.version)));
            }
        }
    }
}
