#!/usr/bin/env python3
# Tests the computing and printing parts of the comparison: medians, ratios, verdicts, tables, names
# of results, and the data of every case. Starts no server and measures nothing.
from __future__ import annotations

import pathlib
import tempfile
import unittest
from dataclasses import asdict
from typing import Any

import cases
import figures
import machine
import results
import rounds
import sides
import table
from against import against
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


def stolen(name: str, *shares: float, dropped: list[float] | None = None) -> dict[str, Any]:
    made = side(name, *[2.0 for _ in shares])
    for sample, share in zip(made['samples'], shares):
        sample.update(stolen_share=share, stolen_shares_dropped=dropped or [])
    return made


class Steal(unittest.TestCase):
    def test_is_the_eighth_field_beside_all_time(self):
        read = ['cpu  100 0 50 800 20 10 20 0 60 0\ncpu0 1 2', 'cpu  140 5 60 830 20 10 25 10 90 0\n']
        others = machine.Others(lambda: read.pop(0))
        self.assertEqual(others.used()['stolen_share'], 0.1)

    def test_of_a_machine_that_tells_none_is_nothing(self):
        others = machine.Others(lambda: 'cpu  100 0 50 800 20 10 20\n')
        self.assertEqual(others.used()['stolen_share'], 0.0)

    def test_of_no_time_at_all_is_nothing(self):
        others = machine.Others(lambda: 'cpu  100 0 50 800 20 10 20 7 0 0\n')
        self.assertEqual(others.used()['stolen_share'], 0.0)

    def test_is_not_what_other_programs_used(self):
        read = ['cpu  0 0 0 0 0 0 0 0 0 0\n', 'cpu  0 0 0 10 0 0 0 1000000 0 0\n']
        self.assertEqual(machine.Others(lambda: read.pop(0)).used()['others_processors'], 0.0)

    def measured(self, attempts: int, *samples: dict[str, Any]) -> tuple[dict[str, Any], int]:
        left = list(samples)
        kept = rounds.least_stolen(lambda: left.pop(0), attempts)
        return kept, len(samples) - len(left)

    def test_of_two_percent_is_left_and_of_more_is_measured_again(self):
        quiet, loud = {'stolen_share': 0.02}, {'stolen_share': 0.0201}
        self.assertEqual(self.measured(3, dict(quiet), dict(loud))[1], 1)
        kept, times = self.measured(3, dict(loud), dict(quiet))
        self.assertEqual(times, 2)
        self.assertEqual(kept, {'stolen_share': 0.02, 'stolen_shares_dropped': [0.0201]})

    def test_that_stays_ends_with_the_least_of_a_bounded_number(self):
        shares = [{'stolen_share': share} for share in (0.09, 0.06, 0.07, 0.0)]
        kept, times = self.measured(3, *shares)
        self.assertEqual(times, 3)
        self.assertEqual(kept, {'stolen_share': 0.06, 'stolen_shares_dropped': [0.09, 0.07]})

    def test_does_not_drop_a_sample_with_wrong_answers(self):
        kept, times = self.measured(3, {'stolen_share': 0.5, 'errors': 1}, {'stolen_share': 0.0})
        self.assertEqual((kept['errors'], times), (1, 1))

    def test_is_told_beside_what_other_programs_used(self):
        loud = stolen('a', 0.0, 0.015)
        loud['samples'][0]['others_processors'] = 0.5
        self.assertEqual(
            figures.disturbed([loud]),
            [
                'other programs used 0.50 (0.50..0.50) processors meanwhile',
                "the hypervisor took 0.8 % (0.0..1.5) of the processors' time",
            ],
        )

    def test_that_a_repetition_ended_is_told_and_not_marked(self):
        helped = stolen('a', 0.01, dropped=[0.07, 0.03])
        self.assertEqual(
            figures.disturbed([helped]),
            [
                "the hypervisor took 1.0 % (1.0..1.0) of the processors' time; "
                'for more than 2 % of it, 2 measurements were dropped and repeated'
            ],
        )
        self.assertEqual(table.side_rows(case([helped], []))[1], ['a', '2.00'])

    def test_that_no_repetition_ended_is_marked_in_every_cell_that_it_touches(self):
        made = case([stolen('a', 0.01, 0.08), stolen('b', 0.0, 0.0)], [check(), check(under='a')])
        made['checks'] += [check(kind='value', over='b', under='')]
        self.assertEqual(table.side_rows(made)[1], ['a', '2.00 (2.00..2.00) †'])
        self.assertEqual(table.side_rows(made)[2], ['b', '2.00 (2.00..2.00)'])
        marks = [row[1].endswith(' †') for row in table.check_rows(made, True)[1:]]
        self.assertEqual(marks, [True, True, False])
        self.assertEqual(
            figures.disturbed(made['sides'])[-1],
            '†: it took more than 2 % each time that this was measured: a (round 2)',
        )

    def test_is_marked_among_the_ratios_in_which_another_program_costs_less(self):
        made = case([side('a', 4, 4), stolen('b', 0.5, 0.5)], [check()])
        made['sides'][1]['server'] = 'redis'
        self.assertEqual(
            table.peer_wins_as_markdown({'cases': [made]}),
            '- hot: a / b: 2.00 × (2.00..2.00) †\n',
        )

    def test_names_the_rounds_that_were_measured_in_vain(self):
        self.assertIn('a (rounds 1, 3)', figures.disturbed([stolen('a', 0.03, 0.0, 0.5)])[-1])

    def test_marks_no_cell_that_has_no_figure(self):
        self.assertEqual(table.marked('-', True), '-')

    def test_is_not_told_of_a_result_that_does_not_know_it(self):
        self.assertEqual(figures.disturbed([side('a', 1)]), [])


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
                    made = make(sizes, with_valkey)
                    yield name, made
                    yield name, against(made)

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

    def test_against_another_build_each_side_has_its_twin_and_nothing_else_is_there(self):
        made = against(cases.hot(sides.Sizes(), True))
        self.assertEqual(
            [(each.name, each.server) for each in made.sides],
            [
                (name, server)
                for command in ('KV_GET', 'KV_SET', 'KV_UPDATE')
                for name, server in (
                    (f'SeshDB {command}', 'seshdb'),
                    (f'SeshDB {command}, before', 'before'),
                )
            ],
        )
        self.assertEqual({each.limit for each in made.checks}, {1.02})

    def test_against_another_build_both_are_asked_at_one_rate(self):
        made = against(cases.tail(sides.Sizes(), False))
        self.assertEqual({each.share_of for each in made.sides}, {'', 'SeshDB KV_GET, maximum'})

    def test_options_become_a_command_line(self):
        self.assertEqual(
            rounds.client_command('b', {'json': True, 'echo': False, 'rate': 5}),
            ['b', '--json', '--rate', '5'],
        )


if __name__ == '__main__':
    unittest.main()
