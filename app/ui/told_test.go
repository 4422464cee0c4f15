package ui

import (
	"slices"
	"strings"
	"testing"

	"znak/app/ui/view/viewtest"
)

// After a crash the window says so once, with the letters first and the report's place.
func TestCrashIsTold(t *testing.T) {
	d := newDesk(t, "ru", false, viewtest.Sample())
	if strings.Contains(d.texts(), "закрылась из-за ошибки") {
		t.Fatal("told without a crash")
	}
	p := d.params
	p.Crashed = "/home/office/znak/crash-20261121.txt"
	d.Window = newWindow(d.app, d.tasks, p)
	d.settle()
	d.see("В прошлый раз программа закрылась из-за ошибки.", "Письма и записи на месте", p.Crashed)
	d.shot("ru-light-crashed")
}

// A pull that lasts can be stopped from where it was begun; nothing of it is an error, and the next one works.
func TestPullIsStopped(t *testing.T) {
	fake := viewtest.Sample()
	fake.PullHold = make(chan struct{})
	d := newDesk(t, "ru", false, fake)
	d.pull()
	d.until("it waits", func() bool { return fake.Called("pull waits") })
	d.see(d.words.T("ui.pull.working"), d.words.T("ui.pull.stop"))
	d.shotWhile("ru-light-pull-waits")
	d.pressWhile(d.words.T("ui.pull.stop"))
	d.settle()
	d.see(d.words.T("ui.pull.stopped"))
	if all := d.texts(); strings.Contains(all, "context canceled") || strings.Contains(all, d.words.T("ui.pull.stop")) {
		t.Errorf("after the stop:\n%s", all)
	}
	if slices.Contains(fake.Calls, "pull") {
		t.Error("it went on")
	}
	close(fake.PullHold)
	d.pull()
	d.settle()
	if !slices.Contains(fake.Calls, "pull") {
		t.Error("the next pull does not begin")
	}
}

// Where no letter of a batch fits there is nothing to split: the advice is about the whole batch, and no button returns all of it.
func TestNothingToSplit(t *testing.T) {
	fake := viewtest.Sample()
	rows := slices.Clone(fake.All["508"])
	for i := range rows {
		rows[i].Mark = nil
	}
	fake.All["508"] = rows
	d := newDesk(t, "ru", false, fake)
	d.open(screenBatch, "508")
	d.settle()
	d.see("Знака нет ни у одного письма, делить нечего.")
	if all := d.texts(); strings.Contains(all, "Разделить партию") || strings.Contains(all, "Вернуть ") {
		t.Errorf("it is offered to be split:\n%s", all)
	}
	d.shot("ru-light-batch-none-fits")
}
