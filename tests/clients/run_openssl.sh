#!/usr/bin/env bash
# OpenSSL's own client against the program with TLS: sessions in both versions, and what a scanner
# tries: old versions, weak ciphers, renegotiation, early data, other protocols. Exits non-zero with
# the reason on standard error. Usage: run_openssl.sh BINARY
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
command -v openssl >/dev/null || { echo 'FAIL: openssl is not installed' >&2; exit 1; }

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
  -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' \
  -keyout "$folder/key.pem" -out "$folder/cert.pem" 2>/dev/null
fail() { echo "FAIL: $1" >&2; exit 1; }

# Sends standard input over a session; prints what openssl and the server say.
session() {
  timeout 10 openssl s_client -connect "127.0.0.1:$port" -CAfile "$folder/cert.pem" -ign_eof "$@" \
    2>&1 || true
}
health() { printf 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'; }
serves() { grep -q '^HTTP/1.1 200 OK' <<<"$1"; }

(
. "$here/server.sh" "$1" --tls-cert "$folder/cert.pem" --tls-key "$folder/key.pem"

for version in tls1_2 tls1_3; do
  said=$(health | session -"$version" -verify_return_error -servername localhost)
  serves "$said" || fail "no answer with $version: $said"
  grep -q 'Verify return code: 0' <<<"$said" || fail "the certificate is not verified with $version"
  health | session -"$version" -sess_out "$folder/session" >/dev/null
  said=$(health | session -"$version" -sess_in "$folder/session")
  grep -q '^Reused' <<<"$said" || fail "$version does not resume"
  serves "$said" || fail "no answer in a resumed session of $version"
done

# The client's own limits are taken away, so that it is the server that refuses.
for version in tls1 tls1_1; do
  said=$(health | session -"$version" -cipher 'ALL:@SECLEVEL=0')
  ! serves "$said" || fail "$version is spoken"
done
for cipher in aNULL eNULL NULL-SHA256 AES128-SHA AES256-SHA256 AES128-GCM-SHA256 \
  ECDHE-ECDSA-AES128-SHA ECDHE-ECDSA-AES256-SHA384 DES-CBC3-SHA PSK; do
  said=$(health | session -tls1_2 -cipher "$cipher:@SECLEVEL=0")
  ! serves "$said" || fail "the cipher $cipher is spoken"
done

said=$(health | session -alpn h2)
! serves "$said" || fail 'a client that speaks h2 only is answered'
said=$(health | session -alpn h2,http/1.1)
serves "$said" || fail 'http/1.1 is not selected'

# A line with R asks for a renegotiation. The request follows once it is under way.
coproc client { timeout 10 openssl s_client -connect "127.0.0.1:$port" -tls1_2 2>&1 || true; }
echo R >&"${client[1]}"
said=
while IFS= read -r line <&"${client[0]}"; do
  said+=$line$'\n'
  [[ $line != RENEGOTIATING ]] || health >&"${client[1]}" 2>/dev/null || true
done
grep -q RENEGOTIATING <<<"$said" || fail "no renegotiation was asked for: $said"
! serves "$said" || fail 'a renegotiation is done'

health >"$folder/early"
health | session -tls1_3 -sess_out "$folder/session" >/dev/null
said=$(health | session -tls1_3 -sess_in "$folder/session" -early_data "$folder/early")
! grep -q 'Early data was accepted' <<<"$said" || fail 'early data is taken'

# Whatever was tried, the next client is served.
serves "$(health | session)" || fail 'the server no longer answers'
said=$(health | timeout 10 curl -s "http://127.0.0.1:$port/healthz" || true)
[[ $said != ok ]] || fail 'plain HTTP is served on a port with TLS'
)
