"""What the local ECS service does with each operation and member of its API. See `toolkit/support.py`."""

from localstack_engines.toolkit.support import Members, Support, ignored

_MOTO = {
    "DeregisterTaskDefinition": "a task definition is a record; launches read its status",
    "DeleteTaskDefinitions": "a task definition is a record; launches read its status",
    "ListAccountSettings": "settings of the account that change no local behaviour",
    "PutAccountSetting": "settings of the account that change no local behaviour",
    "DeleteAccountSetting": "settings of the account that change no local behaviour",
    "ListContainerInstances": "there are none, which is what it answers",
    "PutClusterCapacityProviders": "the record is read when a task or service is launched",
    "UpdateCluster": "a cluster is a record",
}
"""Operations that moto answers, and why its record is all there is to them."""

_REFUSED = {
    "CreateCapacityProvider": "there are no Auto Scaling groups; FARGATE and FARGATE_SPOT exist",
    "CreateTaskSet": "deployments are of the ECS type",
    "RegisterContainerInstance": "tasks run on Fargate only",
}
"""Operations whose error gives a reason."""

_REASONS = {
    "each request is carried out at once, so there is no retry to recognise": "clientToken",
    "no access is checked locally, so no role is assumed": "role kmsKeyId",
    "the local network gives every task an address that the machine reaches": "assignPublicIp",
    "no metrics of the cluster are collected": "monitoring settings",
    "an image is pulled when a task starts": "versionConsistency",
}
"""Why members have no local meaning."""

