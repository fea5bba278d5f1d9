//go:build !unix

package app

import "os"

// ofClient reports whether signal is none of those of lost.
func ofClient(os.Signal) bool { return true }

// lost returns no signals: there are none for a lost terminal here, or they are SIGTERM (Windows).
func lost() []os.Signal { return nil }
