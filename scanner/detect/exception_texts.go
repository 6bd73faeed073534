package detect

import "strings"

// runtimeText is a part of a message that a runtime or a library writes and a
// person does not.
type runtimeText struct {
	text, runtime string
	// always says that a refusal (4xx) with this text leaks, too. The others are
	// what an honest API may say of a client's own bad input.
	always bool
}

var exceptionTexts = [...]runtimeText{
	{"' object has no attribute '", "Python", true},
	{"'NoneType' object ", "Python", true},
	{"list index out of range", "Python", true},
	{"string index out of range", "Python", true},
	{"invalid literal for int() with base", "Python", true},
	{"could not convert string to float", "Python", true},
	{"not enough values to unpack", "Python", true},
	{"too many values to unpack", "Python", true},
	{"dictionary update sequence element", "Python", true},
	{"unsupported operand type(s) for", "Python", true},
	{"required positional argument", "Python", true},
	{"got an unexpected keyword argument '", "Python", true},
	{"is not JSON serializable", "Python", true},
	{"codec can't decode byte", "Python", true},
	{"codec can't encode character", "Python", true},
	{"unhashable type: '", "Python", true},
	{"maximum recursion depth exceeded", "Python", true},
	{"local variable referenced before assignment", "Python", true},
	{"where it is not associated with a value", "Python", true},
	{"No module named '", "Python", true},
	{"does not match format '%", "Python", true},
	{"number found in fromhex() arg", "Python", true},
	{"badly formed hexadecimal UUID string", "Python", false},
	{"Expecting value: line ", "Python", false},
	{"errors.pydantic.dev/", "pydantic (Python)", true},
	{" matching query does not exist", "Django", false},
	{"Cannot resolve keyword '", "Django", true},
	{"' expected a number but got ", "Django", true},
	{"Cannot invoke \"", "Java", true},
	{"Cannot invoke \\\"", "Java", true},
	{"out of bounds for length ", "Java", true},
	{"For input string: ", "Java", false},
	{"cannot be cast to class ", "Java", true},
	{"No enum constant ", "Java", true},
	{"Failed to convert value of type 'java.", "Spring (Java)", true},
	{"com.fasterxml.jackson.", "Jackson (Java)", true},
	{"could not be parsed at index ", "Java", false},
	{"Cannot read properties of undefined", "Node.js", true},
	{"Cannot read properties of null", "Node.js", true},
	{"Cannot read property '", "Node.js", true},
	{"Converting circular structure to JSON", "Node.js", true},
	{"in JSON at position ", "Node.js", false},
	{"Unexpected end of JSON input", "Node.js", false},
	{"Cast to ObjectId failed for value", "mongoose (Node.js)", true},
	{"runtime error: index out of range", "Go", true},
	{"invalid memory address or nil pointer dereference", "Go", true},
	{"runtime error: slice bounds out of range", "Go", true},
	{"interface conversion: interface {}", "Go", true},
	{"strconv.Atoi: parsing ", "Go", true},
	{"strconv.ParseInt: parsing ", "Go", true},
	{"json: cannot unmarshal ", "Go", false},
	{"sql: no rows in result set", "Go", true},
	{"Undefined array key ", "PHP", true},
	{"Undefined index: ", "PHP", true},
	{"Trying to access array offset on value of type", "PHP", true},
	{"Call to a member function ", "PHP", true},
	{"Call to undefined method ", "PHP", true},
	{"Call to undefined function ", "PHP", true},
	{"undefined method `", "Ruby", true},
	{"undefined local variable or method ", "Ruby", true},
	{"no implicit conversion of ", "Ruby", true},
	{"wrong number of arguments (given ", "Ruby", true},
	{"uninitialized constant ", "Ruby", true},
	{"invalid value for Integer(): ", "Ruby", true},
	{"Object reference not set to an instance of an object", ".NET", true},
	{"was not in a correct format", ".NET", false},
	{"Value cannot be null. (Parameter '", ".NET", true},
	{"Index was outside the bounds of the array", ".NET", true},
	{"Sequence contains no elements", ".NET", true},
	{"Unable to cast object of type '", ".NET", true},
	{"was not present in the dictionary", ".NET", true},
	{"could not be converted to System.", ".NET", false},
	{"called `Option::unwrap()` on a `None` value", "Rust", true},
	{"called `Result::unwrap()` on an `Err` value", "Rust", true},
	{"index out of bounds: the len is ", "Rust", true},
	{"Can't locate object method ", "Perl", true},
	{"Use of uninitialized value ", "Perl", true},
}

func exceptionHints() []string {
	hints := []string{"Exception", ".exceptions.", ".errors.", "sqlalchemy.exc."}
	for name := range builtInExceptions {
		if !strings.HasSuffix(name, "Exception") {
			hints = append(hints, name)
		}
	}
	for _, t := range exceptionTexts {
		hints = append(hints, t.text)
	}
	return hints
}
