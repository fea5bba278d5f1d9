// Package language has the script by which pages speak English and Chinese.
//
// A page imports it as a module, and gives it a dictionary: see the top of language.js.
package language

import (
	_ "embed"
	"regexp"
	"strings"
)

// Script is the module, for pages to import as language.js.
//
//go:embed language.js
var Script string

// Plain is the same as a script that defines the object language, for pages that are one file and can import nothing.
var Plain = plain(Script)

func plain(module string) string {
	var names []string
	exported := regexp.MustCompile(`(?m)^export (?:const|(?:async )?function) (\w+)`)
	for _, m := range exported.FindAllStringSubmatch(module, -1) {
		names = append(names, m[1])
	}
	return "const language = (() => {\n\"use strict\";\n" + strings.ReplaceAll(module, "\nexport ", "\n") +
		"\nreturn { " + strings.Join(names, ", ") + " };\n})();\n"
}
