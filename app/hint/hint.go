// Package hint carries the sentence for the person inside an error.
//
// An error travels with its technical chain; the window and the commands show the hint, the log gets the chain.
// Any error type that has the method HintKey takes part, so packages that may not import this one
// (printer/*) can still speak to the clerk.
package hint

import "errors"

// Keyed is an error with a sentence for the person: a key of the translation files and the values it takes.
type Keyed interface {
	error
	HintKey() (key string, args map[string]any)
}

// Args are the values of a translated sentence.
type Args = map[string]any

// Error is a cause together with the sentence a person should read.
type Error struct {
	Key  string // a message of assets/texts
	Args Args
	Err  error // the technical cause; may be nil
}

// New returns an error that shows the text key with args to the person and keeps cause for the log.
func New(key string, args Args, cause error) *Error {
	return &Error{Key: key, Args: args, Err: cause}
}

// Error gives the technical text: the cause, or the key where there is no deeper cause.
func (e *Error) Error() string {
	if e.Err != nil {
		return e.Key + ": " + e.Err.Error()
	}
	return e.Key
}

func (e *Error) Unwrap() error { return e.Err }

// HintKey implements Keyed.
func (e *Error) HintKey() (string, map[string]any) { return e.Key, e.Args }

// Of finds the outermost sentence in the chain of err. ok is false where nobody wrote one.
func Of(err error) (key string, args Args, ok bool) {
	var k Keyed
	if errors.As(err, &k) {
		key, args = k.HintKey()
		return key, args, true
	}
	return "", nil, false
}