_MEMBERS = {
    "CreateClusterRequest": Members(
        used="clusterName tags capacityProviders",
        ignored=ignored("settings configuration defaultCapacityProviderStrategy serviceConnectDefaults", _REASONS),
    ),
    "Tag": Members("key value"),
    "ClusterSetting": Members("name value"),
    "ClusterConfiguration": Members(
        ignored=ignored("executeCommandConfiguration managedStorageConfiguration", _REASONS),
    ),
    "ExecuteCommandConfiguration": Members(
        used="logConfiguration",
        ignored=ignored("kmsKeyId logging", _REASONS),
    ),
    "ExecuteCommandLogConfiguration": Members(
        ignored=ignored(
            "cloudWatchLogGroupName cloudWatchEncryptionEnabled s3BucketName s3EncryptionEnabled s3KeyPrefix", _REASONS
        ),
    ),
    "ManagedStorageConfiguration": Members(
        ignored=ignored("kmsKeyId fargateEphemeralStorageKmsKeyId", _REASONS),
    ),
    "CapacityProviderStrategyItem": Members("capacityProvider weight base"),
    "ClusterServiceConnectDefaultsRequest": Members("namespace"),
    "CreateServiceRequest": Members(
        used=(
            "cluster serviceName taskDefinition availabilityZoneRebalancing loadBalancers serviceRegistries "
            "desiredCount launchType capacityProviderStrategy platformVersion deploymentConfiguration "
            "placementConstraints placementStrategy networkConfiguration healthCheckGracePeriodSeconds "
            "schedulingStrategy deploymentController tags enableECSManagedTags propagateTags enableExecuteCommand "
            "serviceConnectConfiguration"
        ),
        ignored=ignored("clientToken role monitoring", _REASONS),
    ),
    "LoadBalancer": Members(
        used="containerName containerPort",
        ignored=ignored("targetGroupArn loadBalancerName advancedConfiguration", _REASONS),
    ),
    "AdvancedConfiguration": Members(
        used="roleArn",
        ignored=ignored("alternateTargetGroupArn productionListenerRule testListenerRule", _REASONS),
    ),
    "ServiceRegistry": Members("registryArn port containerName containerPort"),
    "DeploymentConfiguration": Members(
        used="deploymentCircuitBreaker maximumPercent minimumHealthyPercent",
        ignored=ignored(
            (
                "alarms strategy bakeTimeInMinutes lifecycleHooks linearConfiguration canaryConfiguration "
                "earlySuccessCriteria"
            ),
            _REASONS,
        ),
    ),
    "DeploymentCircuitBreaker": Members(
        used="enable rollback",
        ignored=ignored("resetOnHealthyTask thresholdConfiguration", _REASONS),
    ),
    "ThresholdConfiguration": Members("type value"),
    "DeploymentAlarms": Members(
        used="rollback enable",
        ignored=ignored("alarmNames", _REASONS),
    ),
    "DeploymentLifecycleHook": Members(
        used="roleArn",
        ignored=ignored("targetType hookTargetArn lifecycleStages hookDetails timeoutConfiguration", _REASONS),
    ),
    "HookDetails": Members(),
    "DeploymentLifecycleHookTimeoutConfiguration": Members(
        ignored=ignored("timeoutInMinutes action", _REASONS),
    ),
    "LinearConfiguration": Members(
        ignored=ignored("stepPercent stepBakeTimeInMinutes", _REASONS),
    ),
    "CanaryConfiguration": Members(
        ignored=ignored("canaryPercent canaryBakeTimeInMinutes", _REASONS),
    ),
    "DeploymentEarlySuccessCriteria": Members(
        used="enable",
        ignored=ignored("healthyPercent sourceServiceRevisionCleanup", _REASONS),
    ),
    "PlacementConstraint": Members(
        used="type",
        ignored=ignored("expression", _REASONS),
    ),
    "PlacementStrategy": Members(
        used="type",
        ignored=ignored("field", _REASONS),
    ),
    "NetworkConfiguration": Members("awsvpcConfiguration"),
    "AwsVpcConfiguration": Members(
        used="subnets securityGroups",
        ignored=ignored("assignPublicIp", _REASONS),
    ),
    "DeploymentController": Members("type"),
    "ServiceConnectConfiguration": Members(
        used="enabled namespace services logConfiguration",
        ignored=ignored("accessLogConfiguration containerConfigurations", _REASONS),
    ),
    "ServiceConnectService": Members(
        used="timeout",
        ignored=ignored("portName discoveryName clientAliases ingressPortOverride tls", _REASONS),
    ),
    "ServiceConnectClientAlias": Members(
        used="port",
        ignored=ignored("dnsName testTrafficRules", _REASONS),
    ),
    "ServiceConnectTestTrafficRules": Members(
        ignored=ignored("header", _REASONS),
    ),
    "ServiceConnectTestTrafficHeaderRules": Members("name value"),
    "ServiceConnectTestTrafficHeaderMatchRules": Members(
        ignored=ignored("exact", _REASONS),
    ),
    "TimeoutConfiguration": Members(
        ignored=ignored("idleTimeoutSeconds perRequestTimeoutSeconds", _REASONS),
    ),
    "ServiceConnectTlsConfiguration": Members(
        used="roleArn",
        ignored=ignored("issuerCertificateAuthority kmsKey", _REASONS),
    ),
    "ServiceConnectTlsCertificateAuthority": Members(
        ignored=ignored("awsPcaAuthorityArn", _REASONS),
    ),
    "LogConfiguration": Members(
        used="logDriver options",
        ignored=ignored("secretOptions", _REASONS),
    ),
    "Secret": Members("name valueFrom"),
    "ServiceConnectAccessLogConfiguration": Members(
        ignored=ignored("format includeQueryParameters", _REASONS),
    ),
    "ServiceConnectContainerConfiguration": Members(
        ignored=ignored("logLevel", _REASONS),
    ),
    "ServiceVolumeConfiguration": Members(
        used="name",
    ),
    "ServiceManagedEBSVolumeConfiguration": Members(
        used="sizeInGiB roleArn",
        ignored=ignored(
            (
                "encrypted kmsKeyId volumeType snapshotId volumeInitializationRate iops throughput "
                "tagSpecifications filesystemType"
            ),
            _REASONS,
        ),
    ),
    "EBSTagSpecification": Members(
        used="tags propagateTags",
        ignored=ignored("resourceType", _REASONS),
    ),
    "VpcLatticeConfiguration": Members(
        used="roleArn",
        ignored=ignored("targetGroupArn portName advancedConfiguration", _REASONS),
    ),
    "VpcLatticeAdvancedConfiguration": Members(
        ignored=ignored("alternateTargetGroupArn productionListenerRule testListenerRule", _REASONS),
    ),
    "GatewayConnector": Members(
        used="healthCheck filters",
        ignored=ignored("portName deregistrationDelay", _REASONS),
    ),
    "GatewayConnectorHealthCheck": Members(
        ignored=ignored(
            (
                "healthCheckProtocol healthCheckPort healthCheckPath healthCheckTimeoutSeconds "
                "healthCheckIntervalSeconds healthyThresholdCount unhealthyThresholdCount matcher"
            ),
            _REASONS,
        ),
    ),
    "GatewayConnectorHealthCheckMatcher": Members(
        ignored=ignored("httpCode grpcCode", _REASONS),
    ),
    "GatewayConnectorFilters": Members(
        ignored=ignored("accessTypes", _REASONS),
    ),
    "GatewayConnectorDeregistrationDelay": Members(
        ignored=ignored("timeoutSeconds", _REASONS),
    ),
    "MonitoringConfiguration": Members(
        ignored=ignored("metricConfigurations", _REASONS),
    ),
    "MetricConfiguration": Members(
        ignored=ignored("metricNames resolutionSeconds", _REASONS),
    ),
    "DeleteClusterRequest": Members("cluster"),
    "DeleteServiceRequest": Members("cluster service force"),
    "DescribeCapacityProvidersRequest": Members("capacityProviders cluster include maxResults nextToken"),
    "DescribeClustersRequest": Members("clusters include"),
    "DescribeServicesRequest": Members("cluster services include"),
    "DescribeTaskDefinitionRequest": Members("taskDefinition include"),
    "DescribeTasksRequest": Members("cluster tasks include"),
    "ExecuteCommandRequest": Members("cluster container command interactive task"),
    "ListClustersRequest": Members("nextToken maxResults"),
    "ListServicesRequest": Members(
        used="cluster nextToken maxResults launchType schedulingStrategy",
        ignored=ignored("resourceManagementType", _REASONS),
    ),
    "ListTagsForResourceRequest": Members("resourceArn"),
    "ListTaskDefinitionFamiliesRequest": Members("familyPrefix status nextToken maxResults"),
    "ListTaskDefinitionsRequest": Members("familyPrefix status sort nextToken maxResults"),
    "ListTasksRequest": Members(
        used="cluster containerInstance family nextToken maxResults startedBy serviceName desiredStatus launchType",
        ignored=ignored("daemonName", _REASONS),
    ),
    "RegisterTaskDefinitionRequest": Members(
        used=(
            "family taskRoleArn executionRoleArn networkMode containerDefinitions volumes placementConstraints "
            "requiresCompatibilities cpu memory tags ephemeralStorage"
        ),
        ignored=ignored("pidMode ipcMode runtimePlatform", _REASONS),
    ),
    "ContainerDefinition": Members(
        used=(
            "name image cpu memory memoryReservation portMappings essential entryPoint command environment "
            "mountPoints linuxParameters secrets dependsOn startTimeout stopTimeout user workingDirectory "
            "readonlyRootFilesystem interactive pseudoTerminal dockerLabels ulimits logConfiguration healthCheck "
            "systemControls"
        ),
        ignored=ignored(
            (
                "repositoryCredentials links restartPolicy environmentFiles volumesFrom versionConsistency "
                "hostname disableNetworking privileged dnsServers dnsSearchDomains extraHosts "
                "dockerSecurityOptions resourceRequirements firelensConfiguration credentialSpecs"
            ),
            _REASONS,
        ),
    ),
    "RepositoryCredentials": Members(
        ignored=ignored("credentialsParameter", _REASONS),
    ),
    "PortMapping": Members(
        used="containerPort name",
        ignored=ignored("hostPort protocol appProtocol containerPortRange", _REASONS),
    ),
    "ContainerRestartPolicy": Members(
        used="enabled",
        ignored=ignored("ignoredExitCodes restartAttemptPeriod", _REASONS),
    ),
    "KeyValuePair": Members("name value"),
    "EnvironmentFile": Members("value type"),
    "MountPoint": Members("sourceVolume containerPath readOnly"),
    "VolumeFrom": Members(
        used="readOnly",
        ignored=ignored("sourceContainer", _REASONS),
    ),
    "LinuxParameters": Members(
        used="capabilities initProcessEnabled sharedMemorySize tmpfs",
        ignored=ignored("devices maxSwap swappiness", _REASONS),
    ),
    "KernelCapabilities": Members("add drop"),
    "Device": Members(
        used="containerPath",
        ignored=ignored("hostPath permissions", _REASONS),
    ),
    "Tmpfs": Members("containerPath size mountOptions"),
    "ContainerDependency": Members("containerName condition"),
    "HostEntry": Members(
        ignored=ignored("hostname ipAddress", _REASONS),
    ),
    "Ulimit": Members("name softLimit hardLimit"),
    "HealthCheck": Members("command interval timeout retries startPeriod"),
    "SystemControl": Members("namespace value"),
    "ResourceRequirement": Members(
        used="value type",
    ),
    "SharingStrategy": Members(),
    "NvidiaMpsAllocation": Members(
        used="memory",
        ignored=ignored("maxComputePercent", _REASONS),
    ),
    "FirelensConfiguration": Members("type options"),
    "Volume": Members(
        used="name host efsVolumeConfiguration fsxWindowsFileServerVolumeConfiguration",
        ignored=ignored("dockerVolumeConfiguration", _REASONS),
    ),
    "HostVolumeProperties": Members("sourcePath"),
    "DockerVolumeConfiguration": Members(
        used="scope labels",
        ignored=ignored("autoprovision driver driverOpts", _REASONS),
    ),
    "EFSVolumeConfiguration": Members(
        ignored=ignored(
            "fileSystemId rootDirectory transitEncryption transitEncryptionPort authorizationConfig", _REASONS
        ),
    ),
    "EFSAuthorizationConfig": Members(
        ignored=ignored("accessPointId iam", _REASONS),
    ),
    "S3FilesVolumeConfiguration": Members(
        ignored=ignored("fileSystemArn rootDirectory transitEncryptionPort accessPointArn", _REASONS),
    ),
    "FSxWindowsFileServerVolumeConfiguration": Members(
        ignored=ignored("fileSystemId rootDirectory authorizationConfig", _REASONS),
    ),
    "FSxWindowsFileServerAuthorizationConfig": Members(
        ignored=ignored("credentialsParameter domain", _REASONS),
    ),
    "TaskDefinitionPlacementConstraint": Members(
        used="type",
        ignored=ignored("expression", _REASONS),
    ),
    "ProxyConfiguration": Members(
        used="type containerName",
        ignored=ignored("properties", _REASONS),
    ),
    "InferenceAccelerator": Members(
        ignored=ignored("deviceName deviceType", _REASONS),
    ),
    "EphemeralStorage": Members("sizeInGiB"),
    "RuntimePlatform": Members(
        ignored=ignored("cpuArchitecture operatingSystemFamily", _REASONS),
    ),
    "TrustedExecutionConfiguration": Members(
        ignored=ignored("isolationMode attestationPolicy", _REASONS),
    ),
    "RunTaskRequest": Members(
        used=(
            "capacityProviderStrategy cluster count enableECSManagedTags enableExecuteCommand group launchType "
            "networkConfiguration overrides placementConstraints placementStrategy platformVersion propagateTags "
            "referenceId startedBy tags taskDefinition"
        ),
        ignored=ignored("clientToken", _REASONS),
    ),
    "TaskOverride": Members(
        used=(
            "containerOverrides cpu inferenceAcceleratorOverrides executionRoleArn memory taskRoleArn ephemeralStorage"
        ),
    ),
    "ContainerOverride": Members(
        used="name command environment cpu memory memoryReservation",
        ignored=ignored("environmentFiles resourceRequirements", _REASONS),
    ),
    "InferenceAcceleratorOverride": Members(
        ignored=ignored("deviceName deviceType", _REASONS),
    ),
    "TaskVolumeConfiguration": Members(
        used="name",
    ),
    "TaskManagedEBSVolumeConfiguration": Members(
        used="sizeInGiB roleArn",
        ignored=ignored(
            (
                "encrypted kmsKeyId volumeType snapshotId volumeInitializationRate iops throughput "
                "tagSpecifications terminationPolicy filesystemType"
            ),
            _REASONS,
        ),
    ),
    "TaskManagedEBSVolumeTerminationPolicy": Members(
        ignored=ignored("deleteOnTermination", _REASONS),
    ),
    "StartTaskRequest": Members(
        used=(
            "cluster enableECSManagedTags enableExecuteCommand group networkConfiguration overrides propagateTags "
            "referenceId startedBy tags taskDefinition"
        ),
        ignored=ignored("containerInstances", _REASONS),
    ),
    "StopTaskRequest": Members("cluster task reason"),
    "TagResourceRequest": Members("resourceArn tags"),
    "UntagResourceRequest": Members("resourceArn tagKeys"),
    "UpdateServiceRequest": Members(
        used=(
            "cluster service desiredCount taskDefinition capacityProviderStrategy deploymentConfiguration "
            "availabilityZoneRebalancing networkConfiguration placementConstraints placementStrategy "
            "platformVersion forceNewDeployment healthCheckGracePeriodSeconds deploymentController "
            "enableExecuteCommand enableECSManagedTags loadBalancers propagateTags serviceRegistries "
            "serviceConnectConfiguration"
        ),
        ignored=ignored("monitoring", _REASONS),
    ),
}
"""What becomes of the members of each structure in the requests of the operations that are the plugin's own."""

SUPPORT = Support("InvalidParameterException", _MEMBERS, moto=_MOTO, refused=_REFUSED)
