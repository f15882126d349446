CREATE VIEW verdict_changes AS   -- attempts about which these rules decide otherwise than those before
SELECT f.attempt, coalesce(o.verdict, 'undetermined') AS before,
	coalesce(n.verdict, 'undetermined') AS after,
	coalesce(o.confidence, 'possible') AS confidence_before,
	coalesce(n.confidence, 'possible') AS confidence_after,
	o.place AS place_before, n.place AS place_after,
	coalesce(o.failed, 0) AS failed_before, coalesce(n.failed, 0) AS failed_after
FROM facts f LEFT JOIN verdict n ON n.attempt = f.attempt
LEFT JOIN former_verdict o ON o.attempt = f.attempt
WHERE EXISTS (SELECT 1 FROM meta WHERE key = 'former_rules_sha256')
	AND (o.verdict, o.segment, o.place, o.confidence, o.failed, o.candidates)
	IS NOT (n.verdict, n.segment, n.place, n.confidence, n.failed, n.candidates);

CREATE VIEW finding_changes AS   -- causes that these rules find, or weigh, otherwise; NULL: not found
WITH word(word, place) AS (VALUES ('confirmed', 0), ('likely', 1),
	('possible', 2), ('ruled-out', 3)),
found(new, cause, host, place, attempts) AS (
	SELECT 1, cause, host, place, attempts FROM finding
	JOIN word ON word = confidence
	UNION ALL SELECT 0, cause, host, place, attempts FROM former_finding
	JOIN word ON word = confidence),
pair AS (SELECT cause, host, min(iif(new, NULL, place)) AS old_place,
	min(iif(new, place, NULL)) AS new_place,
	sum(iif(new, 0, attempts)) AS attempts_before,
	sum(iif(new, attempts, 0)) AS attempts_after,
	sum(iif(new, 1, -1)) AS more
	FROM found GROUP BY cause, host)
SELECT cause, host, (SELECT word FROM word WHERE place = old_place) AS before,
	(SELECT word FROM word WHERE place = new_place) AS after,
	attempts_before, attempts_after FROM pair
WHERE EXISTS (SELECT 1 FROM meta WHERE key = 'former_rules_sha256')
	AND (old_place IS NOT new_place OR attempts_before <> attempts_after
	OR more <> 0);
