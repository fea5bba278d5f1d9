package serve

import (
	_ "embed"
	"net/http"
	"strings"
	"time"
)

// description is the service as OpenAPI describes it. TestOpenAPI holds it to what the service answers.
//
//go:embed openapi.yaml
var description string

// openAPI serves the description.
func openAPI(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/yaml")
	http.ServeContent(w, r, "openapi.yaml", time.Time{}, strings.NewReader(description))
}
