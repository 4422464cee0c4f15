package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"znak/app/hint"
	"znak/app/outbox"
	"znak/app/post"
	"znak/app/postal"
	"znak/app/station"
	"znak/app/text"
	"znak/printer"
)

// The exit codes are a contract (README, "Commands").
const (
	exitDone        = 0
	exitPerson      = 1 // done, but some pieces need a person
	exitUsage       = 2
	exitUnreachable = 3 // the post cannot be reached; what could be queued is queued
	exitRefused     = 4 // nothing was changed
	exitStation     = 5 // the station's own trouble
)

// command is what all verbs share: the streams, the common flags and the language.
type command struct {
	in          io.Reader
	out, errOut io.Writer

	data    string
	json    bool
	lang    string
	verbose bool
	person  string // --operator
	asked   bool   // for the PIN of person

	text *text.Printer
}

// errPerson says: done, but a person must look at something; the sentence has been told already.
var errPerson = errors.New("a person is needed")

// errTold wraps an error whose sentence and details have been told already.
type errTold struct{ error }

func (e errTold) Unwrap() error { return e.error }

// errUse marks wrong use of flags and arguments.
type errUse struct{ error }

func (e errUse) Unwrap() error { return e.error }

// languageOf finds --lang before the commands are built, for their help is in that language too.
func languageOf(args []string) string {
	for i, a := range args {
		if v, ok := strings.CutPrefix(a, "--lang="); ok {
			return v
		}
		if a == "--lang" && i+1 < len(args) {
			return args[i+1]
		}
	}
	return text.SystemLanguage()
}

func (c *command) speak(lang string) error {
	p, err := text.Load(lang)
	c.text = p
	return err
}

// say gives the sentence for a key below "cmd.".
func (c *command) say(key string, args hint.Args) string { return c.text.Say("cmd."+key, args) }

// root builds the tree of commands.
func (c *command) root() *cobra.Command {
	var version bool
	root := &cobra.Command{
		Use: "znak",

		DisableFlagsInUseLine: true,

		Short:         c.say("root", nil),
		Long:          c.say("root.long", nil),
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if version {
				return c.tellVersion()
			}
			return c.window(cmd.Context())
		},
	}
	root.Flags().BoolVar(&version, "version", false, c.say("flag.version", nil))
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return errUse{err} })
	root.SetUsageFunc(c.usage)
	root.CompletionOptions.DisableDefaultCmd = true
	flags := root.PersistentFlags()
	flags.StringVar(&c.data, "data", "", c.say("flag.data", nil))
	flags.BoolVar(&c.json, "json", false, c.say("flag.json", nil))
	flags.StringVar(&c.lang, "lang", "", c.say("flag.lang", nil))
	flags.BoolVar(&c.verbose, "verbose", false, c.say("flag.verbose", nil))
	flags.StringVar(&c.person, "operator", "", c.say("flag.operator", nil))
	flags.BoolP("help", "h", false, c.say("flag.help", nil))
	root.SetHelpCommand(&cobra.Command{Use: "help", Hidden: true})
	root.AddCommand(c.accountCommand(), c.pullCommand(), c.batchesCommand(), c.piecesCommand(), c.approveCommand(), c.printCommand(),
		c.verifyCommand(), c.stackCommand(), c.reprintCommand(), c.destroyedCommand(), c.missingCommand(), c.spoiledCommand(), c.staleCommand(), c.declareCommand(), c.handoverCommand(), c.moveCommand(), c.returnCommand(), c.deleteCommand(), c.archiveCommand(), c.orderCommand(), c.syncCommand(), c.outboxCommand(), c.statusCommand(),
		c.auditCommand(), c.exportMarksCommand(), c.importStatementCommand(), c.reconcileCommand(), c.moneyCommand(), c.centreCommand(), c.invoiceCommand(), c.evidenceCommand(), c.supportCommand(),
		c.backupCommand(), c.restoreCommand(), c.retentionCommand(), c.printersCommand(), c.printerCommand(), c.scannersCommand(), c.scannerCommand(), c.commandSheetCommand(), c.qualityCommand(), c.operatorCommand(), c.settingsCommand(), c.journalCommand(), c.demoCommand())
	return root
}

