-- The history of one point.
CREATE TABLE series (
    id    INTEGER PRIMARY KEY,
    point TEXT NOT NULL UNIQUE
) STRICT;

-- Sealed samples of a series. Times may overlap: of equal times the one of the higher id counts.
CREATE TABLE chunk (
    id     INTEGER PRIMARY KEY,
    series INTEGER NOT NULL REFERENCES series (id),
    t0     INTEGER NOT NULL,
    t1     INTEGER NOT NULL,
    n      INTEGER NOT NULL,
    vmin   REAL,
    vmax   REAL,
    vsum   REAL,
    codec  INTEGER NOT NULL,
    hash   BLOB NOT NULL,
    ts     BLOB NOT NULL,
    v      BLOB NOT NULL,
    q      BLOB NOT NULL
) STRICT;
CREATE INDEX chunk_time ON chunk (series, t0, t1, id);
-- Those that are worth putting together.
CREATE INDEX chunk_small ON chunk (series, id) WHERE n < 1024;

-- How far the log is sealed: one row, written with the chunks.
CREATE TABLE sealed (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    seq INTEGER NOT NULL
) STRICT;

-- A past that is written day by day, and how far it is: written with the chunks of the day.
CREATE TABLE past (
    name    TEXT PRIMARY KEY,
    t0      INTEGER NOT NULL,
    t1      INTEGER NOT NULL,
    days    INTEGER NOT NULL,
    done    INTEGER NOT NULL,
    samples INTEGER NOT NULL
) STRICT;
