package ui

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"znak/app/station"
	"znak/app/ui/view"
	"znak/app/ui/view/viewtest"
)

// staffed is an office with three operators; nobody has signed in.
func staffed() *viewtest.Station {
	fake := viewtest.Sample()
	fake.PIN = fmt.Sprint(400_000 + rand.IntN(100_000))
	fake.At = station.SignedIn{On: true}
	fake.People = []station.Operator{
		{Name: "Иванова И. И.", Role: station.RoleClerk, Badge: true, At: viewtest.Now.AddDate(0, -2, 0)},
		{Name: "Старшева С. С.", Role: station.RoleSenior, At: viewtest.Now.AddDate(0, -1, 0), Until: viewtest.Now.Add(5 * 60e9)},
		{Name: "Управляева У. У.", Role: station.RoleAdmin, Badge: true, At: viewtest.Now.AddDate(0, -2, 0)},
	}
	return fake
}

// typePIN types as a person does: slower than a scanner.
func (d *desk) typePIN(pin string) {
	d.t.Helper()
	for _, r := range pin {
		if f := d.win.Canvas().Focused(); f != nil {
			f.TypedRune(r)
		} else {
			d.win.Canvas().OnTypedRune()(r)
		}
		d.until("the key is heard", func() bool { return !d.ears.running() })
	}
}

// Nothing but the sign-in screen is shown until somebody is there; it is done by keys alone, and a wrong PIN says so.
func TestSignInByKeys(t *testing.T) {
	for _, lang := range []string{"ru", "en"} {
		fake := staffed()
		d := newDesk(t, lang, false, fake)
		d.lookWho()
		d.settle()
		if d.here.screen != screenSignIn {
			t.Fatalf("%s is shown to nobody", d.here.screen)
		}
		d.shot(lang + "-light-sign-in")
		for _, key := range []fyne.KeyName{fyne.KeyF1, fyne.KeyF2, fyne.KeyF3, fyne.KeyF4, fyne.KeyF5, fyne.KeyEscape} {
			d.hit(key)
			d.settle()
			if d.here.screen != screenSignIn {
				t.Fatalf("%s leads to %s", key, d.here.screen)
			}
		}
		before := len(fake.Calls)
		d.open(view.ScreenMoney, "") // what a run or a second start would open
		d.settle()
		if d.here.screen != screenSignIn {
			t.Fatal("opened behind the gate")
		}
		for _, c := range fake.Calls[before:] {
			if strings.HasPrefix(c, "approve") || strings.HasPrefix(c, "print") {
				t.Errorf("done behind the gate: %s", c)
			}
		}
		s := d.screen(screenSignIn).(*signInScreen)
		if d.win.Canvas().Focused() != fyne.Focusable(s.name) {
			t.Errorf("focus on %T", d.win.Canvas().Focused())
		}
		s.name.SetSelected("Старшева С. С.")
		d.win.Canvas().Focus(s.name)
		d.typePIN("0" + fake.PIN) // goes into its field from anywhere
		if s.pin.Text != "0"+fake.PIN {
			t.Errorf("%d characters in the field", len(s.pin.Text))
		}
		d.hit(fyne.KeyReturn)
		d.settle()
		if d.here.screen != screenSignIn || s.pin.Text != "" {
			t.Errorf("on %s, %d characters kept", d.here.screen, len(s.pin.Text))
		}
		d.see(map[string]string{"ru": "через 10 секунд", "en": "in 10 seconds"}[lang])
		d.shot(lang + "-light-sign-in-wrong")
		d.typePIN(fake.PIN)
		d.hit(fyne.KeyReturn)
		d.settle()
		if d.gate.shut || d.here.screen != view.ScreenMoney {
			t.Errorf("shut %v, on %s", d.gate.shut, d.here.screen)
		}
		d.see("Старшева С. С.", "F12")
		for _, c := range fake.Calls {
			if strings.Contains(c, fake.PIN) {
				t.Error("a PIN is told")
			}
		}
	}
}

// F12 locks where one stands; the same person goes on there, another begins at the start; a badge is enough.
func TestLockAndBadge(t *testing.T) {
	for _, lang := range []string{"ru", "en"} {
		fake := staffed()
		fake.Badge = "ZNAK:ID:" + strings.Repeat("AB7", 10) + "QX"
		fake.At = station.SignedIn{On: true, Name: "Иванова И. И.", Role: station.RoleClerk}
		d := newDesk(t, lang, false, fake)
		d.lookWho()
		d.settle()
		d.open(view.ScreenOutbox, "")
		d.settle()
		d.hit(fyne.KeyF12)
		d.settle()
		if d.here.screen != screenSignIn {
			t.Fatalf("%s after F12", d.here.screen)
		}
		d.see("Иванова И. И.")
		d.run = &printRun{clock: view.NewRunClock("506", viewtest.Now), begun: true, progress: station.PrintProgress{Asked: 800, Sent: 312, Printed: 300}}
		d.tick()
		d.settle()
		d.see("312") // the run goes on and is shown
		d.shot(lang + "-light-locked")
		d.run = nil
		d.scan("80080012345678")
		d.settle()
		if d.here.screen != screenSignIn {
			t.Fatal("a letter's code unlocks")
		}
		d.scan(fake.Badge)
		d.settle()
		if d.here.screen != view.ScreenOutbox || d.gate.shut {
			t.Errorf("on %s after the badge", d.here.screen)
		}
		d.hit(fyne.KeyF12)
		d.settle()
		s := d.screen(screenSignIn).(*signInScreen)
		s.name.SetSelected("Управляева У. У.")
		d.typePIN(fake.PIN)
		d.hit(fyne.KeyReturn)
		d.settle()
		if d.here.screen != view.ScreenToday {
			t.Errorf("another person goes on at %s", d.here.screen)
		}
		d.scan(fake.Badge) // while somebody works: its owner takes over
		d.settle()
		if d.gate.at.Name != "Иванова И. И." {
			t.Errorf("%+v", d.gate.at)
		}
		for _, c := range fake.Calls {
			if strings.Contains(c, "AB7") {
				t.Error("a badge is told")
			}
		}
	}
}

