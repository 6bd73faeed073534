package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"blurt/scanner"
	"blurt/scanner/saved"
)

// Bounds of what --save-exchanges writes.
const (
	maxKeptOfFinding = 20      // exchanges of one finding
	maxKept          = 2 << 30 // bytes of all
)

// exchangeFolder is where --save-exchanges writes: a file for each finding, in
// which a line is an exchange.
type exchangeFolder struct {
	path string

	mutex   sync.Mutex
	counts  map[string]int // of the exchanges of a finding
	written int64
	full    bool
}

// readExchanges reads --save-exchanges and --show-secrets and makes the folder,
// before anything is sent.
func readExchanges(s settings, c *scanner.Config) error {
	show, err := s.on("show-secrets")
	if err != nil {
		return err
	}
	given, ok := s.text("save-exchanges")
	switch {
	case !ok && show:
		return wrongUse("--show-secrets", "it changes only what --save-exchanges writes: the screen and reports never show secrets", "add --save-exchanges FOLDER")
	case !ok:
		return nil
	case given.value == "":
		return wrongUse(given.source, "the folder's name is empty", "name a folder for the exchanges")
	}
	if err := checkFolder(given.value); err != nil {
		return wrongUse(given.source, "cannot write to "+fileProblem(given.value, err), "name a folder that is yours to write, or a new one")
	}
	folder := &exchangeFolder{path: given.value, counts: map[string]int{}}
	c.KeepExchange, c.ShowSecrets = folder.keep, show
	return nil
}

// checkFolder makes the folder, for its owner only, and tries to write to it.
func checkFolder(path string) error {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(path, ".blurt-*.tmp")
	if err != nil {
		return err
	}
	return errors.Join(file.Close(), os.Remove(file.Name()))
}

// keep writes one exchange. The first of a finding replaces what an earlier scan
// left of it.
func (f *exchangeFolder) keep(r saved.Record) error {
	var line bytes.Buffer
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(r); err != nil {
		return err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	name := exchangeFile(r)
	switch {
	case f.full || f.counts[name] >= maxKeptOfFinding:
		return nil
	case f.written+int64(line.Len()) > maxKept:
		f.full = true
		return fmt.Errorf("%d GiB are written; no more are", maxKept>>30)
	}
	mode := os.O_APPEND
	if f.counts[name] == 0 {
		mode = os.O_TRUNC
	}
	file, err := os.OpenFile(filepath.Join(f.path, name), os.O_WRONLY|os.O_CREATE|mode, 0o600)
	if err != nil {
		return errors.New(fileProblem(filepath.Join(f.path, name), err))
	}
	_, err = file.Write(line.Bytes())
	if err := errors.Join(err, file.Close()); err != nil {
		return errors.New(fileProblem(filepath.Join(f.path, name), err))
	}
	f.counts[name]++
	f.written += int64(line.Len())
	return nil
}

// exchangeFile names the file of a finding: its rule and fingerprint, in
// characters that every system takes.
func exchangeFile(r saved.Record) string {
	plain := func(text string, most int) string {
		text = strings.Map(func(c rune) rune {
			switch {
			case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-':
				return c
			}
			return '-'
		}, strings.ToLower(text))
		return text[:min(len(text), most)]
	}
	return plain(r.Rule, 60) + "." + plain(r.Fingerprint, 16) + ".jsonl"
}
