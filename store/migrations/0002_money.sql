-- Money: double entry in kopecks between four accounts, derived from the ledger's events (money.go). The tables "money", "money_total",
-- "money_pieces" and "money_batches" can be computed again.

-- One row per movement. What enters or leaves the account at the post comes from or goes to "outside".
CREATE TABLE money (
	seq     INTEGER NOT NULL, -- the event that moved it
	n       INTEGER NOT NULL, -- 1, 2… within the event
	day     TEXT    NOT NULL, -- civil day of Moscow
	kind    TEXT    NOT NULL,
	source  TEXT    NOT NULL CHECK (source IN ('outside', 'free', 'reserved', 'spent')),
	target  TEXT    NOT NULL CHECK (target IN ('outside', 'free', 'reserved', 'spent') AND target <> source),
	kopecks INTEGER NOT NULL CHECK (kopecks > 0),
	batch   TEXT    NOT NULL, -- '': of the account
	piece   INTEGER NOT NULL, -- the post's id, 0: of the account
	PRIMARY KEY (seq, n)
) WITHOUT ROWID;
CREATE INDEX money_of_account ON money (day) WHERE piece = 0;

-- The accounts' sums, kept and checked with every change.
CREATE TABLE money_total (
	one      INTEGER PRIMARY KEY CHECK (one = 1),
	loaded   INTEGER NOT NULL,
	free     INTEGER NOT NULL,
	reserved INTEGER NOT NULL,
	spent    INTEGER NOT NULL,
	opened   INTEGER NOT NULL, -- 1: the post has stated a balance
	stated   INTEGER NOT NULL, -- the last one
	at_post  INTEGER NOT NULL, -- reserved for pieces that are handed over
	early    INTEGER NOT NULL, -- losses that may be debits of which nobody has told yet
	learned  INTEGER NOT NULL  -- debits of pieces handed over, learned since the last stated balance
);
INSERT INTO money_total VALUES (1, 0, 0, 0, 0, 0, 0, 0, 0, 0);

-- What the ledger says of the money of a piece.
CREATE TABLE money_pieces (
	piece  INTEGER PRIMARY KEY,
	batch  TEXT    NOT NULL,
	value  INTEGER NOT NULL, -- of its mark
	held   INTEGER NOT NULL, -- reserved for it
	paid   INTEGER NOT NULL, -- spent for it
	taken  INTEGER NOT NULL, -- 1: the post has taken it in
	live   INTEGER NOT NULL, -- 1: it may still be handed over and taken in
	handed INTEGER NOT NULL  -- 1: handed over, no answer yet
);
CREATE INDEX money_pieces_of_batch ON money_pieces (batch);

CREATE TABLE money_batches (
	batch    TEXT    PRIMARY KEY,
	approved INTEGER NOT NULL,
	closed   INTEGER NOT NULL  -- 1: in the archive
) WITHOUT ROWID;

-- Which cost centre a batch belongs to: the office's word, not derived.
CREATE TABLE centres (
	batch TEXT PRIMARY KEY,
	name  TEXT NOT NULL
) WITHOUT ROWID;

-- Events from before this step have moved money too: the next start reckons it.
INSERT INTO settings (key, value, at) SELECT 'store.rebuild', '1', 0 WHERE EXISTS (SELECT 1 FROM events);
