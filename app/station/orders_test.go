package station

import (
	"testing"

	"znak/app/post"
	"znak/app/post/sandbox"
	"znak/app/postal"
)

func anOrder(number string) post.Order {
	return post.Order{Num: number, AddressType: postal.AddressDefault, MailType: postal.Letter, Category: postal.CategoryOrdered, Direct: 643, Mass: 20,
		Index: 690000, Region: "край Приморский", Place: "г Владивосток", Street: "ул Вымышленная", House: "1", Room: "2", Name: "Петров Пётр Петрович",
		Surname: "Петров", GivenName: "Пётр", HandIn: "101000", Envelope: postal.DL, Payment: postal.PaidByMark, Manual: true}
}

// The post takes the same order number twice; the station does not let it come to that when an answer is lost.
func TestNewOrdersAreMadeOnce(t *testing.T) {
	for _, fault := range []string{"", "orders 1 timeout-after 5s", "orders 1 error500-before", "orders 1 cut"} {
		t.Run(fault, func(t *testing.T) {
			b := newBench(t, sandbox.Options{Seed: 3})
			b.must(b.QueueOrders(b.ctx, []post.Order{anOrder("исх. 15"), anOrder("исх. 16")}))
			if err := b.QueueOrders(b.ctx, []post.Order{anOrder("исх. 17"), anOrder("исх. 15")}); err == nil {
				t.Fatal("a number that waits already was queued again")
			}
			if fault != "" {
				b.must(b.box.AddFault(fault))
			}
			for range 2 {
				b.synced()
			}
			items, err := b.Waiting(b.ctx)
			b.must(err)
			if len(items) != 0 {
				t.Fatalf("still waiting: %+v", items)
			}
			for _, number := range []string{"исх. 15", "исх. 16"} {
				page, err := b.post.SearchBacklog(b.ctx, number)
				b.must(err)
				if len(page.Pieces) != 1 {
					t.Errorf("%s is %d times at the post", number, len(page.Pieces))
				}
			}
		})
	}
	b := newBench(t, sandbox.Options{Seed: 3})
	wrong := anOrder("исх. 18")
	wrong.Index = 0
	b.must(b.QueueOrders(b.ctx, []post.Order{wrong, anOrder("исх. 19")}))
	r, err := b.Sync(b.ctx)
	b.must(err)
	if r.Sent != 1 || len(r.Dead) != 1 {
		t.Fatalf("a refused order: %+v", r)
	}
}
