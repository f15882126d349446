-- What cause rules look at, as temporary tables and views (cause_views.def
-- describes the views). "nothing of another host, port or time" is decided
-- here, once, so that no rule can forget it.
-- All times are on the reference clock, in nanoseconds.

--% tables
-- One row per attempt that is not clean. last_ns: its end as far as seen.
CREATE TEMP TABLE failing (
	attempt INTEGER PRIMARY KEY,
	verdict TEXT NOT NULL,
	candidates TEXT,             -- NULL unless undetermined
	client INTEGER NOT NULL, client_port INTEGER NOT NULL,
	server INTEGER NOT NULL, server_port INTEGER NOT NULL,
	first_ns INTEGER NOT NULL, last_ns INTEGER NOT NULL,
	syn_retransmits INTEGER NOT NULL,
	guessed INTEGER NOT NULL     -- 1: only reported, by a clock whose zone is guessed
);
INSERT INTO failing SELECT v.attempt, v.verdict,
	CASE v.candidates WHEN '[]' THEN NULL ELSE v.candidates END,
	a.client, a.client_port, a.server, a.server_port, a.first_ns,
	a.first_ns + coalesce(a.duration_us, 0) * 1000, a.syn_retransmits, 0
FROM verdict v CROSS JOIN attempt a ON a.id = v.attempt;
-- What somebody reports and no capture shows, numbered below 0: as long as its
-- time is known to the minute. 2147483647: a client that is not told (host ids
-- stay below).
INSERT INTO failing WITH told AS MATERIALIZED (
	SELECT DISTINCT server, server_port, client FROM reported_failure
	WHERE how <> 'dropped'
) SELECT -r.id, v.verdict,
	CASE v.candidates WHEN '[]' THEN NULL ELSE v.candidates END,
	coalesce(r.client, 2147483647), coalesce(r.client_port, 0),
	r.server, r.server_port,
	r.at_ns - r.uncertainty_ns - CASE r.how WHEN 'no-answer' THEN 60000000000
		WHEN 'not-told' THEN 60000000000 WHEN 'refused' THEN 0
		ELSE 4000000000 END,
	r.at_ns + r.uncertainty_ns, 0,
	coalesce(e.guessed, 0) OR r.uncertainty_ns > 60000000000
FROM reported_failure r JOIN reported_verdict v ON v.reported = r.id
LEFT JOIN event e ON e.id = r.event
WHERE r.at_ns IS NOT NULL
	AND (r.uncertainty_ns <= 60000000000 OR r.flow IS NOT NULL)
	-- A filter that denies does its duty: a stranger at a service that captures or
	-- programs speak of, of whom neither shows that he has cause to ask, is no
	-- failure. A program that does not name the client is one that captures show.
	AND NOT (r.how = 'dropped'
		AND ((r.server, r.server_port) IN (SELECT server, server_port FROM pair_sum)
			OR (r.server, r.server_port) IN (SELECT server, server_port FROM told))
		AND (coalesce(r.client, -1), r.server, r.server_port) NOT IN (
			SELECT client, server, server_port FROM pair_sum
			UNION SELECT client, server, server_port FROM told
				WHERE client IS NOT NULL)
		AND NOT ((r.client IS NULL
				AND (r.server, r.server_port) IN (SELECT server, server_port FROM told)
				OR (r.server, r.server_port) IN (SELECT server, server_port FROM told
					WHERE client IS NULL))
			AND (NOT EXISTS (SELECT 1 FROM pair_sum)
				OR coalesce(r.client, -1) IN (SELECT client FROM pair_sum))));
-- What is reported without a time that tells, of services of which nothing else
-- fails or is captured: long ago (CAUSE_UNTIMED_NS), so that no event is near.
INSERT INTO failing SELECT -r.id, v.verdict,
	CASE v.candidates WHEN '[]' THEN NULL ELSE v.candidates END,
	coalesce(r.client, 2147483647), coalesce(r.client_port, 0),
	r.server, r.server_port, -4611686018427387904, -4611686018427387904, 0, 1
FROM reported_failure r JOIN reported_verdict v ON v.reported = r.id
WHERE (r.at_ns IS NULL OR r.uncertainty_ns > 60000000000 AND r.flow IS NULL)
	AND r.how <> 'dropped'
	AND (r.server, r.server_port) NOT IN (SELECT server, server_port FROM failing
		UNION SELECT server, server_port FROM pair_sum);
CREATE INDEX temp.failing_by_verdict ON failing (verdict);
CREATE INDEX temp.failing_undetermined ON failing (attempt)
	WHERE candidates IS NOT NULL;

-- Filled for each rule in turn.
CREATE TEMP TABLE current_rule (reach_ns INTEGER NOT NULL, whole INTEGER NOT NULL);
CREATE TEMP TABLE scoped (      -- what scope shows: the attempts it may explain
	subject INTEGER NOT NULL, attempt INTEGER NOT NULL,
	verdict TEXT NOT NULL, determined INTEGER NOT NULL,
	client INTEGER NOT NULL, client_port INTEGER NOT NULL,
	server INTEGER NOT NULL, server_port INTEGER NOT NULL,
	first_ns INTEGER NOT NULL, last_ns INTEGER NOT NULL,
	syn_retransmits INTEGER NOT NULL, guessed INTEGER NOT NULL,
	PRIMARY KEY (subject, attempt)
) WITHOUT ROWID;
CREATE TEMP TABLE subject (
	subject INTEGER PRIMARY KEY,
	attempts INTEGER NOT NULL, determined INTEGER NOT NULL,
	first_ns INTEGER, last_ns INTEGER
);
-- The places (roles of sources) whose evidence speaks of the subject, and which
-- role each has for the subject's service: a machine that is another service's
-- client may be this one's server. sure: the place's files can come from no other
-- host that the captures show.
CREATE TEMP TABLE subject_role (
	subject INTEGER NOT NULL, place TEXT NOT NULL, role TEXT,
	sure INTEGER NOT NULL, PRIMARY KEY (subject, place, role)
);
CREATE TEMP TABLE subject_pair (
	subject INTEGER NOT NULL, client INTEGER NOT NULL, service INTEGER NOT NULL,
	PRIMARY KEY (subject, client, service)
) WITHOUT ROWID;
-- The times of the subject's attempts, each widened by the rule's reach,
-- overlapping ones joined. whole: the subject is the case, with or without
-- attempts. guessed: so is one of the times.
CREATE TEMP TABLE episode (
	subject INTEGER NOT NULL, from_ns INTEGER NOT NULL, to_ns INTEGER NOT NULL,
	whole INTEGER NOT NULL, guessed INTEGER NOT NULL
);
-- What a finding's evidence points at, for finding out which attempts it covers.
CREATE TEMP TABLE moment (
	subject INTEGER NOT NULL, weighs INTEGER NOT NULL, at_ns INTEGER NOT NULL,
	PRIMARY KEY (subject, weighs, at_ns)
) WITHOUT ROWID;
CREATE TEMP TABLE pointed (
	subject INTEGER NOT NULL, weighs INTEGER NOT NULL, attempt INTEGER NOT NULL,
	PRIMARY KEY (subject, weighs, attempt)
) WITHOUT ROWID;

-- Subjects beyond those that get findings of their own.
CREATE TEMP TABLE other_subject (subject INTEGER PRIMARY KEY);

