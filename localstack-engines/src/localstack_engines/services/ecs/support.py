"""What the local ECS service does with each operation and member of its API. See `toolkit/support.py`."""

from localstack_engines.services.ecs.support_express import EXPRESS_SERVICES
from localstack_engines.services.ecs.support_instances import CAPACITY_PROVIDERS, CONTAINER_INSTANCES
from localstack_engines.toolkit.support import Members, Support

_IN_WORDS = "the operation refuses it, in ECS's words"

_REFUSED = {
    "DiscoverPollEndpoint": "containers have no ECS agent",
    "SubmitAttachmentStateChanges": "containers have no ECS agent",
    "SubmitContainerStateChange": "containers have no ECS agent",
    "SubmitTaskStateChange": "containers have no ECS agent",
}
"""Operations whose error gives a reason."""

_CLUSTERS = {
    "CreateClusterRequest": Members(
        used="clusterName tags settings capacityProviders defaultCapacityProviderStrategy",
        recorded="serviceConnectDefaults configuration",
    ),
    "UpdateClusterRequest": Members(
        used="cluster settings",
        recorded="serviceConnectDefaults configuration",
    ),
    "UpdateClusterSettingsRequest": Members("cluster settings"),
    "ClusterSetting": Members("name value"),
    "ClusterConfiguration": Members(
        recorded="executeCommandConfiguration",
        ignored={"managedStorageConfiguration": "the disk is the machine's own"},
    ),
    # A key or a log of its own would have no effect on sessions, so they are refused.
    "ExecuteCommandConfiguration": Members(only={"logging": ("NONE", "DEFAULT")}),
    "ClusterServiceConnectDefaultsRequest": Members(recorded="namespace"),
    "PutClusterCapacityProvidersRequest": Members("cluster capacityProviders defaultCapacityProviderStrategy"),
    "CapacityProviderStrategyItem": Members("capacityProvider weight base"),
    "DeleteClusterRequest": Members("cluster"),
    "DescribeClustersRequest": Members("clusters include"),
    "ListClustersRequest": Members("nextToken maxResults"),
}

_SETTINGS = {
    "PutAccountSettingRequest": Members("name value principalArn"),
    "PutAccountSettingDefaultRequest": Members("name value"),
    "DeleteAccountSettingRequest": Members("name principalArn"),
    "ListAccountSettingsRequest": Members("name value principalArn effectiveSettings nextToken maxResults"),
}

