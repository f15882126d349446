-- index.sqlite: what an archive of cases came to, one row per case and what is
-- worth finding over many. The cases' own evidence.sqlite have the rest.
-- Times are nanoseconds since the Unix epoch, on each case's reference clock.

-- Facts about the index: key and value.
CREATE TABLE meta (
	key TEXT PRIMARY KEY,        -- tool_version, rules_sha256, cases, unplaced
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Cases, by name.
CREATE TABLE case_result (
	id INTEGER PRIMARY KEY,      -- position by name, from 1
	key TEXT NOT NULL UNIQUE,    -- 64 bits of the SHA-256 of the name, hex
	name TEXT NOT NULL,          -- path in the archive, odd bytes as %XX
	kind TEXT NOT NULL,          -- folder, pair, single
	folder TEXT NOT NULL,        -- of its results, relative to the index
	outcome TEXT NOT NULL,       -- done, unusable, timeout, error, signal
	status INTEGER NOT NULL,     -- exit status of the analysis, -1: none
	signal INTEGER NOT NULL,     -- that ended it, 0: none
	reason TEXT NOT NULL,        -- why it is not done, or ''
	tool_version TEXT NOT NULL,
	rules_sha256 TEXT NOT NULL,
	inputs_sha256 TEXT NOT NULL, -- over all its files, '-': not read
	attempts INTEGER NOT NULL,   -- 0 unless done, as are the next two
	failed INTEGER NOT NULL,
	undetermined INTEGER NOT NULL, -- those that failed are in both
	first_ns INTEGER,            -- first SYN of the first and last attempt
	last_ns INTEGER,
	rules_before TEXT,           -- by which it was judged before (batch --rejudge); NULL: never
	duplicate_of INTEGER REFERENCES case_result(id), -- the first case with the same evidence; NULL: this is it
	part_of TEXT                 -- the folder whose cases show the same connections, each at one end: one incident; NULL: none
) STRICT;

-- The files of each case.
CREATE TABLE input (
	case_id INTEGER NOT NULL REFERENCES case_result(id),
	name TEXT NOT NULL,          -- below the case's folder, odd bytes as %XX
	role TEXT,                   -- client, server, NULL: told by its path
	kind TEXT NOT NULL,          -- file, pipe, link, other
	bytes INTEGER NOT NULL,
	sha256 TEXT,                 -- NULL: not read
	PRIMARY KEY (case_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE verdict_count (
	case_id INTEGER NOT NULL REFERENCES case_result(id),
	verdict TEXT NOT NULL,       -- id of contract section 3
	attempts INTEGER NOT NULL,
	PRIMARY KEY (case_id, verdict)
) STRICT, WITHOUT ROWID;

CREATE TABLE cause_count (
	case_id INTEGER NOT NULL REFERENCES case_result(id),
	cause TEXT NOT NULL,         -- id of contract section 4
	confidence TEXT NOT NULL,    -- confirmed, likely, possible, ruled-out
	attempts INTEGER NOT NULL,
	PRIMARY KEY (case_id, cause, confidence)
) STRICT, WITHOUT ROWID;

-- Addresses of attempts that failed or are undetermined, at most 2000 of a
-- case: those with the most attempts.
CREATE TABLE host (
	case_id INTEGER NOT NULL REFERENCES case_result(id),
	side TEXT NOT NULL,          -- client or server
	ip TEXT NOT NULL,
	attempts INTEGER NOT NULL,
	PRIMARY KEY (case_id, side, ip)
) STRICT, WITHOUT ROWID;

-- Failed and undetermined attempts by where they went and why they failed, at
-- most 2000 rows of a case: those with the most attempts.
CREATE TABLE failure (
	case_id INTEGER NOT NULL REFERENCES case_result(id),
	server_ip TEXT NOT NULL,
	server_port INTEGER NOT NULL,
	verdict TEXT NOT NULL,
	cause TEXT NOT NULL,         -- best one that is not ruled out, or ''
	attempts INTEGER NOT NULL,
	first_ns INTEGER NOT NULL,
	last_ns INTEGER NOT NULL,
	PRIMARY KEY (case_id, server_ip, server_port, verdict, cause)
) STRICT, WITHOUT ROWID;

-- Attempts per UTC day of their first SYN.
CREATE TABLE day_count (
	case_id INTEGER NOT NULL REFERENCES case_result(id),
	day INTEGER NOT NULL,        -- days since 1970-01-01
	verdict TEXT NOT NULL,
	attempts INTEGER NOT NULL,
	PRIMARY KEY (case_id, day, verdict)
) STRICT, WITHOUT ROWID;

-- Of cases that were judged again: what the rules before came to, and what the
-- new ones decide otherwise. The cases' own databases have it by attempt.
CREATE TABLE verdict_before (
	case_id INTEGER NOT NULL REFERENCES case_result(id),
	verdict TEXT NOT NULL,
	attempts INTEGER NOT NULL,
	PRIMARY KEY (case_id, verdict)
) STRICT, WITHOUT ROWID;

CREATE TABLE cause_before (
	case_id INTEGER NOT NULL REFERENCES case_result(id),
	cause TEXT NOT NULL,
	confidence TEXT NOT NULL,
	attempts INTEGER NOT NULL,
	PRIMARY KEY (case_id, cause, confidence)
) STRICT, WITHOUT ROWID;

CREATE TABLE verdict_change (
	case_id INTEGER NOT NULL REFERENCES case_result(id),
	before TEXT NOT NULL, confidence_before TEXT NOT NULL,
	after TEXT NOT NULL, confidence_after TEXT NOT NULL,
	attempts INTEGER NOT NULL,
	PRIMARY KEY (case_id, before, confidence_before, after, confidence_after)
) STRICT, WITHOUT ROWID;

CREATE TABLE finding_change (
	case_id INTEGER NOT NULL REFERENCES case_result(id),
	cause TEXT NOT NULL,
	host TEXT NOT NULL,          -- or ''
	before TEXT, after TEXT,     -- confidence; NULL: not found
	attempts_before INTEGER NOT NULL, attempts_after INTEGER NOT NULL,
	PRIMARY KEY (case_id, cause, host)
) STRICT, WITHOUT ROWID;

-- Connections of cases that show one end, 64 of each, those with the least
-- numbers: where two cases have one, they are parts of one incident.
CREATE TABLE connection (
	case_id INTEGER NOT NULL REFERENCES case_result(id),
	isn INTEGER NOT NULL,        -- the client's initial sequence number
	client_ip TEXT NOT NULL, client_port INTEGER NOT NULL,
	server_ip TEXT NOT NULL, server_port INTEGER NOT NULL,
	PRIMARY KEY (isn, client_port, server_port, client_ip, server_ip, case_id)
) STRICT, WITHOUT ROWID;

-- Cases with the evidence of one before, by the SHA-256 of every file. The views
-- below count such evidence once; the tables have the rows of each case.
CREATE VIEW duplicate AS
SELECT id AS case_id, name, folder, duplicate_of
FROM case_result WHERE duplicate_of IS NOT NULL;

-- The same thing going wrong again: one server port, verdict and cause.
CREATE VIEW incident AS
SELECT server_ip, server_port, verdict, cause, count(*) AS cases,
	sum(attempts) AS attempts, min(first_ns) AS first_ns,
	max(last_ns) AS last_ns
FROM failure WHERE case_id NOT IN (SELECT case_id FROM duplicate)
GROUP BY server_ip, server_port, verdict, cause;

-- Causes and services over time: failed and undetermined attempts per UTC day.
CREATE TABLE day_failure (
	case_id INTEGER NOT NULL REFERENCES case_result(id),
	day INTEGER NOT NULL,        -- days since 1970-01-01
	cause TEXT NOT NULL,         -- best one that is not ruled out, or ''
	server_ip TEXT NOT NULL, server_port INTEGER NOT NULL,
	attempts INTEGER NOT NULL,
	PRIMARY KEY (case_id, day, cause, server_ip, server_port)
) STRICT, WITHOUT ROWID;

-- Attempts at each server port per UTC day of their first SYN, at most 2000 rows
-- of a case: those of which most failed.
CREATE TABLE day_service (
	case_id INTEGER NOT NULL REFERENCES case_result(id),
	day INTEGER NOT NULL,        -- days since 1970-01-01
	server_ip TEXT NOT NULL, server_port INTEGER NOT NULL,
	attempts INTEGER NOT NULL,
	failed INTEGER NOT NULL,     -- of these: failed and undetermined ones
	PRIMARY KEY (case_id, day, server_ip, server_port)
) STRICT, WITHOUT ROWID;

-- Days from which on another share of the attempts at a server port fails than
-- on the days since the change before, so much that it is hardly chance
-- (batch/change_point.h). Only days of which there is a case count.
CREATE TABLE change_point (
	server_ip TEXT NOT NULL, server_port INTEGER NOT NULL,
	cause TEXT,                  -- failures of this cause alone; NULL: all
	day INTEGER NOT NULL,        -- days since 1970-01-01
	change TEXT NOT NULL,        -- new, more, back, fewer, gone
	worse INTEGER NOT NULL,      -- 1: new, more or back
	failed_before INTEGER NOT NULL, attempts_before INTEGER NOT NULL,
	failed INTEGER NOT NULL, attempts INTEGER NOT NULL, -- on that day
	p REAL                       -- of Fisher's test; NULL: too many for it
) STRICT;

CREATE VIEW trend AS             -- attempts per day and verdict
SELECT day, date(day * 86400, 'unixepoch') AS date, verdict,
	sum(attempts) AS attempts
FROM day_count WHERE case_id NOT IN (SELECT case_id FROM duplicate)
GROUP BY day, verdict;

CREATE VIEW cause_trend AS       -- failed and undetermined attempts per day and cause
SELECT day, date(day * 86400, 'unixepoch') AS date, cause,
	sum(attempts) AS attempts
FROM day_failure WHERE case_id NOT IN (SELECT case_id FROM duplicate)
GROUP BY day, cause;

CREATE VIEW service_trend AS     -- failed and undetermined attempts per day and server port
SELECT day, date(day * 86400, 'unixepoch') AS date, server_ip, server_port,
	sum(attempts) AS attempts
FROM day_failure WHERE case_id NOT IN (SELECT case_id FROM duplicate)
GROUP BY day, server_ip, server_port;

CREATE VIEW share_over_time AS   -- failed and undetermined attempts of all, per day and server port at which any failed
WITH tried AS (
	SELECT server_ip, server_port, day, sum(attempts) AS attempts,
		sum(failed) AS failed
	FROM day_service WHERE case_id NOT IN (SELECT case_id FROM duplicate)
		AND (server_ip, server_port) IN
		(SELECT server_ip, server_port FROM day_service WHERE failed > 0)
	GROUP BY server_ip, server_port, day),
caused AS (
	SELECT server_ip, server_port, cause, day, sum(attempts) AS failed
	FROM day_failure WHERE case_id NOT IN (SELECT case_id FROM duplicate)
		AND cause <> ''
	GROUP BY server_ip, server_port, cause, day)
SELECT server_ip, server_port, NULL AS cause, day,
	date(day * 86400, 'unixepoch') AS date, attempts, failed FROM tried
UNION ALL
SELECT t.server_ip, t.server_port, c.cause, t.day,
	date(t.day * 86400, 'unixepoch'), t.attempts, coalesce(f.failed, 0)
FROM tried t
JOIN (SELECT DISTINCT server_ip, server_port, cause FROM caused) c
	ON c.server_ip = t.server_ip AND c.server_port = t.server_port
LEFT JOIN caused f ON f.server_ip = t.server_ip
	AND f.server_port = t.server_port AND f.cause = c.cause
	AND f.day = t.day;

CREATE VIEW worse_now AS         -- change points for the worse that none for the better followed
SELECT * FROM change_point c WHERE worse AND NOT EXISTS (
	SELECT 1 FROM change_point l WHERE l.server_ip = c.server_ip
	AND l.server_port = c.server_port AND l.cause IS c.cause
	AND l.day > c.day AND NOT l.worse);

CREATE VIEW not_analysed AS      -- cases without a report, and why
SELECT * FROM case_result WHERE outcome <> 'done';
