package assay.ledger;

import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.Signature;
import assay.ledger.state.State;
import assay.ledger.tx.SignedTransaction;
import assay.ledger.tx.Transaction;
import assay.ledger.tx.TransactionCodec;
import assay.ledger.tx.TypedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What Jazzer throws at the ledger: {@code ledger/src/test/fuzz/run} (docs/security.md). It needs nothing of Jazzer's to compile, and
 * {@link TransactionFuzzTest} runs it without.
 *
 * <p>The first byte of an input says how the rest is read: as the bytes of a transaction, as the JSON of typed data,
 * or as a transaction from one of the accounts of a small world that has every kind of thing in it, so that rules
 * deep inside are reached. Refusals and {@link MalformedException} are the only ways out; anything else, broken
 * invariants included, is a finding.
 */
public final class TransactionFuzz {
    private static final String[] SENDERS = {"p1", "p2", "p3", "n1", "n2", "n3", "a1", "a2", "a3", "author"};
    private static final RandomWorld WORLD = world();
    private static final State BASE = WORLD.w.state;

    private TransactionFuzz() {}

    /** Jazzer calls this. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        byte[] rest = Arrays.copyOfRange(input, 1, input.length);
        try {
            switch (input[0] & 3) {
                case 0 -> bytes(rest);
                case 1 -> json(rest);
                default -> apply(input[0] >>> 2 & 31, rest);
            }
        } catch (MalformedException expected) {
            // That is how hostile bytes end.
        }
    }

    /** One form only; and what is read may be looked at, and applied, without a surprise. */
    private static void bytes(byte[] rest) throws MalformedException {
        SignedTransaction t = TransactionCodec.parse(rest);
        require(Arrays.equals(rest, TransactionCodec.encode(t)), "a second form of a transaction");
        Ledger.apply(BASE, t, WORLD.w.block());
        apply(t.from(), t.body());
    }

    private static void json(byte[] rest) throws MalformedException {
        Json parsed = JsonText.parse(rest, 16, 1 << 18);
        Signature none = Signature.ofBytes(new byte[Signature.SIZE_BYTES]);
        SignedTransaction t = TypedData.parse(parsed, none);
        Json again = TypedData.json(t.chainId(), t.from(), t.nonce(), t.body());
        require(TypedData.parse(again, none).equals(t), "typed data is read back as something else");
        apply(t.from(), t.body());
    }

    /** Kind and body in bytes, from an account that the world knows, with the right nonce and no signature. */
    private static void apply(int sender, byte[] rest) throws MalformedException {
        byte[] whole = new byte[8 + Address.SIZE_BYTES + 8 + Signature.SIZE_BYTES + rest.length];
        System.arraycopy(rest, 0, whole, whole.length - rest.length, rest.length);
        Transaction body = TransactionCodec.parse(whole).body();
        apply(WORLD.w.address(SENDERS[sender % SENDERS.length]), body);
    }

    private static void apply(Address from, Transaction body) {
        SignedTransaction t = new SignedTransaction(
                BASE.genesis().chainId(),
                from,
                BASE.account(from).nonce(),
                body,
                Signature.ofBytes(new byte[Signature.SIZE_BYTES]));
        Outcome outcome = Ledger.apply(BASE, CheckedTransaction.withoutCheckingSignatures(t), WORLD.w.block());
        if (outcome instanceof Outcome.Applied applied) {
            Outcome.Applied ended = Ledger.settle(applied.next(), WORLD.w.block());
            require(ended.next().height() == BASE.height() + 1, "a block ends");
        }
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    private static RandomWorld world() {
        RandomWorld world = new RandomWorld(7);
        for (int i = 0; i < 3_000; i++) {
            world.step();
        }
        return world;
    }

    /** Writes inputs to begin with: every kind, as bytes, as JSON and as a body, from the published vectors. */
    public static void main(String[] args) throws IOException, MalformedException {
        Path folder = Files.createDirectories(Path.of(args[0]));
        int count = 0;
        for (byte[] seed : seeds()) {
            Files.write(folder.resolve("seed-" + count++), seed);
        }
        System.out.println(count + " inputs to begin with");
    }

    /** The inputs to begin with. */
    static List<byte[]> seeds() throws IOException, MalformedException {
        List<byte[]> out = new ArrayList<>();
        int count = 0;
        for (Field v : Vectors.of("transactions.json")) {
            Field data = v.at("typedData");
            if (!data.object().members().containsKey("message")
                    || !data.at("message").object().members().containsKey("from")) {
                continue; // a voucher or an acknowledgment
            }
            SignedTransaction t = TypedData.parse(data.value(), Signature.ofBytes(new byte[65]));
            byte[] encoded = TransactionCodec.encode(t);
            byte[] kindAndBody = Arrays.copyOfRange(encoded, 8 + 20 + 8 + 65, encoded.length);
            out.add(with(0, encoded));
            out.add(with(1, JsonText.writeBytes(data.value())));
            out.add(with(2 | (count++ % SENDERS.length) << 2, kindAndBody));
        }
        return out;
    }

    private static byte[] with(int first, byte[] rest) {
        byte[] out = new byte[1 + rest.length];
        out[0] = (byte) first;
        System.arraycopy(rest, 0, out, 1, rest.length);
        return out;
    }
}
