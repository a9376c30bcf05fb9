package assay.ledger.simulate;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.codec.Writer;
import assay.ledger.crypto.Address;
import assay.ledger.state.Genesis;
import assay.ledger.state.Params;
import assay.ledger.tx.Bytes;
import assay.ledger.tx.Ids;
import assay.ledger.tx.Transaction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Everybody's accounts, and how the network begins: block 1 registers operators, auditors and models and opens a
 * channel for each payer.
 */
final class Town {
    /** What everybody has beside the bonds, to pay fees from. */
    private static final Amount PURSE = Amount.ofUnits(20);

    /** What a payer puts into its channel. */
    private static final Amount DEPOSIT = Amount.ofUnits(2);

    /** Unlinked auditors of a thin model. */
    private static final int THIN = 3;

    private final Setup setup;
    private final Party party;
    final List<Address> operators;
    final List<Address> auditors;
    final List<Address> payers;
    final List<Address> validators;
    final List<Address> hosts;

    /** The party's own operators: the first is in the place of an honest one. */
    final List<Address> own;

    /** The party's own payer. */
    final Address purse = account("purse", 0);

    private final Address publisher = account("publisher", 0);

    Town(Setup setup, Party party) {
        this.setup = setup;
        this.party = party;
        int nodes = party.nodes().size();
        own = accounts("own", nodes);
        operators = new ArrayList<>(own);
        operators.addAll(accounts("operator", setup.people().operators() - Math.min(1, nodes)));
        auditors = accounts("auditor", setup.people().auditors());
        payers = accounts("payer", setup.people().payers());
        validators = accounts("validator", setup.people().validators());
        hosts = accounts("host", party.hosts().size());
    }

    /** Every account of the party. */
    List<Address> partyAccounts() {
        List<Address> all = new ArrayList<>(own);
        all.addAll(auditors.subList(0, party.auditors().size()));
        all.addAll(validators.subList(0, party.validators()));
        all.addAll(hosts);
        all.add(purse);
        if (party.thin()) {
            all.add(publisher);
        }
        return all;
    }

    Genesis genesis(long seed, Links links) {
        List<Genesis.Allocation> money = new ArrayList<>();
        for (Address operator : operators) {
            money.add(new Genesis.Allocation(operator, bond(operator).plus(PURSE)));
        }
        Amount auditing = setup.bonds().auditor().plus(setup.bonds().auditor());
        auditors.forEach(a -> money.add(new Genesis.Allocation(a, auditing.plus(PURSE))));
        payers.forEach(p -> money.add(new Genesis.Allocation(p, DEPOSIT.plus(PURSE))));
        validators.forEach(v ->
                money.add(new Genesis.Allocation(v, setup.bonds().validator().plus(PURSE))));
        Amount claims = setup.params().hosting().claimBond();
        money.add(new Genesis.Allocation(publisher, claims.plus(claims).plus(PURSE)));
        hosts.forEach(h -> money.add(new Genesis.Allocation(h, hostBond().plus(PURSE))));
        money.add(new Genesis.Allocation(purse, purseAtStart()));
        money.sort(Comparator.comparing(Genesis.Allocation::address));
        List<Genesis.Founder> founders = new ArrayList<>();
        validators.forEach(v -> founders.add(new Genesis.Founder(v, key(v), 1, links.tip(v))));
        founders.sort(Comparator.comparing(Genesis.Founder::account));
        long number = Math.floorMod(seed, 1L << 20);
        return new Genesis(Genesis.CHAIN_ID_FIRST + number, setup.params(), money, founders);
    }

