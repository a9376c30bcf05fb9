package assay.ledger.pay;

import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.Json;
import java.math.BigInteger;
import java.util.Optional;

/**
 * One way to pay, as x402 puts it: {@code PaymentRequirements}, version 2 (and 1, which words it otherwise).
 *
 * @param scheme {@code exact}, {@code upto} or {@code batch-settlement}
 * @param network CAIP-2, {@code eip155:} and a chain id; in version 1 a name
 * @param amount in the asset's smallest unit, 0 to 2^256 - 1
 * @param asset address of the token, as it was written
 * @param payTo address of the payee, as it was written
 * @param maxTimeoutSeconds how long an authorisation should be valid
 * @param extra what the scheme needs besides: the token's EIP-712 name and version, and more
 */
public record Requirements(
        String scheme,
        String network,
        BigInteger amount,
        String asset,
        String payTo,
        long maxTimeoutSeconds,
        Json.Obj extra) {
    private static final int TEXT_MAX_CHARS = 128;
    private static final int DIGITS_MAX = 78;

    /** Refuses an amount that is no uint256. */
    public Requirements {
        if (amount.signum() < 0 || amount.bitLength() > 256) {
            throw new IllegalArgumentException("an amount is a uint256, got " + amount);
        }
    }

    /** The same for another amount. */
    public Requirements of(BigInteger other) {
        return new Requirements(scheme, network, other, asset, payTo, maxTimeoutSeconds, extra);
    }

    /** The same with another {@code extra}. */
    public Requirements with(Json.Obj other) {
        return new Requirements(scheme, network, amount, asset, payTo, maxTimeoutSeconds, other);
    }

    /** The same under another name of the network. */
    public Requirements on(String name) {
        return new Requirements(scheme, name, amount, asset, payTo, maxTimeoutSeconds, extra);
    }

    /** As version 2 writes it. */
    public Json.Obj json() {
        return Json.object()
                .put("scheme", scheme)
                .put("network", network)
                .put("amount", amount.toString())
                .put("asset", asset)
                .put("payTo", payTo)
                .put("maxTimeoutSeconds", maxTimeoutSeconds)
                .put("extra", extra)
                .build();
    }

    /** As version 1 writes it, for the resource at this address. */
    public Json.Obj jsonV1(String resource, String description) {
        return Json.object()
                .put("scheme", scheme)
                .put("network", network)
                .put("maxAmountRequired", amount.toString())
                .put("resource", resource)
                .put("description", description)
                .put("mimeType", "application/json")
                .put("payTo", payTo)
                .put("maxTimeoutSeconds", maxTimeoutSeconds)
                .put("asset", asset)
                .put("extra", extra)
                .build();
    }

    /** Reads either version; members that it does not know are left out. */
    public static Requirements parse(Field json, int version) throws MalformedException {
        Optional<Field> extra = json.find("extra");
        return new Requirements(
                json.at("scheme").string(TEXT_MAX_CHARS),
                json.at("network").string(TEXT_MAX_CHARS),
                uint256(json.at(version == 1 ? "maxAmountRequired" : "amount")),
                json.at("asset").string(TEXT_MAX_CHARS),
                json.at("payTo").string(TEXT_MAX_CHARS),
                json.at("maxTimeoutSeconds").integer(0, Integer.MAX_VALUE),
                extra.isPresent() ? extra.get().object() : Json.object().build());
    }

    /** A number written as a string of decimal digits, as x402 writes every uint256. */
    static BigInteger uint256(Field field) throws MalformedException {
        String digits = field.string(DIGITS_MAX);
        if (digits.isEmpty() || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw field.fault("expected decimal digits");
        }
        BigInteger number = new BigInteger(digits);
        if (number.bitLength() > 256) {
            throw field.fault("expected a number below 2^256");
        }
        return number;
    }
}
