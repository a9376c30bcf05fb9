package assay.core.text;

import assay.core.base.MalformedException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The tokens of a vocabulary by id and by text, checked.
 *
 * @param texts by id, each once
 * @param types by id
 * @param idOf the id of each text
 * @param structure which ids are no text
 */
record TokenTable(String[] texts, TokenType[] types, Map<String, Integer> idOf, Structure structure) {
    /** Takes the lists of a model file; no types mean that all tokens are normal. */
    static TokenTable of(List<String> tokens, int[] typeNumbers, Vocabulary.Roles roles) throws MalformedException {
        int count = bounded("count of tokens", tokens.size(), 1, Vocabulary.TOKENS_MAX);
        for (int id : new int[] {roles.bos(), roles.eos(), roles.unk(), roles.eot(), roles.eom()}) {
            bounded("id of bos, eos, unk, eot or eom", id, -1, count - 1);
        }
        String[] texts = tokens.toArray(String[]::new);
        TokenType[] types = types(typeNumbers, count);
        Map<String, Integer> idOf = index(texts);
        TokenTable table = new TokenTable(texts, types, idOf, Structure.of(types, roles, idOf));
        table.checkByteTokens();
        return table;
    }

    int size() {
        return texts.length;
    }

    /** The id of an ordinary token (normal or user-defined, and no structure) spelled so, or -1. */
    int ordinaryId(String text) {
        Integer id = idOf.get(text);
        return id != null && isOrdinary(id) ? id : -1;
    }

    boolean isOrdinary(int id) {
        return !structure.control().get(id) && (types[id] == TokenType.NORMAL || types[id] == TokenType.USER_DEFINED);
    }

    /** Count of byte tokens: 0 to 256. */
    int byteTokenCount() {
        return (int) Arrays.stream(types).filter(t -> t == TokenType.BYTE).count();
    }

    /** Each byte token spells its byte; since texts differ, 256 of them are all bytes. */
    private void checkByteTokens() throws MalformedException {
        int found = 0;
        for (int b = 0; b < 256; b++) {
            Integer id = idOf.get(SentencePieces.byteToken(b));
            found += id != null && types[id] == TokenType.BYTE ? 1 : 0;
        }
        if (found != byteTokenCount()) {
            throw new MalformedException("byte tokens are <0x00> to <0xFF>; others have that type", -1);
        }
    }

    private static Map<String, Integer> index(String[] tokens) throws MalformedException {
        Map<String, Integer> index = LinkedHashMap.newLinkedHashMap(tokens.length);
        for (int id = 0; id < tokens.length; id++) {
            String token = tokens[id];
            bounded("length of token " + id, token.length(), 0, Vocabulary.TOKEN_CHARS_MAX);
            if (!CodePoints.isWellFormed(token)) {
                throw new MalformedException("token " + id + " has half a surrogate pair", id);
            }
            Integer before = index.putIfAbsent(token, id);
            if (before != null) {
                throw new MalformedException("tokens " + before + " and " + id + " are both \"" + token + "\"", id);
            }
        }
        return index;
    }

    private static TokenType[] types(int[] numbers, int count) throws MalformedException {
        TokenType[] types = new TokenType[count];
        if (numbers.length == 0) {
            Arrays.fill(types, TokenType.NORMAL);
            return types;
        }
        bounded("count of token types", numbers.length, count, count);
        for (int id = 0; id < count; id++) {
            types[id] = TokenType.of(numbers[id], id);
        }
        return types;
    }

    static int bounded(String what, int value, int low, int high) throws MalformedException {
        if (value < low || value > high) {
            throw new MalformedException(what + " must be from " + low + " to " + high + ", got " + value, -1);
        }
        return value;
    }
}