// verb makes a subcommand; use holds its arguments, e.g. "print BATCH".
func (c *command) verb(use string, args cobra.PositionalArgs, do func(ctx context.Context, args []string) error) *cobra.Command {
	name, _, _ := strings.Cut(use, " ")
	return &cobra.Command{
		Use:   c.arguments(use),
		Short: c.say(name, nil),
		Args: func(cmd *cobra.Command, given []string) error {
			switch {
			case args(cmd, given) == nil:
				return nil
			case cmd.HasSubCommands() && len(given) > 0:
				return errUse{errors.New(c.say("usage.command", hint.Args{"Command": given[0]}))}
			}
			return errUse{errors.New(c.say("usage.args", hint.Args{"Use": cmd.UseLine()}))} // cobra's own words are English
		},
		DisableFlagsInUseLine: true,
		RunE:                  func(cmd *cobra.Command, given []string) error { return do(cmd.Context(), given) },
	}
}

// group makes a command that only has subcommands; by itself it shows its help.
func (c *command) group(name string) *cobra.Command {
	cmd := c.verb(name, cobra.NoArgs, nil)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	return cmd
}

// codeOf is the exit code of an error.
func (c *command) codeOf(err error) int {
	var use errUse
	var refused *station.Refused
	var unreachable *outbox.Unreachable
	var device *printer.Error
	var said *post.Error
	var state *postal.StateError
	var slip *station.SlipError
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errPerson):
		return exitPerson
	case errors.As(err, &use), strings.HasPrefix(err.Error(), unknownCommand):
		return exitUsage
	case errors.As(err, &refused):
		return exitRefused
	case errors.As(err, &slip): // what came out is written down; a person must look at the printer
		return exitPerson
	case errors.Is(err, post.ErrUnreachable), errors.Is(err, post.ErrUnclear), errors.Is(err, post.ErrQuota), errors.Is(err, post.ErrForeign), errors.As(err, &unreachable):
		return exitUnreachable
	case errors.As(err, &device):
		return exitStation
	case errors.As(err, &state): // somebody else was faster; the change was undone whole
		return exitRefused
	case errors.As(err, &said):
		return exitRefused
	}
	return exitStation
}

// complain tells an error to the person: the sentence it carries, and with --verbose the technical chain.
func (c *command) complain(err error) {
	var told errTold
	if errors.Is(err, errPerson) || errors.As(err, &told) {
		return
	}
	var use errUse
	switch {
	case c.text == nil:
		fmt.Fprintln(c.errOut, err)
	case errors.As(err, &use) || strings.HasPrefix(err.Error(), unknownCommand):
		fmt.Fprintln(c.errOut, c.say("usage", hint.Args{"Error": c.misuse(err)}))
	default:
		sentence := c.text.Hint(err)
		if key, _, ok := hint.Of(err); ok {
			sentence += c.how(key)
		}
		fmt.Fprintln(c.errOut, sentence)
		var refused *station.Refused
		if errors.As(err, &refused) {
			for _, r := range refused.Reasons[min(1, len(refused.Reasons)):] {
				fmt.Fprintln(c.errOut, c.reason(r))
			}
		}
		if c.verbose {
			fmt.Fprintln(c.errOut, err)
		}
	}
}

// answer writes the JSON document, or lets words write the same for a person.
func (c *command) answer(document any, words func(w io.Writer)) error {
	if !c.json {
		words(c.out)
		return nil
	}
	return c.line(document)
}

// line writes one JSON document on one line.
func (c *command) line(document any) error {
	enc := json.NewEncoder(c.out)
	enc.SetEscapeHTML(false)
	return enc.Encode(document)
}

// reason is a sentence of the station, with what to type about it.
func (c *command) reason(r station.Reason) string { return c.text.Say(r.Key, r.Args) + c.how(r.Key) }

// how is what to type about a sentence of the station, after a space; "" where there is nothing. The station's own sentences know no commands: the window
// says them too.
func (c *command) how(key string) string {
	if s := c.say("how."+key, nil); s != "cmd.how."+key {
		return " " + s
	}
	return ""
}

// logger writes technical lines to standard error with --verbose.
func (c *command) logger() *slog.Logger {
	if !c.verbose {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(slog.NewTextHandler(c.errOut, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// dataDir is the folder of the station's data: --data, ZNAK_DATA, or the platform's place for it.
func (c *command) dataDir() (string, error) {
	if c.data != "" {
		return filepath.Abs(c.data)
	}
	if v := os.Getenv("ZNAK_DATA"); v != "" {
		return filepath.Abs(v)
	}
	if runtime.GOOS == "linux" {
		if v := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(v) {
			return filepath.Join(v, "znak"), nil
		}
		home, err := os.UserHomeDir()
		if err != nil {
			return "", hint.New("cmd.no-home", nil, err)
		}
		return filepath.Join(home, ".local", "share", "znak"), nil
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", hint.New("cmd.no-home", nil, err)
	}
	return filepath.Join(dir, "znak"), nil
}
