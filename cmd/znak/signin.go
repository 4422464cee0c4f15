package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"znak/app/hint"
	"znak/app/station"
	"znak/store"
)

// nameless keeps the environment from naming the person at work once the office has operators sign in: who has not signed in is the user of the computer.
func (o *office) nameless(ctx context.Context) error {
	if o.session == nil {
		o.session = station.NewSession()
	}
	on, _, err := o.store.Setting(ctx, station.SettingSignIn)
	if err == nil && on == "true" {
		o.store.SetWho(computerUser())
	}
	return err
}

// signIn signs in who --operator names, by the PIN in the first line of standard input, where the office has operators sign in.
func (c *command) signIn(ctx context.Context, o *office) error {
	if c.person == "" || o.reading || c.asked { // a window that opens its folder anew has a screen for it
		return nil
	}
	at, err := o.station.SignedIn(ctx)
	if err != nil || !at.On || at.Present() {
		return err
	}
	c.asked = true
	pin, err := c.pinLine(c.person)
	if err != nil {
		return err
	}
	return o.station.SignIn(ctx, c.person, pin)
}

// sessionAt signs in who --operator names at a data folder that is closed again at once. A store that cannot be opened has nobody sign in.
func (c *command) sessionAt(ctx context.Context, dir string) (*station.Session, error) {
	if c.person == "" {
		return nil, nil
	}
	if _, err := os.Stat(filepath.Join(dir, station.StoreFile)); err != nil {
		return nil, nil
	}
	o, err := c.openAt(ctx, dir)
	var refused *station.Refused
	switch {
	case errors.As(err, &refused):
		return nil, err
	case errors.Is(err, store.ErrLocked):
		return nil, err
	case err != nil: // its restore says what is the matter
		return nil, nil
	}
	return o.session, o.Close()
}

// proofOf reads the PIN of the second person of a reprint, or the code of their badge, where the office has operators sign in.
func (c *command) proofOf(ctx context.Context, o *office, name string) (string, error) {
	at, err := o.station.SignedIn(ctx)
	if err != nil || !at.On || name == "" {
		return "", err
	}
	return c.pinLine(name)
}

// pinLine reads one line of standard input, and no byte more: what follows belongs to the command. At a terminal it is not shown.
func (c *command) pinLine(who string) (string, error) {
	if f, ok := c.in.(*os.File); ok {
		if restore, ok := hideTyping(f); ok {
			fmt.Fprint(c.errOut, c.say("operators.ask", hint.Args{"Who": who}))
			defer func() { restore(); fmt.Fprintln(c.errOut) }()
		}
	}
	var line strings.Builder
	one := make([]byte, 1)
	for line.Len() <= 256 {
		n, err := c.in.Read(one)
		if n == 1 && one[0] == '\n' || errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", fmt.Errorf("standard input: %w", err)
		}
		if n == 1 {
			line.WriteByte(one[0])
		}
	}
	pin := strings.TrimSpace(line.String())
	if pin == "" {
		return "", errUse{errors.New(c.say("operators.line", hint.Args{"Who": who}))}
	}
	return pin, nil
}
