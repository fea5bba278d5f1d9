package licences

import (
	"strings"
	"testing"
)

// phrases identify licences by words that are in no other.
var phrases = []struct{ kind, phrase string }{
	{"Apache-2.0", "Apache License Version 2.0"},
	{"BSL-1.0", "Boost Software License - Version 1.0"},
	{"CC-BY-4.0", "Creative Commons Attribution 4.0 International"},
	{"FTL", "The FreeType Project LICENSE"},
	{"MIT", "Permission is hereby granted, free of charge, to any person obtaining a copy"},
	{"OFL-1.1", "SIL OPEN FONT LICENSE Version 1.1"},
	{"Unlicense", "This is free and unencumbered software released into the public domain"},
}

// kinds returns the licences in a text.
func kinds(text string) []string {
	text = strings.Join(strings.Fields(text), " ")
	var list []string
	for _, p := range phrases {
		if strings.Contains(text, p.phrase) {
			list = append(list, p.kind)
		}
	}
	switch bsd := strings.Contains(text, "Redistribution and use in source and binary forms"); {
	case bsd && strings.Contains(text, "Neither the name"):
		list = append(list, "BSD-3-Clause")
	case bsd:
		list = append(list, "BSD-2-Clause")
	}
	return list
}

func TestKinds(t *testing.T) {
	const bsd = "Redistribution and use in source\nand binary forms, "
	for text, want := range map[string]string{
		bsd + "are permitted":                "BSD-2-Clause",
		bsd + "Neither the name of":          "BSD-3-Clause",
		"Apache License\n   Version 2.0":     "Apache-2.0",
		"GNU AFFERO GENERAL PUBLIC LICENSE":  "",
		"All rights reserved. Do not use it": "",
	} {
		if got := strings.Join(kinds(text), " "); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
