//go:build !linux

package limittest

import (
	"os"
	"time"
)

func threadTime() time.Duration { return 0 }

func peakOf(*os.ProcessState) int64 { return 0 }
