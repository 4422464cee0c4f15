-- What imported bank statements say was paid to the post, and what came back from it (below zero). Other payments of a statement are
-- not kept. A payment is the same one whatever statement tells of it: payer's account, number, date, sum and payer are its identity.
CREATE TABLE payments (
	account     TEXT    NOT NULL, -- the office's own account
	number      TEXT    NOT NULL,
	date        TEXT    NOT NULL, -- of the document, yyyy-mm-dd
	kopecks     INTEGER NOT NULL,
	payer       TEXT    NOT NULL, -- taxpayer's number, or the name where the bank gives none
	day         TEXT    NOT NULL, -- on which the money moved
	payee_inn   TEXT    NOT NULL,
	payee       TEXT    NOT NULL,
	purpose     TEXT    NOT NULL,
	kind        TEXT    NOT NULL, -- the bank's own word
	statement   TEXT    NOT NULL, -- SHA-256 of the file that told of it first, hexadecimal
	imported_at INTEGER NOT NULL,
	PRIMARY KEY (account, number, date, kopecks, payer)
) WITHOUT ROWID;
CREATE INDEX payments_by_day ON payments (day);
