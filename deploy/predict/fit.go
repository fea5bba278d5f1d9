package predict

import (
	"fmt"
	"image"

	"anneal/internal/picture"
)

// Fit returns the pixels, [C, H, W] from 0 to 255, of a picture in the middle of a sample of that shape: as it is if it
// has the size, else scaled until it fits, with its aspect ratio kept. Transparent parts, and what the picture does not
// cover, have the value background.
//
// With one channel a colour becomes its luma, 0.299·R + 0.587·G + 0.114·B; three channels are red, green and blue. Any
// other number of channels is an error, and so is an empty picture.
func Fit(img image.Image, shape [3]int, background byte) ([]byte, error) {
	pixels, err := picture.Fit(img, shape, background)
	if err != nil {
		return nil, fmt.Errorf("predict: %w", err)
	}
	return pixels, nil
}
