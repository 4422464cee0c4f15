package view

import (
	"znak/app/postal"
	"znak/store"
)

// Pager holds a window of a long list: rows are fetched in blocks when they are asked for, so a batch of
// 100,000 pieces costs as much as what is on the screen. It is used from one goroutine; Fetch's result is put back by Put.
type Pager struct {
	Block  int // rows a fetch
	blocks map[int][]store.PieceRow
	asked  map[int]bool
	epoch  int
	order  []int // blocks in the order they were last put, the oldest first
}

// keep is how many blocks stay in memory.
const keep = 40

// NewPager makes an empty pager.
func NewPager() *Pager {
	return &Pager{Block: 200, blocks: map[int][]store.PieceRow{}, asked: map[int]bool{}}
}

// Request is a block to be fetched.
type Request struct {
	epoch, block  int
	Offset, Limit int
}

// At gives row i where it is here. Where it is not, or is older than the last Refresh, need says what to fetch, once.
func (p *Pager) At(i int) (row store.PieceRow, ok bool, need *Request) {
	b := i / p.Block
	if !p.asked[b] {
		p.asked[b] = true
		need = &Request{p.epoch, b, b * p.Block, p.Block}
	}
	if rows := p.blocks[b]; i%p.Block < len(rows) {
		return rows[i%p.Block], true, need
	}
	return row, false, need
}

// Put takes the fetched block; an answer to a question from before the last Refresh or Clear is dropped.
func (p *Pager) Put(r *Request, rows []store.PieceRow) bool {
	if r.epoch != p.epoch {
		return false
	}
	if _, have := p.blocks[r.block]; !have {
		p.order = append(p.order, r.block)
	}
	p.blocks[r.block] = rows
	for len(p.order) > keep {
		old := p.order[0]
		p.order = p.order[1:]
		delete(p.blocks, old)
		delete(p.asked, old)
	}
	return true
}

// Failed lets the block be asked for again.
func (p *Pager) Failed(r *Request) {
	if r.epoch == p.epoch {
		delete(p.asked, r.block)
	}
}

// Refresh makes every block be asked for again; old rows stay visible until the new ones are here, so that nothing jumps.
func (p *Pager) Refresh() {
	p.epoch++
	p.asked = map[int]bool{}
}

// Clear forgets everything: another list.
func (p *Pager) Clear() {
	p.Refresh()
	p.blocks, p.order = map[int][]store.PieceRow{}, nil
}

// Find reports where id stands among the rows that are here.
func (p *Pager) Find(id postal.ShPI) (int, bool) {
	for b, rows := range p.blocks {
		for i, r := range rows {
			if r.ShPI == id {
				return b*p.Block + i, true
			}
		}
	}
	return 0, false
}

// Fill puts a list that is here as a whole; nothing of it is asked for.
func (p *Pager) Fill(rows []store.PieceRow) {
	p.Clear()
	for b := 0; b*p.Block < len(rows); b++ {
		p.blocks[b] = rows[b*p.Block : min(len(rows), (b+1)*p.Block)]
		p.asked[b] = true
	}
}
