"""LocalStack's runtime executor for Lambda environments that are processes."""

from typing import Any

from localstack.services.lambda_.invocation.lambda_models import FunctionVersion, InvocationResult
from localstack.services.lambda_.invocation.runtime_executor import LambdaRuntimeException, RuntimeExecutor

from localstack_engines.gateway import loopback
from localstack_engines.services.lambda_.engine import runtimes
from localstack_engines.services.lambda_.engine.custom_runtime import NotRunnable
from localstack_engines.services.lambda_.engine.layers import compile_modules, merged_layers
from localstack_engines.services.lambda_.engine.runtime_api import Event
from localstack_engines.services.lambda_.engine.sandbox import Function, Sandbox
from localstack_engines.toolkit import settings

LOOPBACK = "127.0.0.1"
_ENDPOINT = "AWS_ENDPOINT_URL"


class ProcessRuntimeExecutor(RuntimeExecutor):
    """Translates between LocalStack's Lambda provider and a `Sandbox`."""

    def __init__(self, id: str, function_version: FunctionVersion) -> None:
        super().__init__(id=id, function_version=function_version)
        self._sandbox: Sandbox | None = None

    def start(self, env_vars: dict[str, Any]) -> None:
        config = self.function_version.config
        function = Function(
            runtime=config.runtime,
            handler=config.handler,
            version=self.function_version.id.qualifier,
            timeout=float(config.timeout),
            memory=int(config.memory_size),
            code=config.code.get_unzipped_code_location(),
            layers=merged_layers(_layer_directories(self.function_version)),
            environment=loopback.trust() | self._environment(env_vars),
        )
        self._sandbox = Sandbox(function, settings.state_directory("lambda", self.id))
        self._sandbox.start()

    def _environment(self, given: dict[str, Any]) -> dict[str, str]:
        """Returns a function's variables. One in a VPC calls AWS's APIs at the edge, where VPC endpoints count."""
        variables = {name: str(value) for name, value in given.items()}
        vpc = self.function_version.config.vpc_config
        if vpc and vpc.subnet_ids and variables.get(_ENDPOINT) == f"http://{settings.GATEWAY_ADDRESS}":
            variables[_ENDPOINT] = f"http://{LOOPBACK}:{settings.edge_port()}"
        return variables

    def stop(self) -> None:
        if self._sandbox:
            self._sandbox.stop()

    def invoke(self, payload: dict[str, str]) -> InvocationResult:
        if self._sandbox is None:
            raise LambdaRuntimeException(f"environment {self.id} was never started")
        event = Event(
            request_id=payload["invoke-id"],
            function_arn=payload["invoked-function-arn"],
            trace_id=payload["trace-id"],
            body=payload["payload"].encode(),
        )
        result = self._sandbox.invoke(event)
        return InvocationResult(event.request_id, result.payload, is_error=result.is_error, logs=result.logs)

    def get_logs(self) -> str:
        return self._sandbox.unread_logs() if self._sandbox else ""

    def get_address(self) -> str:
        return LOOPBACK

    def get_endpoint_from_executor(self) -> str:
        # The process runs in LocalStack's own container.
        return LOOPBACK

    def get_runtime_endpoint(self) -> str:
        return f"http://{LOOPBACK}/{self.id}"

    @classmethod
    def prepare_version(cls, function_version: FunctionVersion) -> None:
        """Unpacks code and layers. Raises LambdaRuntimeException for a function that cannot run here."""
        config = function_version.config
        if config.code is None:
            raise LambdaRuntimeException("the local Lambda service runs functions from archives, not from images")
        if not runtimes.is_supported(config.runtime):
            raise LambdaRuntimeException(
                f"the local Lambda service has runtimes for Python, Node.js and programs, and not {config.runtime}"
            )
        config.code.prepare_for_execution()
        compile_modules(config.code.get_unzipped_code_location())
        for layer in config.layers:
            layer.code.prepare_for_execution()
        layers = merged_layers(_layer_directories(function_version))
        try:
            runtimes.launch(config.runtime, config.handler, 0, config.code.get_unzipped_code_location(), layers, {})
        except NotRunnable as error:
            raise LambdaRuntimeException(str(error)) from error
        _note_substitution(function_version)

    @classmethod
    def cleanup_version(cls, function_version: FunctionVersion) -> None:
        """Does nothing: an environment removes its own files, and code and layers are shared."""


def _layer_directories(function_version: FunctionVersion) -> list:
    return [layer.code.get_unzipped_code_location() for layer in function_version.config.layers]


def _note_substitution(function_version: FunctionVersion) -> None:
    """Says in the function's configuration that another version of the runtime's language runs it."""
    described = function_version.config.runtime_version_config
    if described is None:
        return
    described.pop("Error", None)
    if substitution := runtimes.substitution(function_version.config.runtime):
        described["Error"] = {"ErrorCode": "RuntimeVersionSubstituted", "Message": substitution}