-- Filled once, when the case holds evidence besides captures.
CREATE TEMP TABLE role_host (   -- hosts that a role's files can come from
	role TEXT NOT NULL, host INTEGER NOT NULL, sure INTEGER NOT NULL,
	PRIMARY KEY (role, host)
) WITHOUT ROWID;
CREATE TEMP TABLE place_role (  -- the same by what shows it of a service
	place TEXT NOT NULL, role TEXT NOT NULL,
	server INTEGER NOT NULL, server_port INTEGER NOT NULL,
	sure INTEGER NOT NULL,
	proven INTEGER NOT NULL,     -- 1: by a capture or an address
	PRIMARY KEY (place, role, server, server_port)
) WITHOUT ROWID;
CREATE TEMP TABLE place_between (place TEXT PRIMARY KEY, sure INTEGER NOT NULL)
	WITHOUT ROWID;
-- Cards beside the path: one with a network of its own, on a host of which another
-- card holds the attempts' address. Members of bonds and of bridges hold none.
CREATE TEMP TABLE card_beside (
	place TEXT NOT NULL, dev TEXT NOT NULL, PRIMARY KEY (place, dev)
) WITHOUT ROWID;
-- The cards of hosts that list all they have, which a list with lo in it does. A
-- kernel's log speaks of other network namespaces' cards, too.
CREATE TEMP TABLE card_listed (
	place TEXT NOT NULL, dev TEXT NOT NULL, PRIMARY KEY (place, dev)
) WITHOUT ROWID;
CREATE TEMP TABLE tuple (       -- the addresses of failing attempts, as seen anywhere
	attempt INTEGER NOT NULL,
	client_ip TEXT NOT NULL, client_port INTEGER NOT NULL,
	server_ip TEXT NOT NULL, server_port INTEGER NOT NULL,
	isn INTEGER                  -- NULL: only reported
);
CREATE TEMP TABLE pair_alias (  -- the same without the client's port
	client INTEGER NOT NULL, service INTEGER NOT NULL,
	client_ip TEXT,              -- NULL: not told
	server_ip TEXT NOT NULL, server_port INTEGER NOT NULL
);
CREATE TEMP TABLE event_hit (   -- events that name a whole connection
	event INTEGER NOT NULL, attempt INTEGER NOT NULL, PRIMARY KEY (event, attempt)
) WITHOUT ROWID;
CREATE TEMP TABLE event_pair (  -- events that name part of one
	event INTEGER NOT NULL, client INTEGER NOT NULL, service INTEGER NOT NULL,
	PRIMARY KEY (event, client, service)
) WITHOUT ROWID;
CREATE TEMP TABLE flow_hit (
	flow INTEGER NOT NULL, attempt INTEGER NOT NULL, forward INTEGER NOT NULL,
	PRIMARY KEY (flow, attempt, forward)
) WITHOUT ROWID;
CREATE TEMP TABLE tracked_hit (
	entry INTEGER NOT NULL, attempt INTEGER NOT NULL, PRIMARY KEY (entry, attempt)
) WITHOUT ROWID;
-- Filled once, when a rule asks for it. In the order in which rules group them.
CREATE TEMP TABLE pair_fate (
	client INTEGER NOT NULL, service INTEGER NOT NULL, verdict TEXT NOT NULL,
	attempts INTEGER NOT NULL, repeated INTEGER NOT NULL,
	first_ns INTEGER NOT NULL, last_ns INTEGER NOT NULL,
	PRIMARY KEY (client, service, verdict)
) WITHOUT ROWID;
CREATE TEMP TABLE second_fate (
	service INTEGER NOT NULL, second INTEGER NOT NULL, verdict TEXT NOT NULL,
	attempts INTEGER NOT NULL,
	PRIMARY KEY (service, second, verdict)
) WITHOUT ROWID;
CREATE TEMP TABLE trait (bit INTEGER PRIMARY KEY, words TEXT NOT NULL);
CREATE TEMP TABLE trait_fate (
	client INTEGER NOT NULL, service INTEGER NOT NULL, traits INTEGER NOT NULL,
	fine INTEGER NOT NULL, late INTEGER NOT NULL, lost INTEGER NOT NULL,
	first_ns INTEGER NOT NULL, last_ns INTEGER NOT NULL
);

--% views
CREATE TEMP VIEW scope AS SELECT subject, attempt, verdict, determined,
	client, (SELECT ip FROM host WHERE id = client) AS client_ip, client_port,
	server, (SELECT ip FROM host WHERE id = server) AS server_ip, server_port,
	server * 65536 + server_port AS service, first_ns, last_ns, syn_retransmits,
	coalesce((SELECT traits FROM attempt WHERE id = scoped.attempt), 0) AS traits
FROM scoped;

CREATE TEMP VIEW syn_traits AS SELECT bit AS trait, words FROM trait;

CREATE TEMP VIEW loss AS
SELECT *,
	-- the same; of all services where nobody knows whose machine the evidence is
	-- of: what counts a few failures of one may belong to the other's many
	CASE WHEN EXISTS (SELECT 1 FROM subject_role r WHERE r.subject = n.subject
			AND r.role = 'server' AND NOT r.sure)
		THEN total(syn_unanswered) OVER () ELSE syn_unanswered END AS syn_to_explain
FROM (SELECT s.subject, sum(f.s_syn) AS syn_at_server,
	sum(max(f.syn_covered - f.s_syn, 0)) AS syn_lost,
	-- copies of a SYN whose first copy was lost as well
	sum(max(f.syn_covered - f.s_syn - 1, 0)) AS syn_lost_again,
	sum(f.s_syn > 0 AND f.syn_covered > f.s_syn) AS partly_lost,
	sum(max(f.synack_covered - f.c_synack, 0)) AS synack_lost,
	sum(f.c_synack) AS synack_at_client, sum(f.s_ack + f.s_data) AS ack_at_server,
	sum(f.c_syn) AS syn_at_client,
	-- how often a counter must have risen that explains them all: once for each
	-- copy that the server left unanswered, as far as any end shows
	sum(CASE WHEN s.verdict = 'established' THEN f.syn_ignored
		WHEN s.verdict = 'syn-dropped-by-server' THEN f.s_syn
		WHEN s.determined THEN 1
		-- only reported: one copy each, at least
		WHEN s.attempt < 0 THEN coalesce((SELECT r.count
			FROM reported_failure r WHERE r.id = -s.attempt), 1)
		ELSE max(f.s_syn, f.c_syn) END) AS syn_unanswered
FROM scope s LEFT JOIN facts f ON f.attempt = s.attempt GROUP BY s.subject) n;

-- A balancer's servers are one service; each counts only what came to itself.
CREATE TEMP VIEW unanswered AS
SELECT s.subject, s.attempt, v.name AS machine, g.syn AS syns
FROM scope s CROSS JOIN sighting g ON g.attempt = s.attempt
JOIN vantage v ON v.id = g.vantage
WHERE s.verdict = 'syn-dropped-by-server' AND g.synack = 0 AND g.rst_server = 0;

CREATE TEMP VIEW every_attempt AS
SELECT a.id AS attempt, a.client,
	(SELECT ip FROM host WHERE id = a.client) AS client_ip, a.client_port,
	a.server, (SELECT ip FROM host WHERE id = a.server) AS server_ip,
	a.server_port, a.server * 65536 + a.server_port AS service, a.first_ns,
	a.syn_retransmits, a.clean, a.traits, a.seen_client, a.seen_port, a.used_us,
	a.answer_ttl, a.answer_clock, (SELECT verdict FROM failing f WHERE f.attempt = a.id) AS verdict
