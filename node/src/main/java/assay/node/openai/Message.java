package assay.node.openai;

import org.jspecify.annotations.Nullable;

/**
 * One message of a conversation.
 *
 * @param role who speaks
 * @param content the text; an array of text parts is joined with line feeds
 * @param name the speaker's name, or null
 */
public record Message(Role role, String content, @Nullable String name) {
    /** Who speaks. */
    public enum Role {
        /** Instructions. */
        SYSTEM("system"),
        /** Instructions, in OpenAI's newer word; templates know it as system. */
        DEVELOPER("developer"),
        /** The person. */
        USER("user"),
        /** The model. */
        ASSISTANT("assistant");

        private final String wire;

        Role(String wire) {
            this.wire = wire;
        }

        /** The name in JSON. */
        public String wire() {
            return wire;
        }

        /** The name that chat templates know: developer is system. */
        public String templateName() {
            return this == DEVELOPER ? SYSTEM.wire : wire;
        }
    }
}
