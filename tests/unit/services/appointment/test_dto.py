"""What requests to the appointment service may contain."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from services.appointment.dto import ScheduleIn


@pytest.mark.parametrize("zone", ["Europe/Berlin", "UTC", "Pacific/Kiritimati"])
def test_a_time_zone_is_one_of_the_database(zone: str) -> None:
    assert ScheduleIn.model_validate({"time_zone": zone, "weekly": {}}).time_zone == zone


@pytest.mark.parametrize("zone", ["localtime", "Factory", "Europe/Nowhere", "../etc/passwd", "", "posixrules"])
def test_what_names_no_place_is_refused(zone: str) -> None:
    with pytest.raises(ValidationError):
        ScheduleIn.model_validate({"time_zone": zone, "weekly": {}})
