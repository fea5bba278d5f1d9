package tensorboard

import (
	"bytes"
	"fmt"
	"image"
	"image/png"

	"anneal/internal/wire"
)

// Value is one thing to show at a step of a run, under a tag. TensorBoard groups the tags by the text before
// their first slash.
type Value struct{ proto wire.Message }

func newValue(tag string) Value {
	var v Value
	v.proto.Text(1, tag) // tag
	return v
}

// Scalar returns a point of a curve. TensorBoard keeps float32.
func Scalar(tag string, x float64) Value {
	v := newValue(tag)
	v.proto.Float(2, float32(x)) // simple_value
	return v
}

// Distribution returns a histogram as a Value.
func Distribution(tag string, h Histogram) Value {
	v := newValue(tag)
	v.proto.Bytes(5, h.proto()) // histo
	return v
}

// Picture returns an image as a Value. It becomes a PNG.
func Picture(tag string, m image.Image) (Value, error) {
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		return Value{}, fmt.Errorf("tensorboard: %s: %w", tag, err)
	}
	var picture wire.Message
	picture.Int(1, m.Bounds().Dy()) // height
	picture.Int(2, m.Bounds().Dx()) // width
	picture.Int(3, 4)               // colorspace RGBA
	picture.Bytes(4, b.Bytes())     // encoded_image_string
	v := newValue(tag)
	v.proto.Bytes(4, picture) // image
	return v, nil
}

// Text returns a text in Markdown as a Value.
func Text(tag, markdown string) Value {
	var plugin wire.Message
	plugin.Text(1, "text") // plugin_name
	var metadata wire.Message
	metadata.Bytes(1, plugin) // plugin_data
	var size wire.Message
	size.Int(1, 1) // size
	var shape wire.Message
	shape.Bytes(2, size) // dim
	var tensor wire.Message
	tensor.Int(1, 7)         // dtype DT_STRING
	tensor.Bytes(2, shape)   // tensor_shape
	tensor.Text(8, markdown) // string_val
	v := newValue(tag)
	v.proto.Bytes(8, tensor)   // tensor
	v.proto.Bytes(9, metadata) // metadata
	return v
}
