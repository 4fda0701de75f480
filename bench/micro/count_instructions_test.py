#!/usr/bin/env python3
# Tests of count_instructions.py that need neither valgrind nor a build.
import unittest

import count_instructions

# A callgrind file. Each name is defined once; the cost after `calls` is the called function's.
PROFILE = """\
version: 1
events: Ir
fl=(1) ???
fn=(3) outer(int)
0 5
cfn=(4) seshdb::inner(char const*)
calls=2 0
0 60
0 7
fn=(4)
0 50
+3 4
fi=(2) other.h
* 3
-2 3
totals: 72
"""


class Functions(unittest.TestCase):
    def test_each_has_what_it_took_itself(self):
        costs = count_instructions.functions_of(PROFILE)
        self.assertEqual(costs, {'outer(int)': 12, 'seshdb::inner(char const*)': 60})
        self.assertEqual(sum(costs.values()), 72)

    def test_a_request_costs_what_more_requests_cost_more(self):
        more = count_instructions.MANY - count_instructions.FEW
        costs = count_instructions.per_request({'f': 100}, {'f': 100 + 3 * more, 'g': more})
        self.assertEqual(costs, {'f': 3, 'g': 1})

    def test_are_listed_from_the_top(self):
        lines = list(count_instructions.top({'seshdb::a(int)': 1, 'b(char)': 3}, 1))
        self.assertEqual(len(lines), 1)
        self.assertIn('75.0%  b', lines[0])


class Comparison(unittest.TestCase):
    def test_a_change_beyond_five_percent_is_pointed_out(self):
        line = count_instructions.compared('KV_GET', 901, 812)
        self.assertEqual(line, 'KV_GET: 812 → 901 instructions, +11.0 %   <== beyond 5 %')
        line = count_instructions.compared('KV_GET', 700, 812)
        self.assertIn('-13.8 %   <== beyond 5 %', line)

    def test_a_small_change_is_told_and_no_more(self):
        self.assertEqual(count_instructions.compared('KV_SET', 815, 812),
                         'KV_SET: 812 → 815 instructions, +0.4 %')

    def test_without_change_or_record_it_says_so(self):
        self.assertEqual(count_instructions.compared('KV_SET', 812, 812),
                         'KV_SET: 812 instructions, as recorded')
        self.assertEqual(count_instructions.compared('KV_SET', 812, None),
                         'KV_SET: 812 instructions, with nothing recorded')


if __name__ == '__main__':
    unittest.main()
