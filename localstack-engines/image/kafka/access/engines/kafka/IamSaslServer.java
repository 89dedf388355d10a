package engines.kafka;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.UUID;
import javax.security.auth.callback.CallbackHandler;
import javax.security.sasl.SaslException;
import javax.security.sasl.SaslServer;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.security.authenticator.SaslInternalConfigs;

/**
 * The server of the mechanism AWS_MSK_IAM: one message with a signed request, one answer.
 *
 * <p>Source: https://github.com/aws/aws-msk-iam-auth, "Details".
 */
final class IamSaslServer implements SaslServer {
    static final String MECHANISM = "AWS_MSK_IAM";
    private static final String VERSION = "2020_10_22";

    private final PluginClient plugin;
    private IamLogin login;

    IamSaslServer(CallbackHandler handler) {
        plugin = ((IamMechanismHandler) handler).plugin();
    }

    @Override
    public String getMechanismName() {
        return MECHANISM;
    }

    @Override
    public byte[] evaluateResponse(byte[] response) throws SaslException {
        login = IamLogin.check(plugin, "signed-request", parse(response));
        ObjectNode answer = PluginClient.JSON.createObjectNode();
        answer.put("version", VERSION).put("request-id", UUID.randomUUID().toString());
        try {
            return PluginClient.JSON.writeValueAsBytes(answer);
        } catch (JsonProcessingException error) {
            throw new SaslException("the answer cannot be written", error);
        }
    }

    private static JsonNode parse(byte[] response) {
        try {
            JsonNode parsed = PluginClient.JSON.readTree(response);
            if (parsed != null && parsed.isObject() && VERSION.equals(parsed.path("version").asText())) {
                return parsed;
            }
        } catch (IOException error) {
            throw new SaslAuthenticationException("The payload is not valid JSON", error);
        }
        throw new SaslAuthenticationException("The payload is not an object of version " + VERSION);
    }

    @Override
    public boolean isComplete() {
        return login != null;
    }

    @Override
    public String getAuthorizationID() {
        if (login == null) {
            throw new IllegalStateException("the log-in is not complete");
        }
        return login.principal();
    }

    @Override
    public Object getNegotiatedProperty(String name) {
        if (login == null) {
            throw new IllegalStateException("the log-in is not complete");
        }
        return SaslInternalConfigs.CREDENTIAL_LIFETIME_MS_SASL_NEGOTIATED_PROPERTY_KEY.equals(name)
                ? login.expires()
                : null;
    }

    @Override
    public byte[] unwrap(byte[] incoming, int offset, int length) {
        throw new IllegalStateException("the mechanism has no security layer");
    }

    @Override
    public byte[] wrap(byte[] outgoing, int offset, int length) {
        throw new IllegalStateException("the mechanism has no security layer");
    }

    @Override
    public void dispose() {
        // There is nothing to release.
    }
}
