package assay.ledger;

import static assay.ledger.Draft.refused;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.merkle.Chunks;
import assay.core.merkle.Merkle;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.Secp256k1.Recovery;
import assay.ledger.state.Due;
import assay.ledger.state.Host;
import assay.ledger.state.Key;
import assay.ledger.state.Model;
import assay.ledger.state.Offer;
import assay.ledger.state.Served;
import assay.ledger.state.Stake;
import assay.ledger.tx.Ids;
import assay.ledger.tx.Transaction.AnswerStorage;
import assay.ledger.tx.Transaction.ClaimServed;
import assay.ledger.tx.Transaction.OfferHosting;
import assay.ledger.tx.Transaction.StopHosting;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Rules of those who keep models' files. The beacon asks each of them for a chunk now and then; what is missed
 * costs stake. They are paid for bytes that operators acknowledge, never for answers: an answer shows that the
 * chunk was at hand, not that there is another copy of it. docs/protocol/hosting.md.
 */
final class Hosting {
    private static final BigInteger GIGABYTE = BigInteger.valueOf(1_000_000_000);

    private Hosting() {}

    static Outcome offer(Draft d, Address from, OfferHosting t) {
        if (t.amount().isZero()) {
            return refused(Reason.AMOUNT_IS_ZERO);
        }
        if (!d.canPay(from, t.amount())) {
            return refused(Reason.BALANCE_TOO_SMALL);
        }
        byte[] key = Key.host(t.model(), from);
        Host before = d.hosts.get(key).orElse(new Host(t.endpoint(), d.block.height(), Stake.NONE, false, 0, 0, 0));
        Host next = before.offered(t.endpoint(), t.amount());
        if (next.stake().bonded().isBelow(d.params().hosting().bondMin())) {
            return refused(Reason.BOND_TOO_SMALL);
        }
        if (before.stake().leaving().size() == Stake.LEAVING_MAX) {
            return refused(Reason.UNBONDINGS_FULL); // an offer that the ledger ends needs a place there
        }
        Optional<Model> model = d.models.get(Key.of(t.model()));
        if (model.isEmpty()) {
            return refused(Reason.MODEL_UNKNOWN);
        }
        if (model.get().retired() != 0) {
            return refused(Reason.MODEL_RETIRED);
        }
        if (model.get().words().fileBytes() == 0) {
            return refused(Reason.MODEL_WITHOUT_CHUNKS);
        }

        d.debit(from, t.amount());
        put(d, t.model(), from, next.dueAt() == 0 ? wait(d, t.model(), from, next, 0) : next);
        d.tell(new Event.HostOffered(t.model(), from, t.endpoint(), t.amount()));
        return d.applied();
    }

    static Outcome stop(Draft d, Address from, StopHosting t) {
        Optional<Host> host = d.hosts.get(Key.host(t.model(), from)).filter(Host::isActive);
        if (host.isEmpty()) {
            return refused(Reason.HOST_UNKNOWN);
        }

        Host h = host.get();
        if (!h.asked()) {
            d.unschedule(h.dueAt(), due(t.model(), from));
            h = h.waiting(0, h.missed());
        }
        leave(d, t.model(), from, h);
        return d.applied();
    }

    static Outcome answer(Draft d, Address from, AnswerStorage t) {
        Optional<Host> host = d.hosts.get(Key.host(t.model(), from));
        if (host.isEmpty()) {
            return refused(Reason.HOST_UNKNOWN);
        }
        if (!host.get().asked()) {
            return refused(Reason.STORAGE_NOT_ASKED);
        }
        Host h = host.get();
        if (!isChunk(d.models.get(Key.of(t.model())).orElseThrow(), h.chunk(), t)) {
            return refused(Reason.STORAGE_CHUNK_WRONG);
        }

        d.unschedule(h.dueAt(), due(t.model(), from));
        put(d, t.model(), from, h.isActive() ? wait(d, t.model(), from, h, 0) : h.waiting(0, 0));
        d.tell(new Event.StorageShown(t.model(), from, h.chunk()));
        return d.applied();
    }

    private static boolean isChunk(Model model, long index, AnswerStorage t) {
        byte[] chunk;
        try {
            chunk = Base64.getDecoder().decode(t.chunk());
        } catch (IllegalArgumentException e) {
            return false;
        }
        long count = Chunks.count(model.words().fileBytes());
        return Merkle.checkInclusion(
                t.path(), index, Merkle.leaf(chunk), count, model.words().fileRoot());
    }

