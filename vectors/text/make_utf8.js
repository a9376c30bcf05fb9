// The digest that DetokenizerPropertyTest expects: all strings of 1 to 4 edge bytes, decoded by the WHATWG
// decoder of Node.js, each as UTF-8 and a line feed, in order (the first byte varies fastest).
//     node vectors/text/make_utf8.js
const edges = [0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE,
  0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF]
const hash = require('crypto').createHash('sha256')
const decoder = new TextDecoder('utf-8', {ignoreBOM: true})
for (let length = 1; length <= 4; length++) {
  for (let n = 0; n < edges.length ** length; n++) {
    const bytes = new Uint8Array(length)
    for (let i = 0, rest = n; i < length; i++, rest = Math.floor(rest / edges.length)) bytes[i] = edges[rest % edges.length]
    hash.update(decoder.decode(bytes) + '\n')
  }
}
console.log(hash.digest('hex'))
