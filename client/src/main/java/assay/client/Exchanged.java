package assay.client;

import assay.core.receipt.Digests;
import assay.core.receipt.Receipt;
import assay.core.receipt.Transcript;
import assay.core.verify.Claim;
import assay.core.verify.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Whether a valid receipt is about the very bytes that this client sent and received. */
final class Exchanged {
    private Exchanged() {}

    static Verdict check(
            Verdict.Valid valid, Receipt receipt, Transcript transcript, Stream.End end, byte[] body, String nonce) {
        if (!receipt.nonce().equals(nonce)) {
            return new Verdict.Invalid("the receipt has another nonce than this request: it is about another one");
        }
        if (!Arrays.equals(transcript.body(), body)
                || !Digests.request(transcript.salt(), body)
                        .equals(receipt.request().digest())) {
            return new Verdict.Invalid("the receipt is not about the request that was sent");
        }
        if (!transcript.answer().equals(receipt.answer())
                || transcript.choices().size() != 1
                || !transcript.choices().getFirst().text().equals(end.text())) {
            return new Verdict.Invalid("the receipt is not about the answer that arrived");
        }
        if (!receipt.usage().equals(end.usage())) {
            return new Verdict.Invalid("the receipt bills " + receipt.usage() + ", the answer said " + end.usage());
        }
        if (!Digests.prompt(transcript.salt(), transcript.promptIds()).equals(receipt.prompt())) {
            return new Verdict.Invalid("the prompt ids are not the ones that the receipt is about");
        }
        List<String> open = new ArrayList<>(valid.leavesOpen());
        open.removeIf(o -> o.startsWith("what was asked and answered"));
        open.add("that text and bill follow from prompt and ids: assay verify derives them again");
        return valid.with(new Claim.Exchanged(), open);
    }
}
