"""The document of the whole API, made from those of the services."""

from typing import Any

from services.discovery.openapi import aggregated


def _document(schema: dict[str, Any]) -> dict[str, Any]:
    answer = {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Page"}}}}}
    return {
        "paths": {
            "/api/patients/{patient_id}": {"get": {"operationId": "read", "responses": answer}},
            "/notifications": {"get": {"operationId": "list", "responses": answer}},
            "/health/live": {"get": {"operationId": "live", "responses": {}}},
        },
        "components": {
            "schemas": {"Page": schema},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def test_schemas_with_the_same_name_in_two_services_are_kept_apart() -> None:
    document = aggregated({"patient": _document({"title": "P"}), "notification": _document({"title": "N"})})
    assert document["components"]["schemas"] == {"patient.Page": {"title": "P"}, "notification.Page": {"title": "N"}}
    operation = document["paths"]["/notifications"]["get"]
    reference = operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
    assert reference == "#/components/schemas/notification.Page"
    assert (operation["tags"], operation["operationId"]) == (["notification"], "notification_list")


def test_only_operations_that_the_gateway_routes_to_the_service_are_shown() -> None:
    document = aggregated({"patient": _document({}), "notification": _document({})})
    assert set(document["paths"]) == {"/api/patients/{patient_id}", "/notifications"}
