package sandbox

import (
	"fmt"
	"net/http"
	"time"
)

// The error shapes E1–E14 of facts/otpravka-api.md §6.1, one function each. Statuses the facts do not record are
// our choice and say so.

// codeText is one code of E1.
type codeText struct {
	Code        string `json:"code"`
	Description string `json:"description,omitempty"`
	Details     string `json:"details,omitempty"`
	Position    *int   `json:"position,omitempty"`
}

// orderError is E1: what is wrong with the order at a position; HTTP 200.
type orderError struct {
	Position int        `json:"position"`
	Codes    []codeText `json:"error-codes"`
}

// idError is E2: what is wrong with the id at a position; HTTP 200.
type idError struct {
	Code        string `json:"error-code"`
	Description string `json:"error-description,omitempty"`
	Details     string `json:"error-details,omitempty"`
	Position    int    `json:"position"`
}

// apiError is the body of E4–E8. The code is a string.
type apiError struct {
	Code    string `json:"code"`
	Desc    string `json:"desc,omitempty"`
	SubCode string `json:"sub-code,omitempty"`
}

// gatewayError is the body of E10 and E11.
type gatewayError struct {
	Status  string `json:"status"`
	Message string `json:"message"`
}

// springError is E13, the framework's own answer. Its message may be null (E14).
type springError struct {
	Timestamp string  `json:"timestamp"`
	Status    int     `json:"status"`
	Error     string  `json:"error"`
	Message   *string `json:"message"`
	Path      string  `json:"path"`
}

func e3(codes ...codeText) reply {
	return ok(map[string]any{"errors": codes})
}

func e4(class, params string) reply {
	return reply{status: http.StatusNotFound, body: apiError{"1001",
		fmt.Sprintf("Instance %s not found for params: %s", class, params), "RESOURCE_NOT_FOUND"}}
}

func e5(desc string) reply {
	return reply{status: http.StatusInternalServerError, body: apiError{"1002", desc, "INTERNAL_ERROR"}}
}

func e6() reply {
	return reply{status: http.StatusUnauthorized, body: apiError{"1011", "ILLEGAL_CREDENTIALS", "UNAUTHORIZED"}}
}

func e7(desc string) reply {
	return reply{status: http.StatusForbidden, body: apiError{"1007", desc, "UNAUTHORIZED"}}
}

// e8 is too little money at checkin. Its HTTP status is not recorded; 500 is our choice, because a client that looks at
// the status alone would then repeat a call that can only fail, and that has to be seen here and not at the post.
func e8(requested, available int64) reply {
	return reply{status: http.StatusInternalServerError, body: apiError{Code: "1024", Desc: fmt.Sprintf(
		"Ошибка в сервисе. Код ошибки: EXTERNAL_SYSTEMS, вспомогательный код: UNDEFINED, описание: 'UNDEFINED->UNDEFINED. Requested %d but available %d'",
		requested, available)}}
}

// e9 also carries every other refusal of checkin and of moving the date (§2.2, rows 10 and 20).
func e9(code string) reply {
	return ok(f103Result{ErrorCode: code})
}

func e10() reply {
	return reply{status: http.StatusProxyAuthRequired, body: gatewayError{"ERROR", "Error namespace or mask or method not found"}}
}

// e11: the status is not recorded; 401 is our choice.
func e11() reply {
	return reply{status: http.StatusUnauthorized, body: gatewayError{"ERROR", "Error token value not found"}}
}

// e12 is over the day's limit: a body that is not JSON (§8.7).
func e12() reply {
	return page(509, "509 Bandwidth Limit Exceeded")
}

func e13(r *request, status int, message string) reply {
	return spring(r, status, &message)
}

// e14 is adding an order that is already in the batch; status not recorded, 500 is our choice.
func e14(r *request) reply {
	return spring(r, http.StatusInternalServerError, nil)
}

func spring(r *request, status int, message *string) reply {
	return reply{status: status, body: springError{
		Timestamp: stamp(r.now), Status: status, Error: http.StatusText(status), Message: message, Path: r.URL.Path}}
}

func page(status int, title string) reply {
	return reply{status: status, contentType: "text/html; charset=UTF-8",
		raw: []byte("<html>\r\n<head><title>" + title + "</title></head>\r\n<body><center><h1>" + title + "</h1></center></body>\r\n</html>\r\n")}
}

// stamp writes a time the way the batch and tracking dates come (§1).
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// describe gives the post's words for a code (§4.1).
func describe(code string) string { return descriptions[code] }