FROM attempt a;

CREATE TEMP VIEW troubled_attempts AS
SELECT attempt, client, server, server_port,
	server * 65536 + server_port AS service, first_ns, last_ns,
	syn_retransmits, verdict
FROM failing WHERE attempt >= 0;

-- The names and kinds by which rules ask for events, counters, settings and
-- names looked up: those of counters also without what host_counters takes off,
-- and with what they did.
CREATE TEMP VIEW case_word AS WITH counted AS MATERIALIZED (
	SELECT DISTINCT name, kind, coalesce(delta > 0, 0) AS rose,
		delta IS NULL AS once FROM counter)
SELECT name AS word, 0 AS rose, 0 AS once FROM event
UNION SELECT name, rose, once FROM counted
UNION SELECT kind, rose, once FROM counted
UNION SELECT substr(name, 7), rose, once FROM counted
	WHERE substr(name, 1, 6) = 'TcpExt'
UNION SELECT substr(name, 6), rose, once FROM counted
	WHERE substr(name, 1, 5) = 'IpExt'
UNION SELECT substr(name, 4), rose, once FROM counted
	WHERE substr(name, 1, 3) = 'Tcp'
UNION SELECT substr(name, 3), rose, once FROM counted
	WHERE substr(name, 1, 2) = 'Ip'
UNION SELECT name, 0, 0 FROM setting UNION SELECT kind, 0, 0 FROM setting
UNION SELECT name, 0, 0 FROM lookup;

-- What rules look into for the sort of a firewall's rule. NULL: there are others; a
-- datapoint's scope is its time, of which there are as many as datapoints.
CREATE TEMP VIEW case_scope AS
SELECT CASE WHEN kind NOT IN ('cloudwatch', 'azure-metrics', 'google-metrics')
	THEN scope END AS scope FROM counter
UNION SELECT scope FROM setting;

-- The views of a kind of evidence are made where a rule that can run needs it.
--% views of totals
CREATE TEMP VIEW pair_verdicts AS
SELECT client, (SELECT ip FROM host WHERE id = client) AS client_ip,
	service / 65536 AS server,
	(SELECT ip FROM host WHERE id = service / 65536) AS server_ip,
	service % 65536 AS server_port, service, verdict, attempts, repeated,
	first_ns, last_ns
FROM pair_fate;

CREATE TEMP VIEW second_verdicts AS
SELECT second, service / 65536 AS server, service % 65536 AS server_port,
	service, verdict, attempts
FROM second_fate;

-- Blind losses let more pass where more is offered, and differ by chance beside
-- that; tokens let as many pass. The spread of those that came through in a
-- second, against what it would be: a tenth of it in 14 seconds, a fifth in 23,
-- a third in 42 (Chernoff's bound of the chi-squared distribution: 1 in 10,000
-- each). And a quarter of the offer's own, or something took each k-th: where the
-- offer is steady, too, or all came through, nothing is told. Whoever came late
-- counts when he did.
CREATE TEMP VIEW steady_admissions AS
WITH near AS MATERIALIZED (SELECT service, min(first_ns) / 1000000000 + 1
		AS low, max(first_ns) / 1000000000 - 1 AS high FROM scope
	GROUP BY service HAVING count(*) >= 10),
late AS MATERIALIZED (SELECT t.service, t.first_ns / 1000000000 AS asked,
		(t.first_ns + f.synack_delay_us * 1000) / 1000000000 AS came
	FROM troubled_attempts t JOIN facts f USING (attempt)
	WHERE t.verdict = 'established' AND f.synack_delay_us >= 500000),
one AS MATERIALIZED (SELECT service, second, sum(tried) AS tried,
		sum(passed) AS passed FROM (SELECT service, second, attempts AS tried,
			iif(verdict = 'established', attempts, 0) AS passed
		FROM second_verdicts UNION ALL SELECT service, asked, 0, -1 FROM late
		UNION ALL SELECT service, came, 0, 1 FROM late)
	GROUP BY service, second),
mean AS (SELECT o.service, count(*) AS n, avg(o.passed) AS passed,
		total(o.passed) / total(o.tried) AS share
	FROM near n JOIN one o ON o.service = n.service
	AND o.second BETWEEN n.low AND n.high GROUP BY o.service),
test AS (SELECT o.service, m.n, min(o.passed) AS least, max(o.passed) AS most,
		min(o.tried) AS few, max(o.tried) AS many,
		total((o.passed - m.passed) * (o.passed - m.passed)) AS spread,
		total((m.share * o.tried - m.passed) * (m.share * o.tried - m.passed))
			AS offer,
		total(o.tried * m.share * (1 - m.share)) AS blind
	FROM near n JOIN one o ON o.service = n.service
	AND o.second BETWEEN n.low AND n.high JOIN mean m ON m.service = n.service
	WHERE m.passed >= 1.5 GROUP BY o.service)
SELECT service, n, least, most, few, many
FROM test WHERE many > few AND blind > 0 AND spread * 4 <= offer AND CASE
	WHEN spread * 10 <= offer + blind THEN n >= 14
	WHEN spread * 5 <= offer + blind THEN n >= 23
	ELSE spread * 3 <= offer + blind AND n >= 42 END
	-- Where each client comes through always or never, some are cut off: what
	-- they try is no offer to a limit.
	AND EXISTS (SELECT 1 FROM pair_verdicts p JOIN pair_verdicts q
		ON q.service = p.service AND q.client = p.client
		WHERE p.service = test.service AND p.verdict = 'established'
		AND q.verdict <> 'established');

CREATE TEMP VIEW service_total AS
SELECT service, service / 65536 AS server,
	(SELECT ip FROM host WHERE id = service / 65536) AS server_ip,
	service % 65536 AS server_port, attempts, clean, first_ns, last_ns,
	reused, ttl_low, ttl_high, clock_changes
FROM service_sum;

--% views of traits
CREATE TEMP VIEW pair_traits AS
SELECT client, (SELECT ip FROM host WHERE id = client) AS client_ip,
	service / 65536 AS server,
	(SELECT ip FROM host WHERE id = service / 65536) AS server_ip,
	service % 65536 AS server_port, service, traits, fine, late, lost,
	first_ns, last_ns
FROM trait_fate;

CREATE TEMP VIEW trait_fates AS SELECT f.client,
	(SELECT ip FROM host WHERE id = f.client) AS client_ip,
	f.service / 65536 AS server,
	(SELECT ip FROM host WHERE id = f.service / 65536) AS server_ip,
	f.service % 65536 AS server_port, f.service, t.bit AS trait, t.words,
	(f.traits & t.bit) > 0 AS had, sum(f.fine) AS fine, sum(f.late) AS late,
	sum(f.lost) AS lost, min(f.first_ns) AS first_ns,
	max(f.last_ns) AS last_ns
FROM trait_fate f CROSS JOIN trait t
GROUP BY f.client, f.service, t.bit, (f.traits & t.bit) > 0;

--% views of events
-- A clock that is uncertain by more than a minute says nothing about a moment;
-- less makes a line sure only when it cannot lie outside the episode. One that was
-- put there by choosing a zone that fits is never sure.
CREATE TEMP VIEW near_events AS
SELECT p.subject, NULL AS attempt,
	r.sure AND NOT e.guessed AND NOT p.guessed
		AND e.at_ns - e.uncertainty_ns >= p.from_ns
		AND e.at_ns + e.uncertainty_ns <= p.to_ns AS sure,
	e.source, e.line, e.at_ns, e.text, e.name,
	coalesce(e.src, e.dst, e.src_port, e.dst_port) IS NOT NULL AS named,
	r.role, e.count, e.floor, e.src, e.src_port, e.dst, e.dst_port, e.fields,
	e.uncertainty_ns, e.role AS place
