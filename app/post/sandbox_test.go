package post_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"znak/app/post"
	"znak/app/post/sandbox"
	"znak/app/postal"
)

// The whole client against the sandbox, which was written from the same facts by another hand.

type branch struct {
	*post.Client
	box   *sandbox.Server
	quota *post.Quota
	log   *bytes.Buffer
}

func open(t *testing.T, options sandbox.Options, timeouts ...post.Timeouts) *branch {
	t.Helper()
	box := sandbox.New(options)
	server := httptest.NewServer(box.Handler())
	t.Cleanup(server.Close)
	b := &branch{box: box, quota: post.NewQuota(post.QuotaParams{}), log: &bytes.Buffer{}}
	var err error
	b.Client, err = post.New(post.Params{
		BaseURL: server.URL, Quota: b.quota, Backoff: time.Millisecond,
		Secrets: func(context.Context) (post.Secrets, error) {
			return post.Secrets{Token: box.Token(), Login: box.Login(), Password: box.Password()}, nil
		},
		Timeouts: append(timeouts, post.Timeouts{})[0],
		Log:      slog.New(slog.NewTextHandler(b.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, secret := range []string{box.Token(), box.Password()} {
			if strings.Contains(b.log.String(), secret) {
				t.Error("a secret in the log")
			}
		}
	})
	return b
}

func (b *branch) pieces(t *testing.T, batch postal.Batch) (all []postal.Piece) {
	t.Helper()
	for page, err := range b.Shipments(t.Context(), batch.Name, batch.PieceCount) {
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range page.Problems {
			t.Errorf("batch %s: %v", batch.Name, p)
		}
		all = append(all, page.Pieces...)
	}
	return all
}

func TestSandboxWholeAccount(t *testing.T) {
	b := open(t, sandbox.Options{Seed: 7})
	ctx := t.Context()
	settings, err := b.Settings(ctx)
	if err != nil || len(settings.Sender.INN) != 10 || settings.Sender.KPP == "" || settings.Sender.Name == "" || settings.Office == "" || settings.Sender.Address.IsZero() || !settings.OnlineBalance {
		t.Errorf("settings %+v, %v", settings, err)
	}
	points, err := b.ShippingPoints(ctx)
	if err != nil || len(points) == 0 || points[0].Office != settings.Office {
		t.Errorf("points %+v, %v", points, err)
	}
	limit, err := b.Limit(ctx)
	if err != nil || limit.Allowed != sandbox.DefaultLimit || limit.Used == 0 {
		t.Errorf("limit %+v, %v", limit, err)
	}
	balance, err := b.Balance(ctx)
	if err != nil || !balance.Known || balance.Kopecks != postal.Kopecks(b.box.Account().BalanceKopecks) {
		t.Errorf("balance %+v, %v", balance, err)
	}

	known := map[string]sandbox.AccountBatch{}
	created := 0
	for _, one := range b.box.Account().Batches {
		known[one.Name] = one
		if one.Status == "CREATED" {
			created++
		}
	}
	batches, err := b.Batches(ctx)
	if err != nil || len(batches) != created {
		t.Fatalf("%d batches, want %d, %v", len(batches), created, err)
	}
	marks := map[string]bool{}
	for _, batch := range batches {
		want := known[batch.Name]
		if batch.PieceCount != want.Pieces || string(batch.MailType) != want.MailType || string(batch.Category) != want.MailCategory ||
			batch.UseOnlineBalance != want.UseOnlineBalance || string(batch.SendingDate) != want.SendingDate {
			t.Errorf("batch %+v, want %+v", batch, want)
		}
		same, err := b.Batch(ctx, batch.Name)
		if err != nil || same.Name != batch.Name || same.PieceCount != batch.PieceCount || same.MassRate != batch.MassRate {
			t.Errorf("batch %s read alone: %+v, %v", batch.Name, same, err)
		}
		pieces := b.pieces(t, batch)
		if len(pieces) != want.Pieces {
			t.Errorf("batch %s: %d pieces, want %d", batch.Name, len(pieces), want.Pieces)
		}
		var sum postal.Kopecks
		for _, p := range pieces {
			if p.PostID <= 1<<31 || string(p.Envelope) != want.Envelope || p.To.Name == "" || len(p.To.Address.Lines()) == 0 || p.To.Address.Index == "" || p.Mass == 0 {
				t.Errorf("piece %+v", p)
			}
			if p.Mark != nil {
				sum += p.Mark.Value
				if marks[p.Mark.ID] {
					t.Errorf("mark %s twice", p.Mark.ID)
				}
				marks[p.Mark.ID] = true
			}
		}
		if int64(sum) != want.MarksKopecks {
			t.Errorf("batch %s: marks of %d kopecks, want %d", batch.Name, sum, want.MarksKopecks)
		}
	}
	if b.box.Calls().Total != b.Calls() || b.quota.State().Used != b.Calls() {
		t.Errorf("the sandbox counted %d calls, the client %d, the quota %d", b.box.Calls().Total, b.Calls(), b.quota.State().Used)
	}
}

func TestSandboxHandOver(t *testing.T) {
	b := open(t, sandbox.Options{Seed: 3, Pieces: 12})
	ctx := t.Context()
	batches, err := b.Batches(ctx)
	if err != nil || len(batches) != 1 {
		t.Fatal(len(batches), err)
	}
	name := batches[0].Name
	pieces := b.pieces(t, batches[0])

	one, problems, err := b.Shipment(ctx, pieces[0].PostID)
	if err != nil || len(problems) > 0 || one.ShPI != pieces[0].ShPI || one.Mark == nil || *one.Mark != *pieces[0].Mark {
		t.Errorf("%+v %v %v", one, problems, err)
	}
	found, err := b.SearchShipments(ctx, string(pieces[1].ShPI))
	if err != nil || len(found.Pieces) != 1 || found.Pieces[0].PostID != pieces[1].PostID {
		t.Errorf("%+v %v", found, err)
	}
	if _, err := b.F103(ctx, name); err == nil || errors.Is(err, post.ErrUnclear) {
		t.Errorf("F103 before checkin: %v", err)
	}
	if d, err := b.ItemForms(ctx, pieces[0].PostID, batches[0].SendingDate, post.Forms{}); err != nil || d.Type != "application/pdf" || d.Name == "" {
		t.Errorf("forms: %q %q %v", d.Name, d.Type, err)
	}

	day := postal.DateOf(batches[0].SendingDate.Time().AddDate(0, 0, 1))
	if err := b.SetSendingDate(ctx, name, day); err != nil {
		t.Error(err)
	}
	if err := b.SetSendingDate(ctx, name, "2020-01-09"); !errors.Is(err, post.ErrPastDate) {
		t.Errorf("a day long past: %v", err)
	}
	r, err := b.ReturnToNew(ctx, []int64{pieces[0].PostID, 5})
	if err != nil || len(r.Accepted) != 1 || len(r.Refused) != 1 || !errors.Is(r.Refused[0], post.ErrNotFound) || r.Refused[0].Item != "5" {
		t.Errorf("%+v %v", r, err)
	}
	if page, err := b.SearchBacklog(ctx, pieces[0].OrderNum); err != nil || len(page.Pieces) != 1 || page.Pieces[0].Mark != nil {
		t.Errorf("the piece is not in «Новые»: %+v %v", page, err)
	}
	if r, err = b.DeleteShipments(ctx, []int64{pieces[1].PostID}); err != nil || !r.Done() {
		t.Errorf("%+v %v", r, err)
	}
	if _, _, err := b.Shipment(ctx, pieces[1].PostID); !errors.Is(err, post.ErrNotFound) {
		t.Errorf("%v", err)
	}
	now, err := b.Batch(ctx, name)
	if err != nil || now.PieceCount != 10 || now.SendingDate != day {
		t.Errorf("%+v %v", now, err)
	}

	if _, err := b.Checkin(ctx, name, false); !errors.Is(err, post.ErrOfflineBalanceForbidden) {
		t.Errorf("%v", err)
	}
	if err := b.box.SetBalance(100, ""); err != nil {
		t.Fatal(err)
	}
	_, err = b.Checkin(ctx, name, true)
	var e *post.Error
	if !errors.Is(err, post.ErrNotEnoughMoney) || errors.Is(err, post.ErrUnclear) || !errors.As(err, &e) || e.Available != 100 || e.Needed == 0 {
		t.Errorf("%v", err)
	}
	if err := b.box.SetBalance(10_000_000, ""); err != nil {
		t.Fatal(err)
	}
	if answer, err := b.Checkin(ctx, name, true); err != nil || !answer.F103Sent {
		t.Errorf("%+v %v", answer, err)
	}
	if _, err := b.Checkin(ctx, name, true); !errors.Is(err, post.ErrReadOnly) {
		t.Errorf("a second checkin: %v", err)
	}
	if err := b.SetSendingDate(ctx, name, day); !errors.Is(err, post.ErrReadOnly) {
		t.Errorf("%v", err)
	}
	if now, err = b.Batch(ctx, name); err != nil || now.Status != postal.BatchFrozen || now.ListNumber == 0 {
		t.Errorf("%+v %v", now, err)
	}
	if open, err := b.Batches(ctx); err != nil || len(open) != 0 {
		t.Errorf("the list shows %d batches, %v", len(open), err)
	}
	if d, err := b.F103(ctx, name); err != nil || d.Type != "application/pdf" || d.Name == "" {
		t.Errorf("%q %q %v", d.Name, d.Type, err)
	}
	if d, err := b.BatchZip(ctx, name, post.Forms{Thermo: true}); err != nil || d.Type != "application/zip" {
		t.Errorf("%q %q %v", d.Name, d.Type, err)
	}

	if err := b.box.Refuse(string(pieces[5].ShPI), 11); err != nil {
		t.Fatal(err)
	}
	if err := b.box.Advance(24 * time.Hour); err != nil {
		t.Fatal(err)
	}
	if now, err = b.Batch(ctx, name); err != nil || now.Status != postal.BatchSent {
		t.Errorf("%q %v", now.Status, err)
	}
	if one, _, err = b.Shipment(ctx, pieces[5].PostID); err != nil || one.LastOperation != "ACCEPTANCE_REJECTED" || one.LastAt.IsZero() || one.OperationText == "" {
		t.Errorf("%q %q %v", one.LastOperation, one.LastAttribute, err)
	}

	put, err := b.PutArchive(ctx, []string{name, "no-such"})
	if err != nil || len(put.Accepted) != 1 || len(put.Refused) != 1 {
		t.Errorf("%+v %v", put, err)
	}
	if archived, err := b.Archive(ctx); err != nil || len(archived) == 0 {
		t.Errorf("%d archived, %v", len(archived), err)
	}
	if back, err := b.Unarchive(ctx, []string{name}); err != nil || !back.Done() {
		t.Errorf("%+v %v", back, err)
	}
	if calls := b.box.Calls(); calls.Batches[name].Checkins != 1 || len(calls.Rejected) > 0 && calls.Rejected["unknown-path"] > 0 {
		t.Errorf("%+v", calls)
	}
}

func TestSandboxLargeBatchIsReadByPages(t *testing.T) {
	b := open(t, sandbox.Options{Pieces: 10_000})
	batches, err := b.Batches(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if n := len(b.pieces(t, batches[0])); n != 10_000 {
		t.Errorf("%d pieces", n)
	}
	if n := b.box.Calls().Total; n > 12 {
		t.Errorf("%d calls", n)
	}
	small := open(t, sandbox.Options{Pieces: 700, MaxPage: 100})
	if batches, err = small.Batches(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := len(small.pieces(t, batches[0])); n != 700 {
		t.Errorf("%d pieces from pages of 100", n)
	}
}

// What each scripted fault of the sandbox is to a reading and to a changing call.
func TestSandboxFaults(t *testing.T) {
	for _, c := range []struct {
		fault     string
		read      error // after all tries; nil: the repetition helped
		change    error
		unclear   bool
		checkedIn int // at the sandbox, after the one call
	}{
		{"1 timeout-after 30s", nil, post.ErrUnreachable, true, 1},
		{"1 timeout-before 30s", nil, post.ErrUnreachable, true, 0},
		{"1 cut", nil, post.ErrForeign, true, 1},
		{"1 empty", post.ErrForeign, post.ErrForeign, true, 1},
		{"1 empty-array", post.ErrForeign, post.ErrForeign, true, 1},
		{"1 html", post.ErrForeign, post.ErrForeign, true, 1},
		{"1 foreign", post.ErrForeign, post.ErrForeign, true, 1},
		{"1 error500-before", nil, post.ErrUnreachable, true, 0},
		{"1 509", post.ErrQuota, post.ErrQuota, false, 0},
		{"1 refuse 407", post.ErrNoEndpoint, post.ErrNoEndpoint, false, 0},
		{"1 refuse 401 1011 ILLEGAL_CREDENTIALS", post.ErrUnauthorized, post.ErrUnauthorized, false, 0},
		{"1 refuse 404 1001 gone", post.ErrNotFound, post.ErrNotFound, false, 0},
		{"1 refuse 503", nil, post.ErrUnreachable, true, 0},
		{"1 unknown-fields", nil, nil, false, 1},
		{"1 slow 10ms", nil, nil, false, 1},
	} {
		t.Run(c.fault, func(t *testing.T) {
			t.Parallel()
			short := 20 * time.Second
			if strings.Contains(c.fault, "timeout") {
				short = 2 * time.Second
			}
			b := open(t, sandbox.Options{Pieces: 3}, post.Timeouts{Get: short, Checkin: short})
			batches, err := b.Batches(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			name := batches[0].Name
			for _, call := range []string{"batch", "checkin"} {
				if err := b.box.AddFault(call + " " + c.fault); err != nil {
					t.Fatal(err)
				}
			}
			got, err := b.Batch(t.Context(), name)
			if c.read == nil && (err != nil || got.PieceCount != 3) || c.read != nil && !errors.Is(err, c.read) {
				t.Errorf("reading: %v, want %v", err, c.read)
			}
			_, err = b.Checkin(t.Context(), name, true)
			if c.change == nil && err != nil || c.change != nil && !errors.Is(err, c.change) || errors.Is(err, post.ErrUnclear) != c.unclear {
				t.Errorf("checkin: %v, want %v, unclear %v", err, c.change, c.unclear)
			}
			calls := b.box.Calls()
			if calls.ByName["checkin"] != 1 || calls.Batches[name].Checkins != c.checkedIn {
				t.Errorf("%d calls of checkin, %d checked in, want 1 and %d", calls.ByName["checkin"], calls.Batches[name].Checkins, c.checkedIn)
			}
		})
	}
}

func TestSandboxWrongSecrets(t *testing.T) {
	box := sandbox.New(sandbox.Options{Pieces: 1})
	server := httptest.NewServer(box.Handler())
	defer server.Close()
	for i, s := range []post.Secrets{{Token: "wrong-token-000", Login: box.Login(), Password: box.Password()}, {Token: box.Token(), Login: box.Login(), Password: "wrong-password-000"}} {
		c, err := post.New(post.Params{BaseURL: server.URL, Secrets: func(context.Context) (post.Secrets, error) { return s, nil }})
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Settings(t.Context())
		var e *post.Error
		if !errors.Is(err, post.ErrUnauthorized) || !errors.As(err, &e) || e.Cause != []post.Cause{post.CauseToken, post.CauseCredentials}[i] {
			t.Errorf("%d: %v", i, err)
		}
		if text := fmt.Sprintf("%v %+v %#v", err, e, e); strings.Contains(text, s.Token) || strings.Contains(text, s.Password) {
			t.Errorf("a secret in %s", text)
		}
	}
}

func TestSandboxBalanceModes(t *testing.T) {
	for mode, why := range map[sandbox.BalanceMode]post.BalanceWhy{sandbox.BalanceWorks: post.BalanceWorks, sandbox.BalanceOff: post.BalanceNotThisAccount, sandbox.BalanceNone: post.BalanceNotAvailable} {
		b := open(t, sandbox.Options{Pieces: 1, BalanceMode: mode})
		if got, err := b.Balance(t.Context()); err != nil || got.Why != why || got.Known != (why == post.BalanceWorks) {
			t.Errorf("%s: %+v %v", mode, got, err)
		}
	}
}

func TestSandboxDailyLimit(t *testing.T) {
	b := open(t, sandbox.Options{Pieces: 1, Limit: 30})
	ctx := t.Context()
	if _, err := b.Limit(ctx); err != nil {
		t.Fatal(err)
	}
	batches, err := b.Batches(ctx)
	if err != nil {
		t.Fatal(err)
	}
	refused := error(nil)
	for range 40 {
		if _, refused = b.Batch(ctx, batches[0].Name); refused != nil {
			break
		}
	}
	if !errors.Is(refused, post.ErrQuota) || b.box.Calls().Rejected["over-limit"] != 0 {
		t.Errorf("%v after %d calls", refused, b.box.Calls().Total)
	}
	vital := post.Vital(ctx)
	if _, err := b.Batch(vital, batches[0].Name); err != nil {
		t.Error(err)
	}
	if _, err := b.Checkin(ctx, batches[0].Name, true); err != nil {
		t.Error(err)
	}
}
