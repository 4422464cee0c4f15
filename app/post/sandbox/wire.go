package sandbox

// Wire structs: the names of facts/otpravka-api.md §3, kebab-case unless the facts say otherwise.
// Money is kopecks, mass grams. Absent and false or zero are the same to a reader, so such fields are left out.

// order is one item as a client sends it (§3.1) and as every answer repeats it (§3.2).
type order struct {
	AddressTypeTo      string     `json:"address-type-to,omitempty"`
	MailType           string     `json:"mail-type,omitempty"`
	MailCategory       string     `json:"mail-category,omitempty"`
	MailDirect         int64      `json:"mail-direct,omitempty"`
	Mass               int64      `json:"mass,omitempty"`
	OrderNum           string     `json:"order-num,omitempty"`
	IndexTo            int64      `json:"index-to,omitempty"`
	StrIndexTo         string     `json:"str-index-to,omitempty"`
	RegionTo           string     `json:"region-to,omitempty"`
	AreaTo             string     `json:"area-to,omitempty"`
	PlaceTo            string     `json:"place-to,omitempty"`
	LocationTo         string     `json:"location-to,omitempty"`
	StreetTo           string     `json:"street-to,omitempty"`
	HouseTo            string     `json:"house-to,omitempty"`
	SlashTo            string     `json:"slash-to,omitempty"`
	LetterTo           string     `json:"letter-to,omitempty"`
	CorpusTo           string     `json:"corpus-to,omitempty"`
	BuildingTo         string     `json:"building-to,omitempty"`
	VladenieTo         string     `json:"vladenie-to,omitempty"`
	RoomTo             string     `json:"room-to,omitempty"`
	OfficeTo           string     `json:"office-to,omitempty"`
	HotelTo            string     `json:"hotel-to,omitempty"`
	NumAddressTypeTo   string     `json:"num-address-type-to,omitempty"`
	RawAddress         string     `json:"raw-address,omitempty"`
	ManualAddressInput bool       `json:"manual-address-input,omitempty"`
	RecipientName      string     `json:"recipient-name,omitempty"`
	Surname            string     `json:"surname,omitempty"`
	GivenName          string     `json:"given-name,omitempty"`
	MiddleName         string     `json:"middle-name,omitempty"`
	TelAddress         int64      `json:"tel-address,omitempty"`
	TelAddressFrom     int64      `json:"tel-address-from,omitempty"`
	PostofficeCode     string     `json:"postoffice-code,omitempty"`
	EnvelopeType       string     `json:"envelope-type,omitempty"`
	PaymentMethod      string     `json:"payment-method,omitempty"`
	NoticePayment      string     `json:"notice-payment-method,omitempty"`
	SimpleNotice       bool       `json:"with-simple-notice,omitempty"`
	OrderOfNotice      bool       `json:"with-order-of-notice,omitempty"`
	ElectronicNotice   bool       `json:"with-electronic-notice,omitempty"`
	UzeuvNotice        bool       `json:"with-uzeuv-notice,omitempty"`
	NoReturn           bool       `json:"no-return,omitempty"`
	WoMailRank         bool       `json:"wo-mail-rank,omitempty"`
	MailRank           string     `json:"mail-rank,omitempty"`
	Inventory          bool       `json:"inventory,omitempty"`
	Fragile            bool       `json:"fragile,omitempty"`
	TransportType      string     `json:"transport-type,omitempty"`
	Comment            string     `json:"comment,omitempty"`
	SenderComment      string     `json:"sender-comment,omitempty"`
	SenderName         string     `json:"sender-name,omitempty"`
	InnerNum           string     `json:"inner-num,omitempty"`
	BranchName         string     `json:"branch-name,omitempty"`
	GroupName          string     `json:"group-name,omitempty"`
	InsrValue          int64      `json:"insr-value,omitempty"`
	Payment            int64      `json:"payment,omitempty"`
	SMSNotice          int64      `json:"sms-notice-recipient,omitempty"`
	ShelfLifeDays      int64      `json:"shelf-life-days,omitempty"`
	TariffCount        int64      `json:"tariff-count,omitempty"`
	Dimension          *dimension `json:"dimension,omitempty"`
	DimensionType      string     `json:"dimension-type,omitempty"`
}