    /** The first block's transactions. */
    void begin(Chain chain) {
        must(chain, publisher, model("model"));
        must(chain, publisher, model("thin"));
        for (Address v : validators) {
            must(chain, v, new Transaction.BondValidator(setup.bonds().validator()));
        }
        for (Address operator : operators) {
            must(chain, operator, new Transaction.RegisterOperator(key(operator), Bytes.of(new byte[0]), ""));
            must(chain, operator, new Transaction.Bond(bond(operator)));
            Amount price = setup.demand().pricePerMillion();
            must(chain, operator, new Transaction.SetPrices(modelOf(chain, operator), price, price, price));
        }
        for (int i = 0; i < auditors.size(); i++) {
            Amount bond = setup.bonds().auditor();
            must(chain, auditors.get(i), new Transaction.BondAuditor(id(chain, "model"), bond));
            if (i < THIN) {
                must(chain, auditors.get(i), new Transaction.BondAuditor(id(chain, "thin"), bond));
            }
        }
        for (int i = 0; i < payers.size(); i++) {
            must(chain, payers.get(i), new Transaction.OpenChannel(operatorOf(i), DEPOSIT));
        }
        if (party.purse().requests() > 0) {
            must(
                    chain,
                    purse,
                    new Transaction.OpenChannel(own.getFirst(), purseAtStart().minus(PURSE)));
        }
    }

    /** The model that an operator offers. */
    Hash modelOf(Chain chain, Address operator) {
        return id(chain, party.thin() && own.contains(operator) ? "thin" : "model");
    }

    /** Where a payer has its channel. The first place's payers are spread over all of the party's operators. */
    Address operatorOf(int payer) {
        int places = setup.people().operators();
        int place = Math.floorMod(payer, places);
        if (own.isEmpty()) {
            return operators.get(place);
        }
        return place == 0 ? own.get(payer / places % own.size()) : operators.get(own.size() + place - 1);
    }

    /** A payer's channel. */
    Hash channelOf(Chain chain, int payer) {
        return payer < 0
                ? Ids.channel(chain.id(), purse, own.getFirst(), 0)
                : Ids.channel(chain.id(), payers.get(payer), operatorOf(payer), 0);
    }

    private Amount bond(Address operator) {
        Amount whole = setup.bonds().operator();
        return own.contains(operator) ? Amount.ofMicro(whole.micro() / own.size()) : whole;
    }

    /** Enough to pay for its own requests, with something to spare; the same for the honest twin. */
    private Amount purseAtStart() {
        return Amount.ofUnits(20).plus(PURSE);
    }

    static Hash id(Chain chain, String name) {
        return chain.state().modelId(name).orElseThrow();
    }

    /** What a host has at risk: the least, and room for a few penalties. */
    Amount hostBond() {
        Amount least = setup.params().hosting().bondMin();
        return Amount.ofMicro(least.micro() / 2 * 3);
    }

    private Transaction.PublishModel model(String name) {
        Hash any = Hash.sha256(name.getBytes(StandardCharsets.UTF_8));
        return new Transaction.PublishModel(
                name,
                any,
                Keeper.FILE.length,
                Keeper.TREE.root(),
                Papers.PROGRAM.root(),
                any,
                any,
                any,
                any,
                Params.Costs.REFERENCE_MACS,
                "compiler",
                "licence",
                any,
                20_000,
                setup.params().hosting().claimBond());
    }

    private static void must(Chain chain, Address from, Transaction body) {
        if (!chain.send(from, body)) {
            throw new IllegalArgumentException("the setup does not fit the rules: " + body + " " + chain.refusals());
        }
    }

    /** The party's own operators sign receipts; the others' keys sign nothing here. */
    private Hash key(Address of) {
        if (own.contains(of)) {
            return Hash.ofBytes(Papers.signer(of).key().bytes());
        }
        return Hash.tagged("assay/simulate/key", of.bytes());
    }

    private static List<Address> accounts(String role, int count) {
        List<Address> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(account(role, i));
        }
        return all;
    }

    private static Address account(String role, int i) {
        byte[] name =
                new Writer().bytes(role.getBytes(StandardCharsets.UTF_8)).i32(i).toBytes();
        byte[] address = new byte[Address.SIZE_BYTES];
        System.arraycopy(Hash.tagged("assay/simulate/account", name).bytes(), 0, address, 0, address.length);
        return Address.ofBytes(address);
    }
}
