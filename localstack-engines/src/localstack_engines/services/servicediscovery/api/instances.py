"""Operations on the instances of a service."""

from localstack.aws.api import RequestContext

from localstack_engines.services.servicediscovery.api import descriptions, registration_rules
from localstack_engines.services.servicediscovery.api.operations import Operations, Request, Response
from localstack_engines.services.servicediscovery.errors import custom_health_not_found, invalid_input
from localstack_engines.toolkit.dispatch import moto


class InstanceOperations(Operations):
    """Registers, describes, lists and deregisters instances, and sets their health."""

    def register_instance(self, context: RequestContext, request: Request) -> Response:
        service = self.store.service(context, request["ServiceId"])
        attributes = request["Attributes"]
        if missing := registration_rules.missing_attribute(service.dns_config, attributes):
            raise invalid_input(f"The attribute {missing} is required by the service's DNS records.")
        if problem := registration_rules.port_error(attributes):
            raise invalid_input(problem)
        # AWS replaces an instance with the same id; moto adds a second one.
        previous = [instance for instance in service.instances if instance.instance_id == request["InstanceId"]]
        response = moto(context, "RegisterInstance", {**request, "ServiceId": service.id})
        for replaced in previous:
            service.instances.remove(replaced)
        custom = service.health_check_custom_config is not None
        registered = self.instance(service, request["InstanceId"])
        registered.health_status = registration_rules.initial_health(attributes, custom)
        self.discovery.notify(service.arn)
        return response

    def deregister_instance(self, context: RequestContext, request: Request) -> Response:
        service = self.store.service(context, request["ServiceId"])
        self.instance(service, request["InstanceId"])
        response = moto(context, "DeregisterInstance", {**request, "ServiceId": service.id})
        self.discovery.notify(service.arn)
        return response

    def get_instance(self, context: RequestContext, request: Request) -> Response:
        service = self.store.service(context, request["ServiceId"])
        return {"Instance": self.instance(service, request["InstanceId"]).to_json()}

    def list_instances(self, context: RequestContext, request: Request) -> Response:
        service = self.store.service(context, request["ServiceId"])
        found, next_token = self.page(service.instances, request)
        return {"Instances": [{"Id": one.instance_id, "Attributes": one.attributes} for one in found], **next_token}

    def get_instances_health_status(self, context: RequestContext, request: Request) -> Response:
        service = self.store.service(context, request["ServiceId"])
        wanted = request.get("Instances")
        chosen = [self.instance(service, instance_id) for instance_id in wanted] if wanted else service.instances
        found, next_token = self.page(chosen, request)
        return {"Status": {one.instance_id: descriptions.health(service, one) for one in found}, **next_token}

    def update_instance_custom_health_status(self, context: RequestContext, request: Request) -> Response:
        service = self.store.service(context, request["ServiceId"])
        if service.health_check_custom_config is None:
            raise custom_health_not_found(service.id)
        instance = self.instance(service, request["InstanceId"])
        if instance.health_status != request["Status"]:
            instance.health_status = request["Status"]
            self.discovery.notify(service.arn)
        return {}
