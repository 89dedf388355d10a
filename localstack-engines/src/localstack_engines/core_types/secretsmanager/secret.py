"""AWS::SecretsManager::Secret, with updates.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html
"""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import to_request
from localstack_engines.cloudformation.resource import Failed
from localstack_engines.cloudformation.tags import tag_list, update_tags
from localstack_engines.core_types.core_class import ResourceOfCore

_VALUES = ("SecretString", "GenerateSecretString")


class Secret(ResourceOfCore):
    TYPE = "AWS::SecretsManager::Secret"
    CORE = "secretsmanager.resource_providers.aws_secretsmanager_secret:SecretsManagerSecretProvider"
    RESET = ("Description", "Tags", *_VALUES)
    DEFAULTS = {"KmsKeyId": "alias/aws/secretsmanager"}

    def create(self, request: ResourceRequest) -> ProgressEvent:
        if names := [name for name in ("ReplicaRegions", "Type") if request.desired_state.get(name)]:
            raise Failed(f"Not supported by the local Secrets Manager: {', '.join(names)}")
        return super().create(request)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        """Changes the secret. It gets a new value when the template's value, or the way to generate it, changed."""
        model, previous = request.desired_state, request.previous_state
        client = self.client(request, "secretsmanager")
        model.update({name: previous[name] for name in ("Id", "Name")})
        changes: dict[str, Any] = {"SecretId": model["Id"], "Description": model.get("Description") or ""}
        if model.get("KmsKeyId") != previous.get("KmsKeyId"):
            changes["KmsKeyId"] = model.get("KmsKeyId")
        if any(model.get(name) != previous.get(name) for name in _VALUES):
            changes["SecretString"] = self._value(model)
        client.update_secret(**to_request(client, "UpdateSecret", changes))
        update_tags(
            previous.get("Tags"),
            model.get("Tags"),
            remove=lambda keys: client.untag_resource(SecretId=model["Id"], TagKeys=keys),
            put=lambda tags: client.tag_resource(SecretId=model["Id"], Tags=tag_list(tags)),
        )
        return self.done(model)

    def _value(self, model: dict[str, Any]) -> str | None:
        """Returns the value that the template has, or one as it wants it generated."""
        if (wanted := model.get("GenerateSecretString")) is None:
            return model.get("SecretString")
        core = self._core()
        value = str(core._get_secret_value(wanted))
        template = wanted.get("SecretStringTemplate")
        return str(core._modify_secret_template(template, value, wanted)) if template else value