FROM episode p CROSS JOIN event e CROSS JOIN subject_role r
WHERE e.at_ns BETWEEN p.from_ns - 60000000000 AND p.to_ns + 60000000000
	AND e.uncertainty_ns <= 60000000000
	AND e.at_ns + e.uncertainty_ns >= p.from_ns
	AND e.at_ns - e.uncertainty_ns <= p.to_ns
	AND r.subject = p.subject AND r.place = coalesce(e.role, '')
	AND (coalesce(e.src, e.dst, e.src_port, e.dst_port) IS NULL
			AND NOT EXISTS (SELECT 1 FROM card_beside b
				WHERE b.place = e.role AND b.dev = e.fields ->> '$.dev')
			AND (e.fields ->> '$.dev' IS NULL
				OR NOT EXISTS (SELECT 1 FROM card_listed l
					WHERE l.place = e.role)
				OR EXISTS (SELECT 1 FROM card_listed l
					WHERE l.place = e.role
					AND l.dev = e.fields ->> '$.dev'))
		OR p.whole
		OR EXISTS (SELECT 1 FROM event_pair x JOIN subject_pair y
			ON y.subject = p.subject AND y.client = x.client
			AND y.service = x.service WHERE x.event = e.id))
UNION ALL
SELECT s.subject, s.attempt,
	e.role IS NOT NULL AND NOT e.guessed AND e.at_ns - e.uncertainty_ns >= s.first_ns - c.reach_ns
		AND e.at_ns + e.uncertainty_ns <= s.last_ns + c.reach_ns AS sure,
	e.source, e.line, e.at_ns, e.text, e.name, 2 AS named,
	(SELECT r.role FROM subject_role r WHERE r.subject = s.subject
		AND r.place = e.role ORDER BY r.sure DESC, r.role DESC) AS role,
	e.count, e.floor, e.src, e.src_port, e.dst, e.dst_port, e.fields,
	e.uncertainty_ns, e.role AS place
FROM event_hit h CROSS JOIN event e CROSS JOIN scope s CROSS JOIN current_rule c
WHERE e.id = h.event AND s.attempt = h.attempt
	AND e.uncertainty_ns <= 60000000000
	AND e.at_ns + e.uncertainty_ns >= s.first_ns - c.reach_ns
	AND e.at_ns - e.uncertainty_ns <= s.last_ns + c.reach_ns
	AND EXISTS (SELECT 1 FROM subject_role r
		WHERE r.subject = s.subject AND r.place = coalesce(e.role, ''));

CREATE TEMP VIEW beside_events AS
SELECT p.subject, NULL AS attempt, 0 AS sure, e.source, e.line, e.at_ns, e.text,
	e.name, e.role, e.count, e.src, e.src_port, e.dst, e.dst_port, e.fields
FROM episode p CROSS JOIN event e CROSS JOIN subject_role r
WHERE e.at_ns BETWEEN p.from_ns - 60000000000 AND p.to_ns + 60000000000
	AND e.uncertainty_ns <= 60000000000
	AND e.at_ns + e.uncertainty_ns >= p.from_ns
	AND e.at_ns - e.uncertainty_ns <= p.to_ns
	AND r.subject = p.subject AND r.role = coalesce(e.role, '')
	AND coalesce(e.src, e.dst, e.src_port, e.dst_port) IS NOT NULL
	AND NOT EXISTS (SELECT 1 FROM event_pair x WHERE x.event = e.id)
	AND NOT EXISTS (SELECT 1 FROM event_hit h WHERE h.event = e.id);

CREATE TEMP VIEW host_events AS
SELECT r.subject, NULL AS attempt, 0 AS sure, e.source, e.line, e.at_ns, e.text,
	e.name, coalesce(e.src, e.dst, e.src_port, e.dst_port) IS NOT NULL AS named,
	r.role, e.count, e.floor, e.src, e.src_port, e.dst, e.dst_port, e.fields,
	e.uncertainty_ns
FROM event e CROSS JOIN subject_role r CROSS JOIN current_rule c
WHERE r.place = coalesce(e.role, '')
	AND NOT EXISTS (SELECT 1 FROM episode p WHERE p.subject = r.subject
		AND e.uncertainty_ns <= 60000000000
		AND e.at_ns + e.uncertainty_ns >= p.from_ns
		AND e.at_ns - e.uncertainty_ns <= p.to_ns)
	AND (coalesce(e.src, e.dst, e.src_port, e.dst_port) IS NULL OR c.whole
		OR EXISTS (SELECT 1 FROM event_pair x JOIN subject_pair y
			ON y.subject = r.subject AND y.client = x.client
			AND y.service = x.service WHERE x.event = e.id)
		OR EXISTS (SELECT 1 FROM event_hit h JOIN scope s
			ON s.attempt = h.attempt
			WHERE h.event = e.id AND s.subject = r.subject));

-- 135 s: a connect() on Linux is given up 131 s after its first SYN at the latest
-- (net.ipv4.tcp_syn_retries 6), and timers are late.
-- cite: Documentation/networking/ip-sysctl.rst (tcp_syn_retries), 6.12
CREATE TEMP VIEW untried_events AS
SELECT n.subject, n.attempt, n.sure AND EXISTS (SELECT 1 FROM source v
		LEFT JOIN clock k ON k.vantage = v.vantage
		WHERE v.role = n.place AND v.vantage IS NOT NULL AND v.trust = 'good'
		AND n.at_ns BETWEEN v.first_ns - coalesce(k.offset_ns, 0)
			AND v.last_ns - coalesce(k.offset_ns, 0))
	AND EXISTS (SELECT 1 FROM pair_sum p JOIN host h ON h.id = p.server
		WHERE h.ip = n.dst AND p.server_port = n.dst_port) AS sure,
	n.source, n.line, n.at_ns, n.text, n.name, n.named, n.role, n.count,
	n.floor, n.src, n.src_port, n.dst, n.dst_port, n.fields, n.uncertainty_ns
FROM near_events n CROSS JOIN current_rule c
WHERE c.whole AND n.dst IS NOT NULL AND n.dst_port IS NOT NULL
	AND EXISTS (SELECT 1 FROM source WHERE role = n.place AND vantage IS NOT NULL)
	AND NOT EXISTS (SELECT 1 FROM pair_alias p JOIN failing f
		ON f.server = p.service / 65536 AND f.server_port = p.service % 65536
		AND f.client = p.client AND f.attempt >= 0
		WHERE p.server_ip = n.dst AND p.server_port = n.dst_port
		AND f.first_ns BETWEEN n.at_ns - n.uncertainty_ns - 135000000000
			AND n.at_ns + n.uncertainty_ns);

