# Starts the compared servers on free loopback ports, and ends them by their process ids. A server
# counts as started when it has answered a request. Must not leave anything behind: all files are in
# the given folder, and leaving the context of Servers ends every server that still runs.
from __future__ import annotations

import os
import pathlib
import select
import shutil
import socket
import ssl
import subprocess
import time
from dataclasses import dataclass
from functools import partial
from typing import Callable

from sides import CERTIFICATE, DATA, KEY

START_TIMEOUT_S = 300.0  # some read their data first
STOP_TIMEOUT_S = 120.0  # some write their data first
POLL_S = 0.0005
START_ATTEMPTS = 3  # another program may take a free port before the server does

PING = (b'*1\r\n$4\r\nPING\r\n', b'+PONG')
GET_FILE = (b'GET /answer.json HTTP/1.1\r\nHost: localhost\r\n\r\n', b' 200 OK')
INFO_TEXT = b'{"SH_INFO_ALL":{}}'
INFO = (
    b'POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n'
    b'Content-Length: %d\r\n\r\n%b' % (len(INFO_TEXT), INFO_TEXT),
    b'"SH_INFO_ALL_RSP"',
)

# The file is kept open, and read rather than sent by sendfile, which costs more at this size.
NGINX_SETTINGS = '''worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 20000; }}
http {{
  access_log off;
  keepalive_requests 1000000000;
  keepalive_timeout 600s;
  sendfile off;
  open_file_cache max=16 inactive=600s;
  open_file_cache_valid 600s;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    root {folder}/www;
  }}
}}
'''


class ServerError(Exception):
    """A server did not start or ended by itself; says why."""


@dataclass(frozen=True)
class Programs:
    """The paths of the programs; an empty path means that there is none."""

    seshdb: str
    client: str
    redis: str
    nginx: str
    before: str = ''  # another build of SeshDB
    valkey: str = ''
    valkey_json: str = ''


@dataclass
class Server:
    kind: str
    process: subprocess.Popen[bytes]
    command: list[str]
    port: int
    worker_pid: int  # whose CPU time and memory count
    start_ms: float  # from the fork to the first answer


def placed(command: list[str], cpu: int | None) -> list[str]:
    """The command on one processor; the kernel ends it if this program dies."""
    pinned = [] if cpu is None else ['taskset', '-c', str(cpu)]
    return ['setpriv', '--pdeathsig', 'TERM', *pinned, *command]


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(('127.0.0.1', 0))
        return taken.getsockname()[1]


def speaks_tls(command: list[str]) -> bool:
    return any(word.startswith('--tls-') for word in command) or any(
        word.endswith('tls.conf') for word in command
    )


def connect(port: int, with_tls: bool) -> socket.socket:
    plain = socket.create_connection(('127.0.0.1', port), timeout=2)
    if not with_tls:
        return plain
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        return context.wrap_socket(plain)
    except OSError:
        plain.close()
        raise


def try_request(port: int, exchange: tuple[bytes, bytes], with_tls: bool) -> bool:
    request, expected = exchange
    try:
        with connect(port, with_tls) as peer:
            peer.sendall(request)
            answer = b''
            while expected not in answer:
                part = peer.recv(65536)
                if not part or part.startswith(b'-'):  # Redis is still loading
                    return False
                answer += part
            return True
    except OSError:
        return False


def end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if process.stdout is not None:
        process.stdout.close()


