-- What a person types finds letters by the beginnings of their words (search.go). Before this step pieces.search was spelled anew: words with one space
-- between, each once. The index holds the words and, of each, the beginnings of 1 to 12 letters, so that the newest letters with a word are
-- read off at once, however common it is. It is derived from pieces.search; pieces whose search does not change never touch it.
CREATE VIRTUAL TABLE piece_words USING fts5 (search, content = 'pieces', content_rowid = 'post_id', detail = none, columnsize = 0,
	tokenize = "ascii tokenchars '~^'", prefix = '1 2 3 4 5 6 7 8 9 10 11 12');
-- All pieces there are: with much in memory at once there is less to merge.
INSERT INTO piece_words (piece_words, rank) VALUES ('hashsize', 67108864);
INSERT INTO piece_words (piece_words) VALUES ('rebuild');
INSERT INTO piece_words (piece_words, rank) VALUES ('hashsize', 1048576);

-- Pieces whose words are other ones now than in the index. Empty when a change ends: FTS5 takes many pieces at once far faster than one by one.
-- (Not INSERT OR IGNORE: an upsert that fires a trigger puts its own way out of a conflict in place of the trigger's.)
CREATE TABLE piece_words_due (
	post_id INTEGER PRIMARY KEY,
	was     TEXT -- the words in the index; NULL: none
);
CREATE TRIGGER pieces_words_insert AFTER INSERT ON pieces BEGIN
	INSERT INTO piece_words_due SELECT NEW.post_id, NULL WHERE NOT EXISTS (SELECT 1 FROM piece_words_due WHERE post_id = NEW.post_id);
END;
CREATE TRIGGER pieces_words_update AFTER UPDATE OF search ON pieces WHEN NEW.search <> OLD.search BEGIN
	INSERT INTO piece_words_due SELECT OLD.post_id, OLD.search WHERE NOT EXISTS (SELECT 1 FROM piece_words_due WHERE post_id = OLD.post_id);
END;
CREATE TRIGGER pieces_words_delete AFTER DELETE ON pieces BEGIN
	INSERT INTO piece_words_due SELECT OLD.post_id, OLD.search WHERE NOT EXISTS (SELECT 1 FROM piece_words_due WHERE post_id = OLD.post_id);
END;

-- Every word with the number of letters that have it: what the index says, for the audit.
CREATE VIRTUAL TABLE piece_terms USING fts5vocab (piece_words, row);
