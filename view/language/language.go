// Package language has the script by which pages speak English and Chinese.
//
// A page imports it as a module, and gives it a dictionary: see the top of language.js.
package language

import _ "embed"

// Script is the module, for pages to import as language.js.
//
//go:embed language.js
var Script string
