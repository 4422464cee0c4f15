-- The first schema. Times: microseconds of UTC since 1970, 0 = never. Money: kopecks. Migrations are never edited once released.

-- The ledger: one row per thing that happens to a piece or a batch, chained by hash (ledger.go). Everything marked "derived" below
-- can be computed from it again.
CREATE TABLE events (
	seq     INTEGER PRIMARY KEY,     -- 1, 2, 3… without gaps
	id      BLOB    NOT NULL UNIQUE, -- UUID of version 7, 16 bytes: the identity of the event between stations
	at      INTEGER NOT NULL,
	station TEXT    NOT NULL,
	who     TEXT    NOT NULL,
	kind    TEXT    NOT NULL,
	batch   TEXT    NOT NULL,
	piece   INTEGER NOT NULL,        -- the post's id, 0 for events of a batch
	shpi    TEXT    NOT NULL,
	run     TEXT    NOT NULL,
	data    TEXT    NOT NULL,        -- JSON or empty
	prev    BLOB    NOT NULL,        -- hash of the event before, 32 bytes
	hash    BLOB    NOT NULL
);
CREATE INDEX events_of_batch ON events (batch);
CREATE INDEX events_of_piece ON events (piece) WHERE piece <> 0;

CREATE TRIGGER events_update BEFORE UPDATE ON events BEGIN
	SELECT RAISE(ABORT, 'the ledger is append-only: no event may be changed');
END;
CREATE TRIGGER events_delete BEFORE DELETE ON events BEGIN
	SELECT RAISE(ABORT, 'the ledger is append-only: no event may be deleted');
END;
CREATE TRIGGER events_insert BEFORE INSERT ON events
WHEN NEW.seq IS NOT 1 + coalesce((SELECT max(seq) FROM events), 0)
BEGIN
	SELECT RAISE(ABORT, 'the ledger is append-only: an event goes to its end');
END;

-- Derived: the end of the ledger, so that a ledger cut short is found.
CREATE TABLE ledger_end (
	one  INTEGER PRIMARY KEY CHECK (one = 1),
	seq  INTEGER NOT NULL,
	hash BLOB    NOT NULL
);
INSERT INTO ledger_end VALUES (1, 0, zeroblob(32));

-- Facts of the post.
CREATE TABLE batches (
	name         TEXT    PRIMARY KEY,
	status       TEXT    NOT NULL,
	sending_date TEXT    NOT NULL,
	seen_at      INTEGER NOT NULL, -- when the post last showed the batch
	pulled_at    INTEGER NOT NULL, -- when its pieces were last read
	facts        TEXT    NOT NULL, -- postal.Batch as JSON
	approved_at      INTEGER NOT NULL DEFAULT 0, -- derived, as the two below
	approved_kopecks INTEGER NOT NULL DEFAULT 0,
	handed_at        INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

CREATE TABLE pieces (
	post_id  INTEGER PRIMARY KEY,
	batch    TEXT    NOT NULL REFERENCES batches (name),
	pos      INTEGER NOT NULL, -- print order within the batch
	shpi     TEXT    UNIQUE,   -- NULL: none, or it belongs to another piece already (see problem)
	mark_id  TEXT    UNIQUE,   -- as above
	envelope TEXT    NOT NULL,
	category TEXT    NOT NULL,
	marked   INTEGER NOT NULL, -- 1: the post issued a mark
	kopecks  INTEGER NOT NULL, -- value of the mark
	problem  TEXT    NOT NULL, -- '', 'mark-duplicate', 'shpi-duplicate'
	search   TEXT    NOT NULL, -- what is searched as text, lower case
	facts    TEXT    NOT NULL  -- postal.Piece as JSON
);
CREATE INDEX pieces_in_print_order ON pieces (batch, pos);

-- Derived: what has become of each piece.
CREATE TABLE states (
	post_id   INTEGER PRIMARY KEY REFERENCES pieces (post_id),
	state     TEXT    NOT NULL,
	state_at  INTEGER NOT NULL,
	copies    INTEGER NOT NULL, -- times it went to paper: intents less not-printed
	job       TEXT    NOT NULL, -- the last one it was given to
	stale_why TEXT    NOT NULL  -- JSON list of the printed fields that changed, or empty
);
CREATE INDEX states_queued ON states (job) WHERE state = 'queued';

-- Derived: counters, so that a list of batches does not count a million pieces.
CREATE TABLE tally (
	batch    TEXT    NOT NULL,
	state    TEXT    NOT NULL,
	envelope TEXT    NOT NULL,
	category TEXT    NOT NULL,
	marked   INTEGER NOT NULL,
	problem  INTEGER NOT NULL,
	pieces   INTEGER NOT NULL,
	kopecks  INTEGER NOT NULL,
	PRIMARY KEY (batch, state, envelope, category, marked, problem)
) WITHOUT ROWID;

-- One run: what a person asked to print. One job: what was given to a device at once.
CREATE TABLE runs (
	id         TEXT    PRIMARY KEY,
	batch      TEXT    NOT NULL,
	device     TEXT    NOT NULL,
	who        TEXT    NOT NULL,
	asked      INTEGER NOT NULL,
	started_at INTEGER NOT NULL,
	ended_at   INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX runs_of_batch ON runs (batch, started_at);

CREATE TABLE jobs (
	id        TEXT    PRIMARY KEY,
	run       TEXT    NOT NULL REFERENCES runs (id),
	batch     TEXT    NOT NULL,
	device    TEXT    NOT NULL,
	pages     INTEGER NOT NULL,
	state     TEXT    NOT NULL,
	opened_at INTEGER NOT NULL,
	closed_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX jobs_open ON jobs (opened_at) WHERE closed_at = 0;
CREATE INDEX jobs_of_run ON jobs (run, opened_at);

-- Which piece is on which page of a job, in the order in which they were given to it.
CREATE TABLE job_pages (
	job   TEXT    NOT NULL REFERENCES jobs (id),
	page  INTEGER NOT NULL, -- from 1
	piece INTEGER NOT NULL,
	PRIMARY KEY (job, page)
) WITHOUT ROWID;

-- What waits for the post.
CREATE TABLE outbox (
	ord        INTEGER PRIMARY KEY AUTOINCREMENT, -- order of creation, which a clock that jumps could not give
	id         TEXT    NOT NULL UNIQUE,
	kind       TEXT    NOT NULL,
	key        TEXT    NOT NULL, -- items of one key go in order
	payload    TEXT    NOT NULL,
	state      TEXT    NOT NULL,
	attempts   INTEGER NOT NULL,
	not_before INTEGER NOT NULL,
	created_at INTEGER NOT NULL,
	updated_at INTEGER NOT NULL,
	last_error TEXT    NOT NULL,
	last_hint  TEXT    NOT NULL
);
CREATE INDEX outbox_by_state ON outbox (state, ord);

CREATE TABLE settings (
	key   TEXT    PRIMARY KEY,
	value TEXT    NOT NULL,
	at    INTEGER NOT NULL
) WITHOUT ROWID;
