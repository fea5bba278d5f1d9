package weights

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// archiveKind says what a zip archive is that torch.save has not written, or returns "".
func archiveKind(b []byte) string {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil || len(z.File) == 0 {
		return ""
	}
	has := func(match func(name string) bool) bool {
		return slices.ContainsFunc(z.File, func(f *zip.File) bool { return match(f.Name) })
	}
	named := func(name string) bool {
		return has(func(n string) bool { return n == name || strings.HasSuffix(n, "/"+name) })
	}
	switch {
	case named("constants.pkl"):
		return "a TorchScript archive, which holds a program"
	case named("data.pkl"):
		return ""
	case named("serialized_exported_program.json"), named("archive_format"):
		return "a program that torch.export saved"
	case named("model.weights.h5"):
		return "a Keras file"
	case !has(func(n string) bool { return !strings.HasSuffix(n, ".npy") }):
		return "an archive of NumPy's arrays (.npz)"
	case named("[Content_Types].xml"):
		return "a document of Office"
	case named("MANIFEST.json"), named("MAR-INF/MANIFEST.json"):
		return "an archive of TorchServe"
	}
	return fmt.Sprintf("a zip archive of other files, such as %.60q", z.File[0].Name)
}

// folderError says that a folder was given, and which files of weights are in it.
func folderError(path string) error {
	if _, err := os.Stat(filepath.Join(path, "saved_model.pb")); err == nil {
		return fmt.Errorf("%s: it is a folder with a SavedModel of TensorFlow: %s", path, wanted)
	}
	var names []string
	for _, pattern := range []string{"*.safetensors", "*.pt", "*.pth"} {
		found, _ := filepath.Glob(filepath.Join(path, pattern))
		names = append(names, found...)
	}
	if len(names) == 0 {
		return fmt.Errorf("%s: it is a folder, without files of weights in it", path)
	}
	names = names[:min(3, len(names))]
	return fmt.Errorf("%s: it is a folder: name a file in it, such as %s", path, strings.Join(names, ", "))
}
