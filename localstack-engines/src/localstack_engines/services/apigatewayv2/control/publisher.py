"""Brings changes to the front door: of records, of Cloud Map's instances, of issuers' keys, of addresses."""

import logging
import threading
from collections.abc import Callable

from localstack_engines.gateway import edge_proxy
from localstack_engines.gateway.jwks import MAX_AGE, Issuers
from localstack_engines.gateway.model import Gateway, JwtAuthorizer
from localstack_engines.services.apigatewayv2.control.translation import CLOUD_MAP, gateway
from localstack_engines.services.apigatewayv2.control.upstreams import Upstreams

LOG = logging.getLogger(__name__)

_UPKEEP_INTERVAL = 10.0


class Publisher:
    """Publishes the model of all APIs. A call returns when what was so before it is being served."""

    def __init__(self) -> None:
        self.issuers = Issuers()
        self.current = Gateway()
        self._upstreams = Upstreams()
        self._turn = threading.Lock()
        self._count = threading.Lock()
        self._wanted = 0
        self._published = 0
        self._stopped = threading.Event()
        self._ends: list[Callable[[], None]] = []

    def start(self) -> None:
        from localstack_engines.gateway.subrequests.server import PluginServer
        from localstack_engines.services.apigatewayv2.control.access_logs import AccessLogs
        from localstack_engines.services.servicediscovery.control import discovery as registry

        door = edge_proxy.door()
        server = PluginServer(door.python_socket, self)
        logs = AccessLogs(door.access_log_socket)
        server.start()
        logs.start()
        self._ends = [registry.subscribe(self._instances_changed), server.stop, logs.stop]
        threading.Thread(target=self._upkeep, name="apigatewayv2-upkeep", daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()
        for end in self._ends:
            end()

    def changed(self) -> None:
        """Publishes what the records say now. Callers that come at once share one reload."""
        with self._count:
            self._wanted += 1
            mine = self._wanted
        with self._turn:
            if self._published >= mine:
                return
            reached = self._wanted
            model = gateway(self.issuers.keys, self._upstreams.servers)
            edge_proxy.publish(model)
            self.current = model
            self._published = reached

    def unknown_key(self, issuer: str) -> None:
        """A token names a key that is not known: ask the issuer, at most once in a cooldown."""
        if self.issuers.refresh(issuer):
            self.changed()

    def jwt_authorizer(self, identifier: str) -> JwtAuthorizer | None:
        """An authorizer that is being served."""
        return next((found for found in self._jwt_authorizers() if found.id == identifier), None)

    def _instances_changed(self, service_arn: str) -> None:
        if CLOUD_MAP + service_arn in self.current.servers:
            self.changed()

    def _upkeep(self) -> None:
        while not self._stopped.wait(_UPKEEP_INTERVAL):
            try:
                self._upstreams.resolve_again()
                for issuer in {authorizer.issuer for authorizer in self._jwt_authorizers()}:
                    self.issuers.refresh(issuer, MAX_AGE)
                self.changed()
            except Exception:
                LOG.exception("the upkeep of HTTP APIs failed")

    def _jwt_authorizers(self) -> set[JwtAuthorizer]:
        return {
            route.authorizer
            for api in self.current.apis
            for stage in api.stages
            for route in stage.routes
            if isinstance(route.authorizer, JwtAuthorizer)
        }
