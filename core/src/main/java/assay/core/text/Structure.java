package assay.core.text;

import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Which ids of a vocabulary are structure and not text, and which of them end an answer.
 *
 * @param stopIds eos, eot, eom, and the control or user-defined tokens with a name of {@link #STOP_NAMES}
 * @param control control and unknown tokens, the stop ids and bos, whatever their type
 */
record Structure(SortedSet<Integer> stopIds, BitSet control) {
    static final List<String> STOP_NAMES = List.of(
            "<|im_end|>",
            "<|endoftext|>",
            "<|end_of_text|>",
            "<|eot_id|>",
            "<|eom_id|>",
            "<|end|>",
            "<end_of_turn>",
            "</s>");

    static Structure of(TokenType[] types, Vocabulary.Roles roles, Map<String, Integer> idOf) {
        TreeSet<Integer> stops = new TreeSet<>();
        for (int id : new int[] {roles.eos(), roles.eot(), roles.eom()}) {
            if (id >= 0) {
                stops.add(id);
            }
        }
        for (String name : STOP_NAMES) {
            Integer id = idOf.get(name);
            if (id != null && (types[id] == TokenType.CONTROL || types[id] == TokenType.USER_DEFINED)) {
                stops.add(id);
            }
        }
        BitSet control = new BitSet(types.length);
        for (int id = 0; id < types.length; id++) {
            boolean typed = types[id] == TokenType.CONTROL || types[id] == TokenType.UNKNOWN;
            control.set(id, typed || id == roles.bos() || stops.contains(id));
        }
        return new Structure(Collections.unmodifiableSortedSet(stops), control);
    }
}
