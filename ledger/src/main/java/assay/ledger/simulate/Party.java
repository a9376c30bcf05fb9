package assay.ledger.simulate;

import assay.core.base.Amount;
import java.util.Collections;
import java.util.List;

/**
 * Who acts for one owner. It takes the places of honest agents: of one operator, of some auditors and of some
 * validators; nobody else knows that they belong together.
 *
 * @param nodes its operators: they share the bond and the demand of one
 * @param auditors its auditors
 * @param hosts its hosts
 * @param validators how many of the validators are its
 * @param holdsBack whether those hold back links of the beacon when that helps
 * @param purse what it asks of its own nodes
 * @param thin whether its nodes offer a model of its own, which too few audit
 */
public record Party(
        List<NodeConduct> nodes,
        List<AuditorConduct> auditors,
        List<HostConduct> hosts,
        int validators,
        boolean holdsBack,
        Purse purse,
        boolean thin) {
    /**
     * Requests of its own payer to its own nodes.
     *
     * @param requests how many, beside the demand
     * @param insured value insured with each
     */
    record Purse(int requests, Amount insured) {
        static final Purse NONE = new Purse(0, Amount.ZERO);
    }

    /** Copies the lists. */
    public Party {
        nodes = List.copyOf(nodes);
        auditors = List.copyOf(auditors);
        hosts = List.copyOf(hosts);
    }

    /** Nobody. */
    static final Party NONE = new Party(List.of(), List.of(), List.of(), 0, false, Purse.NONE, false);

    /** One node. */
    static Party node(NodeConduct conduct) {
        return NONE.nodes(1, conduct);
    }

    /** One auditor. */
    static Party auditor(AuditorConduct conduct) {
        return NONE.auditors(1, conduct);
    }

    /** One host. */
    static Party host(HostConduct conduct) {
        return new Party(List.of(), List.of(), List.of(conduct), 0, false, Purse.NONE, false);
    }

    /** What somebody outside pays its nodes for wrong answers, in tenths of what the rules say that they could gain. */
    int bribe() {
        return nodes.stream()
                .mapToInt(n -> n instanceof NodeCheats.Bribed b ? b.times() : 0)
                .max()
                .orElse(0);
    }

    Party nodes(int count, NodeConduct conduct) {
        return new Party(Collections.nCopies(count, conduct), auditors, hosts, validators, holdsBack, purse, thin);
    }

    Party auditors(int count, AuditorConduct conduct) {
        return new Party(nodes, Collections.nCopies(count, conduct), hosts, validators, holdsBack, purse, thin);
    }

    Party validators(int count, boolean hold) {
        return new Party(nodes, auditors, hosts, count, hold, purse, thin);
    }

    Party purse(int requests, Amount insured) {
        return new Party(nodes, auditors, hosts, validators, holdsBack, new Purse(requests, insured), thin);
    }

    Party onThinModel() {
        return new Party(nodes, auditors, hosts, validators, holdsBack, purse, true);
    }

    /** The same owner, honest: with one operator where it has several. */
    Party honest() {
        return new Party(
                nodes.isEmpty() ? nodes : List.of(NodeConduct.HONEST),
                Collections.nCopies(auditors.size(), AuditorConduct.HONEST),
                Collections.nCopies(hosts.size(), HostConduct.HONEST),
                validators,
                false,
                Purse.NONE,
                thin);
    }
}
