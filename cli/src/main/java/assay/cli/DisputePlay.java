package assay.cli;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.Json;
import assay.core.dispute.At;
import assay.core.dispute.Challenger;
import assay.core.dispute.Narrowed;
import assay.core.dispute.Referee;
import assay.core.dispute.Ruling;
import assay.core.dispute.Work;
import assay.ledger.Texts;
import assay.ledger.crypto.Address;
import assay.ledger.state.Dispute;
import assay.ledger.state.Receipt;
import assay.ledger.tx.Bytes;
import assay.ledger.tx.Transaction;
import assay.node.audit.Docket;
import assay.node.audit.TextCase;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** One receipt's dispute as its challenger plays it, or as anybody watches it, until the ledger's last word. */
final class DisputePlay {
    private static final long POLL_MILLIS = 100;

    /** How long a fresh receipt may take to be posted: a node lets several share a transaction. */
    private static final long POSTING_NANOS = 120_000_000_000L;

    private static final long POSTING_BLOCKS = 300;
    private static final Referee REFEREE = new Referee(model -> Optional.empty());

    private final Docket docket;
    private final DisputeLines lines;
    private final Address operator;
    private final Hash receipt;
    private final Address me;
    private Optional<Bytes> shown = Optional.empty();

    /** Gets money where it is missing. */
    interface Purse {
        void fund(Address to, Amount amount) throws IOException, InterruptedException, Mistake;
    }

    DisputePlay(Docket docket, DisputeLines lines, Address operator, Hash receipt, Address me) {
        this.docket = docket;
        this.lines = lines;
        this.operator = operator;
        this.receipt = receipt;
        this.me = me;
    }

    DisputeLines lines() {
        return lines;
    }

    /**
     * Waits a while for a receipt that was just given to be posted and drawn from.
     *
     * @param seen the ledger as the node saw it when it signed
     */
    void awaitPosted(assay.core.receipt.Receipt.Ledger seen)
            throws IOException, InterruptedException, MalformedException {
        long until = System.nanoTime() + POSTING_NANOS;
        for (Docket.Look look = docket.look(); System.nanoTime() < until; look = docket.look()) {
            boolean isFresh = look.chainId() == seen.chain() && look.height() - seen.height() < POSTING_BLOCKS;
            boolean isWaiting =
                    look.posted().map(p -> p.status() == Receipt.Status.POSTED).orElse(isFresh);
            if (!isWaiting || look.move() == 0) {
                return;
            }
            lines.waitingForPosting();
            Thread.sleep(POLL_MILLIS);
        }
    }

    /** Refuses what can no longer be disputed, or not here. */
    void checkOpen() throws IOException, InterruptedException, Mistake, MalformedException {
        Docket.Look look = docket.look();
        Docket.Posted posted = look.posted()
                .orElseThrow(() -> new Mistake(
                        "the ledger does not know this receipt: it was not posted there, or it is of another network",
                        "say which ledger: --ledger URL",
                        Exit.FAILED));
        if (posted.status().isFinal()) {
            throw new Mistake(
                    "the receipt is final since block " + posted.statusAt() + ": " + posted.status()
                            + "; nothing can change any more",
                    "",
                    Exit.FAILED);
        }
        if (look.move() == 0) {
            throw new Mistake(
                    "this network settles no disputes: one owner runs node and auditor, and a root that differs is"
                            + " the verdict",
                    "assay audit --replay; disputes are for networks of several (--ledger URL)",
                    Exit.FAILED);
        }
        if (posted.status() == Receipt.Status.POSTED) {
            throw new Mistake(
                    "auditors are not drawn yet: until then a root could be copied",
                    "try again a few blocks later",
                    Exit.UNDECIDED);
        }
    }

    /** Bonds what is missing for the model, if the user said so. */
    void bond(Optional<Amount> wish, Purse purse)
            throws IOException, InterruptedException, Mistake, MalformedException {
        Docket.Look look = docket.look();
        Amount wanted = wish.orElse(Amount.ofMicro(1));
        if (!look.bonded().isBelow(wanted)) {
            lines.bonded(look.bonded(), me);
            return;
        }
        if (wish.isEmpty()) {
            throw new Mistake(
                    "you have no bond for this model: account " + me,
                    "add --bond UNITS, for example --bond 20; you lose it if you are wrong",
                    Exit.FAILED);
        }
        Amount more = wanted.minus(look.bonded());
        Amount withFees = more.plus(Amount.ofUnits(1));
        if (look.balance().isBelow(withFees)) {
            purse.fund(me, withFees.minus(look.balance()));
        }
        Hash model = look.posted().orElseThrow().model();
        require(docket.send(new Transaction.BondAuditor(model, more)), "the bond");
        lines.bonded(wanted, me);
    }

