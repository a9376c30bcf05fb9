package assay.client;

import assay.core.base.Amount;
import assay.core.base.MalformedException;
import assay.core.codec.Field;

/**
 * What a question would come to.
 *
 * @param promptTokens that the model would read
 * @param maxTokens of the answer at most
 * @param worstCase the most that it can cost
 */
public record Quote(int promptTokens, int maxTokens, Amount worstCase) {
    static Quote of(Field json) throws MalformedException {
        return new Quote(
                json.at("prompt_tokens").int32(0, Integer.MAX_VALUE),
                json.at("max_tokens").int32(0, Integer.MAX_VALUE),
                Amount.ofMicro(json.at("worst_case_micro").integer(0, Amount.MAX_MICRO)));
    }
}
