#!/usr/bin/env python3
# Checks the source tree: includes between layers, sizes, opening comments, links, and TODOs without
# an issue. Prints one line for each fault, with what to do, and exits with 1 if there is one.
# Changes nothing, needs only Python. Usage: check_layout.py [ROOT]
import ast
import pathlib
import re
import sys

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70

# What each layer of src/, and the load generator in bench/load, may include besides itself.
LAYERS = {
    'base': set(),
    'auth': {'base'},
    'json': {'base'},
    'protocol': {'json', 'base'},
    'store': {'json', 'base'},
    'commands': {'protocol', 'store', 'json', 'auth', 'base'},
    'engine': {'store', 'json', 'base'},
    'save': {'store', 'json', 'base'},
    'net': {'auth', 'base'},
    'core': {'engine', 'save', 'net', 'commands', 'protocol', 'store', 'json', 'auth', 'base'},
    'admin': {'engine', 'save', 'store', 'json', 'auth', 'base'},
    'server': {'admin', 'core', 'engine', 'save', 'net', 'commands', 'protocol', 'store', 'json',
               'auth', 'base'},
    'load': {'base'},
}

CPP = {'.cc', '.h'}
CODE = CPP | {'.py', '.sh', '.mjs', '.js', '.cmake'}
FOLDERS = ('src', 'tests', 'tools', 'bench')
NOT_OURS = {'node_modules', '__pycache__', 'build', 'corpus'}

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')
PROMISE = re.compile(r'\b(?:TO' r'DO|FIX' r'ME)\b(?!\s*\(?#\d+)')
LINK = re.compile(r'\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)')
LINK_BELOW = re.compile(r'^ {0,3}\[[^\]^]+\]:\s*<?([^\s>]+)')
HEADING = re.compile(r'^ {0,3}#{1,6}\s+(.*?)\s*#*\s*$')
FENCE = re.compile(r'^ {0,3}(```|~~~)')
ELSEWHERE = re.compile(r'^(?:[a-z][a-z0-9+.-]*:|//)', re.IGNORECASE)


def is_code(path):
    return path.suffix in CODE or path.name == 'CMakeLists.txt'


