"""The notification service."""

from services.common.web.app import create_app
from services.notification import composition, consumers, controller
from services.notification.config import NotificationSettings

app = create_app(
    "notification",
    title="Notifications",
    settings=NotificationSettings,
    routers=[controller.router],
    compose=composition.compose,
    consumers=consumers.handlers,
)
