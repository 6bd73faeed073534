package main

import (
	_ "embed"
	"errors"
	"io/fs"
	"os"
	"slices"

	"github.com/urfave/cli/v2"
)

// exampleConfig is what blurt init writes.
//
//go:embed example/blurt.yaml
var exampleConfig []byte

// schemaName is the file that the first line of the example refers to.
const schemaName = "blurt.schema.json"

func initFlags() []flagSpec {
	return []flagSpec{{name: "force", group: groupOutput, help: "Replace files that are there already."}}
}

// initialise is "blurt init".
func (p *program) initialise(c *cli.Context, specs []flagSpec) error {
	if c.Args().Present() {
		return wrongUse("init", "it takes no argument", "change to the folder first, and write blurt init")
	}
	s := newSettings(c, environment{}, specs)
	force, err := s.on("force")
	if err != nil {
		return err
	}
	names := append(configNames(), schemaName)
	for _, name := range names {
		if _, err := os.Lstat(name); err == nil && (!force || slices.Index(configNames(), name) > 0) {
			return wrongUse(name, "it is here already", "edit it, remove it, or replace it with blurt init --force")
		}
	}
	schema, err := configSchema()
	if err != nil {
		return err
	}
	name := configNames()[0]
	if err := errors.Join(writeShared(name, exampleConfig), writeShared(schemaName, schema)); err != nil {
		return err
	}
	p.say("wrote " + name + ", which is yours to edit, and " + schemaName + ", with which editors complete it")
	return nil
}

// writeShared writes a file that others may read: it is made to be checked in.
func writeShared(name string, data []byte) error {
	const perm fs.FileMode = 0o644
	if err := os.WriteFile(name, data, perm); err != nil {
		return wrongUse(name, "cannot write "+fileProblem(name, err), "check the folder and its permissions")
	}
	return nil
}

func initHelp(specs []flagSpec) string {
	return `blurt init: write a commented blurt.yaml into the working directory

Usage:
  blurt init

It writes blurt.yaml, in which everything is commented out, and
blurt.schema.json, the JSON Schema with which editors complete and check it. It
asks nothing, and replaces nothing unless --force is given.

` + flagHelp(specs)
}
