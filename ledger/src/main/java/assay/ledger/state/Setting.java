package assay.ledger.state;

import assay.core.base.Amount;
import java.util.Optional;

/** A rule's number that validators may change; each is a component of {@link Params}. Wire numbers stay. */
public enum Setting {
    /** Share of a payment for the audit pool, ppm. */
    AUDIT_SHARE(1),
    /** For the hosts, ppm. */
    HOSTS_SHARE(2),
    /** For the protocol, ppm. */
    RESERVE_SHARE(3),
    /** The most royalty, ppm. */
    ROYALTY_MAX(4),
    /** What a first fault costs of the stake, ppm. */
    SLASH(10),
    /** The finders' share of it, ppm. */
    BOUNTY(11),
    /** The safety factor. */
    KAPPA(12),
    /** The share of auditor stake taken to be one party's, ppm. */
    LINKED_FLOOR(13),
    /** Unlinked auditors below which nothing is audited. */
    GROUPS_MIN(14),
    /** Auditors a receipt. */
    AUDITORS(15),
    /** Micro-units per million tokens replayed. */
    REPLAY_COST(20),
    /** Micro-units for an audit's transactions. */
    AUDIT_COST(21),
    /** Micro-units a transaction. */
    TRANSACTION_FEE(22),
    /** Micro-units a demand. */
    DEMAND_FEE(23),
    /** Blocks in which an audit can be bought, then a receipt disputed or opened. */
    CHALLENGE(30),
    /** Blocks to commit. */
    COMMIT(31),
    /** Blocks to reveal. */
    REVEAL(32),
    /** Blocks for the node's reveal. */
    NODE(33),
    /** Blocks for an answer. */
    ANSWER(34),
    /** Blocks for a move. */
    MOVE(35),
    /** Blocks until a receipt must be posted. */
    UNPOSTED(36),
    /** Micro-units for a preimage that is not shown. */
    BEACON_FINE(40),
    /** Blocks from one challenge of a host to the next. */
    HOST_EVERY(50),
    /** Blocks to show a chunk. */
    HOST_ANSWER(51),
    /** What a missed challenge costs of a host's stake, ppm. */
    HOST_PENALTY(52),
    /** Missed challenges that end an offer. */
    HOST_MISSES(53),
    /** The least stake of a host, micro-units. */
    HOST_BOND(54),
    /** Micro-units for 10^9 acknowledged bytes. */
    HOST_PAY(55),
    /** The least bond behind a published model, micro-units. */
    CLAIM_BOND(56),
    /** Blocks to judge a challenged one. */
    CLAIM(57);

    private final int wire;

    Setting(int wire) {
        this.wire = wire;
    }

    /** The number on the wire. */
    public int wire() {
        return wire;
    }

    /** The setting with this number. */
    public static Optional<Setting> ofWire(int wire) {
        for (Setting setting : values()) {
            if (setting.wire == wire) {
                return Optional.of(setting);
            }
        }
        return Optional.empty();
    }

    /** Its number in these parameters. */
    public long of(Params p) {
        return switch (this) {
            case AUDIT_SHARE -> p.shares().audit();
            case HOSTS_SHARE -> p.shares().hosts();
            case RESERVE_SHARE -> p.shares().reserve();
            case ROYALTY_MAX -> p.shares().royaltyMax();
            case SLASH -> p.audits().slash();
            case BOUNTY -> p.audits().bounty();
            case KAPPA -> p.audits().kappa();
            case LINKED_FLOOR -> p.audits().linkedFloor();
            case GROUPS_MIN -> p.audits().groupsMin();
            case AUDITORS -> p.audits().perReceipt();
            case REPLAY_COST -> p.costs().replayPerMillion().micro();
            case AUDIT_COST -> p.costs().perAudit().micro();
            case TRANSACTION_FEE -> p.costs().transaction().micro();
            case DEMAND_FEE -> p.disputes().fee().micro();
            case CHALLENGE -> p.windows().challenge();
            case COMMIT -> p.windows().commit();
            case REVEAL -> p.windows().reveal();
            case NODE -> p.windows().node();
            case ANSWER -> p.disputes().answer();
            case MOVE -> p.disputes().move();
            case UNPOSTED -> p.disputes().unposted();
            case BEACON_FINE -> p.governance().beaconFine().micro();
            case HOST_EVERY -> p.hosting().every();
            case HOST_ANSWER -> p.hosting().answer();
            case HOST_PENALTY -> p.hosting().penalty();
            case HOST_MISSES -> p.hosting().missesMax();
            case HOST_BOND -> p.hosting().bondMin().micro();
            case HOST_PAY -> p.hosting().perGigabyte().micro();
            case CLAIM_BOND -> p.hosting().claimBond().micro();
            case CLAIM -> p.hosting().claim();
        };
    }

