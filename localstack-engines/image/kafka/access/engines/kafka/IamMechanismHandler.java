package engines.kafka;

import java.util.List;
import java.util.Map;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;

/** Hands the plugin's address to IamSaslServer, which Java makes without the broker's properties. */
public final class IamMechanismHandler implements AuthenticateCallbackHandler {
    private PluginClient plugin;

    @Override
    public void configure(Map<String, ?> configs, String mechanism, List<AppConfigurationEntry> jaasEntries) {
        plugin = new PluginClient(configs);
    }

    PluginClient plugin() {
        return plugin;
    }

    @Override
    public void handle(Callback[] callbacks) throws UnsupportedCallbackException {
        for (Callback callback : callbacks) {
            throw new UnsupportedCallbackException(callback);
        }
    }

    @Override
    public void close() {
        // There is nothing to close: connections end by themselves.
    }
}