--% views of counters
CREATE TEMP VIEW host_counters AS
SELECT r.subject, NULL AS attempt,
	r.sure AND (c.gauge OR coalesce(c.delta >= 0, 0)) AS sure,
	c.source, c.line, CASE WHEN c.kind IN ('cloudwatch', 'azure-metrics',
			'google-metrics')
		THEN strftime('%s', c.scope) * 1000000000 END AS at_ns,
	c.kind || ': ' || CASE c.scope WHEN '' THEN '' ELSE c.scope || ' ' END
		|| c.name || CASE
		WHEN c.gauge THEN ' = ' || c.after
		WHEN c.delta IS NULL THEN ' = ' || c.after
			|| ' since boot; when it rose is not known'
		WHEN c.delta < 0 THEN ' ' || c.before || ' -> ' || c.after
			|| ', so the host was restarted in between'
		ELSE ' ' || c.before || ' -> ' || c.after || ' (+' || c.delta || ')'
		END AS text,
	CASE WHEN substr(c.name, 1, 6) = 'TcpExt' THEN substr(c.name, 7)
		WHEN substr(c.name, 1, 5) = 'IpExt' THEN substr(c.name, 6)
		WHEN substr(c.name, 1, 3) = 'Tcp' THEN substr(c.name, 4)
		WHEN substr(c.name, 1, 2) = 'Ip' THEN substr(c.name, 3)
		ELSE c.name END AS counter,
	(SELECT max(firewall_ports(c.scope, a.server_port)) FROM subject_pair y
		JOIN pair_alias a ON a.client = y.client AND a.service = y.service
		WHERE y.subject = r.subject) AS names_port,
	coalesce((SELECT max(firewall_source(c.scope, a.client_ip))
		FROM subject_pair y
		JOIN pair_alias a ON a.client = y.client AND a.service = y.service
		WHERE y.subject = r.subject),
		-- a set that the rule names alone; its members are listed beside it
		CASE WHEN instr(c.scope, 'saddr @') > 0 THEN (SELECT max(
			firewall_source('ip saddr ' || m.value, a.client_ip))
		FROM setting m CROSS JOIN subject_pair y
		JOIN pair_alias a ON a.client = y.client AND a.service = y.service
		WHERE y.subject = r.subject AND m.name = 'set_member'
		AND m.role IS c.role
		AND instr(c.scope, substr(m.scope, 1, instr(m.scope, '@') - 1)) = 1
		AND instr(c.scope || ' ', 'saddr '
			|| substr(m.scope, instr(m.scope, '@')) || ' ') > 0) END)
		AS names_client,
	EXISTS (SELECT 1 FROM socket k WHERE k.role IS c.role AND k.state = 'LISTEN'
			AND k.recv_q > k.send_q AND k.send_q > 0)
		AND NOT EXISTS (SELECT 1 FROM socket k JOIN subject_pair y
				ON y.subject = r.subject
			JOIN pair_alias a ON a.client = y.client AND a.service = y.service
			WHERE k.role IS c.role AND k.state = 'LISTEN' AND k.send_q > 0
			AND k.local_port = a.server_port AND k.recv_q * 2 > k.send_q)
		AS other_queue_full,
	-- A SYN that dies is counted by one of these. cite: Linux 6.12
	-- net/ipv4/ip_input.c ip_rcv_finish_core, tcp_ipv4.c tcp_v4_rcv,
	-- tcp_input.c tcp_conn_request, inet_connection_sock.c inet_csk_route_req
	c.delta > 0 AND EXISTS (SELECT 1 FROM counter o WHERE o.role IS c.role
		AND o.name <> c.name AND o.delta BETWEEN c.delta * 0.9 AND c.delta * 1.1
		AND o.name IN ('TcpExtListenOverflows', 'TcpExtTCPReqQFullDrop',
			'TcpInCsumErrors', 'TcpExtIPReversePathFilter',
			'TcpExtTCPMD5NotFound', 'TcpExtTCPMD5Unexpected',
			'TcpExtTCPMD5Failure', 'TcpExtTCPAORequired',
			'TcpExtTCPAOKeyNotFound', 'TcpExtTCPAOBad',
			'TcpExtPAWSPassive', 'IpOutNoRoutes', 'Ip6OutNoRoutes'))
		AS rivalled,
	c.name, c.kind, c.scope, r.role, r.place AS machine, c.gauge, c.before,
	c.after, c.delta,
	-- A datapoint stands for its period, which its file does not name: the
	-- least time between two of the metric, a minute where there is one.
	-- cite: docs.aws.amazon.com, CloudWatch GetMetricStatistics (Period)
	CASE WHEN c.kind IN ('cloudwatch', 'azure-metrics', 'google-metrics')
		THEN (strftime('%s', c.scope)
		+ coalesce((SELECT min(later - strftime('%s', scope)) FROM (SELECT
			scope, lead(strftime('%s', scope)) OVER (ORDER BY scope)
				AS later FROM counter n
			WHERE n.source = c.source AND n.name = c.name)
			WHERE later > strftime('%s', scope)), 60)) * 1000000000 END
		AS until_ns
FROM counter c JOIN subject_role r ON r.place = coalesce(c.role, '')
WHERE NOT EXISTS (SELECT 1 FROM card_beside b
	WHERE b.place = coalesce(c.role, '') AND b.dev = c.scope);

--% views of settings
CREATE TEMP VIEW host_settings AS
SELECT r.subject, NULL AS attempt, r.sure, t.source, t.line, NULL AS at_ns,
	t.kind || ': ' || CASE t.scope WHEN '' THEN '' ELSE t.scope || ' ' END
		|| t.name || ' = ' || t.value AS text,
	t.name, t.value,
	(SELECT max(firewall_ports(t.scope, a.server_port)) FROM subject_pair y
		JOIN pair_alias a ON a.client = y.client AND a.service = y.service
		WHERE y.subject = r.subject) AS names_port,
	coalesce((SELECT max(firewall_source(t.scope, a.client_ip))
		FROM subject_pair y
		JOIN pair_alias a ON a.client = y.client AND a.service = y.service
		WHERE y.subject = r.subject),
		-- a set that the rule names alone; its members are listed beside it
		CASE WHEN instr(t.scope, 'saddr @') > 0 THEN (SELECT max(
			firewall_source('ip saddr ' || m.value, a.client_ip))
		FROM setting m CROSS JOIN subject_pair y
		JOIN pair_alias a ON a.client = y.client AND a.service = y.service
		WHERE y.subject = r.subject AND m.name = 'set_member'
		AND m.role IS t.role
		AND instr(t.scope, substr(m.scope, 1, instr(m.scope, '@') - 1)) = 1
		AND instr(t.scope || ' ', 'saddr '
			|| substr(m.scope, instr(m.scope, '@')) || ' ') > 0) END)
		AS names_client,
	t.kind, t.scope, r.role
FROM setting t JOIN subject_role r ON r.place = coalesce(t.role, '');

-- Records of packet filters' rules, counted or not.
CREATE TEMP VIEW firewall_rules AS
SELECT r.subject, r.sure, t.source, t.line, r.role, r.place AS machine, t.kind,
	t.scope, t.name, t.value
FROM setting t JOIN subject_role r ON r.place = coalesce(t.role, '')
WHERE t.name IN ('policy', 'chain', 'uncounted_accept', 'uncounted_drop',
	'uncounted_other')
UNION ALL SELECT r.subject, r.sure, c.source, c.line, r.role, r.place, c.kind,
	c.scope, c.name, NULL
FROM counter c JOIN subject_role r ON r.place = coalesce(c.role, '')
WHERE c.name IN ('accept_packets', 'drop_packets', 'other_packets');

