//go:build !linux

package limittest

import "time"

func threadTime() time.Duration { return 0 }

func peak() int64 { return 0 }
