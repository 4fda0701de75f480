#!/usr/bin/env python3
# Tests that every rule of check_layout.py can fail, on small trees in a temporary folder, and that
# a correct tree passes. Must not depend on the files of this repository.
import contextlib
import io
import pathlib
import tempfile
import unittest

import check_layout

# Split, so that the rule does not find it here.
PROMISE = 'TO' 'DO'


class Tree(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.put('README.md', '# Title\n[the guide](docs/guide.md#a-part)\n')
        self.put('docs/guide.md', '# Guide\n## A part!\n')
        self.put('src/base/limits.h', '// Bounds.\n#pragma once\n')
        self.put('src/json/value.h', '// A value.\n#include "base/limits.h"\n#include <span>\n')
        self.put('src/json/value.cc', '// A value.\n#include "json/value.h"\n')
        self.put('src/server/main.cc', '// Starts.\n#include "json/value.h"\n')

    def put(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding='utf-8')

    def faults(self):
        return check_layout.Checker(self.root).run()

    def assert_only(self, path, line, part):
        faults = self.faults()
        self.assertEqual([fault[:2] for fault in faults], [(path, line)], faults)
        self.assertIn(part, faults[0][2])


class Rules(Tree):
    def test_a_tree_in_order_has_no_faults(self):
        self.assertEqual(self.faults(), [])

    def test_a_layer_may_not_include_one_above_it(self):
        self.put('src/json/value.cc', '// A value.\n#include "net/http.h"\n')
        self.assert_only('src/json/value.cc', 2, 'json may not include net')

    def test_base_may_include_nothing_else(self):
        self.put('src/base/limits.h', '// Bounds.\n#  include "json/value.h"\n')
        self.assert_only('src/base/limits.h', 2, 'nothing else')

    def test_the_server_may_not_include_the_load_generator(self):
        self.put('src/server/main.cc', '// Starts.\n#include "load/client.h"\n')
        self.assert_only('src/server/main.cc', 2, 'server may not include load')

    def test_the_load_generator_may_not_include_the_server(self):
        self.put('bench/load/client.h', '// A client.\n#include "net/frame.h"\n')
        self.assert_only('bench/load/client.h', 2, 'load may not include net')

    def test_every_arrow_of_the_table_and_no_other_is_taken(self):
        layers = check_layout.LAYERS
        for layer in layers:
            for other in layers:
                self.put(f'src/{layer}/probe.h', f'// Probe.\n#include "{other}/x.h"\n')
                wrong = layer != other and other not in layers[layer]
                self.assertEqual(len(self.faults()), int(wrong), f'{layer} to {other}')
            (self.root / f'src/{layer}/probe.h').unlink()

    def test_the_arrows_make_no_circle(self):
        done = set()
        while len(done) < len(check_layout.LAYERS):
            free = {name for name, below in check_layout.LAYERS.items() if below <= done} - done
            self.assertTrue(free, 'a circle')
            done |= free

    def test_an_include_is_written_from_its_layer_on(self):
        self.put('src/json/value.cc', '// A value.\n#include "value.h"\n')
        self.assert_only('src/json/value.cc', 2, 'names no layer')

    def test_a_new_layer_has_to_be_given_its_arrows(self):
        self.put('src/extra/thing.h', '// A thing.\n')
        self.assert_only('src/extra/thing.h', 1, 'no row in LAYERS')

    def test_a_file_may_have_400_lines_and_no_more(self):
        self.put('tests/unit/long_test.cc', '// Long.\n' * 400)
        self.assertEqual(self.faults(), [])
        self.put('tests/unit/long_test.cc', '// Long.\n' * 401)
        self.assert_only('tests/unit/long_test.cc', 401, '401 lines')

    def test_a_python_function_may_have_70_lines_and_no_more(self):
        self.put('tools/long.py', '# Long.\ndef f():\n' + '    g()\n' * 69)
        self.assertEqual(self.faults(), [])
        self.put('tools/long.py', '# Long.\ndef f():\n' + '    g()\n' * 70)
        self.assert_only('tools/long.py', 2, 'f has 71 lines')

    def test_python_that_does_not_parse_is_told(self):
        self.put('tools/odd.py', '# Odd.\ndef f(:\n')
        self.assert_only('tools/odd.py', 2, 'no Python')

    def test_a_source_has_a_header(self):
        self.put('src/json/text.cc', '// Text.\n')
        self.assert_only('src/json/text.cc', 1, 'text.h is missing')

    def test_only_a_program_has_no_header(self):
        self.put('src/server/main.cc', '// A program.\n')
        self.assertEqual(self.faults(), [])
        self.put('src/net/connection_http.cc', '// The second half of Connection.\n')
        self.assert_only('src/net/connection_http.cc', 1, 'connection_http.h is missing')

    def test_every_kind_of_file_opens_with_a_comment(self):
        for path, text, line in (
                ('src/base/clock.h', '#pragma once\n// Late.\n', 1),
                ('tests/a_test.cc', '\n// Late.\n', 1),
                ('tests/b_test.cc', '', 1),
                ('tests/c_test.cc', '//\n', 1),
                ('tests/CMakeLists.txt', 'project(x)\n', 1),
                ('tests/run.sh', '#!/bin/sh\necho\n', 2),
                ('tests/run.mjs', "import 'x';\n", 1),
                ('tools/thing.py', '#!/usr/bin/env python3\nimport sys\n', 2)):
            with self.subTest(path):
                self.put(path, text)
                self.assert_only(path, line, 'open the file with a comment')
                (self.root / path).unlink()

    def test_a_promise_needs_an_issue(self):
        self.put('tests/a_test.cc', f'// A.\n// {PROMISE}: later\n')
        self.assert_only('tests/a_test.cc', 2, 'without an issue')
        self.put('tests/a_test.cc', f'// A.\n// {PROMISE}(#12): later\n')
        self.assertEqual(self.faults(), [])
        self.put('docs/guide.md', '# Guide\n## A part!\n' + 'FIX' 'ME this\n')
        self.assert_only('docs/guide.md', 3, 'without an issue')

    def test_a_link_leads_somewhere(self):
        for text in ('[x](nowhere.md)', '![x](nowhere.png)', '[x]: nowhere.md', '[x](../../etc)',
                     '[x](docs/guide.md#no-such-part)', '[x](#no-such-part)'):
            with self.subTest(text):
                self.put('README.md', f'# Title\n\n{text}\n')
                faults = self.faults()
                self.assertEqual([fault[:2] for fault in faults], [('README.md', 3)], faults)

    def test_a_link_below_docs_counts_from_its_page(self):
        self.put('docs/decisions/one.md', '# One\n[up](../guide.md) [wrong](guide.md)\n')
        self.assert_only('docs/decisions/one.md', 2, 'guide.md leads nowhere')

    def test_what_only_looks_like_a_link_is_left_alone(self):
        self.put('README.md', '# Title\n```\n[x](nowhere.md)\n```\n`[x](nowhere.md)` '
                              '[web](https://example.org/x) [mail](mailto:a@example.org)\n')
        self.assertEqual(self.faults(), [])

    def test_what_is_installed_or_data_is_left_alone(self):
        self.put('tests/clients/npm/node_modules/ws/index.js', f'{PROMISE}\n')
        self.put('tests/fuzz/corpus/json/seed.py', f'{PROMISE}\n')
        self.put('tests/conformance/data/x.json', '{}\n')
        self.assertEqual(self.faults(), [])

    def test_the_exit_code_and_the_printed_line_tell(self):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
            self.assertEqual(check_layout.main([self.root]), 0)
            self.put('src/json/text.cc', '// Text.\n')
            self.assertEqual(check_layout.main([self.root]), 1)
        self.assertRegex(printed.getvalue(), r'^src/json/text\.cc:1: text\.h is missing')


if __name__ == '__main__':
    unittest.main()
