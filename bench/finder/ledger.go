package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// ledger is a file with a line per result: data set, network, seed, kind of run, rate, result. The result of find is
// the rate, that of a training the test accuracy.
type ledger struct {
	file  *os.File
	known map[string]float64
}

// openLedger reads the ledger of a folder, or begins one.
func openLedger(dir string) (*ledger, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(filepath.Join(dir, "runs.tsv"), os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return nil, err
	}
	l := &ledger{file, make(map[string]float64)}
	for s := bufio.NewScanner(file); s.Scan(); {
		line := s.Text()
		at := strings.LastIndexByte(line, '\t')
		if at < 0 {
			continue
		}
		if v, err := strconv.ParseFloat(line[at+1:], 64); err == nil {
			l.known[line[:at]] = v
		}
	}
	return l, nil
}

func (l *ledger) close() error { return l.file.Close() }

// get returns the result under key. If there is none yet, it comes from run and is written down.
func (l *ledger) get(key string, run func() (float64, error)) (float64, error) {
	if v, ok := l.known[key]; ok {
		return v, nil
	}
	v, err := run()
	if err != nil {
		return 0, err
	}
	l.known[key] = v
	_, err = fmt.Fprintf(l.file, "%s\t%v\n", key, v)
	return v, err
}
