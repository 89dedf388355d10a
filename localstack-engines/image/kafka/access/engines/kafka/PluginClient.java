package engines.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.Map;

/** Asks the plugin, over HTTP on the loopback interface, what MSK would ask IAM and Secrets Manager. */
final class PluginClient {
    /** The broker property that holds the address. It is different for each cluster, and hard to guess. */
    static final String URL_CONFIG = "localstack.engines.access.url";

    static final ObjectMapper JSON = new ObjectMapper();
    private static final int TIMEOUT_MS = 10_000;

    private final String url;

    PluginClient(Map<String, ?> configs) {
        url = String.valueOf(configs.get(URL_CONFIG));
    }

    /** Returns the answer to a question. Throws IOException if the plugin does not answer. */
    JsonNode ask(String question, JsonNode body) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) URI.create(url + "/" + question).toURL().openConnection();
        connection.setConnectTimeout(TIMEOUT_MS);
        connection.setReadTimeout(TIMEOUT_MS);
        connection.setRequestMethod("POST");
        connection.setRequestProperty("Content-Type", "application/json");
        connection.setDoOutput(true);
        try (OutputStream stream = connection.getOutputStream()) {
            stream.write(JSON.writeValueAsBytes(body));
        }
        try (var stream = connection.getInputStream()) {
            return JSON.readTree(stream);
        }
    }
}
