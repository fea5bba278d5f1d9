//go:build !amd64 || noasm

package resample

func affineRowSIMD(y []float32, r *Row, b *Bordered) bool { return false }
