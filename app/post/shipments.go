package post

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"net/http"
	"net/url"
	"strconv"

	"znak/app/postal"
)

// Page is some pieces of an answer, in the post's order.
type Page struct {
	Pieces   []postal.Piece
	Problems []Problem
}

// Problem says that a piece of a Page is not whole. The piece is there all the same, with what could be read; it cannot be printed
// before the problem is gone.
type Problem struct {
	Index  int // in the Pieces of its Page
	PostID int64
	ShPI   string
	Err    error // *FieldError or *postal.ValueError
}

func (p Problem) Error() string {
	return "piece " + strconv.FormatInt(p.PostID, 10) + ": " + p.Err.Error()
}

func (p Problem) Unwrap() error { return p.Err }

// Shipments gives the pieces of a batch page by page. expect is the batch's PieceCount, 0 where it is not known: no call is made
// after so many pieces. The walk ends after the first error. Fewer pieces than expected is ErrIncomplete: then the pieces not shown
// must not be taken for withdrawn. A page is read whole before it is given; pieces come once each.
func (c *Client) Shipments(ctx context.Context, name string, expect int) iter.Seq2[Page, error] {
	return func(yield func(Page, error) bool) {
		seen := map[string]bool{}
		p := pager{size: int(c.pageSize.Load())}
		k := call{method: http.MethodGet, pattern: "/1.0/batch/{name}/shipment", args: []string{name}, timeout: c.timeouts.Page}
		fail := func(cause Cause, err error) {
			yield(Page{}, &Error{Call: k.String(), Cause: cause, Position: -1, Expected: expect, Got: p.got, Err: err})
		}
		for {
			k.query, k.halves = p.query(), p.size > minPageSize
			var page Page
			var length int
			var keys []string // of this page, noted as seen only when it is whole
			err := c.do(ctx, k, func(a *answer) error {
				page, length, keys = Page{}, 0, nil
				inPage := map[string]bool{}
				return readList(a.body, func(i int, raw json.RawMessage) error {
					length++
					piece, problems := readPiece(raw, place(i), true)
					if piece.Batch != "" && piece.Batch != name {
						return &FieldError{Path: place(i) + ".batch-name", Want: "the batch asked for", Got: "another batch"}
					}
					piece.Batch = name
					if key := identity(piece, raw); !seen[key] && !inPage[key] {
						inPage[key] = true
						keys = append(keys, key)
						page.add(piece, problems)
					}
					return nil
				})
			})
			if err != nil {
				if p.smaller(err) && c.pause(ctx, 1) {
					c.rememberPageSize(err, p.size)
					continue
				}
				yield(Page{}, err)
				return
			}
			for _, key := range keys {
				seen[key] = true
			}
			end, repeated := p.took(length, len(keys))
			switch {
			case repeated:
				fail(CauseForeign, errRepeatedPage)
				return
			case end && p.got < expect:
				fail(CauseIncomplete, nil)
				return
			case end:
				return
			}
			if !yield(page, nil) || expect > 0 && p.got >= expect {
				return
			}
		}
	}
}

var errRepeatedPage = errors.New("the post gave the same page again")

// rememberPageSize keeps a smaller page for the batches that follow, where the post has refused the larger one in so many words and
// not by an accident.
func (c *Client) rememberPageSize(refused error, size int) {
	var e *Error
	if errors.As(refused, &e) && e.Status < 500 {
		c.pageSize.Store(int64(size))
	}
}

// identity tells pieces apart; pieces without id and ШПИ by all that was said of them.
func identity(p postal.Piece, raw []byte) string {
	switch {
	case p.PostID != 0:
		return "id " + strconv.FormatInt(p.PostID, 10)
	case p.ShPI != "":
		return "shpi " + string(p.ShPI)
	}
	return string(raw)
}

func (g *Page) add(piece postal.Piece, problems []error) {
	for _, err := range problems {
		g.Problems = append(g.Problems, Problem{Index: len(g.Pieces), PostID: piece.PostID, ShPI: string(piece.ShPI), Err: err})
	}
	g.Pieces = append(g.Pieces, piece)
}

// Shipment reads one piece by the post's id; ErrNotFound where it is in no batch. Problems say what of it could not be read.
func (c *Client) Shipment(ctx context.Context, id int64) (piece postal.Piece, problems []Problem, err error) {
	k := call{method: http.MethodGet, pattern: "/1.0/shipment/{id}", args: []string{strconv.FormatInt(id, 10)}, timeout: c.timeouts.Get}
	err = c.do(ctx, k, func(a *answer) error {
		o, err := readObject(a.body, "id", "barcode")
		if err != nil {
			return err
		}
		var page Page
		page.add(pieceOf(o, true))
		piece, problems = page.Pieces[0], page.Problems
		if piece.PostID != id {
			return &FieldError{Path: "id", Want: "the piece asked for", Got: "another piece"}
		}
		return nil
	})
	if err != nil {
		return postal.Piece{}, nil, err
	}
	return piece, problems, nil
}

// SearchShipments finds pieces in batches by ШПИ or by the sender's number; an empty page when there are none.
func (c *Client) SearchShipments(ctx context.Context, query string) (Page, error) {
	return c.search(ctx, "/1.0/shipment/search", query, true)
}

// SearchBacklog finds orders that are in no batch yet, by the sender's number. They have no mark, and often no ШПИ.
func (c *Client) SearchBacklog(ctx context.Context, query string) (Page, error) {
	return c.search(ctx, "/1.0/backlog/search", query, false)
}

func (c *Client) search(ctx context.Context, pattern, query string, inBatch bool) (page Page, err error) {
	k := call{method: http.MethodGet, pattern: pattern, query: url.Values{"query": {query}}, timeout: c.timeouts.Page}
	err = c.do(ctx, k, func(a *answer) error {
		page = Page{}
		return readList(a.body, func(i int, raw json.RawMessage) error {
			page.add(readPiece(raw, place(i), inBatch))
			return nil
		})
	})
	if err != nil {
		return Page{}, err
	}
	return page, nil
}

// ReturnToNew takes pieces out of their batch, which must be CREATED. The marks they had are void.
func (c *Client) ReturnToNew(ctx context.Context, ids []int64) (Result[int64], error) {
	return c.changePieces(ctx, call{method: http.MethodPost, pattern: "/1.0/user/backlog"}, ids)
}

// DeleteShipments deletes pieces from their batches for good.
func (c *Client) DeleteShipments(ctx context.Context, ids []int64) (Result[int64], error) {
	return c.changePieces(ctx, call{method: http.MethodDelete, pattern: "/1.0/shipment"}, ids)
}

func (c *Client) changePieces(ctx context.Context, k call, ids []int64) (r Result[int64], err error) {
	if len(ids) == 0 {
		return r, nil
	}
	k.body, k.timeout = ids, c.timeouts.Change
	err = c.do(ctx, k, func(a *answer) error {
		o, err := readAnyObject(a.body)
		if err != nil {
			return err
		}
		if r, err = resultOf(o, k, ids); err == nil {
			a.scrub.all(r.Refused)
		}
		return err
	})
	if err != nil {
		return Result[int64]{Silent: ids}, err
	}
	return r, nil
}
