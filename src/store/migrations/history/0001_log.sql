-- The write-ahead log: one row per batch, `id` is its number. `t0` and `t1` bound the times of everything in it.
CREATE TABLE batch (
    id      INTEGER PRIMARY KEY,
    t0      INTEGER NOT NULL,
    t1      INTEGER NOT NULL,
    version INTEGER NOT NULL,
    data    BLOB NOT NULL
) STRICT;
CREATE INDEX batch_time ON batch (t1, t0);

-- The state after batch `seq`, so that a start need not replay everything.
CREATE TABLE checkpoint (
    seq     INTEGER PRIMARY KEY,
    version INTEGER NOT NULL,
    hash    BLOB NOT NULL,
    data    BLOB NOT NULL
) STRICT;
