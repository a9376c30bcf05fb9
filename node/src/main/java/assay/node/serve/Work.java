package assay.node.serve;

import assay.core.base.Amount;
import assay.core.kernel.Sampling;
import assay.node.openai.ChatCall;

/**
 * A request as this node's model reads it.
 *
 * @param id names the request and, later, its receipt
 * @param call as it came
 * @param date that the template sees
 * @param promptIds ids that the model sees
 * @param sampling with the limit of tokens settled
 * @param most that it can cost
 */
@SuppressWarnings("ArrayRecordComponent") // ids, never compared
record Work(String id, ChatCall call, String date, int[] promptIds, Sampling sampling, Amount most) {}
