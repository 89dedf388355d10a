package engines.kafka;

import java.security.Provider;
import java.util.Map;
import javax.security.auth.callback.CallbackHandler;
import javax.security.sasl.SaslServer;
import javax.security.sasl.SaslServerFactory;
import org.apache.kafka.common.security.auth.SecurityProviderCreator;

/** Registers the mechanism AWS_MSK_IAM with Java. Brokers load it through Kafka's property security.providers. */
public final class IamSaslProvider implements SecurityProviderCreator {
    @Override
    public Provider getProvider() {
        return new IamProvider();
    }

    private static final class IamProvider extends Provider {
        private static final long serialVersionUID = 1L;

        IamProvider() {
            super("LocalStackEnginesIam", "1", "The SASL mechanism " + IamSaslServer.MECHANISM);
            put("SaslServerFactory." + IamSaslServer.MECHANISM, Factory.class.getName());
        }
    }

    /** Java makes it by its name. */
    public static final class Factory implements SaslServerFactory {
        @Override
        public SaslServer createSaslServer(
                String mechanism, String protocol, String server, Map<String, ?> properties, CallbackHandler handler) {
            return IamSaslServer.MECHANISM.equals(mechanism) ? new IamSaslServer(handler) : null;
        }

        @Override
        public String[] getMechanismNames(Map<String, ?> properties) {
            return new String[] {IamSaslServer.MECHANISM};
        }
    }
}