    /** Opens the dispute and plays it; the exit code. */
    int open(DisputeWork work) throws IOException, InterruptedException, Mistake, MalformedException {
        if (!isMine(docket.look())) { // else an earlier process of this account opened it
            Transaction.OpenDispute opening = new Transaction.OpenDispute(operator, receipt, work.stated());
            Optional<String> refused = docket.send(opening);
            while (refused.equals(Optional.of("DISPUTE_CLOSED")) && isEarly(docket.look())) {
                lines.waitingForItsTime();
                Thread.sleep(3 * POLL_MILLIS);
                refused = docket.send(opening);
            }
            if (refused.equals(Optional.of("EVIDENCE_PROVES_NOTHING"))) {
                return lines.agree(true);
            }
            require(refused, "the dispute");
            lines.opened();
        }
        Challenger challenger = new Challenger(work.work());
        while (true) {
            Docket.Look look = docket.look();
            hear(look);
            if (isOver(look)) {
                return lines.end(look, Optional.of(me));
            }
            if (look.dispute().filter(this::isMyTurn).isPresent()) {
                if (!choose(look, challenger, work.work())) {
                    return lines.givenUp();
                }
            } else {
                lines.waiting(look);
                Thread.sleep(POLL_MILLIS);
            }
        }
    }

    /** While the audit of a receipt can be bought it is not disputed yet, nor while its drawn auditors are at work. */
    private static boolean isEarly(Docket.Look look) {
        return look.posted()
                .filter(p -> p.status() == Receipt.Status.PASSED || p.status() == Receipt.Status.DRAWN)
                .isPresent();
    }

    private boolean isMine(Docket.Look look) {
        return look.dispute().filter(x -> x.challenger().equals(me)).isPresent();
    }

    private boolean isMyTurn(Dispute x) {
        return x.move() == Dispute.Move.CHOOSE && x.challenger().equals(me);
    }

    private boolean choose(Docket.Look look, Challenger challenger, Work work)
            throws IOException, InterruptedException, MalformedException {
        At at = At.parse(look.dispute().orElseThrow().at().toArray());
        OptionalInt part = challenger.choose(at);
        if (part.isEmpty()) {
            return false;
        }
        if (at instanceof At.Opened && part.getAsInt() == 0) {
            Optional<Transaction> evidence = TextCase.falseLength(operator, work);
            if (evidence.isPresent()) {
                docket.send(evidence.get());
                return true;
            }
        }
        Transaction choice = new Transaction.ChooseDispute(operator, receipt, part.getAsInt());
        Optional<String> refused = docket.send(choice);
        if (refused.equals(Optional.of("DISPUTE_TEXT_MISSING"))) {
            postText(look.posted().orElseThrow().model(), work);
            refused = docket.send(choice);
        }
        if (refused.isEmpty() && REFEREE.choose(at, part.getAsInt()) instanceof Ruling.Next(At next)) {
            lines.chose(Narrowed.of(next));
        }
        return true; // a choice that came too late is seen at the next look
    }

    /** What somebody posted before is refused, and is there. */
    private void postText(Hash model, Work work) throws IOException, InterruptedException, MalformedException {
        List<Transaction.PostText> posts = Texts.posts(model, work.program());
        lines.posting(posts);
        for (Transaction.PostText post : posts) {
            docket.send(post);
        }
    }

    /** Shows what others play; waits for it as long as it can still begin. */
    int watch() throws IOException, InterruptedException, MalformedException, Mistake {
        lines.watching();
        boolean isBegun = false;
        for (Docket.Look look = docket.look(); true; look = docket.look()) {
            hear(look);
            Receipt.Status status = look.posted().orElseThrow().status();
            isBegun |= look.dispute().isPresent() || status == Receipt.Status.DISPUTED;
            if (look.dispute().isPresent()) {
                show(look.dispute().get());
            }
            if (!isBegun && status.isFinal()) {
                throw new Mistake("nobody disputed this receipt: it is " + status, "", Exit.FAILED);
            }
            if (isBegun && isOver(look)) {
                return lines.end(look, Optional.empty());
            }
            if (isBegun) {
                lines.waiting(look);
            } else {
                lines.waitingForADispute(look);
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    private void show(Dispute x) throws MalformedException {
        At at = At.parse(x.at().toArray());
        if (!shown.equals(Optional.of(x.at())) && at.isNodesTurn() && !(at instanceof At.Start)) {
            lines.chose(Narrowed.of(at));
        }
        shown = Optional.of(x.at());
    }

    private void hear(Docket.Look look) throws MalformedException {
        for (Json.Obj event : look.events()) {
            lines.heard(Field.root(event), me);
        }
    }

    private boolean isOver(Docket.Look look) {
        Receipt.Status status = look.posted().orElseThrow().status();
        return status.isFinal() || lines.isLost() || look.dispute().isEmpty() && status == Receipt.Status.PASSED;
    }

    private static void require(Optional<String> refused, String what) throws Mistake {
        if (refused.isPresent()) {
            String advice =
                    switch (refused.get()) {
                        case "BOND_TOO_SMALL" -> "bond more for the model: --bond UNITS";
                        case "DISPUTE_CLOSED" -> "its time is over, or its auditors are at work; see: assay ledger";
                        case "DISPUTE_BOND_USED" -> "one bond backs one dispute at a time: wait for the other's end";
                        default -> "";
                    };
            throw new Mistake("the ledger refused " + what + ": " + refused.get(), advice, Exit.FAILED);
        }
    }
}
