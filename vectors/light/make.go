// Writes chain.json: a chain of light blocks as CometBFT 0.38.26 makes and serves them, with its validators
// changing, and what CometBFT's own light client says of pairs of them and of altered ones.
//
//	go mod init light && go get github.com/cometbft/cometbft@v0.38.26 && go run make.go > chain.json
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/cometbft/cometbft/crypto"
	"github.com/cometbft/cometbft/crypto/ed25519"
	"github.com/cometbft/cometbft/crypto/tmhash"
	cmtjson "github.com/cometbft/cometbft/libs/json"
	"github.com/cometbft/cometbft/light"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	cmtversion "github.com/cometbft/cometbft/proto/tendermint/version"
	"github.com/cometbft/cometbft/types"
)

const chain = "assay-1149218157756417"

var begin = time.Date(2026, 11, 1, 12, 0, 0, 123456789, time.UTC)

type member struct {
	key   int
	power int64
}

func secret(i int) crypto.PrivKey {
	return ed25519.GenPrivKeyFromSecret([]byte(fmt.Sprintf("validator %d", i)))
}

func set(members []member) *types.ValidatorSet {
	var vals []*types.Validator
	for _, m := range members {
		vals = append(vals, types.NewValidator(secret(m.key).PubKey(), m.power))
	}
	return types.NewValidatorSet(vals)
}