    /**
     * The parameters with another number.
     *
     * @throws IllegalArgumentException if they do not fit together
     */
    public Params in(Params p, long number) {
        return new Params(
                windows(p, number),
                shares(p, number),
                audits(p, number),
                costs(p, number),
                disputes(p, number),
                governance(p, number),
                hosting(p, number));
    }

    private Params.Windows windows(Params p, long n) {
        Params.Windows w = p.windows();
        return new Params.Windows(
                w.unbond(),
                w.close(),
                w.escrow(),
                w.draw(),
                this == CHALLENGE ? n : w.challenge(),
                this == COMMIT ? n : w.commit(),
                this == REVEAL ? n : w.reveal(),
                this == NODE ? n : w.node());
    }

    private Params.Shares shares(Params p, long n) {
        Params.Shares s = p.shares();
        return new Params.Shares(
                this == AUDIT_SHARE ? whole(n) : s.audit(),
                this == HOSTS_SHARE ? whole(n) : s.hosts(),
                this == RESERVE_SHARE ? whole(n) : s.reserve(),
                this == ROYALTY_MAX ? whole(n) : s.royaltyMax());
    }

    private Params.Audits audits(Params p, long n) {
        Params.Audits a = p.audits();
        return new Params.Audits(
                a.everyReceipt(),
                this == AUDITORS ? whole(n) : a.perReceipt(),
                a.roundsMax(),
                this == SLASH ? whole(n) : a.slash(),
                this == BOUNTY ? whole(n) : a.bounty(),
                this == KAPPA ? whole(n) : a.kappa(),
                this == LINKED_FLOOR ? whole(n) : a.linkedFloor(),
                this == GROUPS_MIN ? whole(n) : a.groupsMin());
    }

    private Params.Costs costs(Params p, long n) {
        Params.Costs c = p.costs();
        return new Params.Costs(
                this == REPLAY_COST ? Amount.ofMicro(n) : c.replayPerMillion(),
                this == AUDIT_COST ? Amount.ofMicro(n) : c.perAudit(),
                this == TRANSACTION_FEE ? Amount.ofMicro(n) : c.transaction(),
                c.requestTokens());
    }

    private Params.Disputes disputes(Params p, long n) {
        Params.Disputes x = p.disputes();
        return new Params.Disputes(
                this == ANSWER ? n : x.answer(),
                this == MOVE ? n : x.move(),
                this == UNPOSTED ? n : x.unposted(),
                x.levels(),
                this == DEMAND_FEE ? Amount.ofMicro(n) : x.fee());
    }

    private Params.Governance governance(Params p, long n) {
        Params.Governance g = p.governance();
        return new Params.Governance(g.delay(), this == BEACON_FINE ? Amount.ofMicro(n) : g.beaconFine());
    }

    private Params.Hosting hosting(Params p, long n) {
        Params.Hosting h = p.hosting();
        return new Params.Hosting(
                this == HOST_EVERY ? n : h.every(),
                this == HOST_ANSWER ? n : h.answer(),
                this == HOST_PENALTY ? whole(n) : h.penalty(),
                this == HOST_MISSES ? whole(n) : h.missesMax(),
                this == HOST_BOND ? Amount.ofMicro(n) : h.bondMin(),
                this == HOST_PAY ? Amount.ofMicro(n) : h.perGigabyte(),
                this == CLAIM_BOND ? Amount.ofMicro(n) : h.claimBond(),
                this == CLAIM ? n : h.claim());
    }

    private static int whole(long n) {
        if (n < 0 || n > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("a share or a count, got " + n);
        }
        return (int) n;
    }
}
