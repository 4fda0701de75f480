# Finds the functions of a C++ file and their line counts, by the braces. Not a parser: it handles
# the subset of the language that this repository uses, and raises an error for anything else.
import re

_SKIPPED = re.compile(
    r'//[^\n]*'
    r'|/\*.*?\*/'
    r'|\b(?:u8|u|U|L)?R"(?P<fence>[^()\\\s]*)\(.*?\)(?P=fence)"'
    r'|"(?:[^"\\\n]|\\.)*"'
    # Not behind a digit or a letter, where the quote separates the digits of a number.
    r"|(?<![0-9A-Za-z_])'(?:[^'\\\n]|\\.)+'"
    r'|^[ \t]*\#(?:[^\n\\]|\\.)*',
    re.DOTALL | re.MULTILINE)
_TEMPLATE = re.compile(r'^\s*template\s*<')
_SCOPE = re.compile(r'^\s*(?:inline\s+)?(?:namespace|class|struct|union|extern)\b')
_ENUM = re.compile(r'^\s*enum\b')
_ACCESS = re.compile(r'^\s*(?:public|private|protected)\s*$')
_NAME = re.compile(r'([~\w:]+|operator\s*\S+?)\s*\(')


class Lost(Exception):
    """The braces do not pair; `line` is where that was found."""

    def __init__(self, line):
        super().__init__(f'line {line}')
        self.line = line


def blanked(text):
    """`text` with comments, strings, characters and preprocessor lines replaced by spaces."""
    return _SKIPPED.sub(lambda found: re.sub(r'[^\n]', ' ', found.group()), text)


def _without_template(head):
    while _TEMPLATE.match(head):
        depth, at = 1, head.index('<') + 1
        while depth > 0 and at < len(head):
            depth += {'<': 1, '>': -1}.get(head[at], 0)
            at += 1
        head = head[at:]
    return head


def _behind_braces(text, at):
    depth = 0
    for index in range(at, len(text)):
        depth += {'{': 1, '}': -1}.get(text[index], 0)
        if depth == 0:
            return index + 1
    raise Lost(text.count('\n', 0, at) + 1)


def _is_initializer(head):
    # A brace among a function's parameters, or behind a member in a constructor's list.
    if head.count('(') > head.count(')'):
        return True
    return re.search(r'\)\s*(?:noexcept\s*)?:(?!:).*[\w>]\s*$', head, re.DOTALL) is not None


def functions(source):
    """Yields (name, first line, lines from the signature to the closing brace)."""
    text = blanked(source)
    start = at = 0
    scopes = 0
    while at < len(text):
        here = text[at]
        if here == '{':
            head = _without_template(text[start:at])
            if _SCOPE.match(head):
                scopes += 1
                start = at + 1
            elif '(' in head and _is_initializer(head):
                at = _behind_braces(text, at)
                continue
            else:
                end = _behind_braces(text, at)
                data = _ENUM.match(head) or '(' not in head or head.rstrip().endswith('=')
                if not data:
                    first = start + len(text[start:at]) - len(text[start:at].lstrip())
                    name = _NAME.search(head)
                    yield (name.group(1) if name else head.strip(),
                           text.count('\n', 0, first) + 1, text.count('\n', first, end) + 1)
                at = end
                start = end
                continue
        elif here == '}':
            scopes -= 1
            if scopes < 0:
                raise Lost(text.count('\n', 0, at) + 1)
            start = at + 1
        elif here == ';' and text.count('(', start, at) == text.count(')', start, at):
            start = at + 1
        elif here == ':' and _ACCESS.match(text[start:at]):
            start = at + 1
        at += 1
    if scopes != 0:
        raise Lost(text.count('\n') + 1)