// The page of operators, without and with sign-in.
func TestOperatorsPage(t *testing.T) {
	for _, lang := range []string{"ru", "en"} {
		fake := staffed()
		fake.At = station.SignedIn{}
		people := fake.People
		fake.People = nil
		d := newDesk(t, lang, false, fake)
		d.open(view.ScreenOperators, "")
		d.settle()
		turn := d.words.T("ui.operators.turn-on")
		if !d.dead(turn) || !d.dead(d.words.T("ui.operators.add")) {
			t.Error("alive without anybody")
		}
		f := d.screen(view.ScreenOperators).(*operatorsScreen).form
		if f.role.Selected != d.words.RoleWord(station.RoleAdmin) {
			t.Errorf("the first is %q", f.role.Selected)
		}
		f.name.SetText("Управляева У. У.")
		f.pin.SetText(fake.PIN)
		f.again.SetText(fake.PIN + "1")
		if !d.dead(d.words.T("ui.operators.add")) {
			t.Error("two PINs are taken")
		}
		f.again.SetText(fake.PIN)
		d.press(d.words.T("ui.operators.add"))
		if !fake.Called("add operator Управляева У. У. admin") || f.pin.Text != "" {
			t.Errorf("%v", fake.Calls)
		}
		d.press(turn)
		if !fake.Called("setting sign-in true") && !fake.Called("set sign-in") {
			t.Logf("%v", fake.Calls)
		}
		fake.People = people
		fake.At = station.SignedIn{On: true, Name: "Управляева У. У.", Role: station.RoleAdmin}
		d.lookWho()
		d.screen(view.ScreenOperators).refresh()
		d.settle()
		d.see("Иванова И. И.", "Старшева С. С.")
		d.shot(lang + "-light-operators")
		s := d.screen(view.ScreenOperators).(*operatorsScreen)
		s.remove("Иванова И. И.")
		if fake.Called("remove operator") {
			t.Error("removed unasked")
		}
		d.see(d.words.T("ui.operators.remove-sure"))
		s.remove("Иванова И. И.")
		d.settle()
		if !fake.Called("remove operator Иванова И. И.") {
			t.Error("not removed")
		}
		s.writeBadge("Старшева С. С.")
		d.settle()
		d.see("badge-20261121-110500.pdf")
		s.form.edit("Старшева С. С.")
		s.form.pin.SetText(fake.PIN)
		s.form.again.SetText(fake.PIN)
		s.form.submit()
		d.settle()
		if !fake.Called("pin Старшева С. С.") {
			t.Error("no new PIN")
		}
	}
}

// What the station refuses for want of a second person asks for name and PIN; a badge is enough as well.
func TestSecondPersonInTheWindow(t *testing.T) {
	fake := staffed()
	fake.At = station.SignedIn{On: true, Name: "Иванова И. И.", Role: station.RoleClerk}
	d := newDesk(t, "ru", false, fake)
	d.lookWho()
	d.settle()
	got := ""
	p := newSecondPerson(d.Window, func(name, proof string) { got = name + " " + proof })
	if !p.asks(&station.Refused{Reasons: []station.Reason{{Key: "station.reprint.second", Args: map[string]any{"Batch": "506", "Count": 3}}}}) || !p.pin.Visible() {
		t.Fatal("does not ask")
	}
	p.name.SetText("Старшева С. С.")
	p.pin.SetText(fake.PIN)
	p.pin.OnSubmitted("")
	if got != "Старшева С. С. "+fake.PIN || p.pin.Text != "" {
		t.Error("the PIN does not arrive, or stays")
	}
	if !p.asks(&station.Refused{Reasons: []station.Reason{{Key: "operator.needs.confirm", Args: map[string]any{"Who": "N"}}}}) {
		t.Error("a person who may not confirm ends the question")
	}
}

// Both pages fit into 1280×720, also with text of twice the size and in high contrast.
func TestSignInFits(t *testing.T) {
	noRace(t)
	for _, lang := range []string{"ru", "en"} {
		for _, look := range []Look{{ModeLight, 100}, {ModeContrast, 200}} {
			fake := staffed()
			fake.At = station.SignedIn{On: true, Name: "Управляева У. У.", Role: station.RoleAdmin}
			d := newDesk(t, lang, false, fake)
			d.win.Resize(fyne.NewSize(1280, 720))
			d.params.Theme = ThemeOf
			d.dress(look)
			d.lookWho()
			d.open(view.ScreenOperators, "")
			d.settle()
			check := func(name string) {
				d.shot(fmt.Sprintf("%s-%s-%d-%s", lang, look.Mode, look.Percent, name))
				if m := d.frame.root.MinSize(); m.Width > 1280 || m.Height > 720 {
					t.Errorf("%s does not fit into 1280×720: %v", name, m)
				}
				for _, bad := range d.overflows() {
					t.Errorf("%s %s %d %s: %s", lang, look.Mode, look.Percent, name, bad)
				}
			}
			check("operators")
			d.hit(fyne.KeyF12)
			d.settle()
			check("sign-in")
		}
	}
}
