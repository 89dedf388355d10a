"""Names and places that all operator commands use."""

import os
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATE = ROOT / ".state"  # logs, stamps and outputs of this checkout, which git ignores
LOGS = STATE / "logs"
VENV_BIN = ROOT / ".venv" / "bin"
NODE_MODULES = ROOT / "node_modules"
NODE_BIN = NODE_MODULES / ".bin"

STAGES = {"local": "pms", "prod": "pms-prod"}
"""The stages of the CDK app, and the start of their stacks' and resources' names."""
STAGE = os.environ.get("STAGE") or "local"
"""The stage that is deployed into LocalStack, and that all commands look at."""
PREFIX = STAGES.get(STAGE, "")
CDK_OUT = ROOT / ("cdk.out" if STAGE == "local" else f"cdk.out.{STAGE}")
OUTPUTS = STATE / ("outputs.json" if STAGE == "local" else f"outputs-{STAGE}.json")

ACCOUNT = "000000000000"
REGION = "us-east-1"
CONTAINER = "localstack-main"  # the name that the localstack CLI looks for
LOCALSTACK_IMAGE = "pms/localstack:latest"
OWNER_LABEL = f"localstack-engines.owner={CONTAINER}"
EDGE_PORT = 4566
ENGINE_PORTS = range(4510, 4560)
EDGE_URL = f"http://localhost:{EDGE_PORT}"
CLUSTER = PREFIX
API_ID = PREFIX
API_URL = f"{EDGE_URL}/_aws/execute-api/{API_ID}"
ENGINE_HOST = "localhost.localstack.cloud"
API_HOST = f"{API_ID}.execute-api.localhost.localstack.cloud"
API_HOSTS = [f"{prefix}.execute-api.localhost.localstack.cloud" for prefix in STAGES.values()]

CA_BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")


def aws_environment() -> dict[str, str]:
    """Returns the variables with which aws, awslocal, cdklocal and boto3 talk to LocalStack and to nothing else."""
    return {
        "AWS_ENDPOINT_URL": EDGE_URL,
        "AWS_ENDPOINT_URL_S3": EDGE_URL,  # cdklocal needs it beside the other one
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_PAGER": "",
        "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",  # discover-instances would send its request to data-localhost
        "AWS_CONFIG_FILE": str(ROOT / "ops" / "aws-config"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "IMAGE_NAME": LOCALSTACK_IMAGE,  # `localstack status` asks Docker about this image
    }


def child_environment() -> dict[str, str]:
    """Returns the environment of every tool that the operator commands start."""
    env = dict(os.environ)
    # A profile or a session of the caller's real account must never reach a tool that deploys.
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN"):
        env.pop(name, None)
    # `make test ARGS=...` must not set ARGS for a `make` that a test or a tool starts.
    for name in ("MAKEFLAGS", "MAKEOVERRIDES", "MFLAGS", "ARGS"):
        env.pop(name, None)
    env |= aws_environment()
    env["PATH"] = os.pathsep.join([str(VENV_BIN), str(NODE_BIN), env.get("PATH", os.defpath)])
    env["LOCALSTACK_HOST"] = f"localhost:{EDGE_PORT}"  # for awslocal and the localstack CLI
    env["MAIN_CONTAINER_NAME"] = CONTAINER
    env["PYTHONUNBUFFERED"] = "1"
    if CA_BUNDLE.exists():
        env.setdefault("SSL_CERT_FILE", str(CA_BUNDLE))
        env.setdefault("NODE_EXTRA_CA_CERTS", str(CA_BUNDLE))
    return env


def is_root() -> bool:
    """Returns whether this process may install packages and start the Docker engine."""
    return os.geteuid() == 0


def has_apt() -> bool:
    """Returns whether this is a Debian system or one derived from it."""
    return shutil.which("apt-get") is not None