// dimension is in centimetres.
type dimension struct {
	Height int64 `json:"height"`
	Length int64 `json:"length"`
	Width  int64 `json:"width"`
}

// backlogOrder is the answer of backlog/{id} and the searches in «Новые» (§3.2).
type backlogOrder struct {
	order
	ID             int64  `json:"id"`
	Version        int64  `json:"version"`
	IsDeleted      bool   `json:"is-deleted"`
	AddressChanged bool   `json:"address-changed"`
	InMMO          bool   `json:"in-mmo"`
	Barcode        string `json:"barcode,omitempty"`

	Postmarks []string `json:"postmarks,omitempty"`

	// The sender. index-from is a string, index-to an int: so says §3.2.
	IndexFrom  string `json:"index-from,omitempty"`
	RegionFrom string `json:"region-from,omitempty"`
	PlaceFrom  string `json:"place-from,omitempty"`
	StreetFrom string `json:"street-from,omitempty"`
	HouseFrom  string `json:"house-from,omitempty"`
	RoomFrom   string `json:"room-from,omitempty"`

	MassRate          int64 `json:"mass-rate"`
	MassRateWoVAT     int64 `json:"mass-rate-wo-vat"`
	MassRateWithVAT   int64 `json:"mass-rate-with-vat"`
	GroundRate        int64 `json:"ground-rate"`
	GroundRateWoVAT   int64 `json:"ground-rate-wo-vat"`
	GroundRateWithVAT int64 `json:"ground-rate-with-vat"`
	NoticeRateWoVAT   int64 `json:"notice-rate-wo-vat,omitempty"`
	NoticeRateWithVAT int64 `json:"notice-rate-with-vat,omitempty"`
	TotalRateWoVAT    int64 `json:"total-rate-wo-vat"`
	TotalVAT          int64 `json:"total-vat"`

	DeliveryTime deliveryTime `json:"delivery-time"`

	// Live extras of 2026 that the copy of the specification does not name (§3.3).
	TariffType   string `json:"tariff-type"`
	IsDogovor    int    `json:"is-dogovor"`
	ForbiddenESP bool   `json:"forbidden-esp"`
	WithDiscount bool   `json:"with-discount"`
}

type deliveryTime struct {
	MaxDays int `json:"max-days"`
	MinDays int `json:"min-days"`
}

// shipment is an order inside a batch (§3.3).
type shipment struct {
	backlogOrder
	BatchName     string       `json:"batch-name"`
	BatchCategory string       `json:"batch-category"`
	BatchStatus   string       `json:"batch-status"`
	Mark          *paymentMark `json:"online-payment-mark,omitempty"`
	HumanOper     string       `json:"human-operation-name,omitempty"`
	LastOperType  string       `json:"last-oper-type,omitempty"`
	LastOperAttr  string       `json:"last-oper-attr,omitempty"`
	LastOperDate  string       `json:"last-oper-date,omitempty"`
	ArrivalDate   string       `json:"arrival-date,omitempty"`
	LegalHID      string       `json:"legal-hid"`
	PochtaIDHID   string       `json:"pochtaid-hid"`
}

// paymentMark is the ЗОО of one piece (§3.3; facts/online-mark.md §1.2).
type paymentMark struct {
	IndexOper string `json:"index-oper"`
	ID        string `json:"online-payment-mark-id"`
	Value     int64  `json:"value"`
}

