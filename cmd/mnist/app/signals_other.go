//go:build !unix

package app

import "os"

// lost returns no signals: there are none for a lost terminal here, or they are SIGTERM (Windows).
func lost() []os.Signal { return nil }
