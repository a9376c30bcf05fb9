package assay.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Amount;
import assay.core.codec.Field;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.PrivateKey;
import assay.ledger.tx.Stock;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ledger's facilitator, asked by the stock client of npm's {@code @x402/core}. */
class FacilitatorTest {
    @TempDir
    static Path folder;

    @Test
    void aStockServerVerifiesAndSettlesOnTheLedger() throws Exception {
        Scripts.assumeNode("@x402/core", "@x402/evm", "viem");
        try (PayNode node = new PayNode(folder, 0)) {
            PayNode.Stranger payer = node.stranger();
            Address payee = PrivateKey.generate(new SecureRandom()).address();
            Field said = Scripts.node(
                    folder,
                    "node/src/test/clients/facilitate.mjs",
                    Map.of("PRIVATE_KEY", payer.secret(), "ASSET", Stock.TOKEN.toString()),
                    node.node().uri().toString(),
                    payee.toString());
            assertEquals(3, said.at("supported").at("kinds").items(10).size());
            settledOnce(said.at("exact"), 1000, "invalid_exact_evm_nonce_already_used");
            settledOnce(said.at("upto"), 300, "permit2_invalid_nonce");
            assertEquals(Amount.ofMicro(1300), node.ledger().state().balance(payee));
            assertEquals(
                    PayNode.FUNDS.minus(Amount.ofMicro(1300)),
                    node.ledger().state().balance(payer.address()));
        }
    }

    private static void settledOnce(Field said, long amount, String usedUp) throws Exception {
        assertTrue(said.at("verified").at("isValid").bool());
        assertTrue(said.at("settled").at("success").bool());
        assertEquals(Long.toString(amount), said.at("settled").at("amount").string());
        assertEquals(
                said.at("settled").at("transaction").string(),
                said.at("again").at("transaction").string());
        assertTrue(said.at("again").at("success").bool(), "settling twice is settling once");
        assertFalse(said.at("after").at("isValid").bool());
        assertEquals(usedUp, said.at("after").at("invalidReason").string());
        assertFalse(said.at("short").at("isValid").bool());
    }
}
