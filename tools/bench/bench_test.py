#!/usr/bin/env python3
# Proves the parts of the comparison that compute and show: medians, ratios, verdicts, tables, names
# of results, and that every case is sound as data. Starts no server and measures nothing.
from __future__ import annotations

import pathlib
import tempfile
import unittest
from dataclasses import asdict
from typing import Any

import cases
import figures
import results
import rounds
import sides
import table
from sides import CPU


def side(name: str, *values: float, key: str = CPU) -> dict[str, Any]:
    samples = [{'round': number, key: value, 'errors': 0} for number, value in enumerate(values)]
    return {'name': name, 'server': 'seshdb', 'tag': {}, 'command': '', 'samples': samples}


def check(**fields: Any) -> dict[str, Any]:
    merged: dict[str, Any] = {'name': 'a / b', 'over': 'a', 'under': 'b', **fields}
    return asdict(sides.Check(**merged))


def case(sides: list[dict[str, Any]], checks: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        'name': 'hot',
        'title': 'all at once',
        'figures': [CPU],
        'sides': sides,
        'checks': checks,
        'notes': [],
        'failures': [],
    }


def by_name(*sides: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each['name']: each for each in sides}


class Spreads(unittest.TestCase):
    def test_of_an_odd_and_of_an_even_number_of_values(self):
        self.assertEqual(figures.spread([3, 1, 2]), figures.Spread(2, 1, 3, 3))
        self.assertEqual(figures.spread([4, 1, 2, 3]), figures.Spread(2.5, 1, 4, 4))

    def test_of_nothing_is_nothing(self):
        self.assertIsNone(figures.spread([]))


class Checks(unittest.TestCase):
    def test_a_ratio_is_taken_round_by_round(self):
        found = figures.check_spread(check(), by_name(side('a', 1, 20, 3), side('b', 2, 10, 3)))
        self.assertEqual(found, figures.Spread(1, 0.5, 2, 3))

    def test_rounds_that_one_side_lacks_are_left_out(self):
        short = side('b', 2)
        short['samples'][0]['round'] = 1
        found = figures.check_spread(check(), by_name(side('a', 100, 4), short))
        self.assertEqual(found, figures.Spread(2, 2, 2, 1))

    def test_a_difference_and_a_value(self):
        sides = by_name(side('a', 5, 7), side('b', 1, 1))
        self.assertEqual(
            figures.check_spread(check(kind='difference'), sides), figures.Spread(5, 4, 6, 2)
        )
        self.assertEqual(
            figures.check_spread(check(kind='value', under=''), sides), figures.Spread(6, 5, 7, 2)
        )

    def test_nothing_is_divided_by_zero_and_a_missing_side_is_none(self):
        self.assertIsNone(figures.check_spread(check(), by_name(side('a', 1), side('b', 0))))
        self.assertIsNone(figures.check_spread(check(), by_name(side('a', 1))))

    def test_the_median_is_held_against_the_target(self):
        found = figures.Spread(1.0, 0.5, 9, 3)
        self.assertEqual(figures.verdict(found, 1.0), 'met')
        self.assertEqual(figures.verdict(found, 0.99), 'missed')
        self.assertEqual(figures.verdict(None, 0.99), 'not measured')
        self.assertEqual(figures.verdict(found, None), '')


class PeerWins(unittest.TestCase):
    def test_are_the_ratios_above_1_to_another_server(self):
        ours, theirs = side('a', 3, 3), side('b', 2, 2)
        self.assertEqual(figures.peer_wins(case([ours, theirs], [check()])), [])
        theirs['server'] = 'redis'
        self.assertEqual(
            figures.peer_wins(case([ours, theirs], [check(), check(over='b', under='a')])),
            [('a / b', figures.Spread(1.5, 1.5, 1.5, 2))],
        )
        self.assertEqual(figures.peer_wins(case([ours, side('b', 4, 4)], [check()])), [])


class Memory(unittest.TestCase):
    def test_is_what_the_setup_added(self):
        sample = {
            'server_resident_kib_before': 1000,
            'setup_server_resident_kib': 1400,
            'server_resident_kib': 1600,
        }
        figures.add_memory(sample, 1024, 300)
        self.assertEqual(sample['bytes_per_session'], 400)
        self.assertAlmostEqual(sample['memory_to_text'], 4 / 3)
        self.assertAlmostEqual(sample['memory_after_to_text'], 2)

    def test_is_not_told_where_nothing_was_set_up(self):
        sample: dict[str, Any] = {}
        figures.add_memory(sample, 1024, 300)
        self.assertEqual(sample, {})


class Rates(unittest.TestCase):
    def test_an_open_loop_that_falls_behind_is_named(self):
        behind = side('a', 90, 80, key='operations_per_s')
        for sample in behind['samples']:
            sample['asked_per_s'] = 100
        self.assertIn('only 85%', figures.not_kept(behind))

    def test_one_that_keeps_up_and_a_closed_loop_are_not(self):
        kept = side('a', 99, key='operations_per_s')
        self.assertEqual(figures.not_kept(kept), '')
        kept['samples'][0]['asked_per_s'] = 100
        self.assertEqual(figures.not_kept(kept), '')


