package engines.kafka;

import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerToken;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallback;

/** Validates the tokens of SASL/OAUTHBEARER, which are presigned requests for kafka-cluster:Connect. */
public final class IamTokenHandler implements AuthenticateCallbackHandler {
    private PluginClient plugin;

    @Override
    public void configure(Map<String, ?> configs, String mechanism, List<AppConfigurationEntry> jaasEntries) {
        plugin = new PluginClient(configs);
    }

    @Override
    public void handle(Callback[] callbacks) throws UnsupportedCallbackException {
        for (Callback callback : callbacks) {
            if (!(callback instanceof OAuthBearerValidatorCallback validation)) {
                throw new UnsupportedCallbackException(callback);
            }
            // A refusal is thrown: Kafka then tells the client the reason at once. Not every client reads the error
            // that RFC 7628 has the server send as a challenge.
            var body = PluginClient.JSON.createObjectNode().put("token", validation.tokenValue());
            validation.token(new Token(validation.tokenValue(), IamLogin.check(plugin, "token", body)));
        }
    }

    @Override
    public void close() {
        // There is nothing to close: connections end by themselves.
    }

    private record Token(String value, IamLogin login) implements OAuthBearerToken {
        @Override
        public Set<String> scope() {
            return Set.of();
        }

        @Override
        public long lifetimeMs() {
            return login.expires();
        }

        @Override
        public String principalName() {
            return login.principal();
        }

        @Override
        public Long startTimeMs() {
            return null;
        }
    }
}
