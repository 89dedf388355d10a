"""What LocalStack loads for Lambda: the executor of `LAMBDA_RUNTIME_EXECUTOR=process`, and Kafka as an event source."""

import functools
from typing import Any

from localstack.services.lambda_ import hooks as lambda_hooks
from localstack.services.lambda_.invocation.plugins import RuntimeExecutorPlugin


class ProcessRuntimeExecutorPlugin(RuntimeExecutorPlugin):
    name = "process"

    def load(self, *args: Any, **kwargs: Any) -> type:
        from localstack_engines.network.security_groups import records
        from localstack_engines.services.lambda_.control import network_groups
        from localstack_engines.services.lambda_.control.process_executor import ProcessRuntimeExecutor

        _allow_deletion_of_failed_functions()
        _forget_disabled_mappings()
        _name_the_edge_port()
        records.add_resolver_groups(network_groups.groups)
        return ProcessRuntimeExecutor


@functools.cache
def _allow_deletion_of_failed_functions() -> None:
    """Lets LocalStack delete a function whose preparation has failed.

    Such a function has no version manager, and LocalStack's deletion fails without one. Then a rollback could not
    remove the function that has caused it.
    """
    from localstack.services.lambda_.invocation.lambda_service import LambdaService

    stop_version = LambdaService.stop_version

    def stop_version_if_running(self: LambdaService, qualified_arn: str) -> None:
        if qualified_arn in self.lambda_running_versions or qualified_arn in self.lambda_starting_versions:
            stop_version(self, qualified_arn)

    LambdaService.stop_version = stop_version_if_running


@functools.cache
def _forget_disabled_mappings() -> None:
    """Lets LocalStack forget a disabled event source mapping that is deleted.

    LocalStack leaves this to the thread that polls, which such a mapping does not have. Then another mapping of the
    same function and source would be refused.
    """
    from localstack.services.lambda_.event_source_mapping.esm_worker import EsmWorker

    delete = EsmWorker.delete

    def delete_and_forget(self: EsmWorker) -> None:
        delete(self)
        if not self.enabled:
            self.delete_esm_in_store()

    EsmWorker.delete = delete_and_forget


@lambda_hooks.set_event_source_config_defaults()
def set_kafka_defaults(defaults: dict[str, Any], request: dict[str, Any], service: str) -> None:
    """Checks a mapping of Kafka, and adds its defaults."""
    from localstack_engines.services.lambda_.control import kafka_settings

    if service == "kafka" or request.get("SelfManagedEventSource"):
        kafka_settings.set_defaults(defaults, request)


@lambda_hooks.create_event_source_poller()
def create_kafka_poller(holder: Any, service: str, mapping: dict[str, Any]) -> None:
    """Sets what makes the poller of a mapping of Kafka."""
    if service == "kafka" or mapping.get("SelfManagedEventSource"):
        from localstack_engines.services.lambda_.control.kafka_poller import KafkaPoller

        holder.create_poller_fn = lambda processor, **_: KafkaPoller(mapping, processor)


@functools.cache
def _name_the_edge_port() -> None:
    """Makes the URLs of functions name the port that clients use, not that of LocalStack's gateway behind HAProxy."""
    from localstack.services.lambda_ import provider
    from localstack.utils.urls import localstack_host

    provider.localstack_host = lambda custom_port=None: localstack_host()
