CREATE VIEW attempts AS          -- every attempt with its verdict
SELECT a.id, c.ip AS client_ip, a.client_port, s.ip AS server_ip, a.server_port,
	a.isn, a.first_ns, a.duration_us, a.syn_retransmits, a.clean, a.alike,
	coalesce(v.verdict, CASE WHEN a.clean THEN
		(SELECT value FROM meta WHERE key = 'clean_verdict') END) AS verdict,
	v.segment, v.place,
	coalesce(v.confidence, CASE WHEN a.clean THEN 'certain' END) AS confidence,
	coalesce(v.failed, 0) AS failed,
	coalesce(v.candidates, '[]') AS candidates,
	coalesce(v.missing, '[]') AS missing, v.why,
	(SELECT community_id FROM sighting g WHERE g.attempt = a.id
		ORDER BY vantage LIMIT 1) AS community_id,
	strftime('%Y-%m-%dT%H:%M:%S', a.first_ns / 1000000000, 'unixepoch')
		|| '.' || substr(1000000000 + a.first_ns % 1000000000, 2) || 'Z' AS first_syn -- of first_ns, as all texts of times: UTC, RFC 3339
FROM attempt a JOIN host c ON c.id = a.client JOIN host s ON s.id = a.server
LEFT JOIN verdict v ON v.attempt = a.id;

CREATE VIEW failed AS            -- attempts that failed, or that the evidence cannot decide
SELECT * FROM attempts WHERE failed OR verdict = 'undetermined';

CREATE VIEW sightings AS         -- what each vantage saw of an attempt, with names
SELECT g.attempt, v.name AS vantage, c.ip AS client_ip, g.client_port,
	s.ip AS server_ip, g.server_port, g.isn, g.first_ns AS captured_first_ns,
	g.last_ns AS captured_last_ns, g.syn, g.synack, g.ack, g.challenge,
	g.rst_client, g.rst_server, g.icmp, g.data_client, g.data_server,
	g.duplicates, g.times, g.community_id, g.conn_state, g.history,
	strftime('%Y-%m-%dT%H:%M:%S', g.first_ns / 1000000000, 'unixepoch')
		|| '.' || substr(1000000000 + g.first_ns % 1000000000, 2) || 'Z' AS captured_first_at,
	strftime('%Y-%m-%dT%H:%M:%S', g.last_ns / 1000000000, 'unixepoch')
		|| '.' || substr(1000000000 + g.last_ns % 1000000000, 2) || 'Z' AS captured_last_at
FROM sighting g JOIN vantage v ON v.id = g.vantage
JOIN host c ON c.id = g.client JOIN host s ON s.id = g.server;

CREATE VIEW events AS            -- log lines, with their file's name
SELECT e.*, s.name AS file,
	strftime('%Y-%m-%dT%H:%M:%S', e.logged_ns / 1000000000, 'unixepoch')
		|| '.' || substr(1000000000 + e.logged_ns % 1000000000, 2) || 'Z' AS logged_at,
	strftime('%Y-%m-%dT%H:%M:%S', e.at_ns / 1000000000, 'unixepoch')
		|| '.' || substr(1000000000 + e.at_ns % 1000000000, 2) || 'Z' AS at
FROM event e JOIN source s ON s.id = e.source;

CREATE VIEW counters AS          -- numbers from snapshots, with their file's name
SELECT c.*, s.name AS file FROM counter c JOIN source s ON s.id = c.source;

CREATE VIEW flow_records AS      -- flow-log records, with their file's name
SELECT f.*, s.name AS file,
	strftime('%Y-%m-%dT%H:%M:%S', f.start_ns / 1000000000, 'unixepoch')
		|| '.' || substr(1000000000 + f.start_ns % 1000000000, 2) || 'Z' AS start_at,
	strftime('%Y-%m-%dT%H:%M:%S', f.end_ns / 1000000000, 'unixepoch')
		|| '.' || substr(1000000000 + f.end_ns % 1000000000, 2) || 'Z' AS end_at
FROM flow_record f JOIN source s ON s.id = f.source;

CREATE VIEW reported_failures AS -- failed connections that somebody tells of
SELECT r.id, r.source, s.name AS file, r.line, r.at_ns, r.uncertainty_ns,
	c.ip AS client_ip, r.client_port, h.ip AS server_ip, r.server_port,
	r.server_name, r.how,
	r.count, r.attempt, r.event, r.flow, v.verdict, v.confidence,
	coalesce(v.candidates, '[]') AS candidates, v.why,
	strftime('%Y-%m-%dT%H:%M:%S', r.at_ns / 1000000000, 'unixepoch')
		|| '.' || substr(1000000000 + r.at_ns % 1000000000, 2) || 'Z' AS at
FROM reported_failure r JOIN source s ON s.id = r.source
JOIN host h ON h.id = r.server LEFT JOIN host c ON c.id = r.client
LEFT JOIN reported_verdict v ON v.reported = r.id;

CREATE VIEW findings AS          -- causes, best first
SELECT * FROM finding ORDER BY id;
