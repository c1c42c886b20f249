# A Docker Engine to test with, to be sourced: `start_engine` takes the one that answers, or else
# starts one of its own, whose images stay in target/engine for the next run. `stop_engine` ends it.

engine_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/target/engine
engine_pid=
# Of its own, since what an engine that was killed has left on `docker0` answers for addresses that the next one gives
# out again.
engine_bridge=people-mock

# Installs Debian's packages whose program is not there: `need PROGRAM PACKAGE...`.
need() {
    command -v "$1" >/dev/null && return
    local as_root=()
    [[ $(id -u) == 0 ]] || as_root=(sudo --non-interactive)
    echo "installing ${*:2}"
    { "${as_root[@]}" apt-get update && "${as_root[@]}" apt-get install -y --no-install-recommends "${@:2}"; } \
        >/dev/null 2>&1 || { echo "$1 is needed: install it, or run this as root on Debian" >&2 && return 1; }
}

start_engine() {
    docker info >/dev/null 2>&1 && return
    need dockerd docker.io || return
    need ip iproute2 || return
    # Where Debian starts services, it has started this one.
    docker info >/dev/null 2>&1 && return
    mkdir -p "$engine_root"
    # Sockets have short names; a checkout's path may be long.
    engine_run=$(mktemp -d)
    export DOCKER_HOST=unix://$engine_run/docker.sock
    remove_bridge
    ip link add "$engine_bridge" type bridge || return
    ip address add 172.30.0.1/24 dev "$engine_bridge" || return
    ip link set "$engine_bridge" up || return
    # It leaves the machine's packet filter alone: published ports go through its own proxy.
    dockerd --data-root "$engine_root/data" --exec-root "$engine_run/exec" --host "$DOCKER_HOST" \
        --pidfile "$engine_run/pid" --bridge "$engine_bridge" --iptables=false --ip6tables=false --ip-forward=false \
        >"$engine_root/log" 2>&1 &
    engine_pid=$!
    for _ in {1..150}; do
        docker info >/dev/null 2>&1 && return
        kill -0 "$engine_pid" 2>/dev/null || break
        sleep 0.2
    done
    tail -20 "$engine_root/log" >&2
    echo 'the Docker Engine did not start' >&2
    return 1
}

stop_engine() {
    [[ -n $engine_pid ]] || return 0
    kill "$engine_pid" 2>/dev/null || true
    wait "$engine_pid" 2>/dev/null || true
    engine_pid=
    remove_bridge
    rm -rf "$engine_run"
}

remove_bridge() { ip link delete "$engine_bridge" 2>/dev/null || true; }
