"""Operations on events and on the subscriptions that send them to SNS topics."""

from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError
from localstack.aws.api import RequestContext
from localstack.aws.connect import connect_to

from localstack_engines.services.rds.api.operations import Operations, Request, Response
from localstack_engines.services.rds.api.paging import PAGER
from localstack_engines.services.rds.control import events
from localstack_engines.services.rds.control.events import Event, Subscription
from localstack_engines.services.rds.errors import invalid_combination, invalid_value
from localstack_engines.toolkit.errors import ServiceError

_DEFAULT_DURATION = 60
"""Minutes that DescribeEvents looks back."""


class EventOperations(Operations):
    """Describes events; creates, changes, describes and deletes subscriptions."""

    def describe_events(self, context: RequestContext, request: Request) -> Response:
        source, source_type = request.get("SourceIdentifier"), request.get("SourceType")
        if source and not source_type:
            raise invalid_combination("Cannot specify source identifier without source type")
        now = datetime.now(UTC)
        end = _aware(request.get("EndTime")) or now
        start = _aware(request.get("StartTime")) or now - timedelta(
            minutes=request.get("Duration") or _DEFAULT_DURATION
        )
        wanted = set(request.get("EventCategories") or ())
        found = [
            event
            for event in self.event_log(context).events()
            if start <= event.date <= end
            and source_type in (None, event.kind.source_type)
            and (not source or event.source == source.lower())
            and (not wanted or event.kind.category in wanted)
        ]
        page, marker = PAGER.page(found, request)
        return {"Events": [_event(event) for event in page], **marker}

    def describe_event_categories(self, context: RequestContext, request: Request) -> Response:
        wanted = request.get("SourceType")
        if wanted is not None:
            _check_categories(wanted, [])
        described = [
            {"SourceType": source_type, "EventCategories": list(categories)}
            for source_type, categories in events.CATEGORIES.items()
            if wanted in (None, source_type)
        ]
        return {"EventCategoriesMapList": described}

    def create_event_subscription(self, context: RequestContext, request: Request) -> Response:
        log, name = self.event_log(context), request["SubscriptionName"]
        if name in log.subscriptions:
            raise ServiceError("SubscriptionAlreadyExist", f"Subscription {name} already exists.")
        _check_topic(context, request["SnsTopicArn"])
        source_type, categories = request.get("SourceType"), list(request.get("EventCategories") or [])
        _check_categories(source_type, categories)
        sources = [self._source(context, source_type, one) for one in request.get("SourceIds") or []]
        arn = f"arn:aws:rds:{context.region}:{context.account_id}:es:{name}"
        made = Subscription(name, arn, request["SnsTopicArn"], source_type, categories, sources)
        made.enabled = request.get("Enabled", True)
        made.tags.update({tag["Key"]: tag.get("Value", "") for tag in request.get("Tags") or []})
        log.subscriptions[name] = made
        return {"EventSubscription": _subscription(made)}

    def modify_event_subscription(self, context: RequestContext, request: Request) -> Response:
        found = self.subscription(context, request["SubscriptionName"])
        topic_arn, source_type = request.get("SnsTopicArn"), request.get("SourceType", found.source_type)
        if topic_arn:
            _check_topic(context, topic_arn)
        categories = _categories(context, request, found.categories)
        _check_categories(source_type, categories)
        if found.sources and source_type != found.source_type:
            raise invalid_combination("The source type can't be changed while the subscription has source identifiers.")
        found.topic_arn, found.source_type = topic_arn or found.topic_arn, source_type
        found.categories, found.enabled = categories, request.get("Enabled", found.enabled)
        return {"EventSubscription": _subscription(found)}

    def delete_event_subscription(self, context: RequestContext, request: Request) -> Response:
        log = self.event_log(context)
        found = self.subscription(context, request["SubscriptionName"])
        del log.subscriptions[found.name]
        return {"EventSubscription": {**_subscription(found), "Status": "deleting"}}

    def describe_event_subscriptions(self, context: RequestContext, request: Request) -> Response:
        log, name = self.event_log(context), request.get("SubscriptionName")
        found = [self.subscription(context, name)] if name else list(log.subscriptions.values())
        page, marker = PAGER.page(found, request)
        return {"EventSubscriptionsList": [_subscription(one) for one in page], **marker}

    def add_source_identifier_to_subscription(self, context: RequestContext, request: Request) -> Response:
        found = self.subscription(context, request["SubscriptionName"])
        source = self._source(context, found.source_type, request["SourceIdentifier"])
        if source not in found.sources:
            found.sources.append(source)
        return {"EventSubscription": _subscription(found)}

    def remove_source_identifier_from_subscription(self, context: RequestContext, request: Request) -> Response:
        found = self.subscription(context, request["SubscriptionName"])
        source = request["SourceIdentifier"].lower()
        if source not in found.sources:
            raise ServiceError("SourceNotFound", f"Source {source} is not in the subscription {found.name}.", 404)
        found.sources.remove(source)
        return {"EventSubscription": _subscription(found)}

    def _source(self, context: RequestContext, source_type: str | None, name: str) -> str:
        """Returns the name of a subscription's source as events have it. Raises SourceNotFound unless it exists."""
        name = name.lower()
        try:
            if source_type == events.INSTANCE:
                self.instance(context, {"DBInstanceIdentifier": name})
            elif source_type == events.SNAPSHOT:
                self.store.snapshots.get(context, name)
            elif source_type == events.CLUSTER:
                self.cluster(context, {"DBClusterIdentifier": name})
            elif source_type == events.CLUSTER_SNAPSHOT:
                self.store.clusters.snapshot(context, name)
            elif source_type == events.PARAMETER_GROUP:
                self.parameter_group(context, name)
            else:
                raise invalid_combination("Source ids can't be specified without a source type.")
        except ServiceError as error:
            if error.status_code != 404:
                raise
            raise ServiceError("SourceNotFound", f"Source {name} not found.", 404) from error
        return name


