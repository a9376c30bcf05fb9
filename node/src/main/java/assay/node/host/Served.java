package assay.node.host;

import assay.core.base.MalformedException;
import assay.ledger.crypto.Address;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a host sent, and what operators said that they got of it. Their words are on the disk; what was sent since is
 * not: after a restart the host has lost at most {@link #CREDIT_BYTES} with each.
 */
final class Served {
    /** Bytes that an operator may have got without a word. */
    static final long CREDIT_BYTES = 32 << 20;

    /** A broken connection loses bytes: of what an operator acknowledged, this part may be lost besides. */
    private static final long LOST_SHARE = 20;

    private final Path folder;
    private final Map<Address, Received> words = new TreeMap<>();
    private final Map<Address, Long> sent = new TreeMap<>();

    private Served(Path folder) {
        this.folder = folder;
    }

    /** What this folder holds. */
    static Served open(Path folder) throws IOException {
        Served served = new Served(folder);
        Files.createDirectories(folder);
        try (var files = Files.list(folder)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".received"))
                    .sorted()
                    .toList()) {
                try {
                    served.heard(Received.parse(Files.readString(file, StandardCharsets.UTF_8)));
                } catch (MalformedException e) {
                    throw new IOException(file + ": " + e.getMessage(), e);
                }
            }
        }
        return served;
    }

    private void heard(Received word) {
        words.put(word.operator(), word);
        sent.merge(word.operator(), word.bytes(), Math::max);
    }

    /** Keeps an operator's word if it says more than the last. */
    synchronized void keep(Received word) throws IOException {
        Received last = words.get(word.operator());
        if (last != null && last.bytes() >= word.bytes()) {
            return;
        }
        Path file = folder.resolve(word.operator() + ".received");
        Path fresh = folder.resolve(word.operator() + ".fresh");
        Files.writeString(fresh, word.header(), StandardCharsets.UTF_8);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        heard(word);
    }

    /** Counts what is about to be sent; false if the operator has to say first what it got. */
    synchronized boolean send(Address operator, long bytes) {
        long got = acknowledged(operator);
        long all = sent.getOrDefault(operator, got) + bytes;
        if (all - got > CREDIT_BYTES + got / LOST_SHARE) {
            return false;
        }
        sent.put(operator, all);
        return true;
    }

    private long acknowledged(Address operator) {
        return Optional.ofNullable(words.get(operator)).map(Received::bytes).orElse(0L);
    }

    /** Every operator's last word. */
    synchronized Map<Address, Received> words() {
        return new TreeMap<>(words);
    }
}
