package assay.node.consensus;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.ProtoReader;
import assay.core.codec.ProtoWriter;
import assay.ledger.Reason;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.PrivateKey;
import assay.ledger.state.Account;
import assay.ledger.state.Genesis;
import assay.ledger.state.Key;
import assay.ledger.state.StateProof;
import assay.ledger.store.ReplicatedLedger;
import assay.ledger.tx.RecordCodec;
import assay.ledger.tx.SignedTransaction;
import assay.ledger.tx.Transaction.Transfer;
import assay.ledger.tx.TransactionCodec;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A hand-written CometBFT asks each request of ABCI 2.0; the real one is in {@link LocalNetworkTest}. */
class AbciServerTest {
    static final PrivateKey FAUCET = key(1);
    static final Address TO = key(2).address();
    static final Genesis GENESIS = Genesis.embedded(9, FAUCET.address(), Amount.ofUnits(1_000));

    @TempDir
    Path tmp;

    private AbciServer server;
    private Socket socket;

    static PrivateKey key(int i) {
        byte[] secret = new byte[32];
        secret[31] = (byte) i;
        try {
            return PrivateKey.ofBytes(secret);
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }

    static byte[] transfer(long nonce) {
        return TransactionCodec.encode(
                SignedTransaction.sign(GENESIS.chainId(), FAUCET, nonce, new Transfer(TO, Amount.ofMicro(1))));
    }

    @BeforeEach
    void start() throws Exception {
        ReplicatedLedger.begin(tmp.resolve("ledger"), GENESIS);
        server = AbciServer.start(
                ReplicatedLedger.open(tmp.resolve("ledger"), 1), java.util.Optional.empty(), "tcp://127.0.0.1:0");
        socket = new Socket("127.0.0.1", server.port());
        socket.setSoTimeout(120_000);
    }

    @AfterEach
    void stop() throws Exception {
        socket.close();
        server.close();
    }

    private void send(int kind, ProtoWriter request) throws IOException {
        socket.getOutputStream().write(new ProtoWriter().message(kind, request).delimited());
    }

    private ProtoReader receive() throws Exception {
        InputStream in = socket.getInputStream();
        int length = 0;
        int shift = 0;
        int b;
        do {
            b = in.read();
            assertTrue(b >= 0, "the connection is open");
            length |= (b & 0x7f) << shift;
            shift += 7;
        } while ((b & 0x80) != 0);
        return ProtoReader.parse(in.readNBytes(length));
    }

    private ProtoReader ask(int kind, ProtoWriter request) throws Exception {
        send(kind, request);
        send(2, new ProtoWriter());
        ProtoReader response = receive();
        if (response.lastField() != 1) {
            assertEquals(kind + 1, response.lastField());
            assertEquals(3, receive().lastField(), "flushed");
        }
        return response.message(response.lastField());
    }

    private static ProtoWriter time(long seconds) {
        return new ProtoWriter().number(1, seconds).number(2, 5_000_000);
    }

    private static ProtoWriter block(long height, byte[]... transactions) {
        ProtoWriter out = new ProtoWriter();
        for (byte[] t : transactions) {
            out.one(1, t);
        }
        return out.bytes(4, Hash.sha256(new byte[] {(byte) height}).bytes())
                .number(5, height)
                .message(6, time(1_700_000_000 + height));
    }

    private ProtoReader initChain() throws Exception {
        return ask(5, new ProtoWriter().text(2, "assay-" + GENESIS.chainId()).number(6, 1));
    }

    @Test
    void aBlockGoesItsWholeWay() throws Exception {
        assertEquals("hello", ask(1, new ProtoWriter().text(1, "hello")).text(1));
        assertEquals(0, ask(3, new ProtoWriter()).number(4));
        assertEquals(32, initChain().bytes(3).length);

        assertEquals(0, ask(8, new ProtoWriter().bytes(1, transfer(0))).number(1));
        ProtoReader refused = ask(8, new ProtoWriter().bytes(1, transfer(7)));
        assertEquals(Reason.NONCE_AHEAD.wire(), refused.number(1));
        assertEquals("NONCE_AHEAD", refused.text(3));
        assertEquals(
                AbciApplication.MALFORMED,
                ask(8, new ProtoWriter().text(1, "junk")).number(1));

        ProtoWriter prepare = new ProtoWriter().number(1, 1 << 20).number(5, 1).message(6, time(1_700_000_001));
        for (byte[] t : List.of(transfer(1), transfer(0), "junk".getBytes(StandardCharsets.US_ASCII))) {
            prepare.one(2, t);
        }
        List<byte[]> chosen = ask(16, prepare).all(1);
        assertEquals(1, chosen.size());
        assertArrayEquals(transfer(0), chosen.getFirst());
        assertEquals(1, ask(17, block(1, transfer(0))).number(1));
        assertEquals(2, ask(17, block(1, transfer(1))).number(1), "a lying proposer");

        ProtoReader done = ask(20, block(1, transfer(0)));
        assertEquals(1, done.all(2).size());
        assertEquals(0, ProtoReader.parse(done.all(2).getFirst()).number(1));
        assertEquals(0, ask(3, new ProtoWriter()).number(4), "nothing lasts before the commit");
        ask(11, new ProtoWriter());
        ProtoReader info = ask(3, new ProtoWriter());
        assertEquals(1, info.number(4));
        assertArrayEquals(done.bytes(5), info.bytes(5));
    }

    @Test
    void aQueryShowsItsProof() throws Exception {
        initChain();
        Hash root = Hash.ofBytes(ask(20, block(1, transfer(0))).bytes(5));
        ask(11, new ProtoWriter());
        byte[] key = Key.of(TO);
        ProtoReader answer = ask(6, new ProtoWriter().bytes(1, key).text(2, "/state/accounts"));
        assertEquals(1, answer.number(9));
        StateProof.Shown.Present shown = assertInstanceOf(
                StateProof.Shown.Present.class,
                StateProof.parse(answer.bytes(7)).check(root, key));
        assertArrayEquals(RecordCodec.encode(new Account(Amount.ofMicro(1), 0)), shown.value());
        byte[] nobody = Key.of(key(3).address());
        ProtoReader absent = ask(6, new ProtoWriter().bytes(1, nobody).text(2, "/state/accounts"));
        assertEquals(
                new StateProof.Shown.Absent(), StateProof.parse(absent.bytes(7)).check(root, nobody));
        assertEquals(
                AbciApplication.MALFORMED,
                ask(6, new ProtoWriter().text(2, "/state/accounts")).number(1));
        assertEquals(
                GENESIS,
                Genesis.parse(ask(6, new ProtoWriter().text(2, "/genesis")).bytes(7)));
    }

    @Test
    void theKeysByWhichClientsFindOneAnotherAreListed() throws Exception {
        for (String map : new String[] {"offers", "hosts", "models", "validators", "operators", "auditors"}) {
            assertEquals(0, ask(6, new ProtoWriter().text(2, "/keys/" + map)).number(1), map);
        }
        assertEquals(
                AbciApplication.MALFORMED,
                ask(6, new ProtoWriter().text(2, "/keys/receipts")).number(1));
    }

    @Test
    void whatCannotBeAnsweredIsAnExceptionThatNamesIt() throws Exception {
        assertTrue(ask(5, new ProtoWriter().text(2, "another-chain")).text(1).contains("another-chain"));
        assertTrue(server.ended().get(60, TimeUnit.SECONDS).contains("another-chain"));
    }

    @Test
    void anUnknownRequestIsAnException() throws Exception {
        send(99, new ProtoWriter());
        ProtoReader response = receive();
        assertEquals(1, response.lastField());
        assertTrue(response.message(1).text(1).contains("99"));
    }

    @Test
    void hostileBytesEndTheirConnectionAlone() throws Exception {
        SplittableRandom random = new SplittableRandom(4);
        for (int i = 0; i < 50; i++) {
            byte[] junk = new byte[1 + random.nextInt(40)];
            random.nextBytes(junk);
            // Never a message that could be a request: the first field's number is above all of them.
            byte[] message = new ProtoWriter().one(2000, junk).delimited();
            message[message.length - junk.length - 1] = (byte) 0xff;
            try (Socket other = new Socket("127.0.0.1", server.port())) {
                other.getOutputStream().write(message);
            }
        }
        assertEquals(
                "still here", ask(1, new ProtoWriter().text(1, "still here")).text(1));
    }

    @Test
    void theReaderRefusesWhatIsCutOffOrTooLong() {
        byte[][] bad = {
            {8},
            {8, (byte) 0x80},
            {18, 5, 1},
            {18, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 15},
            {9, 1},
            {13, 1},
            {11},
            {0, 1},
            {8, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1}
        };
        for (byte[] bytes : bad) {
            assertThrows(MalformedException.class, () -> ProtoReader.parse(bytes));
        }
    }
}
