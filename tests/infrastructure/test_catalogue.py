from cdk_app import catalogue
from services.contracts.services import SERVICES


def test_the_catalogue_has_the_services_of_the_contracts() -> None:
    assert tuple(catalogue.SERVICES) == SERVICES
