-- Configuration as append-only revisions. `seq` counts the revisions of one noun from 1.
CREATE TABLE revision (
    id     TEXT PRIMARY KEY,
    noun   TEXT NOT NULL,
    name   TEXT NOT NULL,
    seq    INTEGER NOT NULL,
    at     INTEGER NOT NULL,
    author TEXT NOT NULL,
    body   TEXT NOT NULL,
    parent TEXT REFERENCES revision (id),
    UNIQUE (noun, name, seq)
) STRICT, WITHOUT ROWID;

-- Secrets are stored as SHA-256; `selector` (the first eight bytes of the hash) finds the row, the whole is compared
-- in constant time.
CREATE TABLE token (
    id        TEXT PRIMARY KEY,
    selector  INTEGER NOT NULL,
    hash      BLOB NOT NULL,
    name      TEXT NOT NULL,
    role      TEXT NOT NULL,
    created   INTEGER NOT NULL,
    expires   INTEGER,
    last_used INTEGER,
    revoked   INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX token_selector ON token (selector);

CREATE TABLE session (
    id       INTEGER PRIMARY KEY,
    selector INTEGER NOT NULL,
    hash     BLOB NOT NULL,
    name     TEXT NOT NULL,
    role     TEXT NOT NULL,
    created  INTEGER NOT NULL,
    expires  INTEGER NOT NULL
) STRICT;
CREATE INDEX session_selector ON session (selector);

CREATE TABLE login_code (
    id       INTEGER PRIMARY KEY,
    selector INTEGER NOT NULL,
    hash     BLOB NOT NULL,
    name     TEXT NOT NULL,
    role     TEXT NOT NULL,
    expires  INTEGER NOT NULL
) STRICT;
CREATE INDEX login_code_selector ON login_code (selector);

CREATE TABLE conversation (
    id      TEXT PRIMARY KEY,
    started INTEGER NOT NULL,
    last    INTEGER NOT NULL,
    turns   INTEGER NOT NULL,
    opening TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX conversation_last ON conversation (last);

CREATE TABLE turn (
    id           TEXT NOT NULL UNIQUE,
    conversation TEXT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    number       INTEGER NOT NULL,
    at           INTEGER NOT NULL,
    actor        TEXT NOT NULL,
    text         TEXT NOT NULL,
    reply        TEXT NOT NULL,
    PRIMARY KEY (conversation, number)
) STRICT, WITHOUT ROWID;
