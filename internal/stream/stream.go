// Package stream derives the random streams of a run from its one seed.
//
// A stream is named by counters, never carried from one use to the next: the order of epoch 3 is New(seed, "shuffle",
// "3"), whatever was drawn before. A run that resumes therefore needs only its counters.
package stream

import (
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
)

// New returns the random stream that seed and path name. The same arguments give the same numbers on every machine;
// streams of different arguments are independent.
//
// The state of the PCG generator is the first 16 bytes of SHA-256 over seed and the parts of path, each after its
// length, all numbers being 64 bits, little-endian: no two paths encode alike.
func New(seed uint64, path ...string) *rand.Rand {
	var stack [128]byte
	b := binary.LittleEndian.AppendUint64(stack[:0], seed)
	for _, part := range path {
		b = binary.LittleEndian.AppendUint64(b, uint64(len(part)))
		b = append(b, part...)
	}
	sum := sha256.Sum256(b)
	return rand.New(rand.NewPCG(binary.LittleEndian.Uint64(sum[:]), binary.LittleEndian.Uint64(sum[8:])))
}
