package assay.ledger.tx;

/** What somebody else than a transaction's sender signs in the ledger's own domain. */
public sealed interface Promise permits Voucher, Acknowledgment {}
