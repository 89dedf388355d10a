"""Publishes the APIs to the gateway after each change of records, instances, issuers' keys or addresses."""

import logging
import threading
from collections.abc import Callable
from dataclasses import replace

from localstack_engines.gateway import edge_proxy
from localstack_engines.gateway.jwks import MAX_AGE, Issuers
from localstack_engines.gateway.model import Api, Gateway, Route, Stage
from localstack_engines.gateway.websockets.model import WebSocketApis
from localstack_engines.services.apigatewayv2.control.translation import gateway, problem
from localstack_engines.services.apigatewayv2.control.upstreams import CLOUD_MAP, Upstreams
from localstack_engines.services.apigatewayv2.control.websocket_translation import websocket_apis
from localstack_engines.services.apigatewayv2.store import Store
from localstack_engines.services.servicediscovery import public as cloud_map

LOG = logging.getLogger(__name__)

_REFRESH_INTERVAL = 10.0
"""Seconds."""


class Publisher:
    """Translates the records of all APIs and brings them to the gateway."""

    def __init__(self, store: Store, issuers: Issuers, upstreams: Upstreams) -> None:
        self._store = store
        self._issuers = issuers
        self._upstreams = upstreams
        self._current = self._former = Gateway()
        self._websockets: WebSocketApis = {}
        self._publishing = threading.Lock()
        self._counting = threading.Lock()
        self._requested = 0
        self._published = 0
        self._stopped = threading.Event()
        self._unsubscribe: Callable[[], None] | None = None

    @property
    def current(self) -> Gateway:
        """The HTTP APIs that are being served."""
        return self._current

    def find_route(self, api_id: str, stage_name: str, route_id: str) -> tuple[Api, Stage, Route]:
        """Returns a route of the APIs that are being served, or were until the last change. Raises LookupError."""
        return self._current.find_route_now_or_before(self._former, api_id, stage_name, route_id)

    @property
    def websockets(self) -> WebSocketApis:
        """The WebSocket APIs that are being served."""
        return self._websockets

    def start(self) -> None:
        """Follows Cloud Map's instances, issuers' keys and addresses in the background."""
        self._unsubscribe = cloud_map.subscribe(self._instances_changed)
        threading.Thread(target=self._refresh_regularly, name="apigatewayv2-refresh", daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()
        if self._unsubscribe is not None:
            self._unsubscribe()

    def problem(self, api_id: str) -> str | None:
        """Returns why an API cannot be served as it is recorded, or None."""
        return problem(self._store, api_id, self._issuers.keys)

    def publish(self) -> None:
        """Publishes the records as they are now. Returns when every change made before the call is being served.

        Callers that come at the same time share one reload.
        """
        with self._counting:
            self._requested += 1
            mine = self._requested
        with self._publishing:
            if self._published >= mine:
                return
            # Records have changed before their callers are counted: this translation serves all of them.
            counted = self._requested
            websockets = websocket_apis(self._store)
            domains = {identifier: api.domain for identifier, api in websockets.items()}
            model = gateway(self._store, self._issuers.keys, self._upstreams.servers)
            self._serve(replace(model, websockets=domains), websockets)
            self._published = counted

    def _serve(self, model: Gateway, websockets: WebSocketApis) -> None:
        before = self._former, self._current, self._websockets
        if model != self._current:
            self._former = self._current
        # The first request that HAProxy routes by the new model may need a sub-request for a new route.
        self._current, self._websockets = model, websockets
        try:
            edge_proxy.publish(model)
        except Exception:
            self._former, self._current, self._websockets = before
            raise

    def _instances_changed(self, service_arn: str) -> None:
        if CLOUD_MAP + service_arn in self._current.servers:
            self.publish()

    def _refresh_regularly(self) -> None:
        while not self._stopped.wait(_REFRESH_INTERVAL):
            try:
                self._upstreams.resolve_again(self._current.servers)
                for issuer in {authorizer.issuer for authorizer in self._current.jwt_authorizers().values()}:
                    self._issuers.refresh(issuer, MAX_AGE)
                self.publish()
            except Exception:
                LOG.exception("HTTP APIs could not be refreshed")
