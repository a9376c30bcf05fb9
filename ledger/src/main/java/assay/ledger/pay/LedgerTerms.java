package assay.ledger.pay;

import assay.core.base.Amount;
import assay.core.codec.Json;
import assay.ledger.crypto.Address;
import assay.ledger.tx.Stock;
import java.math.BigInteger;
import java.util.List;

/**
 * How this ledger's own money is asked for: its network, its token and its schemes.
 *
 * @param chainId of the ledger
 * @param payee the operator that is paid, which is also the facilitator of permits
 */
public record LedgerTerms(long chainId, Address payee) {
    /** EIP-712 name of the token. */
    public static final String TOKEN_NAME = "Assay";

    /** EIP-712 version of the token. */
    public static final String TOKEN_VERSION = "1";

    /** How long an authorisation should be valid, in seconds. */
    public static final long TIMEOUT_SECONDS = 600;

    /** The delay that channels name, in seconds: the least that x402 allows; the ledger's own counts. */
    public static final long WITHDRAW_DELAY_SECONDS = 900;

    /** The network's name, CAIP-2. */
    public String network() {
        return "eip155:" + chainId;
    }

    /** All ways to pay this amount: {@code exact}, {@code upto}, {@code batch-settlement}. */
    public List<Requirements> offers(Amount amount) {
        return List.of(exact(amount), upto(amount), batch(amount));
    }

    /** By an authorisation of the amount. */
    public Requirements exact(Amount amount) {
        return terms("exact", amount, token().build());
    }

    /** By a permit of up to the amount. */
    public Requirements upto(Amount amount) {
        return terms(
                "upto",
                amount,
                token().put("assetTransferMethod", "permit2")
                        .put("facilitatorAddress", payee.toString())
                        .build());
    }

    /** By a channel and its vouchers. */
    public Requirements batch(Amount amount) {
        return terms(
                "batch-settlement",
                amount,
                token().put("receiverAuthorizer", payee.toString())
                        .put("withdrawDelay", WITHDRAW_DELAY_SECONDS)
                        .build());
    }

    private Requirements terms(String scheme, Amount amount, Json.Obj extra) {
        return new Requirements(
                scheme,
                network(),
                BigInteger.valueOf(amount.micro()),
                Stock.TOKEN.toString(),
                payee.toString(),
                TIMEOUT_SECONDS,
                extra);
    }

    private static Json.Members token() {
        return Json.object().put("name", TOKEN_NAME).put("version", TOKEN_VERSION);
    }
}