--% views of sockets
CREATE TEMP VIEW host_sockets AS
SELECT r.subject, NULL AS attempt, r.sure, k.source, k.line, NULL AS at_ns,
	k.state || ' ' || coalesce(k.local, '*') || ':' || coalesce(k.local_port, '*')
		|| coalesce(' <- ' || k.peer || ':' || nullif(k.peer_port, 0), '')
		|| coalesce(', Recv-Q ' || k.recv_q, '')
		|| coalesce(', Send-Q ' || k.send_q, '')
		|| coalesce(', ' || nullif(k.retransmits, 0) || ' retransmits', '')
		AS text,
	k.state, k.recv_q, k.send_q, k.local, k.local_port, k.peer, k.peer_port,
	k.retransmits,
	EXISTS (SELECT 1 FROM subject_pair y JOIN pair_alias a
		ON a.client = y.client AND a.service = y.service
		WHERE y.subject = r.subject
		AND (a.server_port = k.local_port
			AND (k.local IN ('0.0.0.0', '::', '*') OR k.local = a.server_ip)
		OR a.server_port = k.peer_port AND k.peer = a.server_ip)) AS same_port,
	k.moment, k.process, r.role
FROM socket k JOIN subject_role r ON r.place = coalesce(k.role, '');

--% views of tracked
CREATE TEMP VIEW tracked AS
SELECT s.subject, s.attempt, 1 AS sure, k.source, k.line, NULL AS at_ns,
	'conntrack entry ' || coalesce(k.state, 'without state')
		|| CASE WHEN k.unreplied THEN ' [UNREPLIED]' ELSE '' END || ' '
		|| k.src || ':' || k.src_port || ' -> ' || k.dst || ':' || k.dst_port
		AS text,
	k.state, k.unreplied, k.assured, k.timeout_s, k.src, k.dst, k.dst_port,
	k.reply_src, k.reply_src_port, k.reply_dst, k.reply_dst_port, k.role
FROM tracked_hit h JOIN conntrack k ON k.rowid = h.entry
JOIN scope s ON s.attempt = h.attempt;

CREATE TEMP VIEW tracked_beside AS
SELECT DISTINCT y.subject, NULL AS attempt, 0 AS sure, k.source, k.line,
	NULL AS at_ns, 'conntrack entry ' || coalesce(k.state, 'without state')
		|| CASE WHEN k.unreplied THEN ' [UNREPLIED]' ELSE '' END || ' '
		|| k.src || ':' || k.src_port || ' -> ' || k.dst || ':' || k.dst_port
		AS text,
	k.state, k.unreplied, k.assured, k.timeout_s, k.src, k.src_port, k.dst,
	k.dst_port, k.reply_src, k.reply_src_port, k.reply_dst, k.reply_dst_port,
	k.role
FROM subject_pair y JOIN pair_alias a ON a.client = y.client
	AND a.service = y.service
JOIN conntrack k ON k.dst = a.server_ip AND k.dst_port = a.server_port
WHERE NOT EXISTS (SELECT 1 FROM tracked_hit h WHERE h.entry = k.rowid);

--% views of flows
CREATE TEMP VIEW flows AS
SELECT s.subject, s.attempt, f.start_ns IS NOT NULL AS sure, f.source, f.line,
	f.start_ns AS at_ns,
	f.cloud || ' flow log' || coalesce(', ' || f.interface, '') || ': '
		|| f.action || ' ' || f.src || ':' || f.src_port || ' -> '
		|| f.dst || ':' || f.dst_port
		|| coalesce(', ' || f.packets || ' packets', '')
		|| coalesce(', rule ' || f.rule, '') AS text,
	h.forward, f.action, f.packets, f.reply_packets, f.tcp_flags, f.direction,
	f.state, f.rule, f.reason, f.interface, f.cloud, f.sampled
FROM flow_hit h JOIN flow_record f ON f.id = h.flow
JOIN scope s ON s.attempt = h.attempt;

--% views of lookups
CREATE TEMP VIEW lookups AS
SELECT r.subject, NULL AS attempt, r.sure
		AND EXISTS (SELECT 1 FROM source v WHERE v.role = l.role
			AND v.vantage IS NOT NULL AND v.trust = 'good')
		AND (l.outcome <> 'no-answer' OR l.queries >= 3 * l.count
		OR EXISTS (SELECT 1 FROM lookup h WHERE h.role = l.role
			AND h.outcome <> 'no-answer')) AS sure,
	l.source, l.frame AS line, l.first_ns AS at_ns,
	l.client || ' asked ' || l.resolver || ' for the address of ' || l.name
		|| ': ' || CASE l.outcome WHEN 'answered' THEN 'answered'
			WHEN 'no-address' THEN 'it has none'
			WHEN 'no-such-name' THEN 'no such name (NXDOMAIN)'
			WHEN 'server-failure' THEN 'the resolver failed (SERVFAIL)'
			WHEN 'refused' THEN 'the resolver refused'
			ELSE 'no answer to ' || l.queries || CASE l.queries
				WHEN 1 THEN ' query' ELSE ' queries' END END
		|| CASE l.count WHEN 1 THEN '' ELSE ', in ' || l.count
			|| ' lookups' END AS text,
	l.outcome, l.name, l.client, l.resolver, l.count, l.queries, r.role,
	l.last_ns
FROM lookup l JOIN subject_role r ON r.place = l.role;

--% views of neighbours
CREATE TEMP VIEW neighbours AS
SELECT r.subject, NULL AS attempt, n.unanswered >= 2
	AND coalesce(n.answered_ns NOT BETWEEN n.first_ns AND n.last_ns, 1)
	AND EXISTS (SELECT 1 FROM source v WHERE v.role = n.role
		AND v.vantage IS NOT NULL AND v.trust = 'good')
	AND (n.in_a_row >= 3
		OR EXISTS (SELECT 1 FROM neighbour o WHERE o.role = n.role
			AND o.asker = n.asker AND o.answers > 0)
		OR EXISTS (SELECT 1 FROM role_host h JOIN host i ON i.id = h.host
			WHERE h.role = n.role AND i.ip IN (n.asker, n.target))) AS sure,
	n.source, n.frame AS line, n.first_ns AS at_ns,
	n.asker || ' asked ' || n.unanswered || CASE n.unanswered
		WHEN 1 THEN ' time' ELSE ' times' END || CASE WHEN instr(n.target, ':')
		THEN ' by neighbour discovery' ELSE ' by ARP' END || ' for ' || n.target
		|| ' and nobody answered' AS text,
	n.asker, n.target, n.questions, n.unanswered, n.answers, n.hardware,
	n.contested, n.other, r.role, n.last_ns
FROM neighbour n JOIN (SELECT subject, place, role FROM subject_role
	-- A bystander hears the questions for a host of the subject's, too.
	UNION ALL SELECT DISTINCT y.subject, v.name, NULL FROM subject_pair y
	CROSS JOIN vantage v WHERE NOT EXISTS (SELECT 1 FROM subject_role o
		WHERE o.subject = y.subject AND o.place = v.name)) r
	ON r.place = n.role
WHERE (r.role IS NOT NULL OR EXISTS (SELECT 1 FROM subject_pair y
		JOIN pair_alias a ON a.client = y.client AND a.service = y.service
		WHERE y.subject = r.subject
		AND n.target IN (a.client_ip, a.server_ip)))
	AND EXISTS (SELECT 1 FROM episode p WHERE p.subject = r.subject AND (p.whole
	OR coalesce(n.last_ns, n.answered_ns) >= p.from_ns
	AND coalesce(n.first_ns, n.answered_ns) <= p.to_ns));

