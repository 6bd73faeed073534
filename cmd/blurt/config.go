package main

import (
	"crypto/rand"
	"math"
	"strconv"
	"strings"
	"time"

	"blurt/probes"
	"blurt/scanner"
)

// scanConfig reads every flag that steers the engine. It reads files, but
// sends nothing.
func scanConfig(s settings) (scanner.Config, error) {
	c := scanner.Defaults()
	c.Version = currentBuild().Version
	for _, step := range []func(settings, *scanner.Config) error{
		readPace, readSafety, readIdentity, readEnforcement, readNetwork,
	} {
		if err := step(s, &c); err != nil {
			return scanner.Config{}, err
		}
	}
	if err := c.Validate(); err != nil {
		return scanner.Config{}, wrongUse("", err.Error(), "")
	}
	return c, nil
}

func readPace(s settings, c *scanner.Config) (err error) {
	if c.Rate, err = number(s, "rate", c.Rate, 0, math.MaxFloat64); err != nil {
		return err
	}
	if c.Concurrency, err = count(s, "concurrency", c.Concurrency, 1, 1000); err != nil {
		return err
	}
	if c.MaxRequests, err = count(s, "max-requests", c.MaxRequests, 0, math.MaxInt); err != nil {
		return err
	}
	if c.MaxEndpoints, err = count(s, "max-endpoints", c.MaxEndpoints, 0, 100_000); err != nil {
		return err
	}
	if c.Profile, err = profile(s, c.Profile); err != nil {
		return err
	}
	if c.Dialects, err = dialects(s, c.Dialects); err != nil {
		return err
	}
	c.Timeout, err = duration(s, "timeout", c.Timeout)
	return err
}

// dialects adds the caller's header dialects to the built-in ones.
func dialects(s settings, builtin []probes.Dialect) ([]probes.Dialect, error) {
	for _, from := range s.list("dialects") {
		data, err := readSmallFile(from, maxDialects)
		if err != nil {
			return nil, err
		}
		more, err := probes.ParseDialects(data, shorten(from.value))
		if err != nil {
			return nil, wrongUse(from.source, err.Error(), "see docs/dialects.md for the format")
		}
		builtin = probes.MergeDialects(builtin, more)
	}
	return builtin, nil
}

// maxDialects bounds a file of dialects, in bytes.
const maxDialects = 1 << 20

func profile(s settings, fallback probes.Profile) (probes.Profile, error) {
	given, ok := s.text("profile")
	if !ok {
		return fallback, nil
	}
	p, err := probes.ParseProfile(given.value)
	if err != nil {
		return 0, wrongUse(given.source, strconv.QuoteToASCII(shorten(given.value))+" is not a profile", "use one of "+strings.Join(probes.Profiles(), ", "))
	}
	return p, nil
}

func readSafety(s settings, c *scanner.Config) (err error) {
	if c.Unsafe, err = s.on("unsafe-methods"); err != nil {
		return err
	}
	if c.Timing, err = s.on("timing"); err != nil {
		return err
	}
	if c.SamePort, err = s.on("same-port"); err != nil {
		return err
	}
	seed, given := s.text("seed")
	switch {
	case !given:
		c.Seed = rand.Text()
	case seed.value == "" || len(seed.value) > 256 || oneLine(seed.value) != seed.value:
		return wrongUse(seed.source, "the seed is empty, longer than 256 bytes or has control characters", "use a short word or number")
	default:
		c.Seed = seed.value
	}
	return nil
}

// number reads a flag that takes a number, whole or not.
func number(s settings, name string, fallback, least, most float64) (float64, error) {
	given, ok := s.text(name)
	if !ok {
		return fallback, nil
	}
	n, err := strconv.ParseFloat(given.value, 64)
	if err != nil || math.IsNaN(n) || n < least || n > most {
		return 0, wrongUse(given.source, strconv.QuoteToASCII(given.value)+" is not a number from "+
			strconv.FormatFloat(least, 'f', -1, 64)+" up", "write for example --"+name+" "+strconv.FormatFloat(fallback, 'f', -1, 64))
	}
	return n, nil
}

// count reads a flag that takes a whole number.
func count(s settings, name string, fallback, least, most int) (int, error) {
	given, ok := s.text(name)
	if !ok {
		return fallback, nil
	}
	n, err := strconv.Atoi(given.value)
	if err != nil || n < least || n > most {
		limits := "from " + strconv.Itoa(least) + " up"
		if most != math.MaxInt {
			limits = "from " + strconv.Itoa(least) + " to " + strconv.Itoa(most)
		}
		return 0, wrongUse(given.source, strconv.QuoteToASCII(given.value)+" is not a whole number "+limits,
			"write for example --"+name+" "+strconv.Itoa(fallback))
	}
	return n, nil
}

// duration reads a flag that takes a time. It must be positive.
func duration(s settings, name string, fallback time.Duration) (time.Duration, error) {
	given, ok := s.text(name)
	if !ok {
		return fallback, nil
	}
	d, err := time.ParseDuration(given.value)
	if err == nil && d > 0 {
		return d, nil
	}
	mend := "write for example 500ms, 15s or 2m"
	if _, err := strconv.ParseFloat(given.value, 64); err == nil && !strings.HasPrefix(given.value, "-") && given.value != "0" {
		mend = "add a unit, as in " + shorten(given.value) + "s"
	}
	return 0, wrongUse(given.source, strconv.QuoteToASCII(given.value)+" is not a positive time", mend)
}
