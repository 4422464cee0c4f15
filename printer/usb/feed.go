package usb

import (
	"context"

	"znak/printer"
	"znak/printer/page"
)

// feed is how the pages of a job get to the printer in its language, and what is known of them.
type feed interface {
	// send writes a page. An error that the port has nothing to do with leaves the job as it was.
	send(ctx context.Context, p page.Page) error
	// finish writes the rest and waits as long as the printer can say something new about the pages.
	finish(ctx context.Context) error
	// cancel makes the printer drop what it has not printed.
	cancel(ctx context.Context) error
	// known are the figures now: pages surely out, and pages of which the printer may have enough to print them. It waits for nothing.
	known() (printed, started int)
	// state adds what the printer has said in its language to what the port says.
	state(port printer.State, words []string) (printer.State, []string)
	// close ends all use of the link. Afterwards only known and state are asked.
	close()
}
