package assay.ledger.light;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Json;
import assay.ledger.crypto.Address;
import assay.ledger.state.Genesis;
import assay.ledger.tx.RecordCodec;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which ledger is meant, and where trust begins. */
class LedgerUrlTest {
    private static final String PIN = "ab".repeat(32);

    @TempDir
    Path tmp;

    @Test
    void endpointsGenesisAndANewerBlockAreRead() throws Exception {
        LedgerUrl url = LedgerUrl.parse("http://127.0.0.1:26657,https://other.example/#" + PIN + "@12:" + PIN);
        assertEquals(
                List.of(URI.create("http://127.0.0.1:26657"), URI.create("https://other.example")), url.endpoints());
        assertEquals(PIN, url.genesis().hex());
        assertEquals(new LightClient.Root.Pinned(12, Hash.ofHex(PIN)), url.pin().orElseThrow());
    }

    @Test
    void whatNamesNoGenesisOrIsNoAddressIsRefused() {
        for (String wrong : List.of(
                "",
                "http://127.0.0.1:1",
                "#" + PIN,
                "ftp://x#" + PIN,
                "http://a b#" + PIN,
                "http://x/path#" + PIN,
                "http://x#" + PIN.substring(1),
                "http://x#" + PIN + "@0:" + PIN,
                "http://x#" + PIN + "@5",
                "http://x,#" + PIN)) {
            assertThrows(MalformedException.class, () -> LedgerUrl.parse(wrong), wrong);
        }
    }

    @Test
    void anotherGenesisThanThePinnedOneIsRefused() throws Exception {
        Genesis mine = genesis(1);
        FakeChain chain = new FakeChain();
        chain.add(0, 0, Hash.sha256(), List.of(), List.of());
        LedgerUrl url = new LedgerUrl(List.of(URI.create("http://fake")), mine.digest(), Optional.empty());
        chain.queries = q -> answer(genesis(2));
        LightException wrong = assertThrows(
                LightException.class,
                () -> LightLedger.open(url, List.of(chain), tmp.resolve("trust"), () -> FakeChain.BEGIN));
        assertEquals(HeaderCheck.Fault.WRONG_CHAIN, wrong.fault());
        chain.queries = q -> answer(mine);
        LightLedger ledger =
                LightLedger.open(url, List.of(chain), tmp.resolve("trust"), () -> FakeChain.BEGIN.plusSeconds(5));
        assertEquals(mine, ledger.genesis());
        assertEquals(1, ledger.client().latest().height());
        assertTrue(
                Files.readString(tmp.resolve("trust")).startsWith(mine.digest().hex() + " 1:"));
    }

    @Test
    void aGenesisWithoutValidatorsProvesNothing() {
        Genesis alone = Genesis.embedded(1, rich(), Amount.ofUnits(1));
        FakeChain chain = new FakeChain();
        chain.add(0, 0, Hash.sha256(), List.of(), List.of());
        chain.queries = q -> answer(alone);
        LedgerUrl url = new LedgerUrl(List.of(URI.create("http://fake")), alone.digest(), Optional.empty());
        assertThrows(
                IOException.class,
                () -> LightLedger.open(url, List.of(chain), tmp.resolve("trust"), () -> FakeChain.BEGIN));
    }

    private static Address rich() {
        return Address.ofBytes(Arrays.copyOf(new byte[] {1}, 20));
    }

    private static Genesis genesis(int units) {
        List<Genesis.Founder> founders = FakeChain.set(0, 4).members().stream()
                .map(m -> new Genesis.Founder(
                        Address.ofBytes(Arrays.copyOf(m.key().bytes(), 20)), m.key(), m.power(), Hash.sha256()))
                .sorted(java.util.Comparator.comparing(Genesis.Founder::account))
                .toList();
        return Genesis.local(1, rich(), Amount.ofUnits(units), founders);
    }

    private static Json answer(Genesis genesis) {
        return Json.object()
                .put("code", 0)
                .put("value", Base64.getEncoder().encodeToString(RecordCodec.encode(genesis)))
                .build();
    }
}
