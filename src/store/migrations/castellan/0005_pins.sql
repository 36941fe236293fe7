-- Sentences that somebody pinned, with what they shall mean.
CREATE TABLE pin (
    id         INTEGER PRIMARY KEY,
    text       TEXT NOT NULL,
    space      TEXT NOT NULL,
    meaning    TEXT NOT NULL,
    shall      TEXT NOT NULL,
    created    INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    UNIQUE (text, space)
) STRICT;
