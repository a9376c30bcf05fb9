package assay.core.dispute;

import assay.core.base.MalformedException;
import assay.core.kernel.Attention;
import assay.core.program.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Where a program's sections hold which number: docs/protocol/program.md, section 7. */
final class Constants {
    private static final int EXP2_AT = 8 + 8 + 7 * 8 + 4;
    private static final int SIGMOID_AT = EXP2_AT + 256 * 4 + 4;
    private static final int SAMPLER_AT = SIGMOID_AT + 8192 * 4 + 4;

    private final Shape shape;
    private final Inputs in;

    Constants(Shape shape, Inputs in) {
        this.shape = shape;
        this.in = in;
    }

    long scoreScale() throws MalformedException {
        return i64("constants", 0);
    }

    long normScale() throws MalformedException {
        return i64("constants", 8);
    }

    long epsilon(int shift) throws MalformedException {
        return i64("constants", 16 + 8 * shift);
    }

    int[] exp2() throws MalformedException {
        int[] out = new int[256];
        little("constants", EXP2_AT, 4 * out.length).asIntBuffer().get(out);
        return out;
    }

    int sigmoid(int entry) throws MalformedException {
        return i32("constants", SIGMOID_AT + 4 * entry);
    }

    int exp2Sampler(int entry) throws MalformedException {
        return i32("constants", SAMPLER_AT + 4 * entry);
    }

    short cos(int position, int pair) throws MalformedException {
        return i16(2 * (position * (shape.headSize() / 2) + pair));
    }

    short sin(int position, int pair) throws MalformedException {
        return i16(2 * ((shape.context() + position) * (shape.headSize() / 2) + pair));
    }

    boolean masked(int id) throws MalformedException {
        return (in.section("masked", id / 8, 1)[0] >> id % 8 & 1) == 1;
    }

    Attention.Exponents exponents(int layer) throws MalformedException {
        int at = layer(layer);
        ByteBuffer b = little("layers", at, 12);
        return new Attention.Exponents(b.getInt(), b.getInt(), b.getInt());
    }

    int gain(Op.Gain gain, int layer, int element) throws MalformedException {
        int d = shape.width();
        int at =
                switch (gain) {
                    case ATTENTION -> layer(layer) + 12 + 4;
                    case FEED_FORWARD -> layer(layer) + 12 + 4 + 4 * d + 4;
                    case OUTPUT -> layer(shape.layers()) + 4;
                };
        return i32("layers", at + 4 * element);
    }

    /** 0 where the layer has none. */
    int bias(Op.Bias bias, int layer, int element) throws MalformedException {
        if (bias == Op.Bias.NONE) {
            return 0;
        }
        int has = flags()[layer];
        int bit = bias.ordinal() - 1;
        if ((has >> bit & 1) == 0) {
            return 0;
        }
        int at = layer(layer) + 12 + 2 * (4 + 4 * shape.width()) + 4;
        for (int before = 0; before < bit; before++) {
            at += 4 + biasBytes(has, before);
        }
        return i32("layers", at + 4 * element);
    }

    /** Where a layer's constants begin. */
    private int layer(int layer) throws MalformedException {
        byte[] has = flags();
        int at = 0;
        for (int l = 0; l < layer; l++) {
            at += 12 + 2 * (4 + 4 * shape.width());
            for (int bit = 0; bit < 3; bit++) {
                at += 4 + biasBytes(has[l], bit);
            }
        }
        return at;
    }

    private int biasBytes(int has, int bit) {
        return (has >> bit & 1) * 4 * (bit == 0 ? shape.queryWidth() : shape.kvWidth());
    }

    private byte[] flags() throws MalformedException {
        return in.section("biases", 0, shape.layers());
    }

    private short i16(int at) throws MalformedException {
        return little("rope", at, 2).getShort();
    }

    private int i32(String section, int at) throws MalformedException {
        return little(section, at, 4).getInt();
    }

    private long i64(String section, int at) throws MalformedException {
        return little(section, at, 8).getLong();
    }

    private ByteBuffer little(String section, int at, int count) throws MalformedException {
        return ByteBuffer.wrap(in.section(section, at, count)).order(ByteOrder.LITTLE_ENDIAN);
    }
}
