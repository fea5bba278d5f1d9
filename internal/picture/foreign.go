package picture

import "bytes"

// foreign says what a file is that people take for a picture.
func foreign(b []byte) string {
	for _, f := range []struct {
		at         int
		magic, say string
	}{
		{4, "ftyphei", "HEIC, as iPhones store it unless the camera is set to Most Compatible"},
		{4, "ftyphev", "HEIC, as iPhones store it unless the camera is set to Most Compatible"},
		{4, "ftypmif1", "HEIF"},
		{4, "ftypavif", "AVIF"},
		{4, "ftyp", "a film"},
		{0, "%PDF", "PDF: export the page as a picture"},
		{0, "<svg", "SVG"},
		{0, "<?xml", "XML, perhaps SVG"},
		{0, "8BPS", "Photoshop's PSD"},
		{0, "\xff\x0a", "JPEG XL"},
		{0, "\x00\x00\x00\x0cJXL ", "JPEG XL"},
		{0, "\x00\x00\x01\x00", "an icon (ICO)"},
		{0, "PK\x03\x04", "a ZIP archive"},
	} {
		if len(b) >= f.at && bytes.HasPrefix(b[f.at:], []byte(f.magic)) {
			return f.say
		}
	}
	if len(b) == 0 {
		return "empty"
	}
	return "unknown format"
}
