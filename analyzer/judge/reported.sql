-- Verdicts of the failures that somebody reports and no capture shows. A
-- program's log tells that no answer came, not where it was lost; what saw the
-- SYN on its way decides as far as it saw.
-- Times in nanoseconds. No verdict is named here: reported_how has those that the
-- rules say of each way of failing, and of one who says that he took the SYN.

-- Where no rule says what a taken SYN is, nobody decides (OR IGNORE: no NULL).
-- Those that saw the packet: which verdict that is, by whose log it is.
CREATE TEMP VIEW taken AS SELECT how, candidates ->> '$[0]' AS verdict
FROM reported_how WHERE how LIKE 'taken-%';
CREATE TEMP TABLE decider (
	reported INTEGER PRIMARY KEY,
	verdict TEXT NOT NULL,
	why TEXT NOT NULL,
	client INTEGER, server INTEGER NOT NULL, server_port INTEGER NOT NULL,
	from_ns INTEGER NOT NULL, to_ns INTEGER NOT NULL
);
-- A firewall or tracer on the server itself; another is on the way.
CREATE TEMP TABLE at_server AS SELECT r.id FROM reported_failure r
JOIN event e ON e.id = r.event JOIN source s ON s.id = e.source
JOIN machine_role x ON x.machine = s.machine AND x.role = 'server' AND x.sure
	AND x.server = r.server AND x.server_port = r.server_port
WHERE r.how = 'dropped';
-- The client's own firewall, on the packet's way out: nothing was sent.
CREATE TEMP TABLE at_client AS SELECT r.id FROM reported_failure r
JOIN event e ON e.id = r.event JOIN source s ON s.id = e.source
JOIN machine_role x ON x.machine = s.machine AND x.role = 'client' AND x.sure
	AND x.server = r.server AND x.server_port = r.server_port
WHERE r.how = 'dropped' AND e.name = 'firewall-log-drop'
	AND (e.fields ->> '$.path' = 'SEND' OR e.fields ->> '$.in' IS NULL
		AND e.fields ->> '$.out' <> '' AND e.fields ->> '$.action' IS NULL)
	AND coalesce(e.fields ->> '$.flags', 'SYN') = 'SYN';
INSERT OR IGNORE INTO decider SELECT r.id, h.candidates ->> '$[0]',
	'The client''s own firewall (' || coalesce(e.host, e.role)
	|| ') dropped the SYN on its way out', r.client, r.server, r.server_port,
	coalesce(r.at_ns - r.uncertainty_ns, 0), coalesce(r.at_ns + r.uncertainty_ns, 0)
FROM reported_failure r JOIN event e ON e.id = r.event
JOIN reported_how h ON h.how = 'never-sent'
WHERE r.attempt IS NULL AND json_array_length(h.candidates) > 0
	AND r.id IN (SELECT id FROM at_client);
INSERT OR IGNORE INTO decider SELECT r.id,
	(SELECT verdict FROM taken WHERE how = CASE WHEN e.role = 'server'
		OR r.id IN (SELECT id FROM at_server)
		THEN 'taken-by-server' ELSE 'taken-on-the-way' END),
	CASE WHEN e.name = 'packet-dropped' THEN 'The kernel of '
			|| coalesce(e.host, e.role) || ' dropped the SYN'
		ELSE 'A firewall' || coalesce(' (' || coalesce(e.host, e.role)
			|| ')', '') || ' dropped the SYN' END
		|| coalesce(', reason ' || (e.fields ->> '$.reason'), ''),
	r.client, r.server, r.server_port,
	coalesce(r.at_ns - r.uncertainty_ns, 0), coalesce(r.at_ns + r.uncertainty_ns, 0)
FROM reported_failure r JOIN event e ON e.id = r.event
WHERE r.how = 'dropped' AND r.attempt IS NULL
	AND (e.name <> 'packet-dropped' OR e.role = 'server'
		OR r.id IN (SELECT id FROM at_server))
	AND e.role IS NOT 'client';
INSERT OR IGNORE INTO decider SELECT r.id,
	(SELECT verdict FROM taken WHERE how = 'taken-on-the-way'),
	'The flow log says REJECT for this connection: a security group or network '
	|| 'ACL dropped the SYN', r.client, r.server, r.server_port,
	coalesce(r.at_ns - r.uncertainty_ns, 0), coalesce(r.at_ns + r.uncertainty_ns, 0)
FROM reported_failure r JOIN flow_record f ON f.id = r.flow
WHERE f.action = 'REJECT' AND r.attempt IS NULL AND f.dst_port = r.server_port;
INSERT OR IGNORE INTO decider SELECT r.id,
	(SELECT verdict FROM taken WHERE how = 'taken-on-the-way-back'),
	'The flow log accepted the SYN and says REJECT for its answer: a network ACL '
	|| 'dropped the SYN-ACK', r.client, r.server, r.server_port,
	coalesce(r.at_ns - r.uncertainty_ns, 0), coalesce(r.at_ns + r.uncertainty_ns, 0)