def _categories(context: RequestContext, request: Request, current: list[str]) -> list[str]:
    """Returns the categories that a change asks for.

    LocalStack's parser leaves out an empty list, which is a parameter without a value in the request.
    """
    if "EventCategories" in context.request.values:
        return []
    return list(request.get("EventCategories", current))


def _check_topic(context: RequestContext, arn: str) -> None:
    parts = arn.split(":")
    if len(parts) != 6:
        raise ServiceError("SNSTopicArnNotFound", "SNS topic ARN does not exist", 404)
    sns = connect_to(aws_access_key_id=context.account_id, region_name=parts[3]).sns
    try:
        sns.get_topic_attributes(TopicArn=arn)
    except ClientError as error:
        raise ServiceError("SNSTopicArnNotFound", "SNS topic ARN does not exist", 404) from error


def _check_categories(source_type: str | None, categories: list[str]) -> None:
    if source_type is not None and source_type not in events.CATEGORIES:
        raise invalid_value(
            f"The source type {source_type} is not supported by the local rds service: it has "
            f"{', '.join(events.CATEGORIES)}."
        )
    if categories and source_type is None:
        raise invalid_combination("Event categories can't be specified without a source type.")
    for category in categories:
        if category not in events.CATEGORIES[str(source_type)]:
            raise ServiceError("SubscriptionCategoryNotFound", f"Event category {category} does not exist.", 404)


def _event(event: Event) -> dict[str, Any]:
    return {
        "SourceIdentifier": event.source,
        "SourceType": event.kind.source_type,
        "Message": event.message,
        "EventCategories": [event.kind.category],
        "Date": event.date,
        "SourceArn": event.source_arn,
    }


def _subscription(found: Subscription) -> dict[str, Any]:
    described = {
        "CustomerAwsId": found.arn.split(":")[4],
        "CustSubscriptionId": found.name,
        "SnsTopicArn": found.topic_arn,
        "Status": "active",
        "SubscriptionCreationTime": found.created.isoformat(),
        "SourceType": found.source_type,
        "SourceIdsList": list(found.sources),
        "EventCategoriesList": list(found.categories),
        "Enabled": found.enabled,
        "EventSubscriptionArn": found.arn,
    }
    return {name: value for name, value in described.items() if value is not None}


def _aware(time: datetime | None) -> datetime | None:
    """Returns the time with its zone: without one it is UTC."""
    return time if time is None or time.tzinfo else time.replace(tzinfo=UTC)
