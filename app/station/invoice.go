package station

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"znak/app/exchange"
	"znak/app/hint"
	"znak/app/paper"
	"znak/app/postal"
	"znak/printer/pdf"
	"znak/store"
)

// payeeFile holds, in the data folder, to whom the advance is paid.
const payeeFile = "payee.toml"

// InvoiceOrder says for what money is to be paid in.
type InvoiceOrder struct {
	Sum     postal.Kopecks // 0: that of the batches
	Batches []string       // for which it is paid
	Lacking bool           // only what the free balance lacks for the batches
	File    string         // "": in the folder "forms"
}

// InvoiceReport is the outcome of Invoice.
type InvoiceReport struct {
	Sum     postal.Kopecks
	Purpose string
	File    string
}

// Invoice writes the memo for an advance: requisites, sum, purpose and the payment's code. The invoice itself is issued by the post in its account.
// Requisites that are missing or wrong are refused; the first call puts a form to be filled into the data folder.
func (s *Station) Invoice(ctx context.Context, o InvoiceOrder) (InvoiceReport, error) {
	var r InvoiceReport
	payee, err := exchange.ReadPayee(filepath.Join(s.dir, payeeFile))
	var bad *exchange.PayeeError
	if errors.As(err, &bad) {
		return r, refusedFor(err)
	}
	if err != nil {
		return r, err
	}
	memo, err := s.memo(ctx, o)
	if err != nil {
		return r, err
	}
	memo.Name, memo.Account, memo.Bank, memo.BIC, memo.Correspondent = payee.Name, payee.PersonalAcc, payee.BankName, payee.BIC, payee.CorrespAcc
	memo.INN, memo.KPP = payee.INN, payee.KPP
	var names []string
	for _, b := range memo.Batches {
		names = append(names, b.Name)
	}
	memo.Purpose = strings.Join(strings.Fields(strings.NewReplacer("{date}", postal.DateOf(memo.Made).Office(), "{batches}", strings.Join(names, ", "),
		"{sum}", memo.Sum.Decimal()).Replace(payee.Purpose)), " ")
	if s.specimen {
		prefix, err := paper.SpecimenPurpose()
		if err != nil {
			return r, err
		}
		memo.Purpose = prefix + memo.Purpose
	}
	order := exchange.PaymentOrder{Payee: payee, Sum: memo.Sum, Text: memo.Purpose}
	if exchange.ValidINN(memo.Payer.INN) {
		order.PayerINN = memo.Payer.INN
	}
	if memo.Code, err = order.Code(); err != nil {
		return r, refusedFor(err)
	}
	pages, err := paper.Memo(memo)
	if err != nil {
		return r, refusedFor(err)
	}
	r.Sum, r.Purpose, r.File = memo.Sum, memo.Purpose, o.File
	if r.File == "" {
		r.File = filepath.Join(s.dir, "forms", "advance-"+memo.Made.Format("20060102-150405")+".pdf")
	}
	return r, exchange.Write(r.File, func(w io.Writer) error {
		return pdf.Write(w, slices.Values(pages), pdf.Options{Title: pages[0].Name, Created: memo.Made})
	})
}

// PayeeINN is the taxpayer's number by which the post is known in bank statements; "": nobody has said it yet.
func (s *Station) PayeeINN(ctx context.Context) (string, error) {
	inn, _, err := s.store.Setting(ctx, SettingPayeeINN)
	return inn, err
}

// memo reckons what is to be paid.
func (s *Station) memo(ctx context.Context, o InvoiceOrder) (paper.PaymentMemo, error) {
	memo := paper.PaymentMemo{Sum: o.Sum, Made: s.now().In(moscow), Specimen: s.specimen}
	var total postal.Kopecks
	for i, name := range o.Batches {
		if slices.Contains(o.Batches[:i], name) { // named twice, paid once
			continue
		}
		v, err := s.Batch(ctx, name)
		if err != nil {
			return memo, err
		}
		memo.Batches = append(memo.Batches, paper.MemoBatch{Name: v.Name, Pieces: v.Pieces, Sum: v.Sum})
		total += v.Sum
	}
	if memo.Sum == 0 {
		memo.Sum = total
	}
	if o.Lacking {
		st, err := s.Status(ctx)
		if err != nil {
			return memo, err
		}
		if st.Free == nil {
			return memo, refuse("exchange.invoice.no-balance", nil)
		}
		free := max(*st.Free, 0)
		memo.Free, memo.Sum = &free, total-free
		if memo.Sum <= 0 {
			return memo, refuse("exchange.invoice.enough", hint.Args{"Sum": total, "Free": free})
		}
	}
	sender, err := s.store.Sender(ctx)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return memo, err
	}
	memo.Payer = sender
	return memo, nil
}
