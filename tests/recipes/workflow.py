"""Does what a workflow with a service container does, with the engine that is there: starts its services with their
ports and variables, waits until they are healthy, and runs the steps."""

import json
import subprocess
import sys
import time

import yaml


def docker(*words):
    return subprocess.run(["docker", *words], check=True, capture_output=True, text=True).stdout.strip()


def start(service):
    options = ["--detach"]
    for port in service["ports"]:
        options += ["--publish", f"127.0.0.1::{port.rsplit(':')[-1]}"]
    for name, value in service["env"].items():
        options += ["--env", f"{name}={value}"]
    return docker("run", *options, "--health-interval", "500ms", service["image"])


def wait_until_healthy(container):
    for _ in range(200):
        state = json.loads(docker("inspect", "--format", "{{json .State}}", container))
        if state["Status"] != "running" or state["Health"]["Status"] != "starting":
            break
        time.sleep(0.1)
    assert state["Status"] == "running" and state["Health"]["Status"] == "healthy", docker("logs", container)


def main(path):
    with open(path, encoding="utf-8") as file:
        # A time stays the text that it is, as it does on GitHub.
        workflow = yaml.load(file, yaml.BaseLoader)
    for job in workflow["jobs"].values():
        (service,) = job["services"].values()
        container = start(service)
        try:
            wait_until_healthy(container)
            # This machine's own port 8080 may be taken.
            address = docker("port", container).rsplit(" ", 1)[-1]
            for step in job["steps"]:
                command = step.get("run", "true").replace("localhost:8080", address)
                subprocess.run(["bash", "-e", "-c", command], check=True, stdout=subprocess.DEVNULL)
        finally:
            docker("rm", "--force", container)


main(sys.argv[1])
