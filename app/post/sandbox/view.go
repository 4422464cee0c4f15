package sandbox

import (
	"strconv"
	"time"
)

// From the account's state to the answers of §3.

func (a *account) viewBacklog(p *piece) backlogOrder {
	o := a.orderOf(p)
	c := a.charge(p)
	v := backlogOrder{
		order: o, ID: p.id, Version: p.version, Barcode: p.shpi,
		Postmarks: postmarks(noticeOf(&o), o.NoReturn),
		IndexFrom: a.org.index, RegionFrom: a.org.region, PlaceFrom: a.org.place, StreetFrom: a.org.street,
		HouseFrom: a.org.house, RoomFrom: a.org.room,
		MassRate: c.mass, MassRateWoVAT: c.mass, MassRateWithVAT: c.mass + c.massVAT,
		GroundRate: c.mass, GroundRateWoVAT: c.mass, GroundRateWithVAT: c.mass + c.massVAT,
		NoticeRateWoVAT: c.notice, NoticeRateWithVAT: c.notice + c.noticeVAT,
		TotalRateWoVAT: c.total(), TotalVAT: c.totalVAT(),
		DeliveryTime: transit(o.IndexTo), TariffType: "MASS", IsDogovor: 1,
	}
	if v.MailRank == "" {
		v.MailRank = "WO_RANK"
	}
	if v.TransportType == "" {
		v.TransportType = "SURFACE"
	}
	if v.StrIndexTo == "" {
		v.StrIndexTo = strconv.FormatInt(o.IndexTo, 10)
	}
	return v
}

func (a *account) viewShipment(p *piece, now time.Time) shipment {
	ops := p.track(now)
	last := ops[len(ops)-1]
	v := shipment{
		backlogOrder: a.viewBacklog(p),
		BatchName:    p.batch.name, BatchCategory: p.batch.category, BatchStatus: p.batch.status,
		Mark:      p.mark,
		HumanOper: last.Name, LastOperType: last.typeName, LastOperAttr: last.attrName, LastOperDate: stamp(last.At),
		LegalHID: a.org.hid, PochtaIDHID: a.org.hid,
	}
	if last.Type == 2 {
		v.ArrivalDate = stamp(last.At)
	}
	return v
}

func (a *account) viewBatch(b *batch, now time.Time) batchJSON {
	v := batchJSON{
		Name: b.name, Status: b.status, StatusDate: stamp(b.statusAt), FormDocumentID: b.formID,
		MailType: b.mailType, MailTypeText: mailTypes[b.mailType].text,
		MailCategory: b.category, MailCategoryText: categories[b.category],
		MailRank: b.rank, Postmarks: postmarks(b.notice, false), NoticeType: noticeType(b.notice), TransportType: "SURFACE",
		PaymentMethod: b.payment, DeliveryNoticePayment: "PAID_RECIPIENT", UseOnlineBalance: b.useOnlineBalance,
		PostofficeCode: b.office, PostofficeName: "ОПС " + b.office, PostofficeAddress: "г Москва, ул Мясницкая, 26",
		ListNumber: b.listNumber, ListNumberDate: b.sending.Format(time.DateOnly), ElectronicF103: b.listNumber > 0,
		DownloadStatus: b.download, CourierStatuses: []string{"NOT_REQUIRED"}, CanBeUnarchived: true,
		ShipmentCount: len(b.pieces),
	}
	if b.notice != "" {
		v.NoticePayment = payCashless
	}
	taken := b.status == statusAccepted || b.status == statusSent || b.status == statusArchived && !b.checkedIn.IsZero()
	for _, p := range b.pieces {
		c := a.charge(p)
		v.ShipmentMass += p.mass
		v.MassRateSum += c.mass
		v.MassRateVATSum += c.massVAT
		v.NoticeRateSum += c.notice
		v.NoticeRateVATSum += c.noticeVAT
		if !taken || p.refused() {
			continue
		}
		v.AcceptedCount++
		if ops := p.track(now); ops[len(ops)-1].Type == 2 {
			v.DeliveryCount++
		}
	}
	v.GroundRateSum, v.GroundRateVATSum = v.MassRateSum, v.MassRateVATSum // the same number twice, as seen live (§3.4)
	return v
}

func postmarks(notice string, noReturn bool) []string {
	var list []string
	switch notice {
	case "SIMPLE":
		list = append(list, "WITH_SIMPLE_NOTICE")
	case "ORDERED":
		list = append(list, "WITH_ORDER_OF_NOTICE")
	case "ELECTRONIC":
		list = append(list, "WITH_ELECTRONIC_NOTIFICATION")
	}
	if noReturn {
		list = append(list, "NO_RETURN")
	}
	if list == nil {
		list = []string{"WITHOUT_MARK"}
	}
	return list
}

// noticeType: the field is required (§3.4), and the live batch without a notice says SIMPLE.
func noticeType(notice string) string {
	if notice == "" {
		return "SIMPLE"
	}
	return notice
}

// transit is an invented control term.
func transit(index int64) deliveryTime {
	days := 2 + int(index/1000%100)/9
	return deliveryTime{MinDays: days, MaxDays: days + 3}
}
