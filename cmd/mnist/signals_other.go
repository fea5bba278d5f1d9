//go:build !unix

package main

import "os"

// lost returns no signals: there are none for a lost terminal here, or they are SIGTERM (Windows).
func lost() []os.Signal { return nil }
