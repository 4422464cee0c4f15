-- Those who sign in at the station. Their names stand in the ledger for ever; this table only says who may sign in now, and as what.
CREATE TABLE operators (
	key   TEXT PRIMARY KEY, -- the name without case and spare spaces: two people never differ by these alone
	name  TEXT NOT NULL,    -- as it is written in events
	role  TEXT NOT NULL,
	pin   TEXT NOT NULL,    -- hash with its parameters, for the room that checks it; never a PIN
	badge TEXT UNIQUE,      -- hash of the token on the badge; NULL: none
	wrong INTEGER NOT NULL DEFAULT 0, -- wrong PINs since the last right one
	until INTEGER NOT NULL DEFAULT 0, -- no PIN is taken before
	at    INTEGER NOT NULL            -- when added
) STRICT, WITHOUT ROWID;
