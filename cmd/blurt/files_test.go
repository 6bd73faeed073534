package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestReportAppearsWhenItIsWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "report.json")
	write(t, path, "older")
	file, err := openReport(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.Write([]byte("newer")); err != nil {
		t.Fatal(err)
	}
	if got := read(t, path); got != "older" {
		t.Errorf("before commit the file holds %q", got)
	}
	if err := file.commit(); err != nil {
		t.Fatal(err)
	}
	if got := read(t, path); got != "newer" {
		t.Errorf("after commit the file holds %q", got)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, error %v", info.Mode(), err)
	}
}

func TestDiscardLeavesNoTrace(t *testing.T) {
	folder := t.TempDir()
	file, err := openReport(filepath.Join(folder, "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := file.discard(); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != 0 {
		t.Errorf("left %v, error %v", entries, err)
	}
}

func TestReportThroughALinkReplacesWhatItPointsTo(t *testing.T) {
	folder := t.TempDir()
	target, link := filepath.Join(folder, "target.json"), filepath.Join(folder, "link.json")
	write(t, target, "older")
	if err := os.Symlink(target, link); err != nil {
		t.Skip(err)
	}
	file, err := openReport(link)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.Write([]byte("newer")); err != nil {
		t.Fatal(err)
	}
	if err := file.commit(); err != nil {
		t.Fatal(err)
	}
	if got := read(t, target); got != "newer" {
		t.Errorf("the target holds %q", got)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link became %v, %v", info, err)
	}
}

func TestCommitToAVanishedFolderFails(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "gone")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	file, err := openReport(filepath.Join(folder, "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(folder); err != nil {
		t.Skip(err)
	}
	if err := file.commit(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("commit: %v", err)
	}
}

func TestTwoNamesForOneFileAreOneOutput(t *testing.T) {
	folder := t.TempDir()
	if err := os.Symlink(folder, filepath.Join(folder, "same")); err != nil {
		t.Skip(err)
	}
	outputs := []output{
		{format: "json", path: filepath.Join(folder, "report")},
		{format: "sarif", path: filepath.Join(folder, "same", "report")},
	}
	if err := checkDistinct(outputs); exitCode(err) != exitUsage {
		t.Errorf("two reports in one file: %v", err)
	}
}
