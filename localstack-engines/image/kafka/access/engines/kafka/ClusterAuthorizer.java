package engines.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.metadata.authorizer.StandardAuthorizer;
import org.apache.kafka.server.authorizer.Action;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.authorizer.AuthorizationResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks IAM's policies for clients that logged in with IAM, and Kafka's ACLs for all others, as MSK does. */
public final class ClusterAuthorizer extends StandardAuthorizer {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterAuthorizer.class);
    private static final int MAXIMUM_DECISIONS = 10_000;

    /** A change of a policy has effect after this time. */
    private final Cache<Question, AuthorizationResult> decisions =
            Caffeine.newBuilder().expireAfterWrite(Duration.ofSeconds(2)).maximumSize(MAXIMUM_DECISIONS).build();

    private PluginClient plugin;

    private record Question(
            String principal, String address, AclOperation operation, ResourceType type, String name) {
        static Question of(AuthorizableRequestContext context, Action action) {
            var resource = action.resourcePattern();
            return new Question(
                    id(context),
                    context.clientAddress().getHostAddress(),
                    action.operation(),
                    resource.resourceType(),
                    resource.name());
        }

        ObjectNode json() {
            return PluginClient.JSON
                    .createObjectNode()
                    .put("operation", operation.name())
                    .put("type", type.name())
                    .put("name", name);
        }
    }

    @Override
    public void configure(Map<String, ?> configs) {
        super.configure(configs);
        plugin = new PluginClient(configs);
    }

    @Override
    public List<AuthorizationResult> authorize(AuthorizableRequestContext context, List<Action> actions) {
        if (!usesIam(context)) {
            return super.authorize(context, actions);
        }
        AuthorizationResult[] results = new AuthorizationResult[actions.size()];
        List<Question> open = new ArrayList<>();
        List<Integer> places = new ArrayList<>();
        for (int place = 0; place < results.length; place++) {
            Question question = Question.of(context, actions.get(place));
            results[place] = decisions.getIfPresent(question);
            if (results[place] == null) {
                results[place] = AuthorizationResult.DENIED;
                open.add(question);
                places.add(place);
            }
        }
        List<AuthorizationResult> answers = decide(context, open);
        for (int index = 0; index < answers.size(); index++) {
            results[places.get(index)] = answers.get(index);
        }
        return Arrays.asList(results);
    }

    /** IAM has an action of its own for idempotent writes, so a permission to write to some topic is not enough. */
    @Override
    public AuthorizationResult authorizeByResourceType(
            AuthorizableRequestContext context, AclOperation operation, ResourceType type) {
        return usesIam(context)
                ? AuthorizationResult.DENIED
                : super.authorizeByResourceType(context, operation, type);
    }

    /** Returns the answers to new questions; none, which denies them, if the plugin does not answer. */
    private List<AuthorizationResult> decide(AuthorizableRequestContext context, List<Question> open) {
        if (open.isEmpty()) {
            return List.of();
        }
        ObjectNode body = PluginClient.JSON.createObjectNode();
        body.put("principal", id(context));
        body.put("address", context.clientAddress().getHostAddress());
        ArrayNode asked = body.putArray("actions");
        open.forEach(question -> asked.add(question.json()));
        List<AuthorizationResult> answers = new ArrayList<>();
        try {
            JsonNode allowed = plugin.ask("authorize", body).get("allowed");
            for (int index = 0; index < open.size(); index++) {
                AuthorizationResult answer =
                        allowed.get(index).asBoolean() ? AuthorizationResult.ALLOWED : AuthorizationResult.DENIED;
                decisions.put(open.get(index), answer);
                answers.add(answer);
            }
        } catch (IOException error) {
            LOG.warn("Access could not be checked", error);
        }
        return answers;
    }

    private static String id(AuthorizableRequestContext context) {
        return ((IamPrincipal) context.principal()).id();
    }

    private static boolean usesIam(AuthorizableRequestContext context) {
        return PrincipalBuilder.IAM.equals(context.principal().getPrincipalType());
    }
}
