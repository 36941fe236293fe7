-- Sessions that outlive their connection.
CREATE TABLE session (
    id            INTEGER PRIMARY KEY,
    key           TEXT NOT NULL UNIQUE,
    state         BLOB NOT NULL,
    subscriptions TEXT NOT NULL,
    expires       INTEGER
) STRICT;
CREATE INDEX session_expires ON session (expires) WHERE expires IS NOT NULL;

-- Messages that wait for a session. `id` is the order in which they came, over all sessions; `number` is the broker's,
-- within the session.
CREATE TABLE message (
    id      INTEGER PRIMARY KEY,
    session INTEGER NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    number  INTEGER NOT NULL,
    expires INTEGER,
    data    BLOB NOT NULL,
    UNIQUE (session, number)
) STRICT;
CREATE INDEX message_expires ON message (expires) WHERE expires IS NOT NULL;

-- The last message of a topic, for who comes later.
CREATE TABLE retained (
    topic      TEXT PRIMARY KEY,
    qos        INTEGER NOT NULL,
    properties BLOB NOT NULL,
    expires    INTEGER,
    payload    BLOB NOT NULL
) STRICT;
CREATE INDEX retained_expires ON retained (expires) WHERE expires IS NOT NULL;
