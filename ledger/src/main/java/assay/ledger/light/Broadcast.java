package assay.ledger.light;

import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.ledger.light.HeaderCheck.Fault;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * What endpoints say to a new transaction. Not proven: it says when to wait for a proof.
 *
 * @param code 0, or the code of its refusal
 * @param log in words
 */
public record Broadcast(long code, String log) {
    private static final int ANSWER_MAX_BYTES = 1 << 20;

    /**
     * Hands a transaction to every endpoint, since one that takes it may drop it, and one that refuses it may lie: it is
     * refused if all that answer refuse it.
     *
     * @throws RpcRefusedException if none takes it and one says that it has it already, or cannot take it now
     */
    static Broadcast to(List<Endpoint> endpoints, byte[] transaction) throws IOException, InterruptedException {
        String call = "broadcast_tx_sync?tx=" + RpcAnswers.hex(transaction);
        Optional<Broadcast> said = Optional.empty();
        IOException fault = new IOException("no endpoint");
        for (Endpoint endpoint : endpoints) {
            IOException one;
            try {
                Broadcast answer = read(RpcAnswers.result(endpoint.get(call, ANSWER_MAX_BYTES), ANSWER_MAX_BYTES));
                if (said.isEmpty() || answer.code == 0) {
                    said = Optional.of(answer);
                }
                continue;
            } catch (MalformedException e) {
                one = new LightException(Fault.MALFORMED, endpoint.name(), String.valueOf(e.getMessage()));
            } catch (IOException e) {
                one = e;
            }
            fault = fault instanceof RpcRefusedException ? fault : one;
        }
        if (said.isPresent() && (said.get().code == 0 || !(fault instanceof RpcRefusedException))) {
            return said.get();
        }
        throw fault;
    }

    private static Broadcast read(Field json) throws MalformedException {
        Optional<Field> log = json.find("log");
        return new Broadcast(
                json.at("code").integer(0, Integer.MAX_VALUE),
                log.isPresent() ? log.get().string(1 << 12) : "");
    }
}
