package viewtest

import (
	"context"
	"slices"
	"strings"

	"znak/app/paper"
	"znak/app/station"
)

func (s *Station) SignedIn(context.Context) (station.SignedIn, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.At, nil
}

func (s *Station) SignIn(_ context.Context, name, pin string) error {
	_ = s.call("sign in %s", name)
	if pin != s.PIN || pin == "" {
		return &station.Refused{Reasons: []station.Reason{{Key: "operator.wrong-wait", Args: map[string]any{"Count": 10}}}}
	}
	s.enter(name)
	return nil
}

func (s *Station) enter(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.People {
		if o.Name == name {
			s.At.Name, s.At.Role, s.At.Locked = o.Name, o.Role, false
		}
	}
}

func (s *Station) SignInBadge(_ context.Context, text string) error {
	_ = s.call("badge")
	if text != s.Badge || len(s.People) == 0 {
		return &station.Refused{Reasons: []station.Reason{{Key: "operator.badge-unknown"}}}
	}
	s.enter(s.People[0].Name)
	return nil
}

func (s *Station) IsBadge(text string) bool { return strings.HasPrefix(text, "ZNAK:ID:") }

func (s *Station) Lock(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.At.Locked = s.At.Name != ""
	return nil
}

func (s *Station) SignOut(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.At.Name, s.At.Locked = "", false
	return nil
}

// Touch counts.
func (s *Station) Touch() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Touched++
}

func (s *Station) Operators(context.Context) ([]station.Operator, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.People), s.Err
}

// Journal is that of an office in which two people have worked.
func (s *Station) Journal(context.Context, int) ([]station.JournalEntry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.Entries), s.Err
}

func (s *Station) AddOperator(_ context.Context, name string, role station.Role, _ string) error {
	if err := s.call("add operator %s %s", name, role); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.People = append(s.People, station.Operator{Name: name, Role: role, At: Now})
	return nil
}

func (s *Station) SetRole(_ context.Context, name string, role station.Role) error {
	return s.call("role %s %s", name, role)
}
func (s *Station) SetPIN(_ context.Context, name, _ string) error { return s.call("pin %s", name) }
func (s *Station) RemoveOperator(_ context.Context, name string) error {
	return s.call("remove operator %s", name)
}
func (s *Station) WriteBadge(_ context.Context, name, _ string, _ paper.Words) (string, error) {
	return "/home/office/znak/forms/badge-20261121-110500.pdf", s.call("write badge %s", name)
}
func (s *Station) VoidBadge(_ context.Context, name string) error {
	return s.call("void badge %s", name)
}
