-- Printers the office has added, how each format lies in them, and what was seen of their print quality. What a printer is, the room that opens it knows.
CREATE TABLE printers (
	name  TEXT PRIMARY KEY,
	setup TEXT NOT NULL, -- JSON
	held  INTEGER NOT NULL DEFAULT 0, -- a person has paused it: nothing new is begun on it
	at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sheets (
	printer TEXT NOT NULL,
	format  TEXT NOT NULL, -- of the envelope or label: C5, DL, OX…
	fit     TEXT NOT NULL, -- JSON: tray, turn, calibration
	at      INTEGER NOT NULL,
	PRIMARY KEY (printer, format)
) STRICT, WITHOUT ROWID;

CREATE TABLE quality (
	id      INTEGER PRIMARY KEY,
	printer TEXT NOT NULL,
	at      INTEGER NOT NULL,
	score   REAL NOT NULL,
	reading TEXT NOT NULL -- JSON
) STRICT;
CREATE INDEX quality_printer ON quality (printer, at);