var descriptions = map[string]string{
	"EMPTY_MAIL_CATEGORY":                 "Категория почтового отправления не указана",
	"ILLEGAL_MAIL_CATEGORY":               "Категория почтового отправления некорректна",
	"EMPTY_MAIL_TYPE":                     "Тип почтового отправления не указан",
	"ILLEGAL_MAIL_TYPE":                   "Тип почтового отправления некорректен",
	"UNAVAILABLE_MAIL_TYPE":               "Тип почтового отправления недоступен в данном отделении",
	"EMPTY_ADDRESS_TYPE_TO":               "Тип адреса не указан",
	"ILLEGAL_ADDRESS_TYPE_TO":             "Тип адреса некорректен",
	"EMPTY_MAIL_DIRECT":                   "Почтовое направление не указано",
	"ILLEGAL_MAIL_DIRECT":                 "Почтовое направление некорректно",
	"EMPTY_INDEX_TO":                      "Почтовый индекс не указан",
	"ILLEGAL_INDEX_TO":                    "Почтовый индекс некорректен",
	"EMPTY_REGION_TO":                     "Регион не заполнен",
	"EMPTY_PLACE_TO":                      "Населенный пункт не указан",
	"EMPTY_STREET_TO":                     "Улица не указана",
	"EMPTY_NUM_ADDRESS_TYPE":              "Не задан номер для соответствующего типа адреса",
	"EMPTY_INSR_VALUE":                    "Объявленная сумма не указана",
	"EMPTY_MASS":                          "Масса не указана",
	"ILLEGAL_MASS":                        "Масса некорректна",
	"ILLEGAL_MASS_EXCESS":                 "Превышение максимальной массы",
	"EMPTY_POSTOFFICE_CODE":               "Индекс приемного почтового отделения не задан",
	"ILLEGAL_POSTOFFICE_CODE":             "Индекс приемного почтового отделения некорректен",
	"ILLEGAL_POSTCODE":                    "Индекс приемного почтового отделения в настройках и в партии отличаются",
	"ILLEGAL_RECIPIENT_NAME":              "Недопустимое значение поля \"Имя получателя\".",
	"ILLEGAL_ENVELOPE_TYPE":               "Недопустимое значение \"Тип конверта\" для выбранного вида отправления",
	"EMPTY_PAYMENT_METHOD":                "Способ оплаты не задан",
	"ILLEGAL_PAYMENT_METHOD":              "Некорректный способ оплаты",
	"ILLEGAL_NOTICE_PAYMENT_METHOD":       "Некорректный способ оплаты уведомления",
	"ILLEGAL_TRANSPORT_TYPE":              "Некорректный способ пересылки",
	"DIFFERENT_TRANSPORT_TYPE":            "Способы пересылки отправления и партии отличаются",
	"DIFFERENT_MAIL_TYPE":                 "Типы почтовых отправлений не совпадают",
	"DIFFERENT_MAIL_CATEGORY":             "Категории почтовых отправления не совпадают",
	"DIFFERENT_MAIL_RANK":                 "Разряд отправления и партии отличаются",
	"ABSENT_SIMPLE_NOTICE_POSTMARK":       "Отправление без отметки \"С простым уведомлением\" не может быть добавлено в партию с отметкой \"С простым уведомлением\"",
	"UNEXPECTED_SIMPLE_NOTICE_POSTMARK":   "Отправление с отметкой \"С простым уведомлением\" не может быть добавлено в партию без отметки \"С простым уведомлением\"",
	"ABSENT_ORDER_OF_NOTICE_POSTMARK":     "Отправление без отметки \"С заказным уведомлением\" не может быть добавлено в партию с отметкой \"С заказным уведомлением\"",
	"UNEXPECTED_ORDER_OF_NOTICE_POSTMARK": "Отправление с отметкой \"С заказным уведомлением\" не может быть добавлено в партию без отметки \"С заказным уведомлением\"",
	"ALL_SHIPMENTS_SENT":                  "Все отправления уже отправлены",
	"NOT_FOUND":                           "Отправление не найдено",
	"PAST_DUE_DATE":                       "Дата отправки просрочена",
	"READONLY_STATE":                      "Изменения в партии недопустимы",
	"DELIVERY_IN_PROGRESS":                "Отправление уже отправлено",
	"TARIFF_ERROR":                        "Ошибка при расчете тарифа",
	"GROUP_NOT_FOUND":                     "Группа не найдена",
	"CODE_1372":                           "Доставка по указанному маршруту не осуществляется",
	"DIRECT_SHIPMENT_NOT_FOUND":           "Прямое отправление не найдено",
	"EASY_RETURN_DISABLED":                "Легкий возврат отключен",
	"RETURN_SHIPMENT_NOT_FOUND":           "Возвратное отправление не найдено",
}
