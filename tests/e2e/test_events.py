"""A change of a patient puts a CloudEvent on the topic. The test reads it from the brokers that AWS's API returns."""

from tests.e2e.kafka import events_of
from tests.support.people import Person, new_patient


async def test_a_patients_events_are_cloudevents_in_order(staff: Person) -> None:
    body = new_patient()
    patient = staff.http.post("/api/patients", json=body).json()
    path = f"/api/patients/{patient['id']}"
    staff.http.put(path, json=body | {"name": "Grace Hopper"}).raise_for_status()
    staff.http.delete(path).raise_for_status()

    events = await events_of(patient["id"], 3)

    assert [event["type"] for _, event in events] == ["patient.registered", "patient.updated", "patient.deleted"]
    assert [event["data"]["version"] for _, event in events] == [1, 2, 3]
    assert len({event["id"] for _, event in events}) == 3
    for key, event in events:
        assert key.decode() == patient["id"]
        assert event["specversion"] == "1.0"
        assert event["source"] == "/pms/patient"
        assert event["time"].endswith("Z") or "+00:00" in event["time"]
        assert event["traceparent"].startswith("00-")
