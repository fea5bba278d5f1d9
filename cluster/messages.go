package cluster

import (
	"context"
	"encoding/binary"
)

// Gather returns the messages of all ranks, in the order of the ranks. Their lengths may differ.
func Gather(ctx context.Context, g Group, message []byte) ([][]byte, error) {
	lengths := make([]byte, 8*g.Size())
	if err := g.AllGather(ctx, lengths, binary.LittleEndian.AppendUint64(nil, uint64(len(message)))); err != nil {
		return nil, err
	}
	longest := 0
	for r := range g.Size() {
		longest = max(longest, length(lengths, r))
	}
	all := make([]byte, g.Size()*longest)
	if longest > 0 {
		in := make([]byte, longest)
		copy(in, message)
		if err := g.AllGather(ctx, all, in); err != nil {
			return nil, err
		}
	}
	messages := make([][]byte, g.Size())
	for r := range messages {
		messages[r] = all[r*longest:][:length(lengths, r):longest]
	}
	return messages, nil
}

// length returns the length of the message of rank r.
func length(lengths []byte, r int) int { return int(binary.LittleEndian.Uint64(lengths[8*r:])) }

// Broadcast returns, in every rank, the message of the rank from. The message of another rank is ignored.
func Broadcast(ctx context.Context, g Group, message []byte, from int) ([]byte, error) {
	if g.Rank() != from {
		message = nil
	}
	// Each rank takes part in sending: the rank from deals slices to all, which then gather them. No rank sends more
	// than twice the message, however many there are.
	size := make([]byte, 8*g.Size())
	if err := g.AllGather(ctx, size, binary.LittleEndian.AppendUint64(nil, uint64(len(message)))); err != nil {
		return nil, err
	}
	n := length(size, from)
	slice := (n + g.Size() - 1) / g.Size()
	whole, dealt := make([]byte, g.Size()*slice), make([]byte, g.Size()*slice)
	copy(whole, message)
	if err := g.AllToAll(ctx, dealt, whole); err != nil {
		return nil, err
	}
	if err := g.AllGather(ctx, whole, dealt[from*slice:][:slice]); err != nil {
		return nil, err
	}
	return whole[:n], nil
}

// Barrier returns when all ranks have called it.
func Barrier(ctx context.Context, g Group) error {
	return g.AllGather(ctx, make([]byte, g.Size()), make([]byte, 1))
}
