-- evidence.sqlite: everything that one analysis knows, in the order in which it
-- was found out. Views are the documented surface (contract section 8); the
-- tables behind them may change between versions.
-- All times are nanoseconds since the Unix epoch. "captured" times are on the
-- clock of the capturing machine, all others on the case's reference clock.

-- Facts about the run itself: key and value.
CREATE TABLE meta (
	key TEXT PRIMARY KEY,        -- tool_version, rules_sha256, case_name, reference, ...
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Points on the path where packets were captured, in path order from the client.
CREATE TABLE vantage (
	id INTEGER PRIMARY KEY,      -- position on the path, 0 is nearest the client
	name TEXT NOT NULL UNIQUE,   -- client, server, or the name given
	swapped INTEGER NOT NULL DEFAULT 0 -- 1 when the packets showed that the roles were exchanged
) STRICT;

-- Input files. The pieces of one rotated capture are sources of their own that
-- share a vantage and follow each other in piece order.
CREATE TABLE source (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL,          -- path relative to the case folder, or as named
	role TEXT,                   -- vantage name it belongs to, or NULL
	kind TEXT NOT NULL,          -- pcap, pcapng, snoop, ... or unrecognised
	compression TEXT,            -- gzip, zstd, xz or NULL
	sha256 TEXT,                 -- of the file as it lies on disk
	bytes INTEGER NOT NULL,      -- size on disk
	packets INTEGER,             -- captures: packets read
	lines INTEGER,               -- logs: lines read
	first_ns INTEGER,            -- captured clock: first packet or line
	last_ns INTEGER,             -- captured clock: last packet or line
	vantage INTEGER REFERENCES vantage(id),
	piece INTEGER,               -- order among the pieces of its vantage, from 0
	first_frame INTEGER,         -- number of its first packet in the vantage's count, from 1; NULL when it overlaps other pieces in time: frames are then those of the merged files
	link_types TEXT,             -- names of the link types seen, comma separated
	snaplen INTEGER,             -- smallest snaplen declared, NULL when none
	dropped INTEGER,             -- packets that the capture itself says it lost, NULL when it does not say
	filter TEXT,                 -- capture filter that the file names, or NULL
	trust TEXT,                  -- good, weak, unusable; NULL for sources that are no captures
	note TEXT                    -- why it was not used, or NULL
) STRICT;

-- Why a capture is trusted less, one row per reason.
CREATE TABLE trust_reason (
	source INTEGER NOT NULL REFERENCES source(id),
	reason TEXT NOT NULL,        -- stable id: empty, drops, loss, one-sided, cut-packets, damaged, filtered, ...
	detail TEXT NOT NULL         -- one sentence with figures
) STRICT;

-- Where every packet and line went: read = the sum of these, per source.
CREATE TABLE accounting (
	source INTEGER NOT NULL REFERENCES source(id),
	kind TEXT NOT NULL,          -- tcp, icmp-error, arp, udp, cut-before-tcp, ...
	count INTEGER NOT NULL
) STRICT;

-- What is wrong with the evidence.
CREATE TABLE anomaly (
	source INTEGER REFERENCES source(id),
	id TEXT NOT NULL,            -- stable id (lostsyn explain ID)
	at INTEGER,                  -- byte offset of the first occurrence, NULL when it has none
	count INTEGER NOT NULL,
	meaning TEXT NOT NULL
) STRICT;

-- How a vantage's clock relates to the reference clock:
-- reference time = captured time - offset.
CREATE TABLE clock (
	vantage INTEGER PRIMARY KEY REFERENCES vantage(id),
	reference TEXT NOT NULL,     -- name of the vantage whose clock is the reference
	offset_ns INTEGER,           -- NULL when it could not be determined
	uncertainty_ns INTEGER,      -- true offset is within +- this of offset_ns
	drift_ppm REAL,              -- NULL when not determined
	pairs INTEGER NOT NULL,      -- attempts seen at both vantages
	method TEXT NOT NULL,        -- reference, bounds, one-direction, stated, assumed-equal
	origin_ns INTEGER,           -- captured clock: drift counts from here; NULL without drift
	stated_ns INTEGER,           -- the offset that case.yaml states, or NULL
	stated_uncertainty_ns INTEGER,
	contradicts INTEGER NOT NULL DEFAULT 0, -- 1: what is stated cannot be true
	from_ns INTEGER, to_ns INTEGER -- captured clock: first and last segment that bounded it (before the first step), or NULL
) STRICT;

-- Moments at which a vantage's clock, or the reference, was set: from at_ns on
-- the offset is another.
CREATE TABLE clock_step (
	vantage INTEGER NOT NULL REFERENCES vantage(id),
	at_ns INTEGER NOT NULL,      -- captured clock: the first segment behind it that both saw
	to_ns INTEGER NOT NULL,      -- captured clock: the last such segment before the next step
	by_ns INTEGER NOT NULL,      -- how much the offset changed
	offset_ns INTEGER NOT NULL,
	uncertainty_ns INTEGER NOT NULL,
	drift_ppm REAL,              -- NULL when not determined
	origin_ns INTEGER
) STRICT;

-- What is wrong with the evidence as a whole.
CREATE TABLE case_anomaly (
	id TEXT PRIMARY KEY,         -- stable id (lostsyn explain ID)
	count INTEGER NOT NULL,
	meaning TEXT NOT NULL
) STRICT;

-- Log lines that a pattern recognised.
CREATE TABLE event (
	id INTEGER PRIMARY KEY,
	source INTEGER NOT NULL REFERENCES source(id),
	line INTEGER NOT NULL,       -- line number, from 1
	name TEXT NOT NULL,          -- event name of parsers/patterns
	role TEXT,                   -- vantage or role of the source, or NULL
	host TEXT,                   -- host name in the line, or NULL
	logged_ns INTEGER,           -- logging machine's clock, UTC; NULL when not resolved
	at_ns INTEGER,               -- reference clock, NULL when not resolved
	uncertainty_ns INTEGER,      -- at_ns is within +- this
	count INTEGER NOT NULL,      -- how many the line stands for (repeats, suppressed callbacks), >= 1
	floor INTEGER NOT NULL,      -- 1: count is a lower bound (rate-limited)
	src TEXT, src_port INTEGER, dst TEXT, dst_port INTEGER, -- 5-tuple that the line names, or NULL
	protocol INTEGER,            -- IP protocol number, or NULL
	ip_id INTEGER, seq INTEGER,  -- of the packet that a netfilter line names, or NULL
	fields TEXT NOT NULL,        -- all captured fields as a JSON object
	text TEXT NOT NULL,          -- the line, at most 2048 bytes of it
	guessed INTEGER NOT NULL DEFAULT 0 -- 1: nobody said its zone, at_ns is by one that fits the captures
) STRICT;

-- Numbers from host-state snapshots. Cumulative ones have a delta only when a
-- before and an after snapshot were given; gauges stand for themselves.
CREATE TABLE counter (
	source INTEGER NOT NULL REFERENCES source(id), -- of the later snapshot
	role TEXT,                   -- vantage or role, or NULL
	kind TEXT NOT NULL,          -- snapshot kind: nstat, conntrack-S, ss, sysctl, softnet, ...
	scope TEXT NOT NULL,         -- cpu, interface, chain and rule, listener ...; '' for the host
	name TEXT NOT NULL,          -- as the kernel or tool spells it
	gauge INTEGER NOT NULL,      -- 1: a level or setting, 0: counts up since boot
	before INTEGER, after INTEGER NOT NULL,
	delta INTEGER,               -- after - before; NULL without before
	line INTEGER                 -- in the source
) STRICT;

-- Settings that are no numbers (sysctl text, policies, versions).
CREATE TABLE setting (
	source INTEGER NOT NULL REFERENCES source(id),
	role TEXT, kind TEXT NOT NULL, scope TEXT NOT NULL, name TEXT NOT NULL,
	value TEXT NOT NULL, line INTEGER
) STRICT;

-- Sockets of ss, netstat and /proc/net/tcp.
CREATE TABLE socket (
	source INTEGER NOT NULL REFERENCES source(id),
	role TEXT,
	moment TEXT,                 -- before, after or NULL, from the file's name
	state TEXT NOT NULL,         -- LISTEN, SYN-SENT, SYN-RECV, ESTAB, ... as ss spells it
	recv_q INTEGER, send_q INTEGER, -- of LISTEN: accepted and waiting, limit
	local TEXT, local_port INTEGER, -- '*' as 0.0.0.0 or ::
	peer TEXT, peer_port INTEGER,
	retransmits INTEGER,         -- of the timer that runs, NULL when not shown
	process TEXT, line INTEGER
) STRICT;

-- Entries of conntrack -L and /proc/net/nf_conntrack.
CREATE TABLE conntrack (
	source INTEGER NOT NULL REFERENCES source(id),
	role TEXT,
	protocol INTEGER NOT NULL, state TEXT, timeout_s INTEGER,
	src TEXT NOT NULL, src_port INTEGER, dst TEXT NOT NULL, dst_port INTEGER, -- original direction
	reply_src TEXT, reply_src_port INTEGER, reply_dst TEXT, reply_dst_port INTEGER,
	unreplied INTEGER NOT NULL, assured INTEGER NOT NULL, line INTEGER
) STRICT;

-- Names that clients asked resolvers for (DNS over UDP, types A and AAAA), as
-- one capture shows it: the lookups of a name that ended alike. At most 4096
-- names of a capture.
CREATE TABLE lookup (
	source INTEGER NOT NULL REFERENCES source(id), -- the capture's first file
	role TEXT NOT NULL,          -- vantage
	client TEXT NOT NULL,        -- address that asked
	name TEXT NOT NULL,          -- lower case
	outcome TEXT NOT NULL,       -- answered, no-address, no-such-name, server-failure, refused, no-answer: the best of a lookup's answers
	resolver TEXT NOT NULL,      -- who was asked first
	count INTEGER NOT NULL,      -- lookups
	queries INTEGER NOT NULL,    -- queries in them
	frame INTEGER NOT NULL,      -- the first one's first query, in the vantage's count
	first_ns INTEGER NOT NULL,   -- the same, reference clock
	last_ns INTEGER NOT NULL     -- the last one's last query
) STRICT;

-- Flow-log records (AWS VPC, Azure NSG and VNet, GCP).
CREATE TABLE flow_record (
	id INTEGER PRIMARY KEY,
	source INTEGER NOT NULL REFERENCES source(id),
	line INTEGER NOT NULL,
	cloud TEXT NOT NULL,         -- aws, azure, gcp
	interface TEXT,              -- ENI, MAC or instance
	start_ns INTEGER, end_ns INTEGER, -- UTC; existence, not order; NULL when the layout has no times
	src TEXT, src_port INTEGER, dst TEXT, dst_port INTEGER, protocol INTEGER,
	pkt_src TEXT, pkt_dst TEXT,  -- addresses behind translation, or NULL
	packets INTEGER, bytes INTEGER,
	reply_packets INTEGER, reply_bytes INTEGER, -- where the record holds both directions
	action TEXT NOT NULL,        -- ACCEPT, REJECT, NODATA, SKIPDATA; UNKNOWN where the log has no such field
	tcp_flags INTEGER,           -- as the log ORs them, or NULL
	direction TEXT,              -- ingress, egress or NULL
	state TEXT,                  -- Azure B, C, E; or NULL
	rule TEXT,                   -- rule that decided, where the log names it
	sampled INTEGER NOT NULL,    -- 1: absence means nothing
	reason TEXT                  -- reject-reason, or NULL
) STRICT;

-- Addresses that attempts are between.
CREATE TABLE host (
	id INTEGER PRIMARY KEY,
	ip TEXT NOT NULL
) STRICT;

-- Every attempt, narrow. Clean ones have nothing but this row (unless the run
-- asked for all attempts); the verdict of a clean one is meta key clean_verdict.
CREATE TABLE attempt (
	id INTEGER PRIMARY KEY,      -- in order of first_ns
	client INTEGER NOT NULL,     -- host.id
	client_port INTEGER NOT NULL,
	server INTEGER NOT NULL,     -- host.id
	server_port INTEGER NOT NULL,
	isn INTEGER NOT NULL,        -- initial sequence number, 0 to 4294967295
	first_ns INTEGER NOT NULL,   -- first SYN, reference clock
	duration_us INTEGER,         -- first SYN to the end of the handshake or of the attempt
	syn_retransmits INTEGER NOT NULL,
	clean INTEGER NOT NULL       -- 1: handshake complete at every end, nothing repeated or refused
) STRICT;

-- All attempts, added up: those of a client to a service. Keys may repeat; add
-- up.
CREATE TABLE pair_sum (
	client INTEGER NOT NULL,     -- host.id
	server INTEGER NOT NULL,     -- host.id
	server_port INTEGER NOT NULL,
	attempts INTEGER NOT NULL,
	clean INTEGER NOT NULL,      -- how many of them are clean
	first_ns INTEGER NOT NULL,   -- first SYN of the first and of the last
	last_ns INTEGER NOT NULL,
	clean_first_ns INTEGER,      -- the same of the clean ones; NULL when none is
	clean_last_ns INTEGER
) STRICT;

-- All attempts, added up: those to a service that began in a second.
CREATE TABLE second_sum (
	second INTEGER NOT NULL,     -- since 1970, reference clock
	server INTEGER NOT NULL,     -- host.id
	server_port INTEGER NOT NULL,
	attempts INTEGER NOT NULL,
	clean INTEGER NOT NULL
) STRICT;

-- What each vantage saw of an attempt: every attempt that is not clean, and the
-- clean ones where the run asked for them. Counts as in the report's "views".
CREATE TABLE sighting (
	attempt INTEGER NOT NULL,
	vantage INTEGER NOT NULL,
	client INTEGER NOT NULL,     -- host.id, as seen here (NAT)
	client_port INTEGER NOT NULL,
	server INTEGER NOT NULL,
	server_port INTEGER NOT NULL,
	isn INTEGER NOT NULL,        -- as seen here
	first_ns INTEGER NOT NULL,   -- captured clock of this vantage
	last_ns INTEGER NOT NULL,
	syn INTEGER NOT NULL, synack INTEGER NOT NULL, ack INTEGER NOT NULL,
	challenge INTEGER NOT NULL,  -- bare ACKs of the server for another connection
	rst_client INTEGER NOT NULL, rst_server INTEGER NOT NULL,
	icmp INTEGER NOT NULL,
	data_client INTEGER NOT NULL, data_server INTEGER NOT NULL,
	duplicates INTEGER NOT NULL,
	-- frame numbers, 0 when there is none
	syn_first_frame INTEGER NOT NULL, syn_last_frame INTEGER NOT NULL,
	synack_first_frame INTEGER NOT NULL, synack_last_frame INTEGER NOT NULL,
	ack_first_frame INTEGER NOT NULL, ack_last_frame INTEGER NOT NULL,
	challenge_frame INTEGER NOT NULL,
	rst_client_frame INTEGER NOT NULL, rst_server_frame INTEGER NOT NULL,
	icmp_frame INTEGER NOT NULL,
	data_client_frame INTEGER NOT NULL, data_server_frame INTEGER NOT NULL,
	-- microseconds after first_ns of every SYN and SYN-ACK copy kept and of the
	-- first of each other kind, as JSON: {"syn":[0,1003000],"synack":[42],...}
	times TEXT NOT NULL,
	PRIMARY KEY (attempt, vantage)
) STRICT, WITHOUT ROWID;

-- facts: one row per attempt that is not clean. Its columns come from
-- model/facts.def; the statement is made by schema.c.

-- What the verdict rules said of each attempt that is not clean.
CREATE TABLE verdict (
	attempt INTEGER PRIMARY KEY,
	verdict TEXT NOT NULL,       -- id of contract section 3
	segment TEXT,                -- SYN, SYN-ACK, ACK or NULL
	place TEXT,                  -- "network, client->server", "server host", ... or NULL
	confidence TEXT NOT NULL,    -- certain, likely, possible
	failed INTEGER NOT NULL,     -- 1: the attempt failed, wherever it was
	candidates TEXT NOT NULL,    -- JSON array of verdict ids, [] unless undetermined
	missing TEXT NOT NULL,       -- JSON array of sentences: what would decide
	why TEXT NOT NULL            -- one sentence
) STRICT;

-- Causes (contract section 4).
CREATE TABLE finding (
	id INTEGER PRIMARY KEY,
	rule TEXT NOT NULL,          -- file name of the rule
	cause TEXT NOT NULL,
	title TEXT NOT NULL,
	confidence TEXT NOT NULL,    -- confirmed, likely, possible, ruled-out
	host TEXT,
	attempts INTEGER NOT NULL,   -- how many it explains
	explains TEXT NOT NULL,      -- JSON array of verdict ids
	fix TEXT NOT NULL,           -- JSON arrays of sentences
	verify TEXT NOT NULL,
	collect TEXT NOT NULL,
	worse TEXT NOT NULL DEFAULT '[]'
) STRICT;

-- The attempts that a finding explains.
CREATE TABLE finding_attempt (
	finding INTEGER NOT NULL REFERENCES finding(id),
	attempt INTEGER NOT NULL,
	PRIMARY KEY (finding, attempt)
) STRICT, WITHOUT ROWID;

-- The lines, frames and numbers that a finding rests on.
CREATE TABLE finding_evidence (
	finding INTEGER NOT NULL REFERENCES finding(id),
	source INTEGER,              -- source.id
	line INTEGER,                -- line or frame number
	at_ns INTEGER,               -- reference clock
	text TEXT NOT NULL,
	weighs TEXT NOT NULL         -- confirms, supports, contradicts
) STRICT;

-- Rules that judged this run.
CREATE TABLE rule (
	name TEXT PRIMARY KEY,       -- file name without .yaml
	kind TEXT NOT NULL,          -- verdict or cause
	sha256 TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- How verdicts are told, from their rules; one row for each that says more than
-- its name.
CREATE TABLE verdict_words (
	verdict TEXT PRIMARY KEY,
	story TEXT,                  -- continues "N of M connection attempts failed: "
	look TEXT                    -- where to look while no cause is found
) STRICT, WITHOUT ROWID;

CREATE VIEW attempts AS          -- every attempt with its verdict
SELECT a.id, c.ip AS client_ip, a.client_port, s.ip AS server_ip, a.server_port,
	a.isn, a.first_ns, a.duration_us, a.syn_retransmits, a.clean,
	coalesce(v.verdict, CASE WHEN a.clean THEN
		(SELECT value FROM meta WHERE key = 'clean_verdict') END) AS verdict,
	v.segment, v.place,
	coalesce(v.confidence, CASE WHEN a.clean THEN 'certain' END) AS confidence,
	coalesce(v.failed, 0) AS failed,
	coalesce(v.candidates, '[]') AS candidates,
	coalesce(v.missing, '[]') AS missing, v.why
FROM attempt a JOIN host c ON c.id = a.client JOIN host s ON s.id = a.server
LEFT JOIN verdict v ON v.attempt = a.id;

CREATE VIEW failed AS            -- attempts that failed, or that the evidence cannot decide
SELECT * FROM attempts WHERE failed OR verdict = 'undetermined';

CREATE VIEW sightings AS         -- what each vantage saw of an attempt, with names
SELECT g.attempt, v.name AS vantage, c.ip AS client_ip, g.client_port,
	s.ip AS server_ip, g.server_port, g.isn, g.first_ns AS captured_first_ns,
	g.last_ns AS captured_last_ns, g.syn, g.synack, g.ack, g.challenge,
	g.rst_client, g.rst_server, g.icmp, g.data_client, g.data_server,
	g.duplicates, g.times
FROM sighting g JOIN vantage v ON v.id = g.vantage
JOIN host c ON c.id = g.client JOIN host s ON s.id = g.server;

CREATE VIEW events AS            -- log lines, with their file's name
SELECT e.*, s.name AS file FROM event e JOIN source s ON s.id = e.source;

CREATE VIEW counters AS          -- numbers from snapshots, with their file's name
SELECT c.*, s.name AS file FROM counter c JOIN source s ON s.id = c.source;

CREATE VIEW flow_records AS      -- flow-log records, with their file's name
SELECT f.*, s.name AS file FROM flow_record f JOIN source s ON s.id = f.source;

CREATE VIEW findings AS          -- causes, best first
SELECT * FROM finding ORDER BY
	CASE confidence WHEN 'confirmed' THEN 0 WHEN 'likely' THEN 1
		WHEN 'possible' THEN 2 ELSE 3 END, attempts DESC, id;