_TASK_DEFINITIONS = {
    "RegisterTaskDefinitionRequest": Members(
        used=(
            "family taskRoleArn networkMode containerDefinitions volumes requiresCompatibilities cpu memory tags "
            "pidMode ephemeralStorage runtimePlatform placementConstraints"
        ),
        ignored={
            "executionRoleArn": "the plugin reads secrets, images and files itself; that it is there is checked",
            **dict.fromkeys(
                (
                    "ipcMode proxyConfiguration inferenceAccelerators enableFaultInjection "
                    "trustedExecutionConfiguration"
                ).split(),
                _IN_WORDS,
            ),
        },
    ),
    "ContainerDefinition": Members(
        used=(
            "name image repositoryCredentials cpu memory memoryReservation portMappings essential restartPolicy "
            "entryPoint command environment environmentFiles mountPoints volumesFrom linuxParameters secrets dependsOn "
            "startTimeout stopTimeout user workingDirectory readonlyRootFilesystem interactive pseudoTerminal "
            "dockerLabels ulimits logConfiguration healthCheck systemControls privileged"
        ),
        ignored={
            "versionConsistency": "a tag is resolved when a task starts",
            **dict.fromkeys(
                (
                    "links hostname disableNetworking dnsServers dnsSearchDomains extraHosts "
                    "dockerSecurityOptions resourceRequirements firelensConfiguration credentialSpecs"
                ).split(),
                _IN_WORDS,
            ),
        },
    ),
    "RepositoryCredentials": Members("credentialsParameter"),
    "PortMapping": Members(
        used="containerPort hostPort protocol",
        recorded="name appProtocol containerPortRange",
    ),
    "ContainerRestartPolicy": Members("enabled ignoredExitCodes restartAttemptPeriod"),
    "KeyValuePair": Members("name value"),
    "EnvironmentFile": Members("value type"),
    "MountPoint": Members("sourceVolume containerPath readOnly"),
    "VolumeFrom": Members("sourceContainer readOnly"),
    "LinuxParameters": Members(
        used="capabilities initProcessEnabled tmpfs sharedMemorySize",
        ignored=dict.fromkeys("devices maxSwap swappiness".split(), _IN_WORDS),
    ),
    "KernelCapabilities": Members("add drop"),
    "Tmpfs": Members("containerPath size mountOptions"),
    "Secret": Members("name valueFrom"),
    "ContainerDependency": Members("containerName condition"),
    "Ulimit": Members("name softLimit hardLimit"),
    "LogConfiguration": Members("logDriver options", ignored={"secretOptions": "awslogs has no secrets"}),
    "HealthCheck": Members("command interval timeout retries startPeriod"),
    "SystemControl": Members("namespace value"),
    "EFSVolumeConfiguration": Members(
        used="rootDirectory transitEncryption authorizationConfig",
        recorded="fileSystemId",
        ignored={"transitEncryptionPort": "the files do not leave the machine"},
    ),
    "EFSAuthorizationConfig": Members("accessPointId", ignored={"iam": "tasks are not asked for credentials"}),
    "HostVolumeProperties": Members("sourcePath"),
    "DockerVolumeConfiguration": Members(
        "scope driver driverOpts labels", ignored={"autoprovision": "a volume that does not exist is always made"}
    ),
    "Volume": Members(
        used="name host dockerVolumeConfiguration efsVolumeConfiguration",
        ignored=dict.fromkeys(
            ("s3filesVolumeConfiguration fsxWindowsFileServerVolumeConfiguration configuredAtLaunch").split(),
            _IN_WORDS,
        ),
    ),
    "EphemeralStorage": Members(recorded="sizeInGiB"),
    "RuntimePlatform": Members("cpuArchitecture operatingSystemFamily"),
    "DeregisterTaskDefinitionRequest": Members("taskDefinition"),
    "DeleteTaskDefinitionsRequest": Members("taskDefinitions"),
    "DescribeTaskDefinitionRequest": Members("taskDefinition include"),
    "ListTaskDefinitionFamiliesRequest": Members("familyPrefix status nextToken maxResults"),
    "ListTaskDefinitionsRequest": Members("familyPrefix status sort nextToken maxResults"),
}

_NETWORK = {
    "NetworkConfiguration": Members("awsvpcConfiguration"),
    "AwsVpcConfiguration": Members("subnets securityGroups assignPublicIp"),
}

_TASKS = {
    "RunTaskRequest": Members(
        used=(
            "capacityProviderStrategy cluster count enableECSManagedTags group launchType networkConfiguration "
            "overrides platformVersion propagateTags referenceId startedBy tags taskDefinition clientToken "
            "enableExecuteCommand placementConstraints placementStrategy"
        ),
        ignored={"volumeConfigurations": _IN_WORDS},
    ),
    "TaskOverride": Members(
        used="containerOverrides cpu memory taskRoleArn ephemeralStorage",
        ignored={"executionRoleArn": "the plugin reads secrets itself", "inferenceAcceleratorOverrides": _IN_WORDS},
    ),
    "ContainerOverride": Members(
        used="name command environment environmentFiles cpu memory memoryReservation",
        ignored={"resourceRequirements": _IN_WORDS},
    ),
    "StartTaskRequest": Members(
        used=(
            "cluster taskDefinition containerInstances enableECSManagedTags enableExecuteCommand group "
            "networkConfiguration overrides propagateTags referenceId startedBy tags"
        ),
        ignored={"volumeConfigurations": _IN_WORDS},
    ),
    "PlacementConstraint": Members("type expression"),
    "PlacementStrategy": Members("type field"),
    "TaskDefinitionPlacementConstraint": Members("type expression"),
    "StopTaskRequest": Members("cluster task reason"),
    "DescribeTasksRequest": Members("cluster tasks include"),
    "ListTasksRequest": Members(
        "cluster containerInstance family nextToken maxResults startedBy serviceName desiredStatus launchType"
    ),
    "ExecuteCommandRequest": Members("cluster container command interactive task"),
    "GetTaskProtectionRequest": Members("cluster tasks"),
    "UpdateTaskProtectionRequest": Members("cluster tasks protectionEnabled expiresInMinutes"),
}

_SERVICE_SETTINGS_IGNORED = {
    "availabilityZoneRebalancing": "all zones are one machine",
    **dict.fromkeys(
        "volumeConfigurations vpcLatticeConfigurations gatewayConnectors".split(),
        _IN_WORDS,
    ),
}

