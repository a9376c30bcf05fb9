package assay.ledger.light;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Reader;
import assay.ledger.Reason;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.OwnerOnly;
import assay.ledger.light.HeaderCheck.Fault;
import assay.ledger.state.Account;
import assay.ledger.state.Genesis;
import assay.ledger.state.Key;
import assay.ledger.state.State;
import assay.ledger.tx.RecordCodec;
import assay.ledger.tx.SignedTransaction;
import assay.ledger.tx.TransactionCodec;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A ledger elsewhere, read by proofs and written by broadcast: what a wallet needs, which believes no endpoint.
 *
 * <p>The last header that was trusted is kept in a file, and is where the next process begins. Thread-safe.
 */
public final class LightLedger {
    private static final long POLL_MILLIS = 250;
    private static final int PIN_MAX_BYTES = 256;

    private final Genesis genesis;
    private final LightClient client;
    private final Reach reach;

    private LightLedger(Genesis genesis, LightClient client, Reach reach) {
        this.reach = reach;
        this.genesis = genesis;
        this.client = client;
    }

    /**
     * The ledger at this address.
     *
     * @param trust file of the last trusted header
     * @throws LightException if an endpoint shows another genesis, or one that names no validators
     */
    public static LightLedger open(LedgerUrl url, Path trust, InstantSource clock)
            throws IOException, InterruptedException {
        HttpClient http = HttpEndpoint.client();
        return open(
                url,
                url.endpoints().stream()
                        .map(uri -> (Endpoint) new HttpEndpoint(http, uri))
                        .toList(),
                trust,
                clock);
    }

    /** Where places that others wrote on this ledger may be. */
    public Reach reach() {
        return reach;
    }

    static LightLedger open(LedgerUrl url, List<Endpoint> endpoints, Path trust, InstantSource clock)
            throws IOException, InterruptedException {
        Genesis genesis = genesis(endpoints, url.genesis(), clock);
        Optional<ValidatorSet> founders = ValidatorSet.of(genesis);
        if (founders.isEmpty()) {
            throw new IOException("the genesis of this network names no validators: nothing can be proven of it");
        }
        LightClient.Root root = new LightClient.Root.Founders(founders.get());
        Optional<LightClient.Root.Pinned> kept = kept(trust, url.genesis());
        if (url.pin().isPresent()) {
            root = url.pin().get();
        }
        if (kept.isPresent()
                && (url.pin().isEmpty() || url.pin().get().height() < kept.get().height())) {
            root = kept.get();
        }
        LightClient client = new LightClient(
                endpoints,
                root,
                founders,
                LightClient.Options.of(Header.chainName(genesis.chainId())),
                clock,
                block -> keep(trust, url.genesis(), block));
        return new LightLedger(genesis, client, Reach.beside(url.endpoints()));
    }

    /** The genesis with this digest, whoever has it. */
    private static Genesis genesis(List<Endpoint> endpoints, Hash digest, InstantSource clock)
            throws IOException, InterruptedException {
        LightClient.Root nothing = new LightClient.Root.Pinned(1, digest);
        IOException last = new IOException("no endpoint");
        for (Endpoint endpoint : endpoints) {
            try {
                byte[] bytes = new LightClient(
                                List.of(endpoint),
                                nothing,
                                Optional.empty(),
                                LightClient.Options.of(""),
                                clock,
                                b -> {})
                        .unproven("/genesis", new byte[0]);
                Genesis genesis = Genesis.parse(bytes);
                if (genesis.digest().equals(digest)) {
                    return genesis;
                }
                last = new LightException(
                        Fault.WRONG_CHAIN,
                        endpoint.name(),
                        "its genesis is " + genesis.digest().hex());
            } catch (MalformedException e) {
                last = new LightException(Fault.MALFORMED, endpoint.name(), String.valueOf(e.getMessage()));
            } catch (IOException e) {
                last = e;
            }
        }
        throw last;
    }

    private static Optional<LightClient.Root.Pinned> kept(Path trust, Hash genesis) throws IOException {
        if (!Files.exists(trust) || Files.size(trust) > PIN_MAX_BYTES) {
            return Optional.empty();
        }
        String[] words =
                Files.readString(trust, StandardCharsets.US_ASCII).strip().split(" ", -1);
        try {
            return words.length == 2 && words[0].equals(genesis.hex())
                    ? Optional.of(LedgerUrl.pinned(words[1]))
                    : Optional.empty();
        } catch (MalformedException e) {
            return Optional.empty();
        }
    }

