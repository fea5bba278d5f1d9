package report

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/json"
	"errors"
	"html/template"
)

// packed returns v as a page has it: as JSON that is compressed (RFC 1951), in base64. page/packed.js unpacks it. A
// browser would take long to read all that a page has about hundreds of runs; packed, it is a thirtieth of that.
func packed(v any) (template.HTML, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	to := base64.NewEncoder(base64.StdEncoding, &b)
	w, err := flate.NewWriter(to, flate.BestCompression)
	if err != nil {
		return "", err
	}
	_, err = w.Write(text)
	err = errors.Join(err, w.Close(), to.Close())
	return template.HTML(b.String()), err
}
