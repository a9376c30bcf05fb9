package assay.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.program.Program;
import assay.engine.infer.Model;
import assay.ledger.Texts;
import assay.ledger.crypto.PrivateKey;
import assay.ledger.state.Params;
import assay.ledger.store.Sender;
import assay.ledger.tx.Signer;
import assay.ledger.tx.Transaction;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model's publisher puts its tokenizer and template on the ledger, and is told before what that costs. */
class TextPostingTest {
    @TempDir
    Path dir;

    private final List<String> said = new ArrayList<>();
    private TestNetwork net;
    private Program program;

    @BeforeEach
    void network() throws Exception {
        Params p = Params.embedded();
        Params charging = new Params(
                p.windows(),
                p.shares(),
                p.audits(),
                new Params.Costs(Amount.ZERO, Amount.ZERO, Amount.ofMicro(10), 1),
                p.disputes());
        Model model = Models.honest(dir);
        program = model.program();
        net = new TestNetwork(dir, model, charging);
    }

    @AfterEach
    void end() throws Exception {
        net.close();
    }

    private void post(Sender sender) throws IOException {
        TextPosting.run(net.ledger, sender, net.ready.model(), program, said::add);
    }

    private Amount balance(Sender of) {
        return net.ledger.state().balance(of.signer().address());
    }

    @Test
    void itIsPostedOnceForWhatWasSaidBefore() throws Exception {
        Amount before = balance(net.ready.operator());
        post(net.ready.operator());
        assertTrue(Texts.missing(net.ledger.state(), net.ready.model(), program).isEmpty());
        long bytes = program.tokenizer().length + program.template().length();
        Amount paid = before.minus(balance(net.ready.operator()));
        assertTrue(paid.micro() >= 10 * bytes / 512 && paid.micro() <= 10 * (bytes / 512 + 2), paid.toString());
        assertEquals(2, net.ledger.state().texts().count(), "a chunk of tokenizer, a chunk of template");
        assertTrue(said.getFirst().contains("in 2 transactions, for " + paid + " units"), said::toString);
        assertEquals("tokenizer and template are on the ledger", said.getLast());

        said.clear();
        before = balance(net.ready.operator());
        post(net.ready.operator());
        assertEquals(List.of("tokenizer and template are on the ledger already"), said);
        assertEquals(before, balance(net.ready.operator()));
    }

    @Test
    void whatSomebodyElsePostedIsNotPostedAgain() throws Exception {
        Transaction.PostText first = Texts.posts(net.ready.model(), program).getFirst();
        net.ready.auditor().send(first).join();
        post(net.ready.operator());
        assertTrue(said.getFirst().contains("in 1 transaction,"), said::toString);
        assertTrue(Texts.missing(net.ledger.state(), net.ready.model(), program).isEmpty());
    }

    @Test
    void whoCannotPayForAllOfItSendsNothing() throws Exception {
        Sender poor = sender(1);
        net.ready
                .wallet()
                .send(new Transaction.Transfer(poor.signer().address(), Amount.ofMicro(25)))
                .join();
        IOException e = assertThrows(IOException.class, () -> post(poor));
        assertTrue(String.valueOf(e.getMessage()).contains("needs"), e::toString);
        assertEquals(Amount.ofMicro(25), balance(poor));
        assertEquals(0, net.ledger.state().texts().count());
    }

    @Test
    void aStrangerToTheModelIsToldThatTheLedgerTakesNothing() throws Exception {
        Sender stranger = sender(2);
        net.ready
                .wallet()
                .send(new Transaction.Transfer(stranger.signer().address(), Amount.ofUnits(1)))
                .join();
        IOException e = assertThrows(IOException.class, () -> post(stranger));
        assertTrue(String.valueOf(e.getMessage()).contains("BOND_TOO_SMALL"), e::toString);
        assertEquals(0, net.ledger.state().texts().count());
    }

    private Sender sender(int n) throws Exception {
        PrivateKey key =
                PrivateKey.ofBytes(Hash.tagged("poster", new byte[] {(byte) n}).bytes());
        return new Sender(net.ledger, new Signer(key, net.ledger.chainId()));
    }
}