type block struct {
	signed *types.SignedHeader
	vals   *types.ValidatorSet
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// The sets of heights 1 to 12: the same, then one by one others.
func members(height int) []member {
	out := []member{}
	first := 0
	if height > 4 {
		first = (height - 3) / 2
	}
	for i := first; i < first+4; i++ {
		out = append(out, member{i, int64(10 + i%3)})
	}
	return out
}

func make(height int, previous types.BlockID, silent map[int]bool) block {
	vals := set(members(height))
	h := types.Header{
		Version:            cmtversion.Consensus{Block: 11, App: 1},
		ChainID:            chain,
		Height:             int64(height),
		Time:               begin.Add(time.Duration(height) * 1500 * time.Millisecond),
		LastBlockID:        previous,
		LastCommitHash:     tmhash.Sum([]byte(fmt.Sprint("commit", height))),
		DataHash:           types.Txs{types.Tx("one"), types.Tx("two"), types.Tx("three")}.Hash(),
		ValidatorsHash:     vals.Hash(),
		NextValidatorsHash: set(members(height + 1)).Hash(),
		ConsensusHash:      tmhash.Sum([]byte("consensus")),
		AppHash:            tmhash.Sum([]byte(fmt.Sprint("app", height))),
		LastResultsHash:    tmhash.Sum([]byte("results")),
		EvidenceHash:       tmhash.Sum(nil),
		ProposerAddress:    vals.Validators[0].Address,
	}
	id := types.BlockID{Hash: h.Hash(), PartSetHeader: types.PartSetHeader{Total: uint32(height), Hash: tmhash.Sum([]byte(fmt.Sprint("parts", height)))}}
	commit := &types.Commit{Height: h.Height, Round: int32(height % 3), BlockID: id}
	for i, v := range vals.Validators {
		var key crypto.PrivKey
		for _, m := range members(height) {
			if secret(m.key).PubKey().Equals(v.PubKey) {
				key = secret(m.key)
			}
		}
		if silent[i] {
			commit.Signatures = append(commit.Signatures, types.NewCommitSigAbsent())
			continue
		}
		vote := &types.Vote{
			Type: cmtproto.PrecommitType, Height: h.Height, Round: commit.Round, BlockID: id,
			Timestamp:        h.Time.Add(time.Duration(i) * 7 * time.Millisecond),
			ValidatorAddress: v.Address, ValidatorIndex: int32(i),
		}
		sig, err := key.Sign(types.VoteSignBytes(chain, vote.ToProto()))
		must(err)
		commit.Signatures = append(commit.Signatures, types.CommitSig{
			BlockIDFlag: types.BlockIDFlagCommit, ValidatorAddress: v.Address, Timestamp: vote.Timestamp, Signature: sig})
	}
	return block{&types.SignedHeader{Header: &h, Commit: commit}, vals}
}

func raw(v any) json.RawMessage {
	b, err := cmtjson.Marshal(v)
	must(err)
	return b
}

func shown(b block, comment string) map[string]any {
	return map[string]any{
		"comment":      comment,
		"header":       raw(b.signed.Header),
		"commit":       raw(b.signed.Commit),
		"validators":   raw(b.vals.Validators),
		"header_hash":  fmt.Sprintf("%x", []byte(b.signed.Header.Hash())),
		"set_hash":     fmt.Sprintf("%x", b.vals.Hash()),
		"signed_bytes": fmt.Sprintf("%x", b.signed.Commit.VoteSignBytes(chain, 0)),
	}
}

func says(trusted, next block, now time.Time) string {
	err := light.Verify(trusted.signed, trusted.vals, next.signed, next.vals, 7*24*time.Hour, now, 10*time.Second, light.DefaultTrustLevel)
	var far light.ErrNewValSetCantBeTrusted
	if err == nil {
		return "trusted"
	}
	if errors.As(err, &far) {
		return "too far"
	}
	return "refused"
}

func main() {
	var blocks []block
	previous := types.BlockID{}
	for height := 1; height <= 12; height++ {
		b := make(height, previous, map[int]bool{})
		if height == 3 {
			b = make(height, previous, map[int]bool{1: true})
		}
		blocks = append(blocks, b)
		previous = b.signed.Commit.BlockID
	}
	comments := []string{}
	for i := range blocks {
		comments = append(comments, fmt.Sprint("block ", i+1))
	}
	copyOf := func(i int) block {
		s := *blocks[i].signed
		h := *s.Header
		c := *s.Commit
		c.Signatures = append([]types.CommitSig{}, c.Signatures...)
		return block{&types.SignedHeader{Header: &h, Commit: &c}, blocks[i].vals}
	}
	alter := func(comment string, i int, f func(b *block)) {
		b := copyOf(i)
		f(&b)
		blocks = append(blocks, b)
		comments = append(comments, comment)
	}
	alter("block 3, two of four silent", 2, func(b *block) { *b = make(3, blocks[1].signed.Commit.BlockID, map[int]bool{1: true, 2: true}) })
	alter("block 3, another app hash under the same signatures", 2, func(b *block) { b.signed.Header.AppHash = tmhash.Sum([]byte("lie")) })
	alter("block 3, a signature altered", 2, func(b *block) {
		s := append([]byte{}, b.signed.Commit.Signatures[0].Signature...)
		s[3] ^= 1
		b.signed.Commit.Signatures[0].Signature = s
	})
	alter("block 3, two signatures swapped", 2, func(b *block) {
		c := b.signed.Commit.Signatures
		c[0].Signature, c[2].Signature = c[2].Signature, c[0].Signature
	})
	alter("block 3, a vote's time altered", 2, func(b *block) {
		b.signed.Commit.Signatures[0].Timestamp = b.signed.Commit.Signatures[0].Timestamp.Add(time.Millisecond)
	})
	alter("block 3, another round", 2, func(b *block) { b.signed.Commit.Round = 7 })
	alter("block 3, the validators of block 12", 2, func(b *block) { b.vals = blocks[11].vals })
	alter("block 3, one vote less in the list", 2, func(b *block) { b.signed.Commit.Signatures = b.signed.Commit.Signatures[:3] })

	now := begin.Add(time.Hour)
	pairs := []map[string]any{}
	for i := 0; i < 12; i++ {
		for j := range blocks {
			pairs = append(pairs, map[string]any{"trusted": i, "next": j, "now": now.Format(time.RFC3339Nano), "says": says(blocks[i], blocks[j], now)})
		}
	}
	for _, late := range []time.Duration{7*24*time.Hour + time.Second, 7*24*time.Hour + 2*time.Second, -time.Minute, -8 * time.Second} {
		at := begin.Add(late)
		pairs = append(pairs, map[string]any{"trusted": 0, "next": 1, "now": at.Format(time.RFC3339Nano), "says": says(blocks[0], blocks[1], at)})
	}
	out := []map[string]any{}
	for i, b := range blocks {
		out = append(out, shown(b, comments[i]))
	}
	extension := types.VoteExtensionSignBytes(chain, &cmtproto.Vote{Height: 9, Round: 2, Extension: []byte("a link")})
	enc := json.NewEncoder(os.Stdout)
	enc.SetIndent("", " ")
	must(enc.Encode(map[string]any{"chain": chain, "blocks": out, "pairs": pairs,
		"extension": map[string]any{"height": 9, "round": 2, "extension": "a link", "signed_bytes": fmt.Sprintf("%x", extension)}}))
}