// batchJSON is a batch (§3.4).
type batchJSON struct {
	Name             string   `json:"batch-name"`
	Status           string   `json:"batch-status"`
	StatusDate       string   `json:"batch-status-date"`
	FormDocumentID   string   `json:"form-document-id"`
	GroupName        string   `json:"group-name,omitempty"`
	MailType         string   `json:"mail-type"`
	MailTypeText     string   `json:"mail-type-text"`
	MailCategory     string   `json:"mail-category"`
	MailCategoryText string   `json:"mail-category-text"`
	MailRank         string   `json:"mail-rank"`
	Postmarks        []string `json:"postmarks"`
	NoticeType       string   `json:"shipping-notice-type"`
	TransportType    string   `json:"transport-type"`
	International    bool     `json:"international"`
	WoMass           bool     `json:"wo-mass"`

	PaymentMethod         string `json:"payment-method"`
	NoticePayment         string `json:"notice-payment-method,omitempty"`
	DeliveryNoticePayment string `json:"delivery-notice-payment-method"`
	UseOnlineBalance      bool   `json:"use-online-balance"`

	PostofficeCode      string   `json:"postoffice-code"`
	PostofficeName      string   `json:"postoffice-name"`
	PostofficeAddress   string   `json:"postoffice-address"`
	IsPostofficeUKD     bool     `json:"is-postoffice-ukd"`
	UKD                 bool     `json:"ukd"`
	ListNumber          int64    `json:"list-number,omitempty"`
	ListNumberDate      string   `json:"list-number-date"`
	ElectronicF103      bool     `json:"electronic-f103"`
	DownloadStatus      string   `json:"document-download-status,omitempty"`
	CourierStatuses     []string `json:"courier-order-statuses"`
	HasTimeslots        bool     `json:"has-timeslots"`
	CanBeUnarchived     bool     `json:"can-be-unarchived"`
	ShipmentCount       int      `json:"shipment-count"`
	ShipmentMass        int64    `json:"shipment-mass"`
	AcceptedCount       int      `json:"accepted-count,omitempty"`
	DeliveryCount       int      `json:"delivery-count,omitempty"`
	MassRateSum         int64    `json:"shipment-mass-rate-sum"`
	MassRateVATSum      int64    `json:"shipment-mass-rate-vat-sum"`
	GroundRateSum       int64    `json:"shipment-ground-rate-sum"`
	GroundRateVATSum    int64    `json:"shipment-ground-rate-vat-sum"`
	NoticeRateSum       int64    `json:"shipment-notice-rate-sum"`
	NoticeRateVATSum    int64    `json:"shipment-notice-rate-vat-sum"`
	AviaRateSum         int64    `json:"shipment-avia-rate-sum"`
	AviaRateVATSum      int64    `json:"shipment-avia-rate-vat-sum"`
	InventoryRateSum    int64    `json:"shipment-inventory-rate-sum"`
	InventoryRateVATSum int64    `json:"shipment-inventory-rate-vat-sum"`
}

// Answers of the calls that change something.
type (
	orderResult struct { // PUT backlog, PUT batch/{name}/shipment: E1
		ResultIDs []int64      `json:"result-ids,omitempty"`
		Errors    []orderError `json:"errors,omitempty"`
	}
	idResult struct { // POST user/backlog, DELETE backlog, …: E2
		ResultIDs []int64   `json:"result-ids,omitempty"`
		Errors    []idError `json:"errors,omitempty"`
	}
	shipmentResult struct { // POST user/shipment
		Batches   []batchJSON `json:"batches,omitempty"`
		ResultIDs []int64     `json:"result-ids,omitempty"`
		Errors    []idError   `json:"errors,omitempty"`
	}
	orderV2 struct {
		Barcode   string `json:"barcode"`
		OrderNum  string `json:"order-num"`
		ResultID  int64  `json:"result-id"`
		GroupName string `json:"group-name,omitempty"`
	}
	orderV2Result struct { // PUT /2.0/user/backlog
		Orders []orderV2    `json:"orders,omitempty"`
		Errors []orderError `json:"errors,omitempty"`
	}
	f103Result struct { // checkin, sending
		ErrorCode string `json:"error-code,omitempty"`
		F103Sent  bool   `json:"f103-sent"`
	}
	archiveResult struct {
		BatchName string `json:"batch-name"`
		ErrorCode string `json:"error-code,omitempty"`
	}
)
