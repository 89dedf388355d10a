import importlib

import pytest

from cdk_app import catalogue
from services.common.web.app import ServiceDefinition
from services.contracts.services import SERVICES


def test_the_catalogue_has_the_services_of_the_contracts() -> None:
    assert tuple(catalogue.SERVICES) == SERVICES


@pytest.mark.parametrize("name", SERVICES)
def test_the_catalogue_has_the_topics_that_a_service_publishes_and_consumes(name: str) -> None:
    entry = catalogue.SERVICES[name]
    definition: ServiceDefinition = importlib.import_module(f"services.{name}.main").app.state.definition
    assert set(entry.publishes) == set(definition.topics)
    assert set(entry.consumes) == set(definition.consumers.topics if definition.consumers else ())
