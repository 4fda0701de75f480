"""Runs the session in the README word for word: every answer has to be the one printed there.

Reads the README's console block, runs its commands in one shell against the server on the given
port, and compares. The token, which is another one each time, only has to stay the same.
Usage: readme_session.py README PORT
"""

import re
import subprocess
import sys

MARK = "--- end of the answer ---"
TOKEN = re.compile(r'"tkn":"[0-9]+"')


def steps_of(readme):
    """Pairs of a command and the lines printed below it."""
    block = re.search(r"^```console\n(.*?)^```", readme, re.M | re.S)
    if block is None:
        sys.exit("the README has no console block")
    steps = []
    for line in block.group(1).splitlines():
        if line.startswith("$ "):
            steps.append((line[2:], []))
        else:
            steps[-1][1].append(line)
    return steps


def main():
    path, port = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        steps = steps_of(file.read())
    script = "".join(f"{command}\necho '{MARK}'\n" for command, _ in steps)
    done = subprocess.run(
        ["bash"], input=script.replace(":1987", ":" + port), capture_output=True, text=True,
        timeout=60, check=False)
    answers = done.stdout.split(MARK + "\n")[:-1]
    if len(answers) != len(steps) or len(steps) < 5:
        sys.exit(f"FAIL: {len(steps)} commands, {len(answers)} answers\n{done.stderr}")
    for (command, printed), answer in zip(steps, answers):
        expected = TOKEN.sub('"tkn":"T"', "".join(line + "\n" for line in printed))
        if TOKEN.sub('"tkn":"T"', answer) != expected:
            sys.exit(f"FAIL: {command}\nthe README prints: {expected}the server says: {answer}")
    tokens = {token for answer in answers[2:] for token in TOKEN.findall(answer)}
    if len(tokens) != 1:
        sys.exit(f"FAIL: one session has the tokens {tokens}")
    print(f"ok: {len(steps)} commands of the README")


main()
