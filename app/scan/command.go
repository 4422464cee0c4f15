package scan

import (
	"regexp"
	"strings"

	"znak/app/hint"
)

// Command is what a code of the command sheet asks the window to do, so that a clerk need not put the scanner down. What it does there
// and then is the window's to say.
type Command string

// The commands. Their names stand in printed codes and never change.
const (
	CommandPrint    Command = "PRINT"     // print the batch in view; with a paused run: go on
	CommandNext     Command = "NEXT"      // show the next batch that can be printed
	CommandPause    Command = "PAUSE"     // pause the run
	CommandResume   Command = "RESUME"    // go on with it
	CommandStop     Command = "STOP"      // stop after this letter
	CommandVerify   Command = "VERIFY"    // check the batch in view
	CommandHandOver Command = "HAND-OVER" // hand over the batch in view
	CommandSpoiled  Command = "SPOILED"   // the next scan is of a spoiled envelope
	CommandTorn     Command = "TORN"      // why it is spoiled
	CommandSmeared  Command = "SMEARED"
	CommandJammed   Command = "JAMMED"
	CommandTray     Command = "WRONG-TRAY"
	CommandLost     Command = "LOST"
	CommandDestroy  Command = "DESTROYED" // the next scans are of destroyed envelopes
	CommandYes      Command = "YES"       // press the main button of the screen
	CommandBack     Command = "BACK"      // to the screen before
	CommandPull     Command = "PULL"      // ask the post what is new
)

// Commands lists all commands in the order of the sheet.
var Commands = []Command{
	CommandPrint, CommandNext, CommandPause, CommandResume, CommandStop, CommandVerify, CommandHandOver, CommandSpoiled,
	CommandTorn, CommandSmeared, CommandJammed, CommandTray, CommandLost, CommandDestroy, CommandYes, CommandBack, CommandPull,
}

// What the station's own codes begin with. Capitals, digits, colon and hyphen come through Code 128 and the small
// alphanumeric mode of QR.
const (
	commandHead = "ZNAK:CMD:"
	badgeHead   = "ZNAK:ID:"
)

// Text is what the printed code of the command says.
func (c Command) Text() string { return commandHead + string(c) }

// BadgeText is what the printed code of an operator's badge says.
func BadgeText(token string) string { return badgeHead + token }

// readCommand reads a code of the command sheet. One that a newer program has printed is broken, not foreign.
func readCommand(text string) (Reading, bool) {
	name, ok := strings.CutPrefix(text, commandHead)
	if !ok {
		return Reading{}, false
	}
	for _, c := range Commands {
		if string(c) == name {
			return Reading{Kind: KindCommand, Clean: text, Command: c, Err: hint.New("scan.foreign.command", nil, ErrForeign)}, true
		}
	}
	return broken("scan.command.unknown", hint.Args{"Text": excerpt(name)}, ErrForeign), true
}

// goodToken reports whether a text can be a badge's token: in the alphabet of base64 for URLs, 4 to 128 characters long.
func goodToken(s string) bool {
	return 4 <= len(s) && len(s) <= 128 && tokenLetters.MatchString(s)
}

var tokenLetters = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// readBadge reads an operator's badge. The token is a secret: no sentence and no log may hold it.
func readBadge(text string) (Reading, bool) {
	token, ok := strings.CutPrefix(text, badgeHead)
	if !ok {
		return Reading{}, false
	}
	if !goodToken(token) {
		return broken("scan.badge.broken", nil, ErrForeign), true
	}
	return Reading{Kind: KindBadge, Clean: text, Badge: token, Err: hint.New("scan.foreign.badge", nil, ErrForeign)}, true
}

// readSetup knows the set-up code by its beginning, whatever is lost behind it; Learn reads it.
func readSetup(text string) (Reading, bool) {
	if !strings.HasPrefix(text, setupHead) {
		return Reading{}, false
	}
	return Reading{Kind: KindSetup, Clean: text, Err: hint.New("scan.foreign.setup", nil, ErrForeign)}, true
}

// paymentForm is how the codes for payments begin: GOST R 56042 and the link of the fast payments.
var paymentForm = regexp.MustCompile(`^(ST0001[1-3].|(?i:https?://qr\.nspk\.ru/))`)

func readPayment(text string) (Reading, bool) {
	if !paymentForm.MatchString(text) {
		return Reading{}, false
	}
	return Reading{Kind: KindPayment, Clean: text, Err: hint.New("scan.foreign.payment", nil, ErrForeign)}, true
}