class Servers:
    """The running servers. A context manager: leaving it ends all of them."""

    def __init__(self, programs: Programs, folder: pathlib.Path) -> None:
        self.programs = programs
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Servers:
        return self

    def __exit__(self, *_: object) -> None:
        while self.processes:
            end(self.processes.pop())

    def data_folder(self) -> pathlib.Path:
        return self.folder / 'data'

    def clear_data(self) -> None:
        shutil.rmtree(self.data_folder(), ignore_errors=True)

    def start(self, kind: str, options: dict[str, str], cpu: int | None) -> Server:
        if DATA in options.values():
            self.data_folder().mkdir(exist_ok=True)
        data = str(self.data_folder())
        if CERTIFICATE in options.values():
            self.make_certificate()
        for mark, path in (
            (DATA, data),
            (CERTIFICATE, str(self.folder / 'cert.pem')),
            (KEY, str(self.folder / 'key.pem')),
        ):
            options = {name: value.replace(mark, path) for name, value in options.items()}
        how: Callable[[dict[str, str], int | None], Server] = {
            'seshdb': partial(self.start_seshdb, self.programs.seshdb),
            'before': partial(self.start_seshdb, self.programs.before),
            'redis': self.start_redis,
            'valkey': self.start_valkey,
            'nginx': self.start_nginx,
        }[kind]
        for attempt in range(START_ATTEMPTS):
            try:
                return how(options, cpu)
            except ServerError:
                if attempt + 1 == START_ATTEMPTS:
                    raise
        raise AssertionError('no attempt was made')

    def make_certificate(self) -> None:
        """One of a key on P-256, signed by itself."""
        if (self.folder / 'cert.pem').exists():
            return
        command = 'openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2'
        files = ['-keyout', str(self.folder / 'key.pem'), '-out', str(self.folder / 'cert.pem')]
        name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1']
        subprocess.run([*command.split(), *name, *files], check=True, capture_output=True)

    def stop(self, server: Server) -> None:
        """Ends the server. Raises an error if it has ended by itself."""
        status = server.process.poll()
        end(server.process)
        self.processes.remove(server.process)
        if status is not None:
            raise ServerError(
                f'{server.kind} ended by itself with {status}: {self.log_end(server.kind)}'
            )

    def run_client(
        self, command: list[str], cpu: int | None, timeout_s: float
    ) -> tuple[int, str, str]:
        """Its exit status and its output on both streams. Ends it after the timeout."""
        process = self.spawn('client', command, cpu, subprocess.PIPE)
        try:
            output = process.communicate(timeout=timeout_s)[0].decode(errors='replace')
        except subprocess.TimeoutExpired:
            output = f'it took more than {timeout_s:g} s'
        end(process)
        self.processes.remove(process)
        return process.returncode, output, self.log_end('client')

    def spawn(
        self, kind: str, command: list[str], cpu: int | None, stdout: int = subprocess.DEVNULL
    ) -> subprocess.Popen[bytes]:
        with open(self.folder / f'{kind}.stderr', 'wb') as log:
            process = subprocess.Popen(
                placed(command, cpu),
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def started(
        self,
        kind: str,
        process: subprocess.Popen[bytes],
        port: int,
        exchange: tuple[bytes, bytes],
        begin: float,
    ) -> Server:
        """Waits until the server answers, and returns it. Ends a server that does not answer."""
        deadline = begin + START_TIMEOUT_S
        while process.poll() is None and time.monotonic() < deadline:
            assert isinstance(process.args, list)
            if port != 0 and try_request(port, exchange, speaks_tls(process.args)):
                start_ms = (time.monotonic() - begin) * 1000
                return Server(kind, process, process.args, port, process.pid, start_ms)
            time.sleep(POLL_S)
        end(process)
        self.processes.remove(process)
        raise ServerError(f'{kind} did not start: {self.log_end(kind)}')

    def log_end(self, kind: str) -> str:
        return (self.folder / f'{kind}.stderr').read_text(errors='replace')[-500:].strip()

    def start_seshdb(self, program: str, options: dict[str, str], cpu: int | None) -> Server:
        command = [program, '--port', '0', '--log-level', 'warn']
        for name, value in options.items():
            command += [f'--{name}', value]
        begin = time.monotonic()
        process = self.spawn('seshdb', command, cpu, subprocess.PIPE)
        assert process.stdout is not None
        said, _, _ = select.select([process.stdout], [], [], START_TIMEOUT_S)
        line = process.stdout.readline().decode().strip() if said else ''
        port = line.rpartition(':')[2]
        # One that echoes answers a WebSocket's messages only.
        ready = (
            INFO
            if options.get('echo') != 'true'
            else (b'GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n', b' 200 ')
        )
        return self.started('seshdb', process, int(port or 0), ready, begin)

    def start_redis_like(
        self, kind: str, program: str, options: list[str], cpu: int | None
    ) -> Server:
        port = free_port()
        with_tls = speaks_tls(options)
        command = [
            program,
            *(['--port', '0', '--tls-port'] if with_tls else ['--port']),
            str(port),
            '--bind',
            '127.0.0.1',
            '--save',
            '',
            '--appendonly',
            'no',
            '--daemonize',
            'no',
            '--dir',
            str(self.folder),
            '--maxclients',
            '20000',
            *options,
        ]
        begin = time.monotonic()
        return self.started(kind, self.spawn(kind, command, cpu), port, PING, begin)

    def start_redis(self, options: dict[str, str], cpu: int | None) -> Server:
        # Debian's redis-check-rdb is the server's program; the name it is called by selects that.
        program = self.folder / 'redis-server'
        if not program.exists():
            program.symlink_to(self.programs.redis)
        more = [word for name, value in options.items() for word in (f'--{name}', value)]
        return self.start_redis_like('redis', str(program), more, cpu)

    def start_valkey(self, _: dict[str, str], cpu: int | None) -> Server:
        module = ['--loadmodule', self.programs.valkey_json] if self.programs.valkey_json else []
        return self.start_redis_like('valkey', self.programs.valkey, module, cpu)

    def start_nginx(self, options: dict[str, str], cpu: int | None) -> Server:
        port = free_port()
        files = self.folder / 'www'
        files.mkdir(exist_ok=True)
        (files / 'answer.json').write_bytes(b'n' * int(options['file-bytes']))
        with_tls = 'tls-cert' in options
        settings = self.folder / ('nginx-tls.conf' if with_tls else 'nginx.conf')
        # The versions that SeshDB speaks, too.
        listen = (
            f"{port} ssl; ssl_protocols TLSv1.2 TLSv1.3; ssl_certificate {options['tls-cert']}; "
            f"ssl_certificate_key {options['tls-key']}"
            if with_tls
            else str(port)
        )
        settings.write_text(NGINX_SETTINGS.format(folder=self.folder, port=listen))
        (files / 'healthz').write_bytes(b'ok\n')
        os.chmod(self.folder, 0o755)  # its worker runs as another user where it is started by root
        command = [
            self.programs.nginx,
            '-e',
            str(self.folder / 'nginx.log'),
            '-p',
            str(self.folder),
            '-c',
            str(settings),
        ]
        begin = time.monotonic()
        process = self.spawn('nginx', command, cpu)
        server = self.started('nginx', process, port, GET_FILE, begin)
        children = pathlib.Path(f'/proc/{process.pid}/task/{process.pid}/children').read_text()
        server.worker_pid = int(children.split()[0])
        return server
