package assay.ledger.light;

import static org.junit.jupiter.api.Assertions.assertEquals;

import assay.core.codec.Field;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Header hashes, signed bytes and the trust rules, against CometBFT's own light client (vectors/light/make.go). */
class ChainVectorTest {
    private static Field vectors() throws Exception {
        byte[] bytes = Files.readAllBytes(Path.of("..", "vectors", "light", "chain.json"));
        return Field.root(JsonText.parse(bytes, 32, 1 << 22));
    }

    static LightBlock block(Field json) throws Exception {
        Field page = new Field(
                Json.object().put("validators", json.at("validators").value()).build(), "");
        return new LightBlock(
                RpcAnswers.header(json.at("header")),
                RpcAnswers.commit(json.at("commit")),
                new ValidatorSet(RpcAnswers.members(page)));
    }

    private static List<LightBlock> blocks(Field vectors) throws Exception {
        List<LightBlock> out = new ArrayList<>();
        for (Field json : vectors.at("blocks").items(100)) {
            out.add(block(json));
        }
        return out;
    }

    @Test
    void hashesAndSignedBytesAreCometBftsOwn() throws Exception {
        Field vectors = vectors();
        int i = 0;
        for (Field json : vectors.at("blocks").items(100)) {
            LightBlock block = blocks(vectors).get(i++);
            String comment = json.at("comment").string();
            assertEquals(json.at("header_hash").string(), block.header().hash().hex(), comment);
            assertEquals(json.at("set_hash").string(), block.validators().hash().hex(), comment);
            Commit.Vote vote = block.commit().votes().getFirst();
            if (vote.forBlock()) {
                byte[] signed = block.commit().signed(vectors.at("chain").string(), vote);
                assertEquals(json.at("signed_bytes").string(), HexFormat.of().formatHex(signed), comment);
            }
        }
        assertEquals(20, i);
    }

    @Test
    void everyPairIsJudgedAsCometBftJudgesIt() throws Exception {
        Field vectors = vectors();
        List<LightBlock> blocks = blocks(vectors);
        HeaderCheck.Rules rules =
                new HeaderCheck.Rules(vectors.at("chain").string(), Duration.ofDays(7), Duration.ofSeconds(10));
        List<Integer> counts = new ArrayList<>(List.of(0, 0, 0));
        for (Field pair : vectors.at("pairs").items(1000)) {
            int trusted = pair.at("trusted").int32(0, 100);
            int next = pair.at("next").int32(0, 100);
            Instant now = Instant.parse(pair.at("now").string());
            String says =
                    switch (HeaderCheck.later(blocks.get(trusted), blocks.get(next), rules, now)) {
                        case HeaderCheck.Result.Trusted t -> "trusted";
                        case HeaderCheck.Result.TooFar f -> "too far";
                        case HeaderCheck.Result.Refused r -> "refused";
                    };
            assertEquals(pair.at("says").string(), says, () -> "block " + trusted + " then " + next + " at " + now);
            int which = List.of("trusted", "too far", "refused").indexOf(says);
            counts.set(which, counts.get(which) + 1);
        }
        counts.forEach(count -> org.junit.jupiter.api.Assertions.assertTrue(count > 3, counts::toString));
    }

    @Test
    void whatIsAddedToAVoteIsSignedAsCometBftSignsIt() throws Exception {
        Field json = vectors().at("extension");
        byte[] signed = Commit.signedExtension(
                vectors().at("chain").string(),
                json.at("height").integer(1, 100),
                json.at("round").int32(0, 100),
                json.at("extension").string().getBytes(StandardCharsets.US_ASCII));
        assertEquals(json.at("signed_bytes").string(), HexFormat.of().formatHex(signed));
    }
}
