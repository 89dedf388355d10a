"""What the local ECS service does with each operation and member of its API. See `toolkit/support.py`."""

from localstack_engines.toolkit.support import UNDECIDED, Members, Support

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

_MEMBERS = {
    "CreateClusterRequest": Members(
        used="clusterName tags capacityProviders",
        ignored=dict.fromkeys(
            ("settings configuration defaultCapacityProviderStrategy serviceConnectDefaults").split(),
            UNDECIDED,
        ),
    ),
    "Tag": Members("key value"),
    "ClusterSetting": Members("name value"),
    "ClusterConfiguration": Members(
        ignored=dict.fromkeys("executeCommandConfiguration managedStorageConfiguration".split(), UNDECIDED),
    ),
    "ExecuteCommandConfiguration": Members(
        used="logConfiguration",
        ignored=dict.fromkeys("kmsKeyId logging".split(), UNDECIDED),
    ),
    "ExecuteCommandLogConfiguration": Members(
        ignored=dict.fromkeys(
            ("cloudWatchLogGroupName cloudWatchEncryptionEnabled s3BucketName s3EncryptionEnabled s3KeyPrefix").split(),
            UNDECIDED,
        ),
    ),
    "ManagedStorageConfiguration": Members(
        ignored=dict.fromkeys("kmsKeyId fargateEphemeralStorageKmsKeyId".split(), UNDECIDED),
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
        ignored=dict.fromkeys(
            ("clientToken role volumeConfigurations vpcLatticeConfigurations gatewayConnectors monitoring").split(),
            UNDECIDED,
        ),
    ),
    "LoadBalancer": Members(
        used="containerName containerPort",
        ignored=dict.fromkeys("targetGroupArn loadBalancerName advancedConfiguration".split(), UNDECIDED),
    ),
    "AdvancedConfiguration": Members(
        used="roleArn",
        ignored=dict.fromkeys("alternateTargetGroupArn productionListenerRule testListenerRule".split(), UNDECIDED),
    ),
    "ServiceRegistry": Members("registryArn port containerName containerPort"),
    "DeploymentConfiguration": Members(
        used="deploymentCircuitBreaker maximumPercent minimumHealthyPercent",
        ignored=dict.fromkeys(
            (
                "alarms strategy bakeTimeInMinutes lifecycleHooks linearConfiguration canaryConfiguration "
                "earlySuccessCriteria"
            ).split(),
            UNDECIDED,
        ),
    ),
    "DeploymentCircuitBreaker": Members(
        used="enable rollback",
        ignored=dict.fromkeys("resetOnHealthyTask thresholdConfiguration".split(), UNDECIDED),
    ),
    "ThresholdConfiguration": Members("type value"),
    "DeploymentAlarms": Members(
        used="rollback enable",
        ignored=dict.fromkeys("alarmNames".split(), UNDECIDED),
    ),
    "DeploymentLifecycleHook": Members(
        used="roleArn",
        ignored=dict.fromkeys(
            ("targetType hookTargetArn lifecycleStages hookDetails timeoutConfiguration").split(),
            UNDECIDED,
        ),
    ),
    "HookDetails": Members(),
    "DeploymentLifecycleHookTimeoutConfiguration": Members(
        ignored=dict.fromkeys("timeoutInMinutes action".split(), UNDECIDED),
    ),
    "LinearConfiguration": Members(
        ignored=dict.fromkeys("stepPercent stepBakeTimeInMinutes".split(), UNDECIDED),
    ),
    "CanaryConfiguration": Members(
        ignored=dict.fromkeys("canaryPercent canaryBakeTimeInMinutes".split(), UNDECIDED),
    ),
    "DeploymentEarlySuccessCriteria": Members(
        used="enable",
        ignored=dict.fromkeys("healthyPercent sourceServiceRevisionCleanup".split(), UNDECIDED),
    ),
    "PlacementConstraint": Members(
        used="type",
        ignored=dict.fromkeys("expression".split(), UNDECIDED),
    ),
    "PlacementStrategy": Members(
        used="type",
        ignored=dict.fromkeys("field".split(), UNDECIDED),
    ),
    "NetworkConfiguration": Members("awsvpcConfiguration"),
    "AwsVpcConfiguration": Members(
        used="subnets securityGroups",
        ignored=dict.fromkeys("assignPublicIp".split(), UNDECIDED),
    ),
    "DeploymentController": Members("type"),
    "ServiceConnectConfiguration": Members(
        used="enabled namespace services logConfiguration",
        ignored=dict.fromkeys("accessLogConfiguration containerConfigurations".split(), UNDECIDED),
    ),
    "ServiceConnectService": Members(
        used="timeout",
        ignored=dict.fromkeys("portName discoveryName clientAliases ingressPortOverride tls".split(), UNDECIDED),
    ),
    "ServiceConnectClientAlias": Members(
        used="port",
        ignored=dict.fromkeys("dnsName testTrafficRules".split(), UNDECIDED),
    ),
    "ServiceConnectTestTrafficRules": Members(
        ignored=dict.fromkeys("header".split(), UNDECIDED),
    ),
    "ServiceConnectTestTrafficHeaderRules": Members("name value"),
    "ServiceConnectTestTrafficHeaderMatchRules": Members(
        ignored=dict.fromkeys("exact".split(), UNDECIDED),
    ),
    "TimeoutConfiguration": Members(
        ignored=dict.fromkeys("idleTimeoutSeconds perRequestTimeoutSeconds".split(), UNDECIDED),
    ),
    "ServiceConnectTlsConfiguration": Members(
        used="roleArn",
        ignored=dict.fromkeys("issuerCertificateAuthority kmsKey".split(), UNDECIDED),
    ),
    "ServiceConnectTlsCertificateAuthority": Members(
        ignored=dict.fromkeys("awsPcaAuthorityArn".split(), UNDECIDED),
    ),
    "LogConfiguration": Members(
        used="logDriver options",
        ignored=dict.fromkeys("secretOptions".split(), UNDECIDED),
    ),
    "Secret": Members("name valueFrom"),
    "ServiceConnectAccessLogConfiguration": Members(
        ignored=dict.fromkeys("format includeQueryParameters".split(), UNDECIDED),
    ),
    "ServiceConnectContainerConfiguration": Members(
        ignored=dict.fromkeys("logLevel".split(), UNDECIDED),
    ),
    "ServiceVolumeConfiguration": Members(
        used="name",
        ignored=dict.fromkeys("managedEBSVolume".split(), UNDECIDED),
    ),
    "ServiceManagedEBSVolumeConfiguration": Members(
        used="sizeInGiB roleArn",
        ignored=dict.fromkeys(
            (
                "encrypted kmsKeyId volumeType snapshotId volumeInitializationRate iops throughput tagSpecifications "
                "filesystemType"
            ).split(),
            UNDECIDED,
        ),
    ),
    "EBSTagSpecification": Members(
        used="tags propagateTags",
        ignored=dict.fromkeys("resourceType".split(), UNDECIDED),
    ),
    "VpcLatticeConfiguration": Members(
        used="roleArn",
        ignored=dict.fromkeys("targetGroupArn portName advancedConfiguration".split(), UNDECIDED),
    ),
    "VpcLatticeAdvancedConfiguration": Members(
        ignored=dict.fromkeys("alternateTargetGroupArn productionListenerRule testListenerRule".split(), UNDECIDED),
    ),
    "GatewayConnector": Members(
        used="healthCheck filters",
        ignored=dict.fromkeys("portName deregistrationDelay".split(), UNDECIDED),
    ),
    "GatewayConnectorHealthCheck": Members(
        ignored=dict.fromkeys(
            (
                "healthCheckProtocol healthCheckPort healthCheckPath healthCheckTimeoutSeconds "
                "healthCheckIntervalSeconds healthyThresholdCount unhealthyThresholdCount matcher"
            ).split(),
            UNDECIDED,
        ),
    ),
    "GatewayConnectorHealthCheckMatcher": Members(
        ignored=dict.fromkeys("httpCode grpcCode".split(), UNDECIDED),
    ),
    "GatewayConnectorFilters": Members(
        ignored=dict.fromkeys("accessTypes".split(), UNDECIDED),
    ),
    "GatewayConnectorDeregistrationDelay": Members(
        ignored=dict.fromkeys("timeoutSeconds".split(), UNDECIDED),
    ),
    "MonitoringConfiguration": Members(
        ignored=dict.fromkeys("metricConfigurations".split(), UNDECIDED),
    ),
    "MetricConfiguration": Members(
        ignored=dict.fromkeys("metricNames resolutionSeconds".split(), UNDECIDED),
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
        ignored=dict.fromkeys("resourceManagementType".split(), UNDECIDED),
    ),
    "ListTagsForResourceRequest": Members("resourceArn"),
    "ListTaskDefinitionFamiliesRequest": Members("familyPrefix status nextToken maxResults"),
    "ListTaskDefinitionsRequest": Members("familyPrefix status sort nextToken maxResults"),
    "ListTasksRequest": Members(
        used="cluster containerInstance family nextToken maxResults startedBy serviceName desiredStatus launchType",
        ignored=dict.fromkeys("daemonName".split(), UNDECIDED),
    ),
    "RegisterTaskDefinitionRequest": Members(
        used=(
            "family taskRoleArn executionRoleArn networkMode containerDefinitions volumes placementConstraints "
            "requiresCompatibilities cpu memory tags ephemeralStorage"
        ),
        ignored=dict.fromkeys(
            (
                "pidMode ipcMode proxyConfiguration inferenceAccelerators runtimePlatform enableFaultInjection "
                "trustedExecutionConfiguration"
            ).split(),
            UNDECIDED,
        ),
    ),
    "ContainerDefinition": Members(
        used=(
            "name image cpu memory memoryReservation portMappings essential entryPoint command environment "
            "mountPoints linuxParameters secrets dependsOn startTimeout stopTimeout user workingDirectory "
            "readonlyRootFilesystem interactive pseudoTerminal dockerLabels ulimits logConfiguration healthCheck "
            "systemControls"
        ),
        ignored=dict.fromkeys(
            (
                "repositoryCredentials links restartPolicy environmentFiles volumesFrom versionConsistency hostname "
                "disableNetworking privileged dnsServers dnsSearchDomains extraHosts dockerSecurityOptions "
                "resourceRequirements firelensConfiguration credentialSpecs"
            ).split(),
            UNDECIDED,
        ),
    ),
    "RepositoryCredentials": Members(
        ignored=dict.fromkeys("credentialsParameter".split(), UNDECIDED),
    ),
    "PortMapping": Members(
        used="containerPort name",
        ignored=dict.fromkeys("hostPort protocol appProtocol containerPortRange".split(), UNDECIDED),
    ),
    "ContainerRestartPolicy": Members(
        used="enabled",
        ignored=dict.fromkeys("ignoredExitCodes restartAttemptPeriod".split(), UNDECIDED),
    ),
    "KeyValuePair": Members("name value"),
    "EnvironmentFile": Members("value type"),
    "MountPoint": Members("sourceVolume containerPath readOnly"),
    "VolumeFrom": Members(
        used="readOnly",
        ignored=dict.fromkeys("sourceContainer".split(), UNDECIDED),
    ),
    "LinuxParameters": Members(
        used="capabilities initProcessEnabled sharedMemorySize tmpfs",
        ignored=dict.fromkeys("devices maxSwap swappiness".split(), UNDECIDED),
    ),
    "KernelCapabilities": Members("add drop"),
    "Device": Members(
        used="containerPath",
        ignored=dict.fromkeys("hostPath permissions".split(), UNDECIDED),
    ),
    "Tmpfs": Members("containerPath size mountOptions"),
    "ContainerDependency": Members("containerName condition"),
    "HostEntry": Members(
        ignored=dict.fromkeys("hostname ipAddress".split(), UNDECIDED),
    ),
    "Ulimit": Members("name softLimit hardLimit"),
    "HealthCheck": Members("command interval timeout retries startPeriod"),
    "SystemControl": Members("namespace value"),
    "ResourceRequirement": Members(
        used="value type",
        ignored=dict.fromkeys("sharingStrategy".split(), UNDECIDED),
    ),
    "SharingStrategy": Members(
        ignored=dict.fromkeys("nvidiaMps".split(), UNDECIDED),
    ),
    "NvidiaMpsAllocation": Members(
        used="memory",
        ignored=dict.fromkeys("maxComputePercent".split(), UNDECIDED),
    ),
    "FirelensConfiguration": Members("type options"),
    "Volume": Members(
        used="name host efsVolumeConfiguration fsxWindowsFileServerVolumeConfiguration",
        ignored=dict.fromkeys(
            ("dockerVolumeConfiguration s3filesVolumeConfiguration configuredAtLaunch").split(),
            UNDECIDED,
        ),
    ),
    "HostVolumeProperties": Members("sourcePath"),
    "DockerVolumeConfiguration": Members(
        used="scope labels",
        ignored=dict.fromkeys("autoprovision driver driverOpts".split(), UNDECIDED),
    ),
    "EFSVolumeConfiguration": Members(
        ignored=dict.fromkeys(
            ("fileSystemId rootDirectory transitEncryption transitEncryptionPort authorizationConfig").split(),
            UNDECIDED,
        ),
    ),
    "EFSAuthorizationConfig": Members(
        ignored=dict.fromkeys("accessPointId iam".split(), UNDECIDED),
    ),
    "S3FilesVolumeConfiguration": Members(
        ignored=dict.fromkeys("fileSystemArn rootDirectory transitEncryptionPort accessPointArn".split(), UNDECIDED),
    ),
    "FSxWindowsFileServerVolumeConfiguration": Members(
        ignored=dict.fromkeys("fileSystemId rootDirectory authorizationConfig".split(), UNDECIDED),
    ),
    "FSxWindowsFileServerAuthorizationConfig": Members(
        ignored=dict.fromkeys("credentialsParameter domain".split(), UNDECIDED),
    ),
    "TaskDefinitionPlacementConstraint": Members(
        used="type",
        ignored=dict.fromkeys("expression".split(), UNDECIDED),
    ),
    "ProxyConfiguration": Members(
        used="type containerName",
        ignored=dict.fromkeys("properties".split(), UNDECIDED),
    ),
    "InferenceAccelerator": Members(
        ignored=dict.fromkeys("deviceName deviceType".split(), UNDECIDED),
    ),
    "EphemeralStorage": Members("sizeInGiB"),
    "RuntimePlatform": Members(
        ignored=dict.fromkeys("cpuArchitecture operatingSystemFamily".split(), UNDECIDED),
    ),
    "TrustedExecutionConfiguration": Members(
        ignored=dict.fromkeys("isolationMode attestationPolicy".split(), UNDECIDED),
    ),
    "RunTaskRequest": Members(
        used=(
            "capacityProviderStrategy cluster count enableECSManagedTags enableExecuteCommand group launchType "
            "networkConfiguration overrides placementConstraints placementStrategy platformVersion propagateTags "
            "referenceId startedBy tags taskDefinition"
        ),
        ignored=dict.fromkeys("clientToken volumeConfigurations".split(), UNDECIDED),
    ),
    "TaskOverride": Members(
        used=(
            "containerOverrides cpu inferenceAcceleratorOverrides executionRoleArn memory taskRoleArn ephemeralStorage"
        ),
    ),
    "ContainerOverride": Members(
        used="name command environment cpu memory memoryReservation",
        ignored=dict.fromkeys("environmentFiles resourceRequirements".split(), UNDECIDED),
    ),
    "InferenceAcceleratorOverride": Members(
        ignored=dict.fromkeys("deviceName deviceType".split(), UNDECIDED),
    ),
    "TaskVolumeConfiguration": Members(
        used="name",
        ignored=dict.fromkeys("managedEBSVolume".split(), UNDECIDED),
    ),
    "TaskManagedEBSVolumeConfiguration": Members(
        used="sizeInGiB roleArn",
        ignored=dict.fromkeys(
            (
                "encrypted kmsKeyId volumeType snapshotId volumeInitializationRate iops throughput tagSpecifications "
                "terminationPolicy filesystemType"
            ).split(),
            UNDECIDED,
        ),
    ),
    "TaskManagedEBSVolumeTerminationPolicy": Members(
        ignored=dict.fromkeys("deleteOnTermination".split(), UNDECIDED),
    ),
    "StartTaskRequest": Members(
        used=(
            "cluster enableECSManagedTags enableExecuteCommand group networkConfiguration overrides propagateTags "
            "referenceId startedBy tags taskDefinition"
        ),
        ignored=dict.fromkeys("containerInstances volumeConfigurations".split(), UNDECIDED),
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
        ignored=dict.fromkeys(
            ("volumeConfigurations vpcLatticeConfigurations gatewayConnectors monitoring").split(),
            UNDECIDED,
        ),
    ),
}
"""What becomes of the members of each structure in the requests of the operations that are the plugin's own."""

SUPPORT = Support("InvalidParameterException", _MEMBERS, moto=_MOTO, refused=_REFUSED)
