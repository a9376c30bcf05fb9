package assay.core.receipt;

import assay.core.base.Hash;
import assay.core.base.NodeKey;
import assay.core.codec.Json;
import assay.core.kernel.Sampling;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What a node states about one answer. Every field is covered by its signature; {@link Statement}
 * gives the bytes. docs/protocol/receipt.md says why each is there.
 *
 * @param request what was asked
 * @param prompt {@link Digests#prompt}: the token ids that the model saw
 * @param answer {@link Digests#answer}: content, log probabilities and token ids of all choices
 * @param choices how each choice ended
 * @param transcriptBytes length of the transcript without its prompt ids, {@link Transcript#bareBytes}: what is longer
 *     than a dispute's move cannot be disputed
 * @param nonce lower-case hex of 16 to 32 bytes: the client's, else the payment's
 * @param model which model, to the byte
 * @param trace commitment to every intermediate value
 * @param parents receipts whose prefix was reused: none, or the one
 * @param seed of the sampler
 * @param usage tokens
 * @param price the price list that applied
 * @param payment who paid, and how much
 * @param node who answered
 * @param ledger where the ledger stood
 * @param timeMillis the node's wall clock, milliseconds since 1970 UTC
 * @param evidence digests of stronger evidence, if any
 * @param sealed whether the payer took it out of the audits' draw
 * @param extra members of later versions: kept, so that the bytes stay the same, and never trusted
 */
public record Receipt(
        Request request,
        Hash prompt,
        Hash answer,
        List<Choice> choices,
        int transcriptBytes,
        String nonce,
        Model model,
        Trace trace,
        List<Hash> parents,
        Seed seed,
        Usage usage,
        PriceList price,
        Payment payment,
        Node node,
        Ledger ledger,
        long timeMillis,
        List<Evidence> evidence,
        boolean sealed,
        Json.Obj extra) {

    /** Most choices of one request. */
    public static final int CHOICES_MAX = 8;

    /** Most pieces of evidence. */
    public static final int EVIDENCE_MAX = 8;

    /** The latest time that a receipt can state: the year 9999. */
    public static final long TIME_MAX = 253_402_300_799_999L;

    private static final Pattern NONCE = Pattern.compile("([0-9a-f]{2}){16,32}");
    private static final Pattern DATE = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");

    /** Copies the lists and checks shapes that no signature may cover. */
    public Receipt {
        choices = List.copyOf(choices);
        parents = List.copyOf(parents);
        evidence = List.copyOf(evidence);
        size("choices", choices.size(), 1, CHOICES_MAX);
        size("parents", parents.size(), 0, 1);
        size("evidence", evidence.size(), 0, EVIDENCE_MAX);
        if (!NONCE.matcher(nonce).matches()) {
            throw new IllegalArgumentException("a nonce is lower-case hex of 16 to 32 bytes, got " + nonce);
        }
        range("bytes", transcriptBytes, 0, Transcript.SIZE_MAX_BYTES);
        range("time", timeMillis, 0, TIME_MAX);
    }

    /**
     * What was asked.
     *
     * @param digest {@link Digests#request} of the exact body
     * @param model the model string of the body
     * @param date today's date as the template saw it, {@code 2026-11-30}: an input that is not in the body
     * @param sampling the scalars of the sampling; {@code stop} and {@code logit_bias} are in its digest
     * @param samplingDigest {@link Digests#sampling} of all of it
     */
    public record Request(Hash digest, String model, String date, Scalars sampling, Hash samplingDigest) {
        /** Checks shapes. */
        public Request {
            printable("model", model, 256);
            if (!DATE.matcher(date).matches()) {
                throw new IllegalArgumentException("a date reads 2026-11-30, got " + date);
            }
        }
    }

    /**
     * A {@link Sampling} without its lists, which may be long and are the payer's own words.
     *
     * @param stops count of stop strings
     * @param biases count of logit biases
     */
    public record Scalars(
            double temperature,
            int topK,
            double topP,
            double minP,
            double presencePenalty,
            double frequencyPenalty,
            int biases,
            int maxTokens,
            int stops,
            int n,
            boolean logprobs,
            int topLogprobs) {

        /** Checks the ranges of {@link Sampling}. */
        public Scalars {
            new Sampling(
                    temperature,
                    topK,
                    topP,
                    minP,
                    presencePenalty,
                    frequencyPenalty,
                    new TreeMap<>(),
                    maxTokens,
                    List.of(),
                    n,
                    logprobs,
                    topLogprobs);
            range("biases", biases, 0, Integer.MAX_VALUE);
            range("stops", stops, 0, 4);
        }

        /** Those of this sampling. */
        public static Scalars of(Sampling s) {
            return new Scalars(
                    s.temperature(),
                    s.topK(),
                    s.topP(),
                    s.minP(),
                    s.presencePenalty(),
                    s.frequencyPenalty(),
                    s.logitBias().size(),
                    s.maxTokens(),
                    s.stop().size(),
                    s.n(),
                    s.logprobs(),
                    s.topLogprobs());
        }
    }

    /**
     * One choice.
     *
     * @param tokens tokens billed
     * @param finish why it ended
     * @param steps positions under its trace root
     */
    public record Choice(int tokens, Finish finish, int steps) {
        /** Checks ranges. */
        public Choice {
            range("tokens", tokens, 0, Integer.MAX_VALUE);
            range("steps", steps, 0, Integer.MAX_VALUE);
        }
    }

    /**
     * A model of the registry.
     *
     * @param id its name in the registry
     * @param program root of the exact program
     * @param weights root of the weights
     * @param tokenizer digest of the tokenizer
     * @param template digest of the chat template
     * @param unicode digest of the Unicode tables
     * @param file SHA-256 of the source file
     */
    public record Model(String id, Hash program, Hash weights, Hash tokenizer, Hash template, Hash unicode, Hash file) {
        /** Checks the id. */
        public Model {
            printable("model id", id, 96);
        }
    }

    /**
     * Commitment to the computation.
     *
     * @param format of the trace, {@code assay/trace/1}
     * @param root {@link Digests#blind} of {@link Digests#traces} of the choices' roots
     */
    public record Trace(String format, Hash root) {
        /** The format of this version. */
        public static final String FORMAT = "assay/trace/1";

        /** Checks the format's text. */
        public Trace {
            printable("trace format", format, 32);
        }
    }

    /**
     * The sampler's seed.
     *
     * @param value 64 bits
     * @param source who determined it; never the node
     */
    public record Seed(long value, Source source) {
        /** Where a seed came from. */
        public enum Source {
            /** The request's body. */
            CLIENT,
            /** {@link Digests#seed}. */
            DERIVED
        }
    }

    /**
     * Who pays, and how.
     *
     * @param payer account
     * @param channel channel or escrow, {@code none} if there is none
     * @param amount micro-units for this answer: {@link Bill#of}
     * @param cumulative micro-units owed on the channel, this answer included
     * @param authorisation digest of the payer's authorisation under which the answer was given
     * @param binding whether the payer's signature names this request
     * @param insured micro-units paid to the payer if a fault is proven
     */
    public record Payment(
            String payer,
            String channel,
            long amount,
            long cumulative,
            Hash authorisation,
            Binding binding,
            long insured) {
        /** Who says that this payment is for this request. */
        public enum Binding {
            /** The payer's signature covers the request. */
            PAYER_SIGNED,
            /** Only the node says so. */
            NODE_ASSERTED
        }

        /** Checks shapes and ranges. */
        public Payment {
            printable("payer", payer, 64);
            printable("channel", channel, 66);
            range("amount", amount, 0, Long.MAX_VALUE);
            range("cumulative", cumulative, 0, Long.MAX_VALUE);
            range("insured", insured, 0, Long.MAX_VALUE);
        }
    }

    /**
     * Who answered.
     *
     * @param operator account of the operator
     * @param key the key that signs receipts and checkpoints
     * @param log origin line of the node's log
     */
    public record Node(String operator, NodeKey key, String log) {
        /** Checks shapes. */
        public Node {
            printable("operator", operator, 64);
            printable("log", log, 96);
            if (log.contains("+")) {
                throw new IllegalArgumentException("a log's origin has no plus sign: " + log);
            }
        }
    }

    /**
     * The ledger as the node saw it.
     *
     * @param chain its chain id
     * @param height the last block seen
     */
    public record Ledger(long chain, long height) {
        /** Checks ranges. */
        public Ledger {
            range("chain", chain, 1, Long.MAX_VALUE);
            range("height", height, 0, Long.MAX_VALUE);
        }
    }

    /**
     * Evidence that travels beside the receipt.
     *
     * @param kind for example {@code nitro} or {@code proof}
     * @param digest of its bytes
     */
    public record Evidence(String kind, Hash digest) {
        /** Checks the kind. */
        public Evidence {
            printable("evidence kind", kind, 32);
        }
    }

    /** Why a choice ended. */
    public enum Finish {
        /** A stop id or a stop string. */
        STOP,
        /** The limit of tokens. */
        LENGTH,
        /** The client went away; what was sent is billed. */
        ABORTED
    }

    /** ASCII 0x21 to 0x7e, 1 to max chars: names that look the same on every screen. */
    private static void printable(String name, String value, int max) {
        boolean fits = !value.isEmpty() && value.length() <= max;
        for (int i = 0; fits && i < value.length(); i++) {
            fits = value.charAt(i) > 0x20 && value.charAt(i) < 0x7f;
        }
        if (!fits) {
            throw new IllegalArgumentException(name + " must be 1 to " + max + " printable ASCII characters");
        }
    }

    private static void range(String name, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " must be " + min + " to " + max + ", got " + value);
        }
    }

    private static void size(String name, int size, int min, int max) {
        if (size < min || size > max) {
            throw new IllegalArgumentException(name + ": " + min + " to " + max + " items expected, got " + size);
        }
    }
}