--% sources
-- Which hosts a role's files can come from: those that its captures show at
-- that end. Where they show none of the failed attempts, those of clean ones,
-- which every end saw; where none at all, any, but not for sure. Without a
-- capture of that role, any.
INSERT OR IGNORE INTO role_host SELECT v.name,
	CASE v.name WHEN 'client' THEN f.client ELSE f.server END, 1
FROM sighting g JOIN failing f ON f.attempt = g.attempt
JOIN vantage v ON v.id = g.vantage WHERE v.name IN ('client', 'server');
INSERT OR IGNORE INTO role_host
SELECT 'client', client, 1 FROM pair_sum WHERE clean > 0
	AND EXISTS (SELECT 1 FROM vantage WHERE name = 'client')
	AND NOT EXISTS (SELECT 1 FROM role_host WHERE role = 'client')
UNION ALL SELECT 'server', server, 1 FROM pair_sum WHERE clean > 0
	AND EXISTS (SELECT 1 FROM vantage WHERE name = 'server')
	AND NOT EXISTS (SELECT 1 FROM role_host WHERE role = 'server');
INSERT OR IGNORE INTO role_host SELECT 'client', client,
	NOT EXISTS (SELECT 1 FROM vantage WHERE name = 'client') FROM failing
WHERE NOT EXISTS (SELECT 1 FROM role_host WHERE role = 'client');
INSERT OR IGNORE INTO role_host SELECT 'server', server,
	NOT EXISTS (SELECT 1 FROM vantage WHERE name = 'server') FROM failing
WHERE NOT EXISTS (SELECT 1 FROM role_host WHERE role = 'server');