class Disturbance(unittest.TestCase):
    def test_is_told_where_others_used_the_machine(self):
        quiet = side('a', 0.0, 0.02, key='others_processors')
        self.assertEqual(figures.disturbed([quiet]), [])
        loud = side('b', 0.0, 0.5, key='others_processors')
        self.assertEqual(
            figures.disturbed([quiet, loud]),
            ['other programs used 0.01 (0.00..0.50) processors meanwhile'],
        )


class Tables(unittest.TestCase):
    def setUp(self):
        self.case = case([side('a', 1.004, 3, 2), side('b', 4, 4, 4)], [check(limit=0.5)])

    def test_a_row_has_the_median_and_the_spread(self):
        self.assertEqual(table.side_rows(self.case)[1], ['a', '2.00 (1.00..3.00)'])

    def test_one_round_has_no_spread(self):
        self.assertEqual(table.with_spread(figures.spread([1234.5]), 1), '1,234.5')

    def test_a_check_has_its_target_and_its_verdict(self):
        self.assertEqual(
            table.check_rows(self.case, True)[1], ['a / b', '0.50 × (0.25..0.75)', '≤ 0.5 ×', 'met']
        )
        self.assertEqual(table.check_rows(self.case, False)[1][3], '')

    def test_a_side_without_samples_shows_a_dash(self):
        self.assertEqual(table.side_rows(case([side('a')], []))[1], ['a', '-'])

    def test_markdown_and_text_hold_the_same_rows(self):
        rows = [['', 'x'], ['a|b', '1'], ['c', '22']]
        self.assertEqual(table.markdown(rows), '|  | x |\n|---|---:|\n| a\\|b | 1 |\n| c | 22 |\n')
        self.assertEqual(table.plain(rows), '         x\n  a|b    1\n  c     22\n')

    def test_what_failed_is_told_in_both(self):
        self.case['failures'] = ['a, round 1: it burns']
        result = {
            'date': '2026-01-02',
            'command': './x bench',
            'commit': 'c',
            'quick': False,
            'rounds': 3,
            'seconds': 5.0,
            'placement': 'here',
            'versions': {'SeshDB': '0.1.0'},
            'machine': {
                'cpu': 'z',
                'cores': 2,
                'memory_gib': 4,
                'distribution': 'd',
                'kernel': 'k',
            },
            'cases': [self.case],
        }
        self.assertIn('it burns', table.case_as_text(self.case, False))
        self.assertIn('it burns', table.result_as_markdown(result))
        self.assertEqual(figures.errors_of(result), ['hot: a, round 1: it burns'])

    def test_wrong_answers_are_errors(self):
        self.case['sides'][0]['samples'][1].update(errors=2, first_error='no')
        self.assertEqual(
            figures.errors_of({'cases': [self.case]}), ['hot: a: 2 wrong answers, the first: no']
        )


class ResultFiles(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def test_a_second_run_of_a_day_gets_a_name_of_its_own(self):
        for expected in ('2026-01-02.json', '2026-01-02-2.json', '2026-01-02-3.json'):
            path = results.new_path('2026-01-02', self.folder)
            self.assertEqual(path.name, expected)
            results.write(path, {'of': expected})
        self.assertEqual(
            results.read(self.folder / '2026-01-02-2.json'), {'of': '2026-01-02-2.json'}
        )

    def test_the_newest_is_the_last_run_of_the_last_day(self):
        self.assertIsNone(results.newest(self.folder))
        for name in (
            '2026-01-03.json',
            '2026-01-03-2.json',
            '2026-01-03-10.json',
            '2025-12-31-99.json',
            'notes.json',
        ):
            (self.folder / name).write_text('{}')
        self.assertEqual(results.newest(self.folder), self.folder / '2026-01-03-10.json')


class Catalogue(unittest.TestCase):
    def all_cases(self):
        for sizes in (sides.Sizes(), sides.QUICK):
            for with_valkey in (False, True):
                for name, make in cases.CASES.items():
                    yield name, make(sizes, with_valkey)

    def test_names_are_unique_and_checks_name_sides_and_figures_that_exist(self):
        for name, made in self.all_cases():
            with self.subTest(name):
                self.assertEqual(made.name, name)
                names = [each.name for each in made.sides]
                self.assertEqual(len(names), len(set(names)))
                for each in made.checks:
                    self.assertIn(each.over, names)
                    self.assertIn(each.under, names if each.kind != 'value' else [''])
                    self.assertIn(each.figure, figures.FIGURES)
                self.assertLessEqual(set(made.figures), set(figures.FIGURES))

    def test_a_rate_is_taken_from_a_side_that_runs_before(self):
        for name, made in self.all_cases():
            for number in range(len(made.sides)):
                turn = [each.name for each in rounds.in_turn(made.sides, number)]
                self.assertEqual(sorted(turn), sorted(each.name for each in made.sides))
                for each in made.sides:
                    if each.share_of:
                        self.assertLess(turn.index(each.share_of), turn.index(each.name), name)

    def test_valkey_is_only_there_where_it_was_given(self):
        self.assertNotIn('valkey', {each.server for each in cases.hot(sides.Sizes(), False).sides})
        self.assertIn('valkey', {each.server for each in cases.hot(sides.Sizes(), True).sides})

    def test_options_become_a_command_line(self):
        self.assertEqual(
            rounds.client_command('b', {'json': True, 'echo': False, 'rate': 5}),
            ['b', '--json', '--rate', '5'],
        )


if __name__ == '__main__':
    unittest.main()