_SERVICES = {
    "CreateServiceRequest": Members(
        used=(
            "cluster serviceName taskDefinition serviceRegistries loadBalancers desiredCount clientToken launchType "
            "capacityProviderStrategy platformVersion deploymentConfiguration networkConfiguration "
            "healthCheckGracePeriodSeconds schedulingStrategy deploymentController tags enableECSManagedTags "
            "propagateTags serviceConnectConfiguration enableExecuteCommand placementConstraints placementStrategy"
        ),
        ignored={**_SERVICE_SETTINGS_IGNORED, "role": _IN_WORDS},
    ),
    "UpdateServiceRequest": Members(
        used=(
            "cluster service desiredCount taskDefinition capacityProviderStrategy deploymentConfiguration "
            "networkConfiguration platformVersion forceNewDeployment healthCheckGracePeriodSeconds "
            "deploymentController enableECSManagedTags propagateTags serviceRegistries loadBalancers "
            "serviceConnectConfiguration enableExecuteCommand placementConstraints placementStrategy"
        ),
        ignored=_SERVICE_SETTINGS_IGNORED,
    ),
    "LoadBalancer": Members("targetGroupArn containerName containerPort"),
    "ServiceRegistry": Members("registryArn port containerName containerPort"),
    "ServiceConnectConfiguration": Members(
        used="enabled",
        ignored=dict.fromkeys(
            "namespace services logConfiguration accessLogConfiguration containerConfigurations".split(),
            "Service Connect is refused when it is enabled",
        ),
    ),
    "DeploymentConfiguration": Members(
        used="deploymentCircuitBreaker maximumPercent minimumHealthyPercent alarms strategy",
        ignored=dict.fromkeys("bakeTimeInMinutes lifecycleHooks".split(), _IN_WORDS),
    ),
    "DeploymentCircuitBreaker": Members("enable rollback"),
    "DeploymentAlarms": Members(
        used="enable", ignored=dict.fromkeys("alarmNames rollback".split(), "alarms are refused when they are enabled")
    ),
    "DeploymentController": Members("type"),
    "DeleteServiceRequest": Members("cluster service force"),
    "DescribeServicesRequest": Members("cluster services include"),
    "ListServicesRequest": Members("cluster nextToken maxResults launchType schedulingStrategy resourceManagementType"),
    "ListServicesByNamespaceRequest": Members(
        used="namespace", ignored=dict.fromkeys("nextToken maxResults".split(), "there is never more than one page")
    ),
    "ListServiceDeploymentsRequest": Members("service cluster status createdAt nextToken maxResults"),
    "CreatedAt": Members("before after"),
    "DescribeServiceDeploymentsRequest": Members("serviceDeploymentArns"),
    "DescribeServiceRevisionsRequest": Members("serviceRevisionArns"),
    "StopServiceDeploymentRequest": Members("serviceDeploymentArn stopType"),
}

_TASK_SETS = {
    "CreateTaskSetRequest": Members(
        used=(
            "service cluster externalId taskDefinition networkConfiguration serviceRegistries loadBalancers launchType "
            "capacityProviderStrategy platformVersion scale clientToken tags"
        ),
    ),
    "Scale": Members("value unit"),
    "UpdateTaskSetRequest": Members("cluster service taskSet scale"),
    "DeleteTaskSetRequest": Members("cluster service taskSet force"),
    "DescribeTaskSetsRequest": Members("cluster service taskSets include"),
    "UpdateServicePrimaryTaskSetRequest": Members("cluster service primaryTaskSet"),
}

_TAGS = {
    "Tag": Members("key value"),
    "TagResourceRequest": Members("resourceArn tags"),
    "UntagResourceRequest": Members("resourceArn tagKeys"),
    "ListTagsForResourceRequest": Members("resourceArn"),
}

_MEMBERS = {
    **_CLUSTERS,
    **CAPACITY_PROVIDERS,
    **_SETTINGS,
    **CONTAINER_INSTANCES,
    **_TASK_DEFINITIONS,
    **_NETWORK,
    **_TASKS,
    **_SERVICES,
    **_TASK_SETS,
    **EXPRESS_SERVICES,
    **_TAGS,
}
"""What becomes of the members of each structure in the requests of the operations that are the plugin's own."""

SUPPORT = Support("InvalidParameterException", _MEMBERS, refused=_REFUSED)
