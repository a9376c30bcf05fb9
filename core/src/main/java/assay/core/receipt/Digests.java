package assay.core.receipt;

import assay.core.base.Hash;
import assay.core.codec.JsonText;
import assay.core.codec.Writer;
import assay.core.kernel.Sampling;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Every hash that ties a receipt to what it is about, each but the blinding under its own tag. H is SHA-256, ‖ joins
 * bytes, le32 is a little-endian 32-bit integer; a salt is 32 random bytes, held as a {@link Hash}.
 * docs/protocol/receipt.md, "Digests".
 *
 * <p>The transcript's salt blinds request, sampling, prompt and answers, so that none of them can
 * be guessed from a public receipt; payer and drawn auditor know it. The trace has another salt, which
 * the node alone knows until it reveals.
 */
public final class Digests {
    private Digests() {}

    /** {@code H("assay/body/1" ‖ body)}: names the request to the payer and seeds the sampler; never published. */
    public static Hash body(byte[] body) {
        return Hash.tagged("assay/body/1", body);
    }

    /** {@code H("assay/request/1" ‖ salt ‖ body)}: the exact body bytes. */
    public static Hash request(Hash salt, byte[] body) {
        return Hash.tagged("assay/request/1", salt.bytes(), body);
    }

    /** {@code H("assay/sampling/1" ‖ salt ‖ canonical sampling)}: stop strings and biases too. */
    public static Hash sampling(Hash salt, Sampling sampling) {
        return Hash.tagged("assay/sampling/1", salt.bytes(), sampling.canonical());
    }

    /** {@code H("assay/ids/1" ‖ le32 count ‖ le32 of each id)}: the prompt digest that the sampler draws with. */
    public static Hash ids(int[] ids) {
        Writer out = new Writer().u32(ids.length);
        for (int id : ids) {
            out.i32(id);
        }
        return Hash.tagged("assay/ids/1", out.toBytes());
    }

    /** {@code H("assay/prompt/1" ‖ salt ‖ ids(prompt))}. */
    public static Hash prompt(Hash salt, int[] promptIds) {
        return Hash.tagged("assay/prompt/1", salt.bytes(), ids(promptIds).bytes());
    }

    /**
     * {@code H("assay/answer/1" ‖ salt ‖ le32 count ‖ for each choice: ids(ids) ‖ le32 length ‖ content)}:
     * all that was answered, in order.
     *
     * @param choices each with its ids and {@link Transcript.Choice#content}, written by {@link JsonText}
     */
    public static Hash answer(Hash salt, List<Transcript.Choice> choices) {
        Writer out = new Writer().u32(choices.size());
        for (Transcript.Choice choice : choices) {
            out.hash(ids(choice.idArray())).blob(JsonText.writeBytes(choice.content()));
        }
        return Hash.tagged("assay/answer/1", salt.bytes(), out.toBytes());
    }

    /** {@code H("assay/traces/1" ‖ le32 count ‖ each root)}: the trace roots of all choices, in order. */
    public static Hash traces(List<Hash> roots) {
        Writer out = new Writer().u32(roots.size());
        roots.forEach(out::hash);
        return Hash.tagged("assay/traces/1", out.toBytes());
    }

    /**
     * {@code H("assay/fault/1" ‖ root)}: what stands for a trace whose answer does not follow from its request; no honest
     * trace has this root.
     */
    public static Hash fault(Hash root) {
        return Hash.tagged("assay/fault/1", root.bytes());
    }

    /** {@code H(root ‖ trace salt)}: nobody can know the root before doing the work. */
    public static Hash blind(Hash root, Hash traceSalt) {
        return Hash.sha256(root.bytes(), traceSalt.bytes());
    }

    /**
     * First 8 bytes, big-endian, of {@code H("assay/seed/1" ‖ body digest ‖ authorisation digest)}: the
     * seed of a request that brings none. The body digest is unsalted, so a node cannot search for a
     * salt that gives it the seed it wants.
     *
     * @param body {@link #body} of the request
     * @param authorisation digest of the payer's authorisation
     */
    public static long seed(Hash body, Hash authorisation) {
        byte[] digest =
                Hash.tagged("assay/seed/1", body.bytes(), authorisation.bytes()).bytes();
        return ByteBuffer.wrap(digest).getLong();
    }
}
