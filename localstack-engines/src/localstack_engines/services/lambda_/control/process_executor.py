"""LocalStack's runtime executor for Lambda environments that are processes."""

from typing import Any

from localstack.services.lambda_.invocation.lambda_models import FunctionVersion, InvocationResult
from localstack.services.lambda_.invocation.runtime_executor import LambdaRuntimeException, RuntimeExecutor

from localstack_engines.services.lambda_.engine.layers import compile_modules, merged_layers
from localstack_engines.services.lambda_.engine.python_runtime import RUNTIME
from localstack_engines.services.lambda_.engine.runtime_api import Event
from localstack_engines.services.lambda_.engine.sandbox import Function, Sandbox
from localstack_engines.toolkit import settings
from localstack_engines.toolkit.process import certificate

LOOPBACK = "127.0.0.1"


class ProcessRuntimeExecutor(RuntimeExecutor):
    """Translates between LocalStack's Lambda provider and a `Sandbox`."""

    def __init__(self, id: str, function_version: FunctionVersion) -> None:
        super().__init__(id=id, function_version=function_version)
        self._sandbox: Sandbox | None = None

    def start(self, env_vars: dict[str, Any]) -> None:
        config = self.function_version.config
        function = Function(
            handler=config.handler,
            version=self.function_version.id.qualifier,
            timeout=float(config.timeout),
            memory=int(config.memory_size),
            code=config.code.get_unzipped_code_location(),
            layers=merged_layers(_layer_directories(self.function_version)),
            environment={**_trust(), **{name: str(value) for name, value in env_vars.items()}},
        )
        self._sandbox = Sandbox(function, settings.state_directory("lambda", self.id))
        self._sandbox.start()

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
        if config.runtime != RUNTIME:
            raise LambdaRuntimeException(
                f"the local Lambda service has the runtime {RUNTIME} only, and not {config.runtime}"
            )
        config.code.prepare_for_execution()
        compile_modules(config.code.get_unzipped_code_location())
        for layer in config.layers:
            layer.code.prepare_for_execution()
        merged_layers(_layer_directories(function_version))

    @classmethod
    def cleanup_version(cls, function_version: FunctionVersion) -> None:
        """Does nothing: an environment removes its own files, and code and layers are shared."""


def _trust() -> dict[str, str]:
    """Returns the variable that makes an AWS SDK trust the certificate of APIs: `https://<domainName>/<stage>`."""
    return {"AWS_CA_BUNDLE": str(certificate.trusted())}


def _layer_directories(function_version: FunctionVersion) -> list:
    return [layer.code.get_unzipped_code_location() for layer in function_version.config.layers]
