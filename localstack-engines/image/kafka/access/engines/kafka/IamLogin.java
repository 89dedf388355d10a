package engines.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import org.apache.kafka.common.errors.SaslAuthenticationException;

/** A log-in that IAM accepted: the name of the principal, and when its credentials end, in milliseconds of the epoch. */
record IamLogin(String principal, long expires) {
    /** Has the plugin check a signed request. Throws SaslAuthenticationException with the reason of a refusal. */
    static IamLogin check(PluginClient plugin, String question, JsonNode signed) {
        JsonNode answer;
        try {
            answer = plugin.ask(question, signed);
        } catch (IOException error) {
            throw new SaslAuthenticationException("Access could not be checked", error);
        }
        if (answer.has("refused")) {
            throw new SaslAuthenticationException(answer.get("refused").asText());
        }
        return new IamLogin(answer.get("principal").asText(), answer.get("expires").asLong());
    }
}
