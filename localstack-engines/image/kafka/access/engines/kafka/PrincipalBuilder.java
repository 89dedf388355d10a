package engines.kafka;

import java.util.Set;
import org.apache.kafka.common.security.auth.AuthenticationContext;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SaslAuthenticationContext;
import org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder;
import org.apache.kafka.common.security.ssl.SslPrincipalMapper;

/**
 * Gives clients that logged in with IAM, and the cluster itself, principals of types of their own.
 *
 * <p>A type cannot be chosen by a client, so no user of SCRAM can take the name of another kind of principal.
 */
public final class PrincipalBuilder extends DefaultKafkaPrincipalBuilder {
    static final String IAM = "IAM";
    private static final KafkaPrincipal BROKER = new KafkaPrincipal("Broker", "internal");
    private static final Set<String> INTERNAL_LISTENERS = Set.of("INTERNAL", "CONTROLLER");
    private static final Set<String> IAM_MECHANISMS = Set.of("OAUTHBEARER", IamSaslServer.MECHANISM);

    public PrincipalBuilder() {
        super(null, SslPrincipalMapper.fromRules("DEFAULT"));
    }

    @Override
    public KafkaPrincipal build(AuthenticationContext context) {
        if (INTERNAL_LISTENERS.contains(context.listenerName())) {
            return BROKER;
        }
        if (context instanceof SaslAuthenticationContext sasl
                && IAM_MECHANISMS.contains(sasl.server().getMechanismName())) {
            return new IamPrincipal(sasl.server().getAuthorizationID());
        }
        return super.build(context);
    }

    /** Brokers pass some requests on to the controller, with the client that made them. */
    @Override
    public byte[] serialize(KafkaPrincipal principal) {
        return super.serialize(principal instanceof IamPrincipal iam ? new KafkaPrincipal(IAM, iam.id()) : principal);
    }

    @Override
    public KafkaPrincipal deserialize(byte[] bytes) {
        KafkaPrincipal principal = super.deserialize(bytes);
        return IAM.equals(principal.getPrincipalType()) ? new IamPrincipal(principal.getName()) : principal;
    }
}
