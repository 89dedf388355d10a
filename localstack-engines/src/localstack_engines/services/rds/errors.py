"""RDS's errors, with AWS's codes and wording."""

from localstack_engines.toolkit.errors import ServiceError


def invalid_value(message: str) -> ServiceError:
    return ServiceError("InvalidParameterValue", message)


def invalid_combination(message: str) -> ServiceError:
    return ServiceError("InvalidParameterCombination", message)


def invalid_state(message: str) -> ServiceError:
    return ServiceError("InvalidDBInstanceState", message)


def instance_not_found(identifier: str) -> ServiceError:
    return ServiceError("DBInstanceNotFound", f"DBInstance {identifier} not found.", 404)


def snapshot_not_found(identifier: str) -> ServiceError:
    return ServiceError("DBSnapshotNotFound", f"DBSnapshot {identifier} not found.", 404)


def key_not_accessible(key_id: str) -> ServiceError:
    return ServiceError(
        "KMSKeyNotAccessibleFault",
        f"The specified KMS key [{key_id}] does not exist, is not enabled or you do not have permissions to access it.",
    )


def certificate_not_found(name: str) -> ServiceError:
    return ServiceError("CertificateNotFound", f"Certificate not found: {name}", 404)


def subscription_not_found(name: str) -> ServiceError:
    return ServiceError("SubscriptionNotFound", f"Subscription {name} not found.", 404)


def unknown_family(family: str) -> ServiceError:
    return invalid_value(f"ParameterGroupFamily {family} is not a valid parameter group family")


def unknown_version(engine: str, version: str) -> ServiceError:
    return invalid_combination(f"Cannot find version {version} for {engine}")


def unknown_engine(engine: str) -> ServiceError:
    return invalid_value(f"Invalid DB engine: {engine} (this LocalStack runs PostgreSQL: postgres, aurora-postgresql)")


def cluster_not_found(identifier: str) -> ServiceError:
    return ServiceError("DBClusterNotFoundFault", f"DBCluster {identifier} not found.", 404)


def invalid_cluster_state(message: str) -> ServiceError:
    return ServiceError("InvalidDBClusterStateFault", message)


def cluster_snapshot_not_found(identifier: str) -> ServiceError:
    return ServiceError("DBClusterSnapshotNotFoundFault", f"DBClusterSnapshot {identifier} not found.", 404)
