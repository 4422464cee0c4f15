package post

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
)

// pager walks a list page by page although the post's largest page is documented nowhere (facts/otpravka-api.md §15.5): it may
// shorten a page in silence, or refuse a large one.
type pager struct {
	size, page int
	skip       int // elements of the coming page that came already, before the size was changed
	got        int // elements received so far, each counted once
}

func (p *pager) query() url.Values {
	return url.Values{"size": {strconv.Itoa(p.size)}, "page": {strconv.Itoa(p.page)}, "sort": {"asc"}}
}

// smaller halves the page after a refusal that a large page may have caused; false means that it was not that.
func (p *pager) smaller(err error) bool {
	var e *Error
	if p.size <= minPageSize || !errors.As(err, &e) {
		return false
	}
	switch e.Status {
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge:
	case http.StatusInternalServerError:
		if e.Cause != CauseServer {
			return false
		}
	default:
		return false
	}
	p.resize(max(minPageSize, p.size/2))
	return true
}

// resize goes on at the same place with pages of another size.
func (p *pager) resize(size int) {
	offset := p.page * p.size
	p.size, p.page, p.skip = size, offset/size, offset%size
}

// took notes a page of length elements, fresh of which were new. end is true where no page follows; repeated means that the
// post gave again what it had given, so that going on would never end.
func (p *pager) took(length, fresh int) (end, repeated bool) {
	first := p.got == 0
	if fresh == 0 {
		return true, length > p.skip
	}
	p.got += fresh
	p.skip = 0
	if first && length < p.size {
		// The end, or a page the post has shortened: asking for pages of the length it gives is right in both cases.
		p.size = length
	}
	p.page++
	return false, false
}
