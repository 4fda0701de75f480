# Checks the form of GET /metrics with the parser of Prometheus's client for Python, and the names and
# types of the metrics with the manual. Must not import anything of this repository.
# Usage: metrics.py PORT
import pathlib
import re
import sys
import urllib.request

from prometheus_client.openmetrics.parser import text_string_to_metric_families

MANUAL = pathlib.Path(__file__).resolve().parents[3] / 'docs' / 'operating.md'
TYPES = {
    'seshdb_info': 'gauge',
    'process_start_time_seconds': 'gauge',
    'process_cpu_seconds_total': 'counter',
    'process_resident_memory_bytes': 'gauge',
    'seshdb_memory_max_bytes': 'gauge',
    'seshdb_memory_full': 'gauge',
    'seshdb_connections_max': 'gauge',
    'seshdb_connections_accepted_total': 'counter',
    'seshdb_connections_refused_total': 'counter',
    'seshdb_wrong_guesses_total': 'counter',
    'seshdb_guess_blocks_total': 'counter',
    'seshdb_sessions': 'gauge',
    'seshdb_keys': 'gauge',
    'seshdb_connections': 'gauge',
    'seshdb_turn_duration_seconds': 'histogram',
    'seshdb_storage_state': 'gauge',
    'seshdb_log_bytes': 'gauge',
    'seshdb_checkpoint_bytes': 'gauge',
    'seshdb_checkpoints_total': 'counter',
    'seshdb_unsynced_bytes': 'gauge',
    'seshdb_syncs_total': 'counter',
    'seshdb_sync_seconds_total': 'counter',
    'seshdb_last_sync_timestamp_seconds': 'gauge',
    'seshdb_requests_total': 'counter',
    'seshdb_errors_total': 'counter',
    'seshdb_command_duration_seconds': 'histogram',
}

COUNTER = '# HELP a_total Some.\n# TYPE a_total counter\n'
GAUGE = '# HELP a Some.\n# TYPE a gauge\n'
HISTOGRAM = '# HELP h Times.\n# TYPE h histogram\n'
RIGHT = (COUNTER + 'a_total{z="1",b="x\\"\\\\\\n,}"} 2.5e+03\na_total{z="2"} 4\n' + HISTOGRAM +
         'h_bucket{le="1e-06"} 1\nh_bucket{le="+Inf"} 3\nh_sum 0.5\nh_count 3\n')
WRONG = (
    '',
    COUNTER + 'a_total 1',
    COUNTER + 'a_total  1\n',
    COUNTER + 'a_total\n',
    COUNTER + 'a_total 1x\n',
    COUNTER + 'a_total{b=1} 1\n',
    COUNTER + 'a_total{b="\\x"} 1\n',
    COUNTER + 'a_total{b="1",b="2"} 1\n',
    COUNTER + 'a_total{b="1" 1\n',
    COUNTER + 'a_total 1\na_total 2\n',
    COUNTER + 'a_total{b="1",c="2"} 1\na_total{c="2",b="1"} 1\n',
    COUNTER + 'a_total -1\n',
    COUNTER + '1a 1\n',
    COUNTER + 'b_total 1\n',
    COUNTER + 'a_total 1\n' + COUNTER,
    COUNTER + 'a_total{b="1"} 1\n' + HISTOGRAM + 'h_bucket{le="+Inf"} 0\nh_sum 0\nh_count 0\n'
    + COUNTER + 'a_total{b="2"} 1\n',
    COUNTER,
    'a_total 1\n',
    '# TYPE a gauge\na 1\n',
    '# HELP a Some.\na 1\n',
    '# HELP a Some.\n# TYPE a number\na 1\n',
    '# HELP a Some.\n# TYPE a counter\na 1\n',
    '# HELP a_total Some.\n# TYPE a_total gauge\na_total 1\n',
    GAUGE + 'a 1\n# TYPE a gauge\n',
    GAUGE + 'a 1\n# HELP a Some.\n',
    HISTOGRAM + 'h 1\n',
    HISTOGRAM + 'h_bucket{le="1"} 1\nh_sum 1\nh_count 1\n',
    HISTOGRAM + 'h_bucket{le="+Inf"} 1\nh_sum 1\nh_count 2\n',
    HISTOGRAM + 'h_bucket{le="+Inf"} 1\nh_count 1\n',
    HISTOGRAM + 'h_bucket 1\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n',
    HISTOGRAM + 'h_bucket{le="1"} 2\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n',
)


def read(text):
    """The metrics' types by name. Raises ValueError where `text` is invalid."""
    # OpenMetrics' parser, as it is strict. That format names a counter without its ending, and has a
    # last line.
    families = list(text_string_to_metric_families(
        re.sub(r'^(# (?:HELP|TYPE) \S+)_total ', r'\1 ', text, flags=re.MULTILINE) + '# EOF\n'))
    if not families:
        raise ValueError('there is no metric')
    if re.search(r'(?<!\\)(?:\\\\)*\\[^\\"n]', text):
        raise ValueError('an escape that is none')
    series = [(sample.name, *sorted(sample.labels.items()))
              for family in families for sample in family.samples]
    if len(set(series)) != len(re.findall(r'^[^#]', text, re.MULTILINE)):
        raise ValueError('a series twice')  # the parser keeps only the first
    for family in families:
        if family.type == 'unknown' or not family.documentation or not family.samples:
            raise ValueError(f'{family.name} has no type, no description or no series')
    return {family.name + ('_total' if family.type == 'counter' else ''): family.type
            for family in families}


def check_the_reader():
    assert read(RIGHT) == {'a_total': 'counter', 'h': 'histogram'}
    for text in WRONG:
        try:
            read(text)
        except ValueError:
            continue
        raise AssertionError(f'this is taken for right: {text!r}')


def main(port):
    check_the_reader()
    with urllib.request.urlopen(f'http://127.0.0.1:{port}/metrics', timeout=20) as answer:
        types = read(answer.read().decode())
    assert types == TYPES, set(types.items()) ^ set(TYPES.items())
    manual = MANUAL.read_text(encoding='utf-8')
    untold = [name for name in types if f'`{name}' not in manual]
    assert not untold, untold


main(int(sys.argv[1]))
