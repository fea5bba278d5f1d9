//go:build !amd64 || noasm

package kernels

func bestVariant() variant { return generic }

func outerSIMD[T Float](c []T, ldc int, a []T, lda int, b []T, table []pair, m, n int, rowBias, colBias []T, floor T, add bool) bool {
	return false
}

func innerSIMD[T Float](c []T, ldc int, a []T, lda int, b []T, offsets []int32, m, n int, add []T, ldadd int, floor T) bool {
	return false
}

func correlateSIMD[T Float](dx, dw, x, w, dy []T, origin int, offsets []int32, n int, resume bool) bool {
	return false
}

func rowsSIMD[T Float](dst, src []T, s *rows, add bool) bool { return false }

func dealSIMD[T Float](even, odd, src []T) bool { return false }

func collectSIMD[T Float](dst, even, odd []T, s *rows) bool { return false }

func turnSIMD[T Float](dst []T, stride int, b []T, offsets []int32, n int) bool { return false }

func sandwichSIMD[T Float](l transform, dst []T, to places, src []T, from places, n int) bool {
	return false
}

func sandwichOutputSIMD[T Float](dst []T, to places, src []T, from places, n int, bias []T, floor T) bool {
	return false
}

func peakSIMD(n int) int { return 0 }
