//go:build playwasm

package play

import _ "embed"

// A program that is given to people without Go has the page's program in it, which takes 7 MB:
//
//	go generate -tags playwasm ./view/play && go build -tags playwasm ./cmd/mnist
//
// The two files are not in the repository.

//go:generate env GOOS=js GOARCH=wasm go build -trimpath "-ldflags=-s -w" -o play.wasm ./wasm
//go:generate gzip -9 -n -f play.wasm
//go:generate sh -c "cp \"$(go env GOROOT)/lib/wasm/wasm_exec.js\" ."

//go:embed play.wasm.gz
var wasm []byte

//go:embed wasm_exec.js
var script []byte

var embedded = &Program{Wasm: wasm, Script: script}
