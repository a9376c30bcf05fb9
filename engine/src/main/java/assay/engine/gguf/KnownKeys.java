package assay.engine.gguf;

import assay.core.base.MalformedException;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The keys whose absence stands for a default.
 *
 * <p>A value of an unexpected kind reads as absent, and would change the model's arithmetic or its
 * text without a word; so for these the kind is checked when the file is opened. Keys that a model
 * must have need no entry: their reader refuses what it does not find.
 */
final class KnownKeys {
    private enum Kind {
        INTEGER,
        FLOAT,
        DOUBLE,
        STRING,
        BOOL,
        ARRAY
    }

    private static final SortedMap<String, Kind> BY_NAME = kinds(
            Kind.BOOL,
            "tokenizer.ggml.add_bos_token tokenizer.ggml.add_eos_token tokenizer.ggml.add_sep_token"
                    + " tokenizer.ggml.add_space_prefix tokenizer.ggml.remove_extra_whitespaces");
    private static final SortedMap<String, Kind> BY_SUFFIX = kinds(
            Kind.INTEGER,
            "attention.head_count_kv attention.key_length attention.value_length rope.dimension_count"
                    + " attention.sliding_window rope.scaling.original_context_length expert_count"
                    + " expert_used_count vocab_size");

    static {
        BY_NAME.putAll(kinds(
                Kind.INTEGER,
                "tokenizer.ggml.bos_token_id tokenizer.ggml.eos_token_id tokenizer.ggml.eot_token_id"
                        + " tokenizer.ggml.eom_token_id tokenizer.ggml.unknown_token_id"
                        + " tokenizer.ggml.seperator_token_id tokenizer.ggml.padding_token_id split.count"));
        BY_NAME.putAll(kinds(
                Kind.STRING, "general.architecture tokenizer.ggml.model tokenizer.ggml.pre tokenizer.chat_template"));
        BY_NAME.putAll(kinds(
                Kind.ARRAY,
                "tokenizer.ggml.tokens tokenizer.ggml.scores tokenizer.ggml.token_type tokenizer.ggml.merges"
                        + " tokenizer.ggml.precompiled_charsmap"));
        BY_SUFFIX.putAll(kinds(
                Kind.FLOAT,
                "rope.freq_base rope.scaling.factor rope.scaling.attn_factor rope.scale_linear logit_scale"
                        + " embedding_scale residual_scale attention.scale attention.max_alibi_bias"
                        + " attention.clamp_kqv attn_logit_softcapping final_logit_softcapping"));
        BY_SUFFIX.putAll(kinds(Kind.STRING, "rope.scaling.type"));
        BY_SUFFIX.putAll(kinds(Kind.BOOL, "rope.scaling.finetuned attention.causal"));
    }

    private KnownKeys() {}

    static void check(Metadata metadata) throws MalformedException {
        String architecture = metadata.string("general.architecture").orElse("");
        for (String key : metadata.keys()) {
            Kind expected = BY_NAME.get(key);
            if (expected == null && key.startsWith(architecture + ".")) {
                expected = BY_SUFFIX.get(key.substring(architecture.length() + 1));
            }
            Optional<ValueType> type = metadata.type(key);
            if (expected != null && type.isPresent() && kind(type.get()) != expected) {
                throw new MalformedException(key + " is of type " + type.get() + ", expected " + expected, -1);
            }
        }
    }

    private static Kind kind(ValueType type) {
        return switch (type) {
            case UINT8, INT8, UINT16, INT16, UINT32, INT32, UINT64, INT64 -> Kind.INTEGER;
            case FLOAT32 -> Kind.FLOAT;
            case FLOAT64 -> Kind.DOUBLE;
            case STRING -> Kind.STRING;
            case BOOL -> Kind.BOOL;
            case ARRAY -> Kind.ARRAY;
        };
    }

    private static SortedMap<String, Kind> kinds(Kind kind, String keys) {
        SortedMap<String, Kind> kinds = new TreeMap<>();
        for (String key : keys.strip().split(" ", -1)) {
            kinds.put(key, kind);
        }
        return kinds;
    }
}