FROM reported_failure r JOIN flow_record f ON f.id = r.flow
WHERE f.action = 'REJECT' AND r.attempt IS NULL AND f.dst_port <> r.server_port;
-- Accepted on its way into the server's own interface: one that the log says so
-- of, or whose records all name the server and not all the client.
INSERT OR IGNORE INTO decider SELECT r.id,
	(SELECT verdict FROM taken WHERE how = 'taken-by-server'),
	'The flow log of the server''s interface accepted the SYN, and no answer left it',
	r.client, r.server, r.server_port,
	coalesce(r.at_ns - r.uncertainty_ns, 0), coalesce(r.at_ns + r.uncertainty_ns, 0)
FROM reported_failure r JOIN flow_record f ON f.id = r.flow
JOIN source s ON s.id = f.source
WHERE f.action = 'ACCEPT' AND r.attempt IS NULL
	AND f.direction IS NOT 'egress'
	AND (f.direction = 'ingress' OR s.role = 'server'
		OR NOT EXISTS (SELECT 1 FROM flow_record o
			WHERE o.interface = f.interface
			AND f.dst NOT IN (o.src, o.dst) AND o.src IS NOT NULL)
		AND EXISTS (SELECT 1 FROM flow_record o
			WHERE o.interface = f.interface
			AND f.src NOT IN (o.src, o.dst)));
CREATE INDEX temp.decider_by_service ON decider (server, server_port, from_ns);

INSERT INTO reported_verdict
SELECT reported, verdict, 'likely', '[]', why || '.' FROM decider;

-- Without a descriptor there is no socket: nobody on the way saw or took anything.
-- cite: socket(2) EMFILE, ENFILE
INSERT OR IGNORE INTO reported_verdict
SELECT r.id, h.candidates ->> '$[0]', 'likely', '[]',
	s.name || ' tells that the client had no descriptor left for a socket: no SYN '
	|| 'was sent.'
FROM reported_failure r JOIN event e ON e.id = r.event
JOIN source s ON s.id = r.source JOIN reported_how h ON h.how = 'never-sent'
WHERE r.attempt IS NULL AND e.name LIKE '%connect-too-many-open-files'
	AND json_array_length(h.candidates) > 0
	AND r.id NOT IN (SELECT reported FROM reported_verdict);

-- What a program tells is decided by those who saw a packet of that service and
-- time, as long as they agree; for sure of that client only when it is named.
CREATE TEMP TABLE near_decider AS
SELECT r.id AS reported, min(d.verdict) AS verdict, min(d.why) AS why,
	min(r.client IS NOT NULL) AS named
FROM reported_failure r JOIN reported_how h ON h.how = r.how
JOIN decider d ON d.server = r.server AND r.server_port IN (0, d.server_port)
	AND d.from_ns <= r.at_ns + r.uncertainty_ns + 5000000000
	AND d.to_ns >= r.at_ns - r.uncertainty_ns - h.lasted_ns - 5000000000
WHERE r.attempt IS NULL AND r.how IN ('no-answer', 'not-told')
	AND coalesce(r.client = d.client, 1) AND r.id <> d.reported
	AND r.id NOT IN (SELECT reported FROM reported_verdict)
	AND r.uncertainty_ns <= 60000000000
GROUP BY r.id HAVING min(d.verdict) = max(d.verdict);
INSERT INTO reported_verdict
SELECT reported, verdict, CASE WHEN named THEN 'likely' ELSE 'possible' END,
	'[]', why || '.' FROM near_decider;

INSERT INTO reported_verdict SELECT r.id,
	CASE json_array_length(h.candidates) WHEN 1 THEN h.candidates ->> '$[0]'
		ELSE 'undetermined' END,
	CASE json_array_length(h.candidates) WHEN 1 THEN 'likely' ELSE 'possible' END,
	CASE json_array_length(h.candidates) WHEN 1 THEN '[]' ELSE h.candidates END,
	'No capture shows it; ' || s.name || ' tells that it ' || h.words || '.'
FROM reported_failure r JOIN reported_how h ON h.how = r.how
JOIN source s ON s.id = r.source
WHERE r.attempt IS NULL
	AND r.id NOT IN (SELECT reported FROM reported_verdict);

DROP TABLE temp.near_decider;
DROP TABLE temp.at_server;
DROP TABLE temp.at_client;
DROP VIEW temp.taken;
DROP TABLE temp.decider;
DROP TABLE temp.reported_how;
