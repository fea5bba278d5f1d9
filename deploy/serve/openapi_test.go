package serve

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

// described is what openapi.yaml says, and what of it real answers have had.
type described struct {
	*openapi3.T
	answers map[string]bool                      // such as "POST /predict 200"
	fields  map[*openapi3.Schema]map[string]bool // of objects
}

// ask sends a request and holds the answer to the description. header has names and values, of which Host is the host.
func (d *described) ask(t *testing.T, h http.Handler, method, target, kind, body string, header ...string) {
	t.Helper()
	r := httptest.NewRequest(method, "http://localhost"+target, strings.NewReader(body))
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
		if header[i] == "Host" {
			r.Host = header[i+1]
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	path := r.URL.Path
	item := d.Paths.Value(path)
	if item == nil {
		path, item = "/{file}", d.Paths.Value("/{file}")
	}
	op := item.GetOperation(method)
	if op == nil {
		if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") == "" {
			t.Errorf("%s %s is not described: got %d, want 405", method, target, w.Code)
		}
		return
	}
	what := fmt.Sprintf("%s %s %d", method, path, w.Code)
	response := op.Responses.Status(w.Code)
	if response == nil {
		t.Errorf("%s is not described: %.200s", what, w.Body)
		return
	}
	d.answers[what] = true
	in := &openapi3filter.RequestValidationInput{
		Request: r, Route: &routers.Route{Spec: d.T, Path: path, PathItem: item, Method: method, Operation: op},
		PathParams: map[string]string{"file": strings.TrimPrefix(r.URL.Path, "/")},
		Options: &openapi3filter.Options{
			AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true, MultiError: true,
			ExcludeRequestBody: kind != "application/json",
		},
	}
	err := openapi3filter.ValidateResponse(t.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Options: in.Options,
		Status: w.Code, Header: w.Header(), Body: io.NopCloser(bytes.NewReader(w.Body.Bytes())),
	})
	if w.Code == http.StatusOK { // so what was asked is described, too
		r.Body = io.NopCloser(strings.NewReader(body))
		err = errors.Join(err, openapi3filter.ValidateRequest(t.Context(), in))
	}
	if err != nil {
		t.Errorf("%s: %.600v", what, err)
	}
	if content := response.Value.Content.Get("application/json"); content != nil {
		var value any
		if err := json.Unmarshal(w.Body.Bytes(), &value); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		d.visit(content.Schema, value)
	}
}

// visit notes the fields of a value.
func (d *described) visit(ref *openapi3.SchemaRef, value any) {
	if ref == nil {
		return
	}
	for _, one := range ref.Value.AnyOf {
		d.visit(one, value)
	}
	switch v := value.(type) {
	case []any:
		for _, one := range v {
			d.visit(ref.Value.Items, one)
		}
	case map[string]any:
		for key, one := range v {
			if field := ref.Value.Properties[key]; field != nil {
				d.of(ref.Value)[key] = true
				d.visit(field, one)
			}
		}
	}
}

func (d *described) of(s *openapi3.Schema) map[string]bool {
	if d.fields[s] == nil {
		d.fields[s] = map[string]bool{}
	}
	return d.fields[s]
}

// missing lists the fields below a schema that no answer had.
func (d *described) missing(at string, ref *openapi3.SchemaRef) (list []string) {
	if ref == nil {
		return nil
	}
	for _, one := range ref.Value.AnyOf {
		list = append(list, d.missing(at, one)...)
	}
	list = append(list, d.missing(at+"[]", ref.Value.Items)...)
	for key, field := range ref.Value.Properties {
		if !d.of(ref.Value)[key] {
			list = append(list, at+"."+key)
		}
		list = append(list, d.missing(at+"."+key, field)...)
	}
	return list
}

// The description is valid, and says all that the service answers and no more: each path and method, each status, and
// each field of an answer.
func TestOpenAPI(t *testing.T) {
	doc, err := openapi3.NewLoader().LoadFromData([]byte(description))
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	d := &described{doc, map[string]bool{}, map[*openapi3.Schema]map[string]bool{}}
	askAll(t, d)
	for _, r := range Waiting().routes() {
		if item := doc.Paths.Value(r.path); item == nil || item.GetOperation(r.method) == nil {
			t.Errorf("%s %s is not described", r.method, r.path)
		}
	}
	for path, item := range doc.Paths.Map() {
		known := path == "/{file}" || slices.ContainsFunc(Waiting().routes(), func(r route) bool { return r.path == path })
		if !known {
			t.Errorf("%s is described and no route", path)
		}
		for method, op := range item.Operations() {
			for status, response := range op.Responses.Map() {
				if what := fmt.Sprintf("%s %s %s", method, path, status); !d.answers[what] {
					t.Errorf("%s is described and no answer", what)
				}
				if content := response.Value.Content.Get("application/json"); content != nil && status == "200" {
					for _, field := range d.missing("", content.Schema) {
						t.Errorf("%s %s: field %s is described and in no answer", method, path, field)
					}
				}
			}
		}
	}
}
