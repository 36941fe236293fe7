-- The fingerprint of the key in `castellan.key`, with which the secrets below are sealed. One row, once there is a key.
CREATE TABLE sealing_key (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    fingerprint BLOB NOT NULL
) STRICT;

-- What a device proves itself with, by the names that it logs in with. `secret` is sealed; `last_login` is the largest
-- timestamp that a login carried, in milliseconds: what is not larger is a replay.
CREATE TABLE device_secret (
    device      TEXT PRIMARY KEY,
    product_key TEXT NOT NULL,
    device_key  TEXT NOT NULL,
    secret      BLOB NOT NULL,
    issued      INTEGER NOT NULL,
    shown       INTEGER NOT NULL,
    last_login  INTEGER,
    UNIQUE (product_key, device_key)
) STRICT, WITHOUT ROWID;

-- Tokens of devices that speak HTTP, stored as hashes as API tokens are.
CREATE TABLE device_token (
    device   TEXT PRIMARY KEY,
    selector INTEGER NOT NULL,
    hash     BLOB NOT NULL,
    created  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX device_token_selector ON device_token (selector);

-- Passwords of brokers and gateways outside, sealed.
CREATE TABLE connection_password (
    connection TEXT PRIMARY KEY,
    password   BLOB NOT NULL
) STRICT, WITHOUT ROWID;
