package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/user"
	"path/filepath"
	"sync"

	"znak/app/boundary"
	"znak/app/hint"
	"znak/app/mark"
	"znak/app/post"
	"znak/app/secret"
	"znak/app/station"
	"znak/printer"
	"znak/printer/folder"
	"znak/store"
)

// office is a data folder opened for work: the only place that knows which implementation stands behind each part.
type office struct {
	dir     string
	store   *store.Store
	secrets *secret.Store
	station *station.Station
	drivers []printer.Driver
	session *station.Session
	reading bool // opened for reading only: nothing is written, settled or sent
	lesson  bool // its post is the sandbox inside this program (useSandbox)

	upgrading func(store.Upgrade) // is told how far the records of an older program are; nil: a line on standard error says that they are on their way

	credentials func(context.Context) (post.Secrets, error)
}

// The settings of wiring; the station's own ones are in app/station.
const (
	settingPost  = "account.post"
	settingQuota = "account.quota"
)

// open opens the data folder and settles what a crash has left open.
func (c *command) open(ctx context.Context) (*office, error) {
	dir, err := c.dataDir()
	if err != nil {
		return nil, err
	}
	return c.openAt(ctx, dir)
}

func (c *command) openAt(ctx context.Context, dir string) (*office, error) {
	return c.openOffice(ctx, &office{dir: dir})
}

func (c *command) openOffice(ctx context.Context, o *office) (_ *office, err error) {
	if o.upgrading == nil {
		tell := sync.OnceFunc(func() { fmt.Fprintln(c.errOut, c.say("upgrading", nil)) })
		o.upgrading = func(store.Upgrade) { tell() }
	}
	if o.store, err = store.Open(ctx, store.Params{Path: filepath.Join(o.dir, station.StoreFile), Who: c.who(), ReadOnly: o.reading, Upgrading: o.upgrading}); err != nil {
		return nil, err
	}
	err = o.nameless(ctx)
	if err == nil {
		err = o.wire(ctx, c)
	}
	if err == nil {
		err = c.signIn(ctx, o)
	}
	if err != nil {
		return nil, errors.Join(err, o.store.Close())
	}
	return o, nil
}

// with opens the data folder around do, and looks after the store when do is done.
func (c *command) with(ctx context.Context, do func(o *office) error) error {
	o, err := c.open(ctx)
	if err != nil {
		return err
	}
	err = do(o)
	c.care(ctx, o)
	return errors.Join(err, o.Close())
}

// look opens the data folder around a do that only reads. Where the disk does not let anything be written, it reads what is there and says so.
func (c *command) look(ctx context.Context, do func(o *office) error) error {
	o, err := c.open(ctx)
	if errors.Is(err, store.ErrReadOnly) || errors.Is(err, store.ErrFull) {
		dir, _ := c.dataDir() // open has found it already
		reading, readErr := c.openOffice(ctx, &office{dir: dir, reading: true})
		if readErr != nil {
			return err
		}
		fmt.Fprintln(c.errOut, c.say("reading", hint.Args{"Dir": dir}))
		return errors.Join(do(reading), reading.Close())
	}
	if err != nil {
		return err
	}
	err = do(o)
	c.care(ctx, o)
	return errors.Join(err, o.Close())
}

// care looks after the store, when it is due, and tells the person what does not go well.
func (c *command) care(ctx context.Context, o *office) {
	if ctx.Err() != nil {
		return
	}
	for _, w := range o.station.Care(ctx).Warnings {
		fmt.Fprintln(c.errOut, c.reason(w))
	}
}

func (o *office) wire(ctx context.Context, c *command) error {
	if o.credentials == nil {
		var err error
		if o.secrets, err = secret.Open(o.dir); err != nil {
			return err
		}
		o.credentials = o.kept
	}
	spec, err := mark.Default()
	if err != nil {
		return err
	}
	if o.drivers == nil {
		o.drivers = drivers(o.dir)
	}
	printed := filepath.Join(o.dir, "printed")
	if err := os.MkdirAll(printed, 0o700); err != nil && !o.reading { // made once, here: a folder that is missing later tells nothing of what was printed
		return hint.New("cmd.folder", hint.Args{"Dir": printed}, err)
	}
	device := folder.New(folder.Params{Dir: printed, At: func(step string) { boundary.At(boundary.FolderStep(step)) }})
	p := station.Params{Dir: o.dir, Store: o.store, Mark: spec, Devices: []printer.Device{device}, Drivers: o.drivers, Session: o.session, Log: c.logger(), Specimen: true}
	address, ok, err := o.store.Setting(ctx, settingPost)
	if err != nil {
		return err
	}
	if ok && address != "" {
		quota, err := o.quota(ctx)
		if err != nil {
			return err
		}
		client, err := post.New(post.Params{BaseURL: address, Quota: quota, Log: c.logger(), Secrets: o.credentials})
		if err != nil {
			return err
		}
		p.Post, p.Quota = client, quota.State
		p.Specimen = !realPost(address)
	}
	o.station = station.New(p)
	if o.reading {
		return nil
	}
	return o.station.Recover(ctx)
}

