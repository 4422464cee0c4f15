-- Derived: what has become of the void copies of each piece. A void copy is owed until it is scanned as destroyed or a person says that it is missing.
ALTER TABLE states ADD COLUMN voided    INTEGER NOT NULL DEFAULT 0;
ALTER TABLE states ADD COLUMN destroyed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE states ADD COLUMN missing   INTEGER NOT NULL DEFAULT 0;
UPDATE states SET voided = v.n FROM (SELECT piece, count(*) AS n FROM events WHERE kind = 'spoiled' AND piece <> 0 GROUP BY piece) AS v
	WHERE v.piece = states.post_id;
CREATE INDEX states_owed ON states (post_id) WHERE voided > destroyed + missing;
