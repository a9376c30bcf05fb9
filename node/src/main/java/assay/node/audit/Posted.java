package assay.node.audit;

import assay.core.base.Hash;
import assay.core.receipt.Receipt;
import assay.core.receipt.Statement;
import assay.ledger.crypto.Address;
import assay.ledger.state.Model;
import assay.ledger.state.Offer;
import assay.ledger.state.State;
import assay.ledger.tx.Ids;
import assay.ledger.tx.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Holds a delivered receipt against what its node posted on the ledger: same digest, bill, model and price. */
final class Posted {
    private Posted() {}

    /**
     * What the ledger contradicts, in words; empty if nothing.
     *
     * <p>A price list older than the newest is not looked at: the state keeps one version.
     *
     * @param digest of the receipt as posted
     */
    static List<String> faults(State state, Address operator, Hash digest, Receipt receipt) {
        List<String> faults = new ArrayList<>();
        Optional<assay.ledger.state.Receipt> posted = state.receipt(operator, digest);
        if (posted.isEmpty() || !Statement.digest(Statement.encode(receipt)).equals(digest)) {
            faults.add("this is not the receipt that was posted as " + digest);
            return faults;
        }
        assay.ledger.state.Receipt there = posted.get();
        differs(faults, "amount", there.amount().micro(), receipt.payment().amount());
        differs(faults, "trace root", there.blindedRoot(), receipt.trace().root());
        // Money that is not on this ledger has no channel there.
        String channel =
                there.channel().equals(Ids.NONE) ? "none" : there.channel().hex();
        differs(faults, "channel", channel, receipt.payment().channel());
        differs(faults, "operator", operator.toString(), receipt.node().operator());
        state.model(there.model()).ifPresent(model -> model(faults, model, receipt.model()));
        state.offer(operator, there.model()).ifPresent(offer -> price(faults, offer, receipt));
        return faults;
    }

    private static void model(List<String> faults, Model model, Receipt.Model told) {
        Transaction.PublishModel words = model.words();
        differs(faults, "model", words.name(), told.id());
        differs(faults, "program", words.programRoot(), told.program());
        differs(faults, "weights", words.weightRoot(), told.weights());
        differs(faults, "tokenizer", words.tokenizerDigest(), told.tokenizer());
        differs(faults, "template", words.templateDigest(), told.template());
        differs(faults, "Unicode tables", words.unicodeDigest(), told.unicode());
        differs(faults, "file", words.fileDigest(), told.file());
    }

    private static void price(List<String> faults, Offer offer, Receipt receipt) {
        if (receipt.price().version() > offer.version()) {
            faults.add("price list " + receipt.price().version() + " was never posted");
        } else if (receipt.price().version() == offer.version()) {
            differs(
                    faults,
                    "prompt price",
                    offer.promptPerMillion().micro(),
                    receipt.price().prompt());
            differs(
                    faults,
                    "cached price",
                    offer.cachedPerMillion().micro(),
                    receipt.price().cached());
            differs(
                    faults,
                    "completion price",
                    offer.completionPerMillion().micro(),
                    receipt.price().completion());
        }
    }

    private static void differs(List<String> faults, String what, Object ledger, Object told) {
        if (!ledger.equals(told)) {
            faults.add("the ledger has " + what + " " + ledger + ", the receipt " + told);
        }
    }
}
