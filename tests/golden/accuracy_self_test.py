#!/usr/bin/env python3
"""The scores on answers written by hand: what is right, wrong, abstained,
what the hand rules say of two ends, and what a table makes of it."""
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import accuracy_score as score  # noqa: E402
import accuracy_table as tables  # noqa: E402
import rivals  # noqa: E402


class Case:
    """A stand-in for a labelled folder."""

    def __init__(self, name, cause=None, findings=None, attempts=(), **more):
        self.name, self.ends = name, ["client", "server"]
        self.expected = {"cause": cause, "attempts": list(attempts), **more}
        self.report = None if findings is None else {"findings": findings}


def label(truth, verdict=None, **more):
    return {"truth": truth, "verdict": verdict or truth,
            "client": {"ip": "192.0.2.1"}, **more}


def answer(truth, given, verdict=None, confidence="certain", case=None,
           **more):
    return score.Answer(case or Case("a"), label(truth, verdict, **more),
                        given, confidence)


def finding(cause, confidence="likely"):
    return {"cause": cause, "confidence": confidence}


def end(**seen):
    made = rivals.End()
    for name, count in seen.items():
        setattr(made, name, count)
    return made


LOST, DROPPED = "syn-lost-in-network", "syn-dropped-by-server"


class Scores(unittest.TestCase):
    def test_a_wrong_verdict_is_wrong_and_an_accepted_one_is_not(self):
        self.assertTrue(answer(LOST, DROPPED).wrong)
        self.assertTrue(answer(LOST, DROPPED, accept=[DROPPED]).located)

    def test_a_guess_where_the_folder_cannot_tell_is_wrong(self):
        self.assertTrue(answer(LOST, LOST, verdict=score.ABSTAIN).wrong)
        self.assertTrue(answer(LOST, score.ABSTAIN,
                               verdict=score.ABSTAIN).right)

    def test_a_missing_attempt_counts_as_not_located(self):
        self.assertEqual(score.located([answer(LOST, None)]), (0.0, 0.0))

    def test_a_large_scenario_does_not_dominate_the_mean(self):
        big, small = Case("big"), Case("small")
        some = [answer(LOST, LOST, case=big) for _ in range(9)] + \
            [answer(LOST, DROPPED, case=small)]
        self.assertEqual(score.located(some), (0.9, 0.5))

    def test_certain_and_wrong_is_counted(self):
        some = [answer(LOST, DROPPED), answer("established", DROPPED),
                answer(LOST, DROPPED, confidence="likely")]
        found = score.totals(some)
        self.assertEqual((found["wrong"], found["wrong certain"],
                          found["healthy accused"]), (3, 2, 1))

    def test_abstentions_split_by_reason(self):
        found = score.totals([
            answer(LOST, score.ABSTAIN),
            answer(LOST, score.ABSTAIN, accept=[score.ABSTAIN])])
        self.assertEqual((found["abstained"], found["abstained justly"]),
                         (1, 1))

    def test_calibration(self):
        found = score.calibration([answer(LOST, LOST), answer(LOST, DROPPED)])
        self.assertEqual(found["certain"], (1, 2))

    def test_precision_and_recall(self):
        rows = {r[0]: r[3:] for r in score.per_verdict(
            [answer(LOST, LOST), answer(LOST, DROPPED),
             answer(DROPPED, DROPPED)])}
        self.assertEqual(rows[LOST], (1.0, 0.5))
        self.assertEqual(rows[DROPPED], (0.5, 1.0))

    def test_causes(self):
        found = score.causes([
            Case("a", "rp-filter", [finding("x", "ruled-out"),
                                    finding("rp-filter", "confirmed")]),
            Case("b", "rp-filter", [finding("packet-loss", "confirmed")]),
            Case("c", None, [finding("rate-limit", "confirmed")])])
        self.assertEqual((found["first"], found["scenarios"]), (1, 2))
        self.assertEqual([n for n, _ in found["wrong confirmed"]],
                         ["b", "c"])

    def test_other_true_causes_are_no_error(self):
        found = score.causes([
            Case("a", "offload-fault", [finding("bad-checksum", "confirmed")],
                 symptom=["bad-checksum"]),
            Case("b", "icmp-rejected", [finding("no-listener", "confirmed")],
                 also=["no-listener"])])
        self.assertEqual((found["first"], found["wrong confirmed"]), (1, []))

    def test_precision_and_recall_per_cause(self):
        found = score.causes([
            Case("a", "rp-filter", [finding("rp-filter")]),
            Case("b", "rp-filter", [finding("no-listener")]),
            Case("c", None, [finding("rp-filter")]),
            Case("d", None, [finding("rp-filter", "possible")])])
        rows = {r[0]: r[1:] for r in score.per_cause(found)}
        self.assertEqual(rows["rp-filter"], (2, 2, 0.5, 0.5))
        self.assertEqual(rows["no-listener"], (0, 1, 0.0, None))
        self.assertEqual(found["convicted"], [("c", "rp-filter")])
        self.assertEqual(found["calibration"]["likely"], [1, 3])
        self.assertEqual(found["calibration"]["possible"], [0, 1])

    def test_no_finding_anywhere_is_not_a_score(self):
        self.assertIsNone(score.causes([Case("a", "rp-filter", [])]))


class HandRules(unittest.TestCase):
    def test_every_place(self):
        syn = end(syn=1)
        full = end(syn=1, synack=1, ack=1)
        for client, server, verdict in (
                (syn, "absent", LOST), (syn, syn, DROPPED),
                (syn, end(syn=1, synack=2), "synack-lost-in-network"),
                (syn, None, "undetermined"),
                (end(syn=1, server_rst=1), end(syn=1, server_rst=1),
                 "refused-by-server"),
                (end(syn=1, server_rst=1), "absent", "rejected-in-network"),
                (end(syn=1, icmp=1), "absent", "rejected-in-network"),
                (end(syn=1, synack=2), end(syn=1, synack=2),
                 "synack-dropped-by-client"),
                (full, end(syn=1, synack=3), "ack-lost-in-network"),
                (full, end(syn=1, synack=3, ack=1), "ack-dropped-by-server"),
                (full, full, "established")):
            self.assertEqual(rivals.decide(client, server), verdict)


class Tables(unittest.TestCase):
    def test_the_matrix_holds_every_pair(self):
        text = tables.matrix([answer(LOST, LOST), answer(LOST, None),
                              answer(DROPPED, LOST)])
        self.assertIn("| 1. syn-dropped-by-server |  | 1 |  |", text)
        self.assertIn("| 2. syn-lost-in-network |  | 1 | 1 |", text)

    def test_the_block_shows_the_worst(self):
        text = tables.readme({tables.OURS: [answer(LOST, DROPPED)]},
                             [Case("a")])
        self.assertIn("| lostsyn | 0.0 % (0 of 1) | 0.0 % | 1 | 1 |", text)


if __name__ == "__main__":
    unittest.main()
