//go:build !amd64 || noasm

package kernels

func bestVariant() variant { return generic }

func multiplyAddSIMD(n int) int { return 0 }
