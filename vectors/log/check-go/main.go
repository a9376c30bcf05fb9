// Command check-go holds Assay's logs against Go's own implementation of transparency logs,
// golang.org/x/mod/sumdb/note and .../tlog.
//
//	go run . vectors ../../merkle/tlog.json   writes roots, proofs and tile paths that the Java tests read
//	go run . check   FOLDER                   checks a log that the Java test LogVectorTest wrote
//
// FOLDER holds key (a verifier key), checkpoint.N (signed notes of sizes N) and tile/... (C2SP
// tlog-tiles). check opens every checkpoint with sumdb/note, then, as a client that has nothing but
// these files, proves every entry's inclusion and each checkpoint's consistency with the next.
package main

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "check-go:", err)
		os.Exit(1)
	}
}

func main() {
	if len(os.Args) != 3 {
		must(fmt.Errorf("usage: check-go vectors FILE | check FOLDER"))
	}
	switch os.Args[1] {
	case "vectors":
		writeVectors(os.Args[2])
	case "check":
		check(os.Args[2])
	default:
		must(fmt.Errorf("unknown command %q", os.Args[1]))
	}
}

type inclusion struct {
	Index int64    `json:"index"`
	Size  int64    `json:"size"`
	Path  []string `json:"path"`
}

type consistency struct {
	Old  int64    `json:"old"`
	New  int64    `json:"new"`
	Path []string `json:"path"`
}

type growth struct {
	Old   int64    `json:"old"`
	New   int64    `json:"new"`
	Tiles []string `json:"tiles"`
}

type vectors struct {
	Comment     string            `json:"comment"`
	Roots       map[string]string `json:"roots"`
	Inclusion   []inclusion       `json:"inclusion"`
	Consistency []consistency     `json:"consistency"`
	Tiles       []growth          `json:"tiles"`
}

func writeVectors(file string) {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var out []tlog.Hash
		for _, i := range indexes {
			out = append(out, stored[i])
		}
		return out, nil
	})
	v := vectors{
		Comment: "golang.org/x/mod v0.42.0 sumdb/tlog; leaf i is the decimal text of i",
		Roots:   map[string]string{},
	}
	sizes := []int64{1, 2, 3, 5, 7, 8, 63, 64, 65, 255, 256, 257, 511, 600, 1000}
	for n := int64(0); n < 1000; n++ {
		hashes, err := tlog.StoredHashes(n, []byte(strconv.FormatInt(n, 10)), reader)
		must(err)
		stored = append(stored, hashes...)
	}
	for _, size := range sizes {
		root, err := tlog.TreeHash(size, reader)
		must(err)
		v.Roots[strconv.FormatInt(size, 10)] = hex.EncodeToString(root[:])
		for _, index := range []int64{0, size / 3, size / 2, size - 1} {
			proof, err := tlog.ProveRecord(size, index, reader)
			must(err)
			v.Inclusion = append(v.Inclusion, inclusion{index, size, hexes(proof)})
		}
		for _, old := range sizes {
			if old <= size {
				proof, err := tlog.ProveTree(size, old, reader)
				must(err)
				v.Consistency = append(v.Consistency, consistency{old, size, hexes(proof)})
			}
		}
	}
	for _, g := range [][2]int64{{0, 1}, {0, 256}, {255, 257}, {256, 256}, {100, 70000}, {65535, 65537},
		{16777215, 16777217}, {1234067 * 256, 1234067*256 + 300}} {
		paths := []string{}
		for _, t := range tlog.NewTiles(8, g[0], g[1]) {
			if g[1]-g[0] < 1000 || t.L > 0 {
				paths = append(paths, c2sp(t))
			}
		}
		v.Tiles = append(v.Tiles, growth{g[0], g[1], paths})
	}
	out, err := json.MarshalIndent(v, "", " ")
	must(err)
	must(os.WriteFile(file, append(out, '\n'), 0o644))
}

func hexes(hashes []tlog.Hash) []string {
	out := []string{}
	for _, h := range hashes {
		out = append(out, hex.EncodeToString(h[:]))
	}
	return out
}

// c2sp is the path of a tile by C2SP tlog-tiles, which leaves out the height 8.
func c2sp(t tlog.Tile) string {
	return strings.Replace(t.Path(), "tile/8/", "tile/", 1)
}

type folder string

func (f folder) Height() int { return 8 }

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var out [][]byte
	for _, t := range tiles {
		data, err := os.ReadFile(filepath.Join(string(f), c2sp(t)))
		if err != nil {
			return nil, err
		}
		out = append(out, data)
	}
	return out, nil
}

func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}

func check(dir string) {
	key, err := os.ReadFile(filepath.Join(dir, "key"))
	must(err)
	verifier, err := note.NewVerifier(strings.TrimSpace(string(key)))
	must(err)
	files, err := filepath.Glob(filepath.Join(dir, "checkpoint.*"))
	must(err)
	var trees []tlog.Tree
	for _, file := range files {
		data, err := os.ReadFile(file)
		must(err)
		trees = append(trees, open(data, verifier))
		data[bytes.IndexByte(data, '\n')+1] ^= 1
		if _, err := note.Open(data, note.VerifierList(verifier)); err == nil {
			must(fmt.Errorf("%s: note opens with a bit changed", file))
		}
	}
	sort.Slice(trees, func(i, j int) bool { return trees[i].N < trees[j].N })
	last := trees[len(trees)-1]
	reader := tlog.TileHashReader(last, folder(dir))
	entries := 0
	for n := int64(0); n < last.N; n++ {
		proof, err := tlog.ProveRecord(last.N, n, reader)
		must(err)
		must(tlog.CheckRecord(proof, last.N, last.Hash, n, tlog.RecordHash(entry(dir, last.N, n))))
		entries++
	}
	for i := 1; i < len(trees); i++ {
		proof, err := tlog.ProveTree(trees[i].N, trees[i-1].N, reader)
		must(err)
		must(tlog.CheckTree(proof, trees[i].N, trees[i].Hash, trees[i-1].N, trees[i-1].Hash))
	}
	fmt.Printf("%d checkpoints opened and consistent, %d entries included under %s\n", len(trees), entries, verifier.Name())
}

func open(data []byte, verifier note.Verifier) tlog.Tree {
	n, err := note.Open(data, note.VerifierList(verifier))
	must(err)
	lines := strings.Split(n.Text, "\n")
	if lines[0] != verifier.Name() {
		must(fmt.Errorf("origin %q, key %q", lines[0], verifier.Name()))
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	root, err := tlog.ParseHash(lines[2])
	must(err)
	return tlog.Tree{N: size, Hash: root}
}

// entry reads entry n of a log of this size from its bundle.
func entry(dir string, size, n int64) []byte {
	t := tlog.Tile{H: 8, L: -1, N: n / 256, W: 256}
	if width := size - t.N*256; width < 256 {
		t.W = int(width)
	}
	data, err := os.ReadFile(filepath.Join(dir, strings.Replace(c2sp(t), "/data/", "/entries/", 1)))
	must(err)
	for i := int64(0); i < n%256; i++ {
		data = data[2+binary.BigEndian.Uint16(data):]
	}
	return data[2 : 2+binary.BigEndian.Uint16(data)]
}
