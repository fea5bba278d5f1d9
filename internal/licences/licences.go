// Package licences has the licences of what the program is built of: Go itself, the modules that go.mod names, and the
// files of others in this repository. docs/licences.md lists them. The test of this package finds what is missing in
// either; go test ./internal/licences -update writes both.
package licences

import _ "embed"

// Notices are the texts of all licences, each once, after the names of what it covers.
//
//go:embed notices.txt
var Notices string
