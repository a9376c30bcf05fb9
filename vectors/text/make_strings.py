#!/usr/bin/env python3
"""Writes strings.txt: the texts that all tokenizer vectors share, one JSON string a line.

U+16FF0 to U+16FFF are left out of the ranges: Unicode 17.0 has numbers there, and one library knows it.

    python3 vectors/text/make_strings.py > vectors/text/strings.txt

Same output on every machine: a fixed seed, no clock, no library but Python's own.
"""
import json
import random

rng = random.Random(20260101)

SENTENCES = """The quick brown fox jumps over the lazy dog.
I'm sure we'll say they've gone, it's what he'd do; you're right, don't!
I'M SURE WE'LL SAY THEY'VE GONE, IT'S WHAT HE'D DO; YOU'RE RIGHT, DON'T!
'tis the '90s: rock'n'roll, o'clock, 'S 'T 'RE 'VE 'M 'LL 'D 'lL 'Re 'vE
Voix ambiguë d’un cœur qui, au zéphyr, préfère les jattes de kiwis.
Falsches Üben von Xylophonmusik quält jeden größeren Zwerg.
El pingüino Wenceslao hizo kilómetros bajo exhaustiva lluvia y frío; ¿añoraba? ¡Sí!
Zażółć gęślą jaźń. Příliš žluťoučký kůň úpěl ďábelské ódy.
Pijamalı hasta yağız şoföre çabucak güvendi. İstanbul'da ılık.
Съешь ещё этих мягких французских булок, да выпей чаю.
Жебракують філософи при ґанку церкви в Гадячі, ще й шатро їхнє п'яне знаємо.
Ξεσκεπάζω την ψυχοφθόρα βδελυγμία. Ταχίστη αλώπηξ βαφής ψημένη γη.
敏捷的棕色狐狸跳过了懒狗。我能吞下玻璃而不伤身体。
いろはにほへと ちりぬるを わかよたれそ つねならむ。カタカナとｶﾅ。東京は日本の首都です。
다람쥐 헌 쳇바퀴에 타고파. 안녕하세요, 세계! 한글 자모: ㄱㄴㄷ 가각간
نص حكيم له سر قاطع وذو شأن عظيم مكتوب على ثوب أخضر ومغلف بجلد أزرق. ١٢٣٤٥
דג סקרן שט בים מאוכזב ולפתע מצא לו חברה. שָׁלוֹם עֲלֵיכֶם
ऋषियों को सताने वाले दुष्ट राक्षसों के राजा रावण का सर्वनाश। १२३४५६
আমি বাংলায় গান গাই। தமிழ் மொழி அழகானது. తెలుగు భాష. ಕನ್ನಡ ನುಡಿ. മലയാളം
เป็นมนุษย์สุดประเสริฐเลิศคุณค่า กว่าบรรดาฝูงสัตว์เดรัจฉาน ๑๒๓
ພາສາລາວ ភាសាខ្មែរ မြန်မာဘာသာ བོད་སྐད་ Монгол хэл ᠮᠣᠩᠭᠣᠯ
ქართული ენა. Հայերեն լեզու։ አማርኛ ቋንቋ። ᏣᎳᎩ ᐃᓄᒃᑎᑐᑦ ꦗꦮ 𞤆𞤵𞤤𞤢𞤪
👨‍👩‍👧‍👦 👩🏽‍🚀 🏳️‍🌈 🇩🇪🇫🇷 👍🏿 ❤️‍🔥 ☺️ 1️⃣ 🧑🏻‍❤️‍💋‍🧑🏿
e\u0301 a\u0308\u0323 n\u0303 \u1e9b\u0323 \ufb01 \ufb06 Å Å Ω Ω ỗ o\u0302\u0303 z\u0335\u0322a\u0321l\u0327g\u0334o\u0360
𝒜𝓁𝓁 𝕞𝕒𝕥𝕙 𝟏𝟐𝟑 𝔽𝕣𝕒𝕜 ℵ₀ x² y³ ½ ¾ Ⅷ ⅻ ① ㉈ ٣ ۴ ५ ๖ 七 〇 ௧ 𐄇 𞱱 𝟘
∀x∈ℝ: ⌈x⌉ = −⌊−x⌋, α ∧ ¬β = ¬(¬α ∨ β), 2H₂ + O₂ ⇌ 2H₂O, R = 4.7 kΩ, ⌀ 200 mm
def f(x: int) -> str:¶    return f"{x!r:>10}"  # comment¶¶¶class A(B):¶\tpass¶
for (int i = 0; i < n; ++i) {\r¶\tsum += a[i]*b[i]; // 0x1F && ~0b1011 || !done\r¶}\r¶
<html><body class="a b">&nbsp;&lt;p&gt;</body></html> <!-- <|not_special|> -->
SELECT * FROM "t" WHERE a >= 3.14e-10 AND b LIKE '%x_%'; -- done
https://example.org/path/to?q=a%20b&x=1#frag user@example.com C:\\Users\\me\\file.txt
{"a":[1,2.5,-3e+7,null,true],"b":{"c":"\\u00e9\\n"}}
$\\frac{\\partial^2 u}{\\partial t^2} = c^2 \\nabla^2 u$ \\begin{align*} \\end{align*}
1 12 123 1234 12345 1234567890 3.14159 1,234,567.89 2026-01-01T00:00:00Z +49 (0)30 12-34
<|im_start|>user¶hi<|im_end|>¶<|endoftext|></s><s>[INST] <<SYS>> <unk> <0x0A> <|eot_id|>
### Instruction:¶* item¶- item¶1. item¶¶| a | b |¶|---|:-:|¶```py¶x¶```¶---
ſ 'ſ don'ſ K Å İ ı ß ẞ ŉ ǰ ΐ ς ﬅ Ω 'ſt 'Ll
\u200b\u200c\u200d\u2060\ufeff\u00ad\u061c\u202e\u2066 \u180e \u115f\u3164 \u034f
a\u00a0b\u2003c\u3000d\u2028e\u2029f\u0085g\u000bh\u000ci\u1680j\u202fk\u205fl
\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u000e\u000f\u0010\u0013\u0014\u0016\u001a\u001b\u001d\u001f\u007f\u0080\u009f
\ufffd \ufffe \uffff \U0001fffe \U0010ffff \ue000 \U000f0000 \U00040000 \U00100000 \ufdd0 \u0378 \U0001f9ff \U0001fae9"""