-- What a machine is for a service, surest first; what stands between: what was
-- named so, and places whose machine nobody knows (of captures, of rules' tests).
INSERT OR IGNORE INTO place_role SELECT m.role, x.role, x.server,
	x.server_port, x.sure, x.sure AND x.because IN ('capture', 'address')
FROM machine_role x JOIN machine m ON m.id = x.machine
WHERE m.role IS NOT NULL ORDER BY x.sure DESC;
INSERT OR IGNORE INTO place_between SELECT role, max(is_between) FROM machine
WHERE role NOT IN ('server', 'client') GROUP BY role;
INSERT OR IGNORE INTO place_between SELECT DISTINCT role, 1 FROM source
WHERE role IS NOT NULL AND role NOT IN ('server', 'client');
CREATE INDEX temp.place_role_by_service
	ON place_role (server, server_port, place, role);
UPDATE place_between SET sure = 1 WHERE place IN (SELECT name FROM vantage);

INSERT INTO tuple SELECT f.attempt, c.ip, f.client_port, s.ip, f.server_port, a.isn
FROM failing f JOIN attempt a ON a.id = f.attempt
JOIN host c ON c.id = f.client JOIN host s ON s.id = f.server;
INSERT INTO tuple SELECT g.attempt, c.ip, g.client_port, s.ip, g.server_port, g.isn
FROM sighting g JOIN failing f ON f.attempt = g.attempt
JOIN attempt a ON a.id = g.attempt
JOIN host c ON c.id = g.client JOIN host s ON s.id = g.server
WHERE g.client <> f.client OR g.server <> f.server OR g.isn <> a.isn
	OR g.client_port <> f.client_port OR g.server_port <> f.server_port;
INSERT INTO tuple SELECT f.attempt, c.ip, f.client_port, s.ip, f.server_port, NULL
FROM failing f JOIN host c ON c.id = f.client JOIN host s ON s.id = f.server
WHERE f.attempt < 0 AND f.client_port > 0;
CREATE INDEX temp.tuple_by_address
	ON tuple (client_ip, client_port, server_ip, server_port);
INSERT INTO pair_alias SELECT DISTINCT f.client,
	f.server * 65536 + f.server_port, t.client_ip, t.server_ip, t.server_port
FROM tuple t JOIN failing f ON f.attempt = t.attempt;
INSERT INTO pair_alias SELECT DISTINCT f.client,
	f.server * 65536 + f.server_port, c.ip, s.ip, f.server_port
FROM failing f JOIN host s ON s.id = f.server LEFT JOIN host c ON c.id = f.client
WHERE f.attempt < 0 AND f.client_port = 0;
CREATE INDEX temp.pair_alias_by_port ON pair_alias (server_port);
CREATE INDEX temp.pair_alias_by_pair ON pair_alias (client, service);
CREATE INDEX temp.pair_alias_by_server ON pair_alias (server_ip, server_port);
CREATE INDEX temp.pair_alias_by_client ON pair_alias (client_ip);
INSERT OR IGNORE INTO card_listed SELECT role, scope FROM setting
WHERE name = 'state' AND kind IN ('ip-link', 'ip-link-json') AND role IS NOT NULL
	AND (role, kind) IN (SELECT role, kind FROM setting
		WHERE name = 'state' AND scope = 'lo');
INSERT INTO card_beside
WITH ours AS MATERIALIZED (SELECT server_ip AS ip FROM pair_alias
	UNION SELECT client_ip FROM pair_alias WHERE client_ip IS NOT NULL
	UNION SELECT h.ip FROM pair_sum p JOIN host h ON h.id IN (p.client, p.server)),
card AS MATERIALIZED (SELECT coalesce(role, '') AS place, scope AS dev,
	max(substr(value, 1, instr(value || '/', '/') - 1) IN ours) AS is_ours
	FROM setting WHERE name = 'address'
	AND kind IN ('ip-link', 'ip-link-json', 'ifconfig') GROUP BY 1, 2)
SELECT place, dev FROM card WHERE NOT is_ours
	AND place IN (SELECT place FROM card WHERE is_ours);

--% events
CREATE INDEX IF NOT EXISTS event_by_name ON event (name, at_ns);
CREATE INDEX temp.failing_by_service ON failing (server, server_port, first_ns);
CREATE INDEX temp.failing_captured ON failing (server, server_port, client, first_ns)
	WHERE attempt >= 0;
-- A line that prints the sequence number of a SYN is about the attempt that has
-- it: of several on the same ports, and behind a translation that the captures
-- do not show, that one and no other.
INSERT OR IGNORE INTO event_hit SELECT e.id, t.attempt FROM event e CROSS JOIN tuple t
WHERE e.seq IS NOT NULL AND e.fields ->> '$.flags' = 'SYN' AND t.isn = e.seq
	AND (t.client_port = e.src_port OR t.server_port = e.dst_port);
INSERT OR IGNORE INTO event_hit SELECT e.id, t.attempt FROM event e CROSS JOIN tuple t
WHERE e.src_port IS NOT NULL AND e.dst_port IS NOT NULL
	AND t.client_ip = e.src AND t.client_port = e.src_port
	AND t.server_ip = e.dst AND t.server_port = e.dst_port
	AND (e.seq IS NULL OR t.isn IS NULL OR t.isn = e.seq
		OR coalesce(e.fields ->> '$.flags' <> 'SYN', 1));
INSERT OR IGNORE INTO event_hit SELECT e.id, t.attempt FROM event e CROSS JOIN tuple t
WHERE e.src_port IS NOT NULL AND e.dst_port IS NOT NULL
	AND t.client_ip = e.dst AND t.client_port = e.dst_port
	AND t.server_ip = e.src AND t.server_port = e.src_port;
-- A server's own line may name its peer alone: address and port are one connection's
-- where this client used the port towards one server only.
INSERT OR IGNORE INTO event_hit SELECT e.id, t.attempt FROM event e CROSS JOIN tuple t
WHERE e.src_port > 1023 AND e.src IS NOT NULL AND e.dst IS NULL
	AND e.dst_port IS NULL
	AND t.client_ip = e.src AND t.client_port = e.src_port
	AND NOT EXISTS (SELECT 1 FROM tuple o WHERE o.client_ip = t.client_ip
		AND o.client_port = t.client_port
		AND (o.server_ip, o.server_port) <> (t.server_ip, t.server_port));
-- Part of a connection: whatever the line names must be the attempt's. Whether
-- the server's address is given or not, each has a statement of its own, so that
-- an index finds the pairs: a log may name very many servers of one port.
INSERT OR IGNORE INTO event_pair SELECT e.id, p.client, p.service
FROM event e CROSS JOIN pair_alias p
WHERE e.dst_port IS NOT NULL AND e.dst IS NOT NULL
	AND (e.src_port IS NULL OR e.src IS NULL)
	AND p.server_ip = e.dst AND p.server_port = e.dst_port
	AND coalesce(e.src = p.client_ip, 1);
INSERT OR IGNORE INTO event_pair SELECT e.id, p.client, p.service
FROM event e CROSS JOIN pair_alias p
WHERE e.dst_port IS NOT NULL AND e.dst IS NULL
	AND p.server_port = e.dst_port AND coalesce(e.src = p.client_ip, 1);
INSERT OR IGNORE INTO event_pair SELECT e.id, p.client, p.service
FROM event e CROSS JOIN pair_alias p
WHERE e.src_port IS NOT NULL AND e.src IS NOT NULL
	AND (e.dst_port IS NULL OR e.dst IS NULL)
	AND p.server_ip = e.src AND p.server_port = e.src_port
	AND coalesce(e.dst = p.client_ip, 1);
INSERT OR IGNORE INTO event_pair SELECT e.id, p.client, p.service
FROM event e CROSS JOIN pair_alias p
WHERE e.src_port IS NOT NULL AND e.src IS NULL
	AND p.server_port = e.src_port AND coalesce(e.dst = p.client_ip, 1);
INSERT OR IGNORE INTO event_pair SELECT e.id, p.client, p.service
FROM event e CROSS JOIN pair_alias p
WHERE e.src_port IS NULL AND e.dst_port IS NULL AND e.dst IS NOT NULL
	AND p.server_ip = e.dst AND coalesce(e.src = p.client_ip, 1);
INSERT OR IGNORE INTO event_pair SELECT e.id, p.client, p.service
FROM event e CROSS JOIN pair_alias p
WHERE e.src_port IS NULL AND e.dst_port IS NULL AND e.dst IS NOT NULL
	AND p.client_ip = e.dst AND coalesce(e.src = p.server_ip, 1);
INSERT OR IGNORE INTO event_pair SELECT e.id, p.client, p.service
FROM event e CROSS JOIN pair_alias p
WHERE e.src_port IS NULL AND e.dst_port IS NULL AND e.dst IS NULL
	AND p.server_ip = e.src;
INSERT OR IGNORE INTO event_pair SELECT e.id, p.client, p.service
FROM event e CROSS JOIN pair_alias p
WHERE e.src_port IS NULL AND e.dst_port IS NULL AND e.dst IS NULL
	AND p.client_ip = e.src;

--% flows
-- A record's times may lie up to a minute beside its packets.
-- cite: docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html (end)
INSERT OR IGNORE INTO flow_hit SELECT f.id, t.attempt, 1
FROM flow_record f CROSS JOIN tuple t CROSS JOIN failing a
WHERE t.client_ip = coalesce(f.pkt_src, f.src) AND t.client_port = f.src_port
	AND t.server_ip = coalesce(f.pkt_dst, f.dst) AND t.server_port = f.dst_port
	AND a.attempt = t.attempt
	AND coalesce(f.start_ns <= a.last_ns + 60000000000, 1)
	AND coalesce(f.end_ns >= a.first_ns - 60000000000, 1);
INSERT OR IGNORE INTO flow_hit SELECT f.id, t.attempt, 0
FROM flow_record f CROSS JOIN tuple t CROSS JOIN failing a
WHERE t.client_ip = coalesce(f.pkt_dst, f.dst) AND t.client_port = f.dst_port
	AND t.server_ip = coalesce(f.pkt_src, f.src) AND t.server_port = f.src_port
	AND a.attempt = t.attempt
	AND coalesce(f.start_ns <= a.last_ns + 60000000000, 1)
	AND coalesce(f.end_ns >= a.first_ns - 60000000000, 1);

--% tracked
INSERT OR IGNORE INTO tracked_hit SELECT k.rowid, t.attempt
FROM conntrack k CROSS JOIN tuple t
WHERE t.client_ip = k.src AND t.client_port = k.src_port
	AND t.server_ip = k.dst AND t.server_port = k.dst_port;

--% totals
-- Row by row: cheaper than sorting them into groups first.
INSERT INTO pair_fate SELECT client, server * 65536 + server_port,
	coalesce((SELECT value FROM meta WHERE key = 'clean_verdict'), 'established'),
	clean, 0, clean_first_ns, clean_last_ns
FROM pair_sum WHERE clean > 0
ON CONFLICT DO UPDATE SET attempts = attempts + excluded.attempts,
	first_ns = min(first_ns, excluded.first_ns),
	last_ns = max(last_ns, excluded.last_ns);
INSERT INTO pair_fate SELECT client, server * 65536 + server_port, verdict, 1,
	syn_retransmits > 0, first_ns, first_ns
FROM failing WHERE attempt >= 0
ON CONFLICT DO UPDATE SET attempts = attempts + 1,
	repeated = repeated + excluded.repeated,
	first_ns = min(first_ns, excluded.first_ns),
	last_ns = max(last_ns, excluded.last_ns);
INSERT INTO second_fate SELECT server * 65536 + server_port, second,
	coalesce((SELECT value FROM meta WHERE key = 'clean_verdict'), 'established'),
	clean
FROM second_sum WHERE clean > 0
ON CONFLICT DO UPDATE SET attempts = attempts + excluded.attempts;
INSERT INTO second_fate SELECT server * 65536 + server_port,
	first_ns / 1000000000, verdict, 1
FROM failing WHERE attempt >= 0
ON CONFLICT DO UPDATE SET attempts = attempts + 1;

--% traits
-- Of services with trouble only: all attempts are many.
INSERT INTO trait_fate SELECT client, server * 65536 + server_port AS service,
	traits, clean, 0, 0, clean_first_ns, clean_last_ns
FROM pair_sum WHERE clean > 0 AND service IN (SELECT server * 65536 + server_port
	FROM failing WHERE attempt >= 0);
INSERT INTO trait_fate SELECT a.client, a.server * 65536 + a.server_port, a.traits,
	sum(f.verdict = 'established' AND f.syn_retransmits = 0),
	sum(f.verdict = 'established' AND f.syn_retransmits > 0),
	sum(f.verdict <> 'established'), min(a.first_ns), max(a.first_ns)
FROM failing f CROSS JOIN attempt a ON a.id = f.attempt GROUP BY 1, 2, 3;
-- Of a trait that no SYN had there is nothing to tell.
WITH seen AS MATERIALIZED (SELECT DISTINCT traits FROM trait_fate)
DELETE FROM trait WHERE NOT EXISTS (SELECT 1 FROM seen WHERE traits & bit);
CREATE INDEX temp.trait_fate_by_pair ON trait_fate (client, service);
