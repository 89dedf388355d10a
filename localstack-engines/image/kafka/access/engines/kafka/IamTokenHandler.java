package engines.kafka;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerToken;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Validates the tokens of SASL/OAUTHBEARER, which are presigned requests for kafka-cluster:Connect. */
public final class IamTokenHandler implements AuthenticateCallbackHandler {
    private static final Logger LOG = LoggerFactory.getLogger(IamTokenHandler.class);

    private PluginClient plugin;

    @Override
    public void configure(Map<String, ?> configs, String mechanism, List<AppConfigurationEntry> jaasEntries) {
        plugin = new PluginClient(configs);
    }

    @Override
    public void handle(Callback[] callbacks) throws IOException, UnsupportedCallbackException {
        for (Callback callback : callbacks) {
            if (!(callback instanceof OAuthBearerValidatorCallback validation)) {
                throw new UnsupportedCallbackException(callback);
            }
            validate(validation);
        }
    }

    private void validate(OAuthBearerValidatorCallback validation) {
        var body = PluginClient.JSON.createObjectNode().put("token", validation.tokenValue());
        try {
            IamLogin login = IamLogin.check(plugin, "token", body);
            validation.token(new Token(validation.tokenValue(), login));
        } catch (SaslAuthenticationException refused) {
            LOG.warn("A token was refused: {}", refused.getMessage());
            validation.error(refused.getMessage(), null, null);
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
