package engines.kafka;

import org.apache.kafka.common.security.auth.KafkaPrincipal;

/**
 * A client that logged in with IAM: its name is its ARN, and the access key is beside it.
 *
 * <p>Kafka lets no client log in again under another name on the same connection, and a role gets new access keys.
 */
final class IamPrincipal extends KafkaPrincipal {
    /** What the plugin calls the client: its ARN and its access key. */
    private final String id;

    IamPrincipal(String id) {
        super(PrincipalBuilder.IAM, id.substring(0, id.lastIndexOf('#')));
        this.id = id;
    }

    String id() {
        return id;
    }
}
