// Package paging has the script and the style by which web pages show long tables in pages of 25 rows, so that a reader
// is answered at once however many rows there are.
//
// How to use the script is said at its top. Tables and lists that have all rows in the page's text have the class
// "paged".
package paging

import _ "embed"

// Script defines the object paging.
//
//go:embed paging.js
var Script string

// Style goes with Script. Its colours are those of package charts.
//
//go:embed paging.css
var Style string
