package models

import "anneal/graph"

// Autoencoder draws images from a code of 32 numbers that it makes of them. x is [N, C, H, W] with height and width
// that 4 divides; the result has the same shape, and values between 0 and 1. Its loss compares the two, such as MSE.
//
// Two 3×3 convolutions with stride 2 make 16 and 32 channels, a linear layer the code, another one 32 channels again,
// and two transposed convolutions the image. Names are encoder.0, encoder.2, code, decode, decoder.0 and decoder.2, as
// in PyTorch modules.
func Autoencoder(b *graph.Builder, x *graph.Node) *graph.Node {
	in := x.Shape()
	h := b.ReLU(b.Conv2D("encoder.0", x, 16, 3, graph.Stride(2), graph.Padding(1)))
	h = b.ReLU(b.Conv2D("encoder.2", h, 32, 3, graph.Stride(2), graph.Padding(1)))
	if b.Err() != nil {
		return nil
	}
	n, rows, columns := in[0], h.Shape()[2], h.Shape()[3]
	code := b.Linear("code", b.Flatten(h), 32)
	h = b.Reshape(b.ReLU(b.Linear("decode", code, 32*rows*columns)), n, 32, rows, columns)
	up := []graph.ConvOption{graph.Stride(2), graph.Padding(1), graph.OutputPadding(1)}
	h = b.ReLU(b.ConvTranspose2D("decoder.0", h, 16, 3, up...))
	return b.Sigmoid(b.ConvTranspose2D("decoder.2", h, in[1], 3, up...))
}
