package assay.node.audit;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.Json;
import assay.ledger.crypto.Address;
import assay.ledger.state.Dispute;
import assay.ledger.state.Receipt;
import assay.ledger.tx.Bytes;
import assay.ledger.tx.Transaction;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** One receipt before a ledger, as one account sees it, and that account's way to act. */
public interface Docket extends AutoCloseable {
    /** How it stands now. */
    Look look() throws IOException, InterruptedException, MalformedException;

    /** Sends a transaction of the account; the reason if the ledger refused it. */
    Optional<String> send(Transaction body) throws IOException, InterruptedException, MalformedException;

    @Override
    void close() throws IOException;

    /**
     * How a receipt stands.
     *
     * @param height of the ledger
     * @param chainId what transactions are signed for
     * @param nonce of the account's next transaction
     * @param balance of the account
     * @param bonded the account's bond for the receipt's model
     * @param move blocks for each move in a dispute; 0 on a ledger that settles none
     * @param posted what the ledger knows of the receipt
     * @param dispute that is going on
     * @param events about the receipt in the blocks after the one asked from, oldest first
     */
    record Look(
            long height,
            long chainId,
            long nonce,
            Amount balance,
            Amount bonded,
            long move,
            Optional<Posted> posted,
            Optional<Dispute> dispute,
            List<Json.Obj> events) {
        private static final int EVENTS_MAX = 10_000;
        private static final int AT_TEXT_MAX = 2 * Dispute.AT_MAX;

        /** Copies the list. */
        public Look {
            events = List.copyOf(events);
        }

        /** The same with these events. */
        public Look with(List<Json.Obj> told) {
            return new Look(height, chainId, nonce, balance, bonded, move, posted, dispute, told);
        }

        /** As JSON. */
        public Json.Obj json() {
            Json.Members json = Json.object()
                    .put("height", height)
                    .put("chain", chainId)
                    .put("nonce", nonce)
                    .put("balance_micro", balance.micro())
                    .put("bonded_micro", bonded.micro())
                    .put("move_blocks", move);
            posted.ifPresent(p -> json.put(
                    "posted",
                    Json.object()
                            .put("status", p.status().name())
                            .put("status_at", p.statusAt())
                            .put("model", p.model().hex())
                            .put("program", p.program().hex())
                            .put("payer", p.payer().toString())
                            .build()));
            dispute.ifPresent(x -> json.put(
                    "dispute",
                    Json.object()
                            .put("challenger", x.challenger().toString())
                            .put("node_root", x.nodeRoot().hex())
                            .put("due", x.move().name())
                            .put("level", x.level())
                            .put("deadline", x.deadline())
                            .put("at", Base64.getEncoder().encodeToString(x.at().toArray()))
                            .build()));
            return json.put("events", Json.of(List.copyOf(events))).build();
        }

        /** Reads what {@link #json} wrote. */
        public static Look parse(Field json) throws MalformedException {
            List<Json.Obj> events = new ArrayList<>();
            for (Field event : json.at("events").items(EVENTS_MAX)) {
                events.add(event.object());
            }
            Optional<Field> posted = json.find("posted");
            Optional<Field> dispute = json.find("dispute");
            return new Look(
                    json.at("height").integer(0, Long.MAX_VALUE),
                    json.at("chain").integer(0, Long.MAX_VALUE),
                    json.at("nonce").integer(0, Long.MAX_VALUE),
                    Amount.ofMicro(json.at("balance_micro").integer(0, Amount.MAX_MICRO)),
                    Amount.ofMicro(json.at("bonded_micro").integer(0, Amount.MAX_MICRO)),
                    json.at("move_blocks").integer(0, Long.MAX_VALUE),
                    posted.isPresent() ? Optional.of(posted(posted.get())) : Optional.empty(),
                    dispute.isPresent() ? Optional.of(dispute(dispute.get())) : Optional.empty(),
                    events);
        }

        private static Posted posted(Field json) throws MalformedException {
            return new Posted(
                    oneOf(Receipt.Status.values(), json.at("status")),
                    json.at("status_at").integer(0, Long.MAX_VALUE),
                    json.at("model").hash(),
                    json.at("program").hash(),
                    Address.parse(json.at("payer").string(64)));
        }

        private static Dispute dispute(Field json) throws MalformedException {
            byte[] at;
            try {
                at = Base64.getDecoder().decode(json.at("at").string(AT_TEXT_MAX));
            } catch (IllegalArgumentException e) {
                throw new MalformedException("dispute.at is in base64", -1);
            }
            return new Dispute(
                    Address.parse(json.at("challenger").string(64)),
                    json.at("node_root").hash(),
                    oneOf(Dispute.Move.values(), json.at("due")),
                    json.at("level").int32(0, Integer.MAX_VALUE),
                    Bytes.of(at),
                    json.at("deadline").integer(0, Long.MAX_VALUE));
        }

        private static <E extends Enum<E>> E oneOf(E[] all, Field json) throws MalformedException {
            String name = json.string(64);
            for (E one : all) {
                if (one.name().equals(name)) {
                    return one;
                }
            }
            throw new MalformedException(json.path() + ": nothing is called " + name, -1);
        }
    }

    /**
     * What a ledger knows of a receipt.
     *
     * @param statusAt height of the last change of its status
     * @param model its id
     * @param program root of the model's program
     * @param payer who is refunded
     */
    record Posted(Receipt.Status status, long statusAt, Hash model, Hash program, Address payer) {}
}
