"""AWS::SNS::TopicPolicy, with updates.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-topicpolicy.html
"""

import json
from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import json_text
from localstack_engines.cloudformation.resource import Resource


class TopicPolicy(Resource):
    TYPE = "AWS::SNS::TopicPolicy"

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state
        model["Id"] = self.default_name(request)
        self._put(request, model["Topics"], json_text(model["PolicyDocument"]))
        return self.done(model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model, previous = request.desired_state, request.previous_state
        model["Id"] = previous["Id"]
        self._reset(request, set(previous["Topics"]) - set(model["Topics"]))
        self._put(request, model["Topics"], json_text(model["PolicyDocument"]))
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        self._reset(request, set(request.desired_state["Topics"]))
        return self.done({})

    def _put(self, request: ResourceRequest, topics: Any, policy: str) -> None:
        sns = self.client(request, "sns")
        for topic in topics:
            sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)

    def _reset(self, request: ResourceRequest, topics: set[str]) -> None:
        """Gives topics the policy of a new topic: its owner may do everything. Skips topics that are gone."""
        sns = self.client(request, "sns")
        for topic in sorted(topics):
            statement = {
                "Sid": "__default_statement_ID",
                "Effect": "Allow",
                "Principal": {"AWS": "*"},
                "Action": ["SNS:GetTopicAttributes", "SNS:SetTopicAttributes", "SNS:Subscribe", "SNS:Publish"],
                "Resource": topic,
                "Condition": {"StringEquals": {"AWS:SourceOwner": request.account_id}},
            }
            policy = {"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]}
            try:
                self._put(request, [topic], json.dumps(policy))
            except sns.exceptions.NotFoundException:
                continue