    /**
     * Pays a host from the hosts' share of what the downloader's own sales of the model brought. So nobody who
     * acknowledges what never happened can take what others' sales brought.
     */
    static Outcome claim(Draft d, Address from, ClaimServed t, Optional<Recovery> signer) {
        if (d.hosts.get(Key.host(t.model(), from)).isEmpty()) {
            return refused(Reason.HOST_UNKNOWN);
        }
        byte[] offerKey = Key.of(t.downloader(), t.model());
        Optional<Offer> offer = d.offers.get(offerKey);
        boolean one = Rates.head(d.links, from).equals(Rates.head(d.links, t.downloader()));
        if (offer.isEmpty() || one) {
            return refused(Reason.DOWNLOADER_UNKNOWN);
        }
        if (signer.isPresent() && !(signer.get() instanceof Recovery.Signer)) {
            return refused(Reason.ACKNOWLEDGMENT_SIGNATURE_INVALID);
        }
        if (signer.isPresent() && !signer.get().equals(new Recovery.Signer(t.downloader()))) {
            return refused(Reason.ACKNOWLEDGMENT_NOT_BY_DOWNLOADER);
        }
        byte[] servedKey = Key.served(t.model(), from, t.downloader());
        long before = d.served.get(servedKey).map(Served::bytes).orElse(0L);
        if (t.bytes() <= before) {
            return refused(Reason.ACKNOWLEDGMENT_PAID);
        }
        Pay pay = pay(
                t.bytes() - before,
                d.params().hosting().perGigabyte(),
                offer.get().forHosts());
        if (pay.amount().isZero()) {
            return refused(Reason.HOSTS_SHARE_EMPTY);
        }

        d.totals = d.totals.minusHosts(pay.amount());
        d.credit(from, pay.amount());
        d.offers = d.offers.put(offerKey, offer.get().paidHost(pay.amount()));
        d.served = d.served.put(servedKey, new Served(before + pay.bytes()));
        d.tell(new Event.HostPaid(t.model(), from, t.downloader(), pay.bytes(), pay.amount()));
        return d.applied();
    }

    /** What is paid now, and for how many bytes. */
    private record Pay(long bytes, Amount amount) {}

    /** As far as the share goes; bytes rounded up and money down, so that small claims gain nothing. */
    private static Pay pay(long bytes, Amount perGigabyte, Amount share) {
        BigInteger rate = BigInteger.valueOf(perGigabyte.micro());
        BigInteger owed = BigInteger.valueOf(bytes).multiply(rate).divide(GIGABYTE);
        BigInteger there = BigInteger.valueOf(share.micro());
        if (owed.compareTo(there) <= 0) {
            return new Pay(bytes, Amount.ofMicro(owed.longValueExact()));
        }
        BigInteger covered =
                there.multiply(GIGABYTE).add(rate.subtract(BigInteger.ONE)).divide(rate);
        return new Pay(covered.longValueExact(), share);
    }

    /** A host is asked for a chunk, or did not show it in time. */
    static void due(Draft d, Hash model, Address host) {
        Host h = d.hosts.get(Key.host(model, host)).orElseThrow(() -> new AssertionError("no host " + host));
        if (h.asked()) {
            missed(d, model, host, h);
            return;
        }
        long chunks =
                Chunks.count(d.models.get(Key.of(model)).orElseThrow().words().fileBytes());
        long chunk = Ids.chunk(d.beacon(), model, host, chunks);
        long by = d.block.height() + d.params().hosting().answer();
        put(d, model, host, h.asked(chunk, by));
        d.schedule(by, due(model, host));
        d.tell(new Event.StorageAsked(model, host, chunk, by));
    }

    private static void missed(Draft d, Hash model, Address host, Host h) {
        Amount burned = h.stake().total().share(d.params().hosting().penalty());
        int missed = h.missed() + 1;
        Host left = h.with(h.stake().slash(burned)).waiting(0, missed);
        d.totals = d.totals.plusBurned(burned);
        d.tell(new Event.StorageMissed(model, host, h.chunk(), burned));
        boolean ends = missed >= d.params().hosting().missesMax()
                || left.stake().bonded().isBelow(d.params().hosting().bondMin());
        if (left.isActive() && ends) {
            leave(d, model, host, left);
        } else {
            put(d, model, host, left.isActive() ? wait(d, model, host, left, missed) : left);
        }
    }

    /** Frees a host's stake whose delay is over. */
    static void release(Draft d, Hash model, Address host) {
        byte[] key = Key.host(model, host);
        Optional<Host> known = d.hosts.get(key);
        if (known.isEmpty()) {
            return; // a penalty took all that was left
        }
        Stake stake = known.get().stake();
        Amount free = Amount.ZERO;
        List<Stake.Leaving> staying = new ArrayList<>();
        for (Stake.Leaving part : stake.leaving()) {
            if (part.releaseAt() > d.block.height()) {
                staying.add(part);
            } else {
                free = free.plus(part.amount());
            }
        }
        put(d, model, host, known.get().with(new Stake(stake.bonded(), staying)));
        if (!free.isZero()) {
            d.credit(host, free);
            d.tell(new Event.HostBondReleased(model, host, free));
        }
    }

    private static void leave(Draft d, Hash model, Address host, Host h) {
        long releaseAt = d.block.height() + d.params().windows().unbond();
        Amount amount = h.stake().bonded();
        put(d, model, host, h.with(h.stake().unbond(amount, releaseAt)));
        d.schedule(releaseAt, new Due(Due.Kind.RELEASE_HOST_BOND, model, host));
        d.tell(new Event.HostLeaving(model, host, amount, releaseAt));
    }

    private static Host wait(Draft d, Hash model, Address host, Host h, int missed) {
        long at = d.block.height() + d.params().hosting().every();
        d.schedule(at, due(model, host));
        return h.waiting(at, missed);
    }

    /** A host with nothing at stake and nothing to show is forgotten. */
    private static void put(Draft d, Hash model, Address host, Host h) {
        byte[] key = Key.host(model, host);
        d.hosts = h.stake().total().isZero() && h.dueAt() == 0 ? d.hosts.remove(key) : d.hosts.put(key, h);
    }

    private static Due due(Hash model, Address host) {
        return new Due(Due.Kind.STORAGE, model, host);
    }
}
