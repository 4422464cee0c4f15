package sandbox

// dayPlan is what an office prepares for one more day.
var dayPlan = []plan{
	{PurposeFit, 12, recipe{envelope: "DL", maxMass: 20}},
	{PurposeFit, 40, recipe{envelope: "C5", notice: "SIMPLE", maxMass: 60}},
	{PurposeFit, 6, recipe{envelope: "C4", rank: "OFFICIAL", maxMass: 100}},
	{PurposeNoMark, 10, recipe{envelope: "C5", maxMass: 40}},
	{PurposeMarksChange, 15, recipe{envelope: "C5", maxMass: 40}},
}

// NewDay adds the batches of one more day to the account and pays in what their marks cost.
func (s *Server) NewDay() {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	s.settle(now)
	for i := range dayPlan {
		b := s.account.fill(&dayPlan[i], now)
		s.account.money += 2 * b.marksSum()
	}
}
