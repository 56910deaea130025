-- Of a lane a node runs only a few jobs at once.
ALTER TABLE job ADD COLUMN lane TEXT COLLATE "C" NOT NULL DEFAULT '';
-- Who holds the job now: what another runner took over is not ended by the first.
ALTER TABLE job ADD COLUMN lease TEXT COLLATE "C";
-- How often it was asked for: what is asked for while it is done is done once more.
ALTER TABLE job ADD COLUMN asked BIGINT NOT NULL DEFAULT 1;
