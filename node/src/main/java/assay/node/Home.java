package assay.node;

import assay.core.base.Hash;
import assay.core.base.NodeSigner;
import assay.core.program.Program;
import assay.ledger.crypto.KeyFile;
import assay.ledger.crypto.OwnerOnly;
import assay.ledger.crypto.PrivateKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * The folder of an embedded network: keys, ledger, book. Everything in it is the owner's alone.
 *
 * @param dir the folder
 */
public record Home(Path dir) {
    /** Makes the folders. */
    public Home {
        try {
            OwnerOnly.createFolder(dir);
            OwnerOnly.createFolder(dir.resolve("keys"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("cannot make " + dir + ": " + e.getMessage(), e);
        }
    }

    /** An account's key, made at first use: {@code wallet}, {@code operator}, {@code auditor} or {@code faucet}. */
    public PrivateKey account(String name) throws IOException {
        Path file = keyFile(dir, name);
        if (!Files.exists(file)) {
            KeyFile.write(file, PrivateKey.generate(new SecureRandom()));
        }
        return KeyFile.read(file);
    }

    /** Whether a folder has an account's key; makes nothing. */
    public static boolean hasAccount(Path dir, String name) {
        return Files.exists(keyFile(dir, name));
    }

    private static Path keyFile(Path dir, String name) {
        return dir.resolve("keys").resolve(name + ".key");
    }

    /** The node's receipt-signing key, made at first use. */
    public NodeSigner nodeKey() throws IOException {
        byte[] seed = secret("node.seed");
        NodeSigner signer = NodeSigner.ofSeed(seed);
        byte[] key = signer.key().bytes();
        return signer.by(message -> {
            byte[] signature = new byte[Ed25519.SIGNATURE_SIZE];
            Ed25519.sign(seed, 0, key, 0, message, 0, message.length, signature, 0);
            return signature;
        });
    }

    /** The auditor's secret, from which its salts are derived. */
    public Hash auditorSecret() throws IOException {
        return Hash.ofBytes(secret("auditor.secret"));
    }

    /** The API key that stands for the local wallet. */
    public String apiKey() throws IOException {
        return "assay-" + Hash.ofBytes(secret("api.secret")).hex().substring(0, 40);
    }

    /** Where the ledger lives. */
    public Path ledger() {
        return dir.resolve("ledger");
    }

    /** What was delivered to this home's auditor, while it is needed. */
    public Path cases() {
        return dir.resolve("delivered");
    }

    /** Where the node's journal and receipts live. */
    public Path node() {
        return dir.resolve("node");
    }

    /** Where a running node says how to reach it. */
    public Path running() {
        return dir.resolve("running.json");
    }

    /** Where another network on which the node is paid is described, if it is paid on one. */
    public Path payments() {
        return dir.resolve("payments.json");
    }

    /** Where openings that were given are kept. */
    public Path openings() {
        return node().resolve("openings");
    }

    /** What the wallet may spend in a day, if that is limited: an amount in units. */
    public Path dailyLimit() {
        return dir.resolve("wallet.limit");
    }

    /** Where the programs that answered here are kept: what a checker without weights needs. */
    public Path programs() {
        return node().resolve("programs");
    }

    /** Keeps a program as {@code programs/ROOT.program}, once. */
    public void keep(Program program) throws IOException {
        Path file = programs().resolve(program.root().hex() + ".program");
        if (!Files.exists(file)) {
            OwnerOnly.createFolder(node());
            OwnerOnly.createFolder(programs());
            Path part = file.resolveSibling(file.getFileName() + ".part");
            Files.deleteIfExists(part);
            OwnerOnly.writeNew(part, program.encode());
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private byte[] secret(String name) throws IOException {
        Path file = dir.resolve("keys").resolve(name);
        if (!Files.exists(file)) {
            byte[] fresh = new byte[32];
            new SecureRandom().nextBytes(fresh);
            OwnerOnly.writeNew(file, fresh);
        }
        byte[] secret = Files.readAllBytes(file);
        if (secret.length != 32) {
            throw new IOException(file + " holds " + secret.length + " bytes, expected 32");
        }
        return secret;
    }
}