SCRIPTS = [(0x20, 0x7E), (0xA0, 0x17F), (0x180, 0x24F), (0x250, 0x36F), (0x370, 0x3FF), (0x400, 0x52F), (0x530, 0x5FF),
           (0x600, 0x6FF), (0x700, 0x8FF), (0x900, 0x97F), (0x980, 0xDFF), (0xE00, 0xEFF), (0xF00, 0xFFF), (0x1000, 0x10FF),
           (0x1100, 0x11FF), (0x1200, 0x139F), (0x13A0, 0x16FF), (0x1700, 0x18AF), (0x1D00, 0x1DFF), (0x1E00, 0x1FFF),
           (0x2000, 0x206F), (0x2070, 0x218F), (0x2190, 0x2BFF), (0x2C00, 0x2E7F), (0x3000, 0x30FF), (0x3100, 0x33FF),
           (0x4E00, 0x9FFF), (0xA000, 0xABFF), (0xAC00, 0xD7AF), (0xF900, 0xFAFF), (0xFB00, 0xFDFF), (0xFE00, 0xFFFD),
           (0x10000, 0x101FF), (0x10280, 0x10FFF), (0x11000, 0x11FFF), (0x12000, 0x12FFF), (0x13000, 0x1342F),
           (0x16800, 0x16FEF), (0x1B000, 0x1B2FF), (0x1D000, 0x1D7FF), (0x1E000, 0x1EFFF), (0x1F000, 0x1FAFF),
           (0x20000, 0x2A6DF), (0xE0000, 0xE01EF), (0x0, 0x1F), (0x7F, 0x9F)]
SPACES = [" ", "  ", "   ", "    ", " " * 9, "\t", "\t\t", "\n", "\n\n", "\n\n\n", "\r\n", "\r", " \n", "\n ", "  \n  ",
          "\u00a0", "\u2003", "\u3000", " \u3000", "\u0085", "\u000b", "\t \n\r ", " " * 17]
GLUE = ["'", "'s", "'S", "'re", "'RE", "'ll", "'lL", "'ve", "'d", "'T", "’s", "\"", ".", "...", "!?", ",", ";", ":", "-", "--", "_",
        "(", ")", "[", "]", "{", "}", "/", "\\", "@", "#", "$", "%", "^", "&", "*", "+", "=", "<", ">", "|", "~", "`", "€", "…",
        "0", "7", "42", "123", "1234", "999999", "½", "²", "٣", "Ⅷ", "\u0301", "\u200d", "\ufe0f", "🙂", "👨‍👩‍👧", "x", "Q"]


def scripted():
    low, high = rng.choice(SCRIPTS)
    return "".join(chr(rng.randint(low, high)) for _ in range(rng.randint(1, 14)))


def anything():
    while True:
        c = rng.randrange(0x110000)
        if not 0xD800 <= c <= 0xDFFF:
            return chr(c)


def main():
    lines = [line.replace("¶", "\n") for line in SENTENCES.split("\n")]
    words = [w for line in lines for w in line.split(" ") if w]
    texts = [""] + lines + words
    texts += [" " + w for w in words[:150]] + [w + " " for w in words[:50]]
    texts += SPACES + GLUE
    texts += [a + b + c for a in ("", "a", "1", "!") for b in SPACES for c in ("", "b", "2", "?", "'s")]
    texts += [c * n for c in ("a", "A", "é", "я", "中", "ก", "한", "0", "!", "=", " ", "\n", "\t", "🙂", "-", "\u0301", "ab", "a ", "\r\n", "'s")
              for n in (2, 3, 4, 7, 16, 33, 100)]
    texts += ["x" * 3000, " " * 1025 + "y", "ha" * 1500, "\n" * 600 + " z", "9" * 700, "木" * 500]
    for _ in range(900):
        texts.append("".join(rng.choice([scripted, lambda: rng.choice(words), lambda: rng.choice(SPACES), lambda: rng.choice(GLUE)])()
                             for _ in range(rng.randint(2, 9))))
    for _ in range(250):
        texts.append("".join(rng.choice(GLUE + SPACES) for _ in range(rng.randint(2, 14))))
    for _ in range(150):
        texts.append("".join(anything() for _ in range(rng.randint(1, 9))))
    for _ in range(120):
        texts.append(" ".join(rng.choice(words) for _ in range(rng.randint(5, 40))))
    for text in dict.fromkeys(texts):
        text.encode("utf-8")
        print(json.dumps(text))


main()
