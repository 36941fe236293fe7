-- Web hooks that others call. The secret is sealed, since calls may be signed with it.
CREATE TABLE hook (
    name       TEXT PRIMARY KEY,
    secret     BLOB NOT NULL,
    created    INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    last_used  INTEGER
) STRICT, WITHOUT ROWID;
