package assay.ledger.tx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import assay.core.base.Hash;
import assay.core.codec.Field;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import assay.ledger.Vectors;
import assay.ledger.World;
import assay.ledger.crypto.KeyFile;
import assay.ledger.crypto.Keystore;
import assay.ledger.crypto.PrivateKey;
import assay.ledger.crypto.Signature;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signatures and key files made here, checked by viem, ethers and eth-account themselves; see {@link #INSTALL}. */
class RealWalletsTest {
    private static final String INSTALL = "is not there; run node/src/test/clients/install";
    private static final String SECRET = "geheim – 秘密";

    @TempDir
    Path tmp;

    @Test
    void viemAndEthersVerifyEveryKindSignedHere() throws Exception {
        Path packages = cache().resolve("node/node_modules");
        for (String name : List.of("viem", "ethers")) {
            assumeTrue(Files.exists(packages.resolve(name)), "skipped: npm " + name + " " + INSTALL);
        }
        Files.createSymbolicLink(tmp.resolve("node_modules"), packages);
        Path script = Files.copy(Vectors.file("wallets.mjs"), tmp.resolve("wallets.mjs"));
        List<Json> ours = ours();
        Field said = run("node", script.toString(), "check", write(ours).toString());
        assertEquals(ours.size(), said.at("checked").integer(0, 100_000));
    }

    @Test
    void ethAccountVerifiesEveryKindSignedHere() throws Exception {
        List<Json> ours = ours();
        Field said = python("check", write(ours).toString());
        assertEquals(ours.size(), said.at("checked").integer(0, 100_000));
    }

    @Test
    void ethAccountOpensKeyFilesWrittenHereAndItsOwnOpenHere() throws Exception {
        PrivateKey key = World.key("keystore");
        String hex = privateKey(key);
        Path file = tmp.resolve("key.json");
        KeyFile.write(file, key, SECRET.toCharArray());
        assertEquals(
                hex, python("open", file.toString(), SECRET).at("privateKey").string());

        Json theirs = python("encrypt", hex, SECRET).value();
        assertEquals(
                key.address(), Keystore.decrypt(theirs, SECRET.toCharArray()).address());
    }

    /** Every message of the vectors, from an address of ours, with our own JSON and signature. */
    private static List<Json> ours() throws Exception {
        List<Json> out = new ArrayList<>();
        for (Field v : Vectors.of("transactions.json")) {
            Field data = v.at("typedData");
            PrivateKey key = World.key(v.at("id").string());
            Json json = data.value();
            Signature signature;
            if (TypedDataVectorTest.promise(data).isPresent()) {
                signature = key.sign(Hash.ofHex(v.at("digest").string().substring(2)));
            } else {
                SignedTransaction model = TypedData.parse(json, Signature.ofBytes(new byte[65]));
                SignedTransaction t = SignedTransaction.sign(model.chainId(), key, model.nonce(), model.body());
                json = TypedData.json(t.chainId(), t.from(), t.nonce(), t.body());
                signature = t.signature();
            }
            SequencedMap<String, Json> members = new LinkedHashMap<>();
            members.put("id", v.at("id").value());
            members.put("address", new Json.Str(key.address().toString()));
            members.put("typedData", json);
            members.put("signature", new Json.Str(signature.toString()));
            out.add(new Json.Obj(members));
        }
        return out;
    }

    /** The key as others read it from a key file without a password. */
    private String privateKey(PrivateKey key) throws Exception {
        Path plain = tmp.resolve("plain.json");
        KeyFile.write(plain, key);
        return Field.root(JsonText.parse(Files.readAllBytes(plain), 8, 4096))
                .at("privateKey")
                .string();
    }

    private Path write(List<Json> ours) throws Exception {
        return Files.writeString(tmp.resolve("ours.json"), JsonText.write(new Json.Arr(ours)));
    }

    private Field python(String... arguments) throws Exception {
        Path python = cache().resolve("python/bin/python");
        boolean there;
        try (var found = Files.newDirectoryStream(cache().resolve("python/lib"), "python3*")) {
            there = Files.isDirectory(found.iterator().next().resolve("site-packages/eth_account"));
        } catch (java.io.IOException | java.util.NoSuchElementException e) {
            there = false;
        }
        assumeTrue(there, "skipped: PyPI eth-account " + INSTALL);
        List<String> command = new ArrayList<>(
                List.of(python.toString(), Vectors.file("wallets.py").toString()));
        command.addAll(List.of(arguments));
        return run(command.toArray(String[]::new));
    }

    private Field run(String... command) throws Exception {
        Path log = tmp.resolve("said");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("PYTHONUTF8", "1");
        Process process = builder.start();
        boolean ended = process.waitFor(300, TimeUnit.SECONDS);
        process.destroyForcibly();
        String said = Files.readString(log).strip();
        assertTrue(ended, said);
        assertEquals(0, process.exitValue(), said);
        String last = said.substring(said.lastIndexOf('\n') + 1);
        return Field.root(JsonText.parse(last.getBytes(StandardCharsets.UTF_8), 32, 1 << 20));
    }

    private static Path cache() {
        String xdg = System.getenv("XDG_CACHE_HOME");
        Path base = xdg == null || xdg.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(xdg);
        return base.resolve("assay/test/clients");
    }
}
