package assay.core.dispute;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Reader;
import assay.core.codec.Writer;
import assay.core.receipt.Transcript;

/** A transcript as a move: its own file without prompt ids, which follow from the request. */
final class TextMove {
    private TextMove() {}

    static byte[] of(Transcript transcript) {
        return new Writer().blob(transcript.withoutPrompt().encode()).toBytes();
    }

    static Transcript read(Reader in) throws MalformedException {
        return Transcript.parse(in.blob(Referee.MOVE_MAX_BYTES));
    }

    /** Root over the ids of a choice: those of the prompt, then those answered. */
    static Hash idsRoot(Transcript transcript, int choice) {
        int[] prompt = transcript.promptIds();
        int[] answer = transcript.choices().get(choice).idArray();
        long[] all = new long[prompt.length + answer.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = i < prompt.length ? prompt[i] : answer[i - prompt.length];
        }
        return Tensor.root(all);
    }
}
