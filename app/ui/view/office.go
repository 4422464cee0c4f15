package view

import (
	"context"

	"znak/app/exchange"
	"znak/app/paper"
	"znak/app/postal"
	"znak/app/station"
	"znak/store"
)

// Accountant is what the screens of money ask of the station.
type Accountant interface {
	Money(ctx context.Context, by store.MoneyBy, from, to postal.Date) (station.MoneyReport, error)
	WriteRegistry(ctx context.Context, o station.RegistryOrder, w exchange.Words) (totals exchange.RegistryTotals, file string, err error)
	ImportStatement(ctx context.Context, in station.StatementImport) (station.StatementReport, error)
	PayeeINN(ctx context.Context) (string, error)
	Reconcile(ctx context.Context, from, to postal.Date, days int) (station.ReconcileReport, error)
	Invoice(ctx context.Context, o station.InvoiceOrder) (station.InvoiceReport, error)
	SetCentre(ctx context.Context, batch, name string) error
	WriteEvidence(ctx context.Context, batch, dir string, w paper.Words) (station.EvidenceReport, error)
}

// Reprinter is what the reprint desk asks.
type Reprinter interface {
	ReprintAll(ctx context.Context, order station.ReprintOrder) ([]store.PieceRow, error)
	OwedList(ctx context.Context, batch string) ([]station.OwedRow, error)
	StaleList(ctx context.Context, batch string) ([]station.StaleRow, error)
	DeclareMissing(ctx context.Context, id postal.ShPI) (store.PieceRow, error)
	OwedCount(ctx context.Context) (int, error)
	Destroy(ctx context.Context, text string, count int) (store.PieceRow, error)
	Desk() Desk
}

// Desk answers the scans of void envelopes that are being destroyed; see station.Desk.
type Desk interface {
	Line(ctx context.Context, line string) ([]station.DeskVerdict, error)
	Flush(ctx context.Context) ([]station.DeskVerdict, error)
	Another(ctx context.Context) (station.DeskVerdict, error)
}

// Keeper is what the care of the store and the help of others ask.
type Keeper interface {
	Notices(ctx context.Context) ([]station.Reason, error)
	Backup(ctx context.Context, file string) (store.Copy, error)
	LookAtCopy(ctx context.Context, file string) (station.CopyLook, error)
	WriteSupport(ctx context.Context, file string, program map[string]string, readme string) (string, error)
}

var _ Desk = (*station.Desk)(nil)

func (r real) Desk() Desk { return r.Station.Desk() }
