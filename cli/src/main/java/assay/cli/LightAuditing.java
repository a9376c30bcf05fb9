package assay.cli;

import assay.client.Client;
import assay.client.ClientException;
import assay.core.audit.AuditKey;
import assay.core.audit.Challenge;
import assay.core.audit.Grid;
import assay.core.audit.LightAudit;
import assay.core.audit.OpeningPlan;
import assay.core.base.Counted;
import assay.core.base.MalformedException;
import assay.core.codec.Json;
import assay.core.verify.ModelText;
import assay.core.verify.Verdict;
import assay.engine.store.Sizes;
import assay.engine.store.StoredModel;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/** An audit without weights: draws cells now, has the node open them, and checks what it shows. */
final class LightAuditing {
    private static final long PATIENCE_NANOS = 60_000_000_000L;
    private static final long RETRY_MILLIS = 200;

    private final Assay assay;
    private final Wish wish;

    /**
     * How to audit.
     *
     * @param cells to draw
     * @param key its file; the usual one if nothing is said
     * @param from the node's address; the own network's if nothing is said
     * @param apiKey of that node
     */
    record Wish(int cells, Optional<Path> key, Optional<URI> from, String apiKey) {}

    LightAuditing(Assay assay, Wish wish) {
        this.assay = assay;
        this.wish = wish;
    }

    /** Audits a receipt whose signature was verified, and prints what that says. */
    int audit(Path file, LightAudit.Subject subject)
            throws IOException, InterruptedException, Mistake, MalformedException {
        Path keyFile = wish.key.orElseGet(
                () -> AuditKeys.usual(assay, subject.receipt().model().program()));
        AuditKey key = AuditKeys.read(keyFile);
        ModelText text = ModelText.of(key.program());
        SecureRandom random = new SecureRandom();
        Challenge challenge = Challenge.fresh(subject.digest(), wish.cells, random);
        Optional<Verdict> premise = LightAudit.premises(key, text, subject, challenge);
        if (premise.isPresent()) {
            return tell(file, new LightAudit.Report(premise.get(), 0, 0, 0, 0), 0, 0);
        }
        Grid grid = Grid.of(key.program().shape().layers(), subject.transcript());
        long most = OpeningPlan.of(key.program(), grid, challenge).maxBytes();
        if (most > OpeningPlan.SIZE_MAX_BYTES) {
            throw new Mistake(
                    "an opening of " + Counted.of(wish.cells, "cell") + " may take " + Sizes.text(most),
                    "ask for fewer with --cells COUNT, or replay it with the weights",
                    Exit.FAILED);
        }
        byte[] opening = opening(subject, challenge, (int) most);
        assay.screen().passing("");
        long begun = System.nanoTime();
        LightAudit.Report report = LightAudit.check(key, text, subject, challenge, opening, random);
        long nanos = System.nanoTime() - begun;
        AuditKeys.count(keyFile);
        return tell(file, report, opening.length, nanos);
    }

    private byte[] opening(LightAudit.Subject subject, Challenge challenge, int maxBytes)
            throws IOException, InterruptedException, Mistake, MalformedException {
        if (wish.from.isPresent()) {
            return await(Client.connect(wish.from.get()).bearer(wish.apiKey), challenge, maxBytes);
        }
        Optional<String> model =
                assay.models().find(subject.receipt().model().file().hex()).map(StoredModel::name);
        Session.Wish own = new Session.Wish(model, OptionalInt.empty(), OptionalInt.empty(), 0);
        try (Session session = Session.open(assay, assay.folders().data(), own)) {
            session.audit();
            return await(session.client(), challenge, maxBytes);
        }
    }

    /** Nothing is opened before the receipt is final. */
    private byte[] await(Client client, Challenge challenge, int maxBytes)
            throws IOException, InterruptedException, Mistake {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (true) {
            assay.screen().passing("waiting for the opening of " + Counted.of(challenge.cells(), "cell") + "…");
            try {
                return client.cells(challenge, maxBytes);
            } catch (ClientException e) {
                if (!e.code().equals("too_early") || System.nanoTime() > deadline) {
                    throw new Mistake("the node opens nothing: " + e.getMessage(), "", Exit.UNDECIDED);
                }
            }
            Thread.sleep(RETRY_MILLIS);
        }
    }

    private int tell(Path file, LightAudit.Report report, int bytes, long nanos) {
        Verdict verdict = report.verdict();
        if (assay.json()) {
            Json.Members json = Json.object();
            VerdictLines.json(verdict).members().forEach(json::put);
            json.put("cells", report.cells())
                    .put("drawn", report.drawn())
                    .put("heads", report.heads())
                    .put("opening_bytes", bytes)
                    .put("check_nanos", nanos);
            assay.screen().json(json.build());
            return verdict.exitCode();
        }
        new Verify(assay)
                .print(
                        file,
                        verdict,
                        String.format(
                                Locale.ROOT,
                                "%.0f ms, without the weights; an opening of %s",
                                nanos / 1e6,
                                Sizes.text(bytes)));
        return verdict.exitCode();
    }
}
