package engines.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.apache.kafka.common.security.scram.ScramCredential;
import org.apache.kafka.common.security.scram.ScramCredentialCallback;

/** Gives Kafka's SCRAM server the credentials of the secrets that are associated with the cluster. */
public final class ScramHandler implements AuthenticateCallbackHandler {
    private PluginClient plugin;

    @Override
    public void configure(Map<String, ?> configs, String mechanism, List<AppConfigurationEntry> jaasEntries) {
        plugin = new PluginClient(configs);
    }

    @Override
    public void handle(Callback[] callbacks) throws IOException, UnsupportedCallbackException {
        String user = null;
        for (Callback callback : callbacks) {
            if (callback instanceof NameCallback name) {
                user = name.getDefaultName();
            } else if (callback instanceof ScramCredentialCallback credential) {
                credential.scramCredential(find(user));
            } else {
                throw new UnsupportedCallbackException(callback);
            }
        }
    }

    /** Returns the credentials of a user, or null if there are none: Kafka then refuses the log-in. */
    private ScramCredential find(String user) throws IOException {
        JsonNode answer = plugin.ask("scram", PluginClient.JSON.createObjectNode().put("user", user));
        if (answer.has("refused")) {
            return null;
        }
        return new ScramCredential(
                answer.get("salt").binaryValue(),
                answer.get("storedKey").binaryValue(),
                answer.get("serverKey").binaryValue(),
                answer.get("iterations").asInt());
    }

    @Override
    public void close() {
        // There is nothing to close: connections end by themselves.
    }
}