class Checker:
    def __init__(self, root):
        self.root = pathlib.Path(root).resolve()
        self.faults = []

    def fault(self, path, line, what):
        self.faults.append((str(path.relative_to(self.root)), line, what))

    def files(self, *folders):
        for folder in folders:
            for path in sorted((self.root / folder).rglob('*')):
                inside = path.relative_to(self.root).parts
                if path.is_file() and not NOT_OURS.intersection(inside) and is_code(path):
                    yield path

    def run(self):
        for path in self.files(*FOLDERS):
            text = path.read_text(encoding='utf-8')
            self.check_opening(path, text)
            self.check_file_size(path, text)
            self.check_promises(path, text)
            self.check_function_sizes(path, text)
        for path in self.files('src', 'bench/load'):
            self.check_includes(path, path.read_text(encoding='utf-8'))
            self.check_header(path)
        pages = [self.root / 'README.md', *sorted((self.root / 'docs').rglob('*.md'))]
        for path in pages:
            if path.is_file():
                text = path.read_text(encoding='utf-8')
                self.check_links(path, text)
                self.check_promises(path, text)
        return sorted(self.faults)

    def check_opening(self, path, text):
        lines = text.splitlines()
        line = 2 if lines and lines[0].startswith('#!') else 1
        first = lines[line - 1] if len(lines) >= line else ''
        marks = ('//', '/*') if path.suffix in CPP | {'.mjs', '.js'} else ('#', '"""', "'''")
        if not first.startswith(marks) or not first.strip('/*#"\' '):
            self.fault(path, line, 'open the file with a comment: what it owns, '
                                   'what it must never do')

    def check_file_size(self, path, text):
        count = len(text.splitlines())
        if count > FILE_LINES_MAX:
            self.fault(path, count, f'{count} lines are more than {FILE_LINES_MAX}: '
                                    'move one of its nouns to a file of its own')

    def check_promises(self, path, text):
        for number, line in enumerate(text.splitlines(), 1):
            found = PROMISE.search(line)
            if found:
                self.fault(path, number, f'{found.group()} without an issue: '
                                         f'do it, or write {found.group()}(#N)')

    def check_function_sizes(self, path, text):
        """Of Python; those of C++ are clang-tidy's to check (readability-function-size)."""
        if path.suffix != '.py':
            return
        try:
            tree = ast.parse(text)
        except SyntaxError as wrong:
            self.fault(path, wrong.lineno or 1, 'this is no Python: correct it')
            return
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                count = node.end_lineno - node.lineno + 1
                if count > FUNCTION_LINES_MAX:
                    self.fault(path, node.lineno, f'{node.name} has {count} lines, more than '
                                                  f'{FUNCTION_LINES_MAX}: split it at its steps')

    def check_includes(self, path, text):
        top, layer = path.relative_to(self.root).parts[:2]
        if layer not in LAYERS:
            self.fault(path, 1, f'{top}/{layer} has no row in LAYERS of tools/check_layout.py: '
                                'say there what it may include')
            return
        for number, line in enumerate(text.splitlines(), 1):
            found = INCLUDE.match(line)
            if not found:
                continue
            other = found.group(1).split('/')[0]
            if other not in LAYERS:
                self.fault(path, number, f'"{found.group(1)}" names no layer: '
                                         'write includes from their layer on, as "layer/file.h"')
            elif other != layer and other not in LAYERS[layer]:
                allowed = ', '.join(sorted(LAYERS[layer])) or 'nothing else'
                self.fault(path, number, f'{layer} may not include {other} (it may: {allowed}): '
                                         'move what is shared down, or pass it in')

    def check_header(self, path):
        if path.suffix != '.cc' or path.name == 'main.cc':
            return
        if not path.with_suffix('.h').is_file():
            self.fault(path, 1, f'{path.stem}.h is missing: a source and its header share a name')

    def check_links(self, path, text):
        for number, target in links(text):
            if ELSEWHERE.match(target):
                continue
            name, _, anchor = target.partition('#')
            page = (path.parent / name).resolve() if name else path
            if not page.exists() or not page.is_relative_to(self.root):
                self.fault(path, number, f'the link to {target} leads nowhere: correct or drop it')
            elif anchor and page.suffix == '.md' and anchor not in anchors(
                    page.read_text(encoding='utf-8')):
                self.fault(path, number, f'{target}: the page has no heading for #{anchor}')


def prose(text):
    """The numbered lines of a Markdown page, without its code blocks."""
    fence = None
    for number, line in enumerate(text.splitlines(), 1):
        found = FENCE.match(line)
        if found and fence in (None, found.group(1)):
            fence = None if fence else found.group(1)
        elif fence is None:
            yield number, line


def links(text):
    for number, line in prose(text):
        plain = re.sub(r'(`+)(?:(?!\1).)+\1', '', line)
        for pattern in (LINK, LINK_BELOW):
            for found in pattern.finditer(plain):
                yield number, found.group(1)


def anchors(text):
    """The names under which GitHub shows the headings of a page."""
    known = {}
    names = set(re.findall(r'<a\s+(?:id|name)="([^"]+)"', text))
    for _, line in prose(text):
        found = HEADING.match(line)
        if found:
            title = re.sub(r'\[([^\]]*)\]\([^)]*\)', r'\1', found.group(1))
            name = re.sub(r'[^\w\- ]', '', title.lower()).replace(' ', '-')
            known[name] = known.get(name, -1) + 1
            names.add(f'{name}-{known[name]}' if known[name] else name)
    return names


def main(arguments):
    root = arguments[0] if arguments else pathlib.Path(__file__).resolve().parent.parent
    faults = Checker(root).run()
    for path, line, what in faults:
        print(f'{path}:{line}: {what}')
    if faults:
        print(f'{len(faults)} to correct', file=sys.stderr)
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
