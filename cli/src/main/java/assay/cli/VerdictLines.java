package assay.cli;

import assay.core.codec.Json;
import assay.core.verify.Claim;
import assay.core.verify.Verdict;

/** Verdicts for programs and for people. */
final class VerdictLines {
    private VerdictLines() {}

    /** {@code valid}, {@code invalid}, {@code malformed} or {@code undecided}. */
    static String word(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Valid v -> "valid";
            case Verdict.Invalid v -> "invalid";
            case Verdict.Malformed v -> "malformed";
            case Verdict.Undecided v -> "undecided";
        };
    }

    /** Who found out, and who has to be trusted for it. */
    static String by(Verdict.Valid valid) {
        return String.join("; ", valid.claims().stream().map(Claim::by).toList());
    }

    static Json.Obj json(Verdict verdict) {
        Json.Members json = Json.object().put("verdict", word(verdict));
        switch (verdict) {
            case Verdict.Valid v ->
                json.put("tier", v.tier().name())
                        .put("claim", v.claim())
                        .put("by", by(v))
                        .put(
                                "does_not_prove",
                                Json.of(v.leavesOpen().stream().map(Json::of).toList()));
            case Verdict.Invalid v -> json.put("reason", v.reason());
            case Verdict.Malformed v -> json.put("reason", v.reason()).put("offset", v.offset());
            case Verdict.Undecided v -> json.put("need", v.need());
        }
        return json.build();
    }
}
