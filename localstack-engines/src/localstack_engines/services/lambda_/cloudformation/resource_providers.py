"""Lambda's CloudFormation types that replace LocalStack's own."""

from localstack_engines.services.lambda_.cloudformation.alias import Alias
from localstack_engines.services.lambda_.cloudformation.event_invoke_config import EventInvokeConfig
from localstack_engines.services.lambda_.cloudformation.event_source_mapping import EventSourceMapping
from localstack_engines.services.lambda_.cloudformation.function import Function
from localstack_engines.services.lambda_.cloudformation.url import Url

_TYPES = (Alias, EventInvokeConfig, EventSourceMapping, Function, Url)

RESOURCE_PROVIDERS = {resource.TYPE: resource for resource in _TYPES}
