"""The times of scheduled actions.

Source: https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html
"""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_FORM = re.compile(r"(at|rate|cron)\((.+)\)")
_RATE = re.compile(r"([1-9]\d*) (minute|hour|day)s?")
_WEEKDAY = re.compile(r"\d+")
_LAST_WEEKDAY = re.compile(r"([1-7])L")
_SATURDAY = "6"
"""The week's last day, which AWS calls L, as the package counts."""


class InvalidSchedule(ValueError):
    """An expression is none of at(), rate() and cron(), or is not supported."""


def next_time(expression: str, timezone: str, after: datetime, start: datetime) -> datetime | None:
    """Returns the first time of a schedule later than `after`, None when there is none. Raises InvalidSchedule.

    A rate counts from `start`.
    """
    form = _FORM.fullmatch(expression.strip())
    if form is None:
        raise InvalidSchedule(expression)
    kind, text = form.groups()
    try:
        return _next(kind, text, ZoneInfo(timezone), after, start)
    except OverflowError as error:
        # A date after the year 9999.
        raise InvalidSchedule(expression) from error


def _next(kind: str, text: str, zone: ZoneInfo, after: datetime, start: datetime) -> datetime | None:
    if kind == "at":
        found = _at(text, zone)
        return found if found > after else None
    if kind == "rate":
        return _rate(text, after, start)
    return _cron(text, after.astimezone(zone))


def _at(text: str, zone: ZoneInfo) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=zone)
    except ValueError as error:
        raise InvalidSchedule(text) from error


def _rate(text: str, after: datetime, start: datetime) -> datetime:
    form = _RATE.fullmatch(text)
    if form is None:
        raise InvalidSchedule(text)
    period = timedelta(**{f"{form[2]}s": int(form[1])})
    return max(start, start + ((after - start) // period + 1) * period)


def _cron(text: str, after: datetime) -> datetime | None:
    # Only a cron expression needs the package.
    from crontab import CronTab

    fields = text.split()
    if len(fields) != 6:
        raise InvalidSchedule(text)
    # AWS counts weekdays from 1, the package from 0. Both begin with Sunday.
    fields[4] = ",".join(_weekdays(part) for part in fields[4].split(","))
    try:
        # By the clock on the wall: the package would count the hour twice by which a change of the time zone moves it.
        seconds = CronTab(" ".join(fields)).next(now=after.replace(tzinfo=None), default_utc=True)
    except (ValueError, KeyError) as error:
        raise InvalidSchedule(text) from error
    # A sum of a time with a zone and a duration is one of wall clocks, too.
    return None if seconds is None else (after + timedelta(seconds=seconds)).replace(fold=after.fold)


def _weekdays(part: str) -> str:
    if part == "L":
        return _SATURDAY
    if last := _LAST_WEEKDAY.fullmatch(part):
        return f"L{int(last[1]) - 1}"
    days, slash, step = part.partition("/")
    return _WEEKDAY.sub(lambda number: str(int(number[0]) - 1), days) + slash + step