    /** What could not be kept is looked for again from an older header. */
    private static void keep(Path trust, Hash genesis, LightBlock block) {
        String line = genesis.hex() + " " + block.height() + ":"
                + block.header().hash().hex() + "\n";
        try {
            Path part = trust.resolveSibling(
                    trust.getFileName() + "." + ProcessHandle.current().pid() + ".part");
            Files.deleteIfExists(part);
            OwnerOnly.writeNew(part, line.getBytes(StandardCharsets.US_ASCII));
            Files.move(part, trust, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            return;
        }
    }

    /** How the ledger began. */
    public Genesis genesis() {
        return genesis;
    }

    /** The chain id that transactions are signed for. */
    public long chainId() {
        return genesis.chainId();
    }

    /** What all of this stands on. */
    public LightClient client() {
        return client;
    }

    /** What the ledger has under a key, or that it has nothing there; proven. */
    public <R extends Record> Optional<R> read(State.Part part, byte[] key, Class<R> type)
            throws IOException, InterruptedException {
        return read(part, key, type, client.latest());
    }

    /** The same as of a trusted block. */
    public <R extends Record> Optional<R> read(State.Part part, byte[] key, Class<R> type, LightBlock block)
            throws IOException, InterruptedException {
        Optional<byte[]> value = client.read(part, key, block).value();
        if (value.isEmpty()) {
            return Optional.empty();
        }
        try {
            Reader in = new Reader(value.get());
            R out = RecordCodec.read(in, type);
            in.end();
            return Optional.of(out);
        } catch (MalformedException e) {
            throw new IOException("the ledger holds what this program does not understand: " + e.getMessage(), e);
        }
    }

    /** An account; one never seen has nothing. */
    public Account account(Address address) throws IOException, InterruptedException {
        return read(State.Part.ACCOUNTS, Key.of(address), Account.class).orElse(Account.NEW);
    }

    /**
     * Keys of a map that begin like this, as an endpoint lists them: each is to be read by its proof, and nothing shows
     * that none was left out.
     */
    public List<byte[]> keys(State.Part part, byte[] prefix) throws IOException, InterruptedException {
        byte[] all = client.unproven("/keys/" + part.name().toLowerCase(Locale.ROOT), prefix);
        List<byte[]> out = new ArrayList<>();
        for (int at = 0; at + part.keyBytes() <= all.length; at += part.keyBytes()) {
            out.add(Arrays.copyOfRange(all, at, at + part.keyBytes()));
        }
        return out;
    }

    /**
     * What became of a transaction.
     *
     * @param refused why it was refused; empty if it was applied, which was proven
     * @param height of its block; 0 if an endpoint refused it, which proves nothing
     */
    public record Sent(Optional<Reason> refused, long height) {}

    /**
     * Sends a transaction and waits for the proof of what became of it.
     *
     * @throws IOException also if there is none in time; the transaction may still be applied then
     */
    public Sent send(SignedTransaction transaction, Duration patience) throws IOException, InterruptedException {
        byte[] bytes = TransactionCodec.encode(transaction);
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            Broadcast said = client.broadcast(bytes);
            if (said.code() != 0) {
                return new Sent(Optional.of(reason(said.code(), said.log())), 0);
            }
        } catch (RpcRefusedException e) {
            if (!String.valueOf(e.getMessage()).contains("already exists")) {
                throw e;
            }
        }
        while (System.nanoTime() < deadline) {
            Optional<LightClient.Included> found = client.find(bytes);
            if (found.isPresent()) {
                long code = found.get().code();
                return new Sent(
                        code == 0 ? Optional.empty() : Optional.of(reason(code, "")),
                        found.get().height());
            }
            Thread.sleep(POLL_MILLIS);
        }
        throw new IOException("no block took the transaction in " + patience.toSeconds() + " s; it may come later");
    }

    private static Reason reason(long code, String log) throws IOException {
        return Reason.ofWire(code)
                .orElseThrow(() -> new IOException("the transaction is refused: code " + code + " " + log));
    }
}
