package sandbox

// Specimen prices, kopecks. Not a tariff: a station must take every price from the answers (facts/online-mark.md §6).
const (
	vatPercent = 22 // observed July 2026 (facts/online-mark.md §6)

	rateSimple     = 3934 // about the 48 ₽ of March 2026 with VAT
	rateRegistered = 7951 // about the 97 ₽ of March 2026 with VAT
	rateDeclared   = 17623
	rateClass1     = 11803
	rateBanderol   = 12705
	rateStep       = 574 // each further full or partial 20 g: invented
	stepGrams      = 20

	rateSimpleNotice  = 2787
	rateOrderedNotice = 7213
	rateElectronic    = 1066
)

// charge is what one piece costs, kopecks without VAT and the VAT of each.
type charge struct {
	mass, massVAT     int64
	notice, noticeVAT int64
}

func (c charge) total() int64    { return c.mass + c.notice }
func (c charge) totalVAT() int64 { return c.massVAT + c.noticeVAT }

// markValue is what the mark stands for. The facts do not settle whether it includes the notice; the one hint says the
// notice is paid by another method (facts/online-mark.md §1.2), so here it does not, and a client that takes the total
// for the mark's value is caught.
func (c charge) markValue() int64 { return c.mass + c.massVAT }

func vat(kopecks int64) int64 { return (kopecks*vatPercent + 50) / 100 }

func price(mailType, category string, grams int64, notice string) charge {
	base := int64(rateRegistered)
	switch {
	case category == "SIMPLE":
		base = rateSimple
	case category == "WITH_DECLARED_VALUE":
		base = rateDeclared
	case mailType == "BANDEROL" || mailType == "BANDEROL_CLASS_1":
		base = rateBanderol
	case mailType == "LETTER_CLASS_1":
		base = rateClass1
	}
	if grams > stepGrams {
		base += rateStep * ((grams - 1) / stepGrams)
	}
	c := charge{mass: base, massVAT: vat(base)}
	switch notice {
	case "SIMPLE":
		c.notice = rateSimpleNotice
	case "ORDERED":
		c.notice = rateOrderedNotice
	case "ELECTRONIC":
		c.notice = rateElectronic
	}
	c.noticeVAT = vat(c.notice)
	return c
}