// Close gives back what the drivers hold, and closes the store.
func (o *office) Close() error {
	var err error
	for _, d := range o.drivers {
		if held, ok := d.(io.Closer); ok {
			err = errors.Join(err, held.Close())
		}
	}
	return errors.Join(err, o.store.Close())
}

// useSandbox makes the sandbox inside this program the account, for as long as the program runs; nothing goes to the keyring.
func (o *office) useSandbox(ctx context.Context, c *command, address string, a secret.Account) error {
	o.credentials = func(context.Context) (post.Secrets, error) {
		return post.Secrets{Token: a.Token, Login: a.Login, Password: a.Password}, nil
	}
	o.lesson = true
	if err := o.store.Write(ctx, func(tx *store.Tx) error { return tx.SetSetting(settingPost, address) }); err != nil {
		return err
	}
	return o.wire(ctx, c)
}

// kept reads the credentials from the keyring at each call, so that they are in memory no longer than needed.
func (o *office) kept(context.Context) (post.Secrets, error) {
	a, err := o.secrets.Load()
	if errors.Is(err, secret.ErrNone) {
		return post.Secrets{}, hint.New("station.no-account", nil, err)
	}
	return post.Secrets{Token: a.Token, Login: a.Login, Password: a.Password}, err
}

// setAccount keeps the address in the store and the secrets in the keyring. Another account than the one in use is refused while something waits for that
// one; a new token or password of the same is not.
func (o *office) setAccount(ctx context.Context, address string, a secret.Account) error {
	ctx, err := o.station.As(ctx, station.ActAccount)
	if err != nil {
		return err
	}
	was, known, err := o.store.Setting(ctx, settingPost)
	if err != nil {
		return err
	}
	if known && was != "" {
		kept, err := o.secrets.Load()
		if was != address || err == nil && kept.Login != a.Login {
			if err := o.station.MayLeave(ctx); err != nil {
				return err
			}
		}
	}
	if _, err := post.New(post.Params{BaseURL: address, Secrets: o.credentials}); err != nil {
		return err
	}
	if err := o.secrets.Save(a); err != nil {
		return err
	}
	return o.store.Write(ctx, func(tx *store.Tx) error {
		if err := station.NoteAccount(tx, address); err != nil {
			return err
		}
		return tx.SetSetting(settingPost, address)
	})
}

// clearAccount forgets the account: the secrets first, so that an interruption leaves no account that is half there.
func (o *office) clearAccount(ctx context.Context) error {
	ctx, err := o.station.As(ctx, station.ActAccount)
	if err != nil {
		return err
	}
	if err := o.station.MayLeave(ctx); err != nil {
		return err
	}
	if err := o.secrets.Remove(); err != nil {
		return hint.New("secret.remove", nil, err)
	}
	return o.store.Write(ctx, func(tx *store.Tx) error {
		if err := station.NoteAccount(tx, ""); err != nil {
			return err
		}
		if err := tx.SetSetting(settingQuota, ""); err != nil { // another account has another
			return err
		}
		return tx.SetSetting(settingPost, "")
	})
}

// quota goes on counting the day's calls where the last process stopped.
func (o *office) quota(ctx context.Context) (*post.Quota, error) {
	var state post.QuotaState
	raw, ok, err := o.store.Setting(ctx, settingQuota)
	if err != nil {
		return nil, err
	}
	if ok {
		if err := json.Unmarshal([]byte(raw), &state); err != nil {
			state = post.QuotaState{} // an unreadable count is corrected by the post's next answer
		}
	}
	return post.NewQuota(post.QuotaParams{State: state, Save: func(s post.QuotaState) {
		raw, err := json.Marshal(s)
		if err != nil {
			return
		}
		// A count that is not kept is corrected by the post; the call itself matters more.
		_ = o.store.Write(context.Background(), func(tx *store.Tx) error { return tx.SetSetting(settingQuota, string(raw)) })
	}}), nil
}

// realPost reports whether address is the post itself. Anything else is a sandbox, whose prints say ОБРАЗЕЦ.
func realPost(address string) bool {
	u, err := url.Parse(address)
	realURL, _ := url.Parse(post.DefaultBaseURL)
	return err == nil && u.Scheme == "https" && u.Hostname() == realURL.Hostname()
}

// who names the person at work in the ledger where the office has nobody sign in: what the command or the environment says, else the user of the computer.
func (c *command) who() string {
	if c.person != "" {
		return c.person
	}
	if v := os.Getenv("ZNAK_OPERATOR"); v != "" {
		return v
	}
	return computerUser()
}

func computerUser() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return ""
}
