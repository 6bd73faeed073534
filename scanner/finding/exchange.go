package finding

// Exchange is what was asked for a cell of the map and what came back, masked and
// cut short. Response is nil where there was none; then Failure says why, as
// "alert certificate_required".
type Exchange struct {
	Request  *Message `json:"request"`
	Response *Message `json:"response,omitempty"`
	Failure  string   `json:"failure,omitempty"`
	// BodyLeftOut says why the answer's body is not here, where there was one.
	BodyLeftOut string `json:"body_left_out,omitempty"`
}
