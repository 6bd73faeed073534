package main

func inspectHelp(specs []flagSpec) string {
	return `blurt inspect: find leaks in traffic that was saved, and send nothing

Usage:
  blurt inspect [flags] FILE|FOLDER...

Examples:
  blurt inspect session.har
      What a browser, ZAP, Burp or mitmproxy recorded.
  curl -si https://api.staging.example/orders | blurt inspect -
      One answer, as it came.
  blurt inspect error.html --status 500 --url https://api.staging.example/
      A body alone: say which status it had, and where it came from.
  blurt scan URL --save-exchanges kept; blurt inspect kept
      The exchanges behind the findings of a scan, read again.
  blurt inspect captures/ --fail-on medium --output inspect.sarif
      Every file below a folder.

What a file is, is told by its content, not by its name: HTTP messages with
their heads (curl -i, curl -D -, wget --save-headers; several in one file,
requests too), HAR, Burp's "Save items" XML, what --save-exchanges keeps, each
also compressed with gzip, and else a body. Files are streamed, whatever their
length. Of a folder, hidden files are left out.

No finding is confirmed: nothing is asked again, and there is no control to hold
it against. The page of an error is firm, mere signs are tentative.
A leak that many answers show is one finding, with the list.

` + flagHelp(specs) + `
Each flag has an environment twin: --fail-on is BLURT_FAIL_ON. What neither says
is taken from blurt.yaml in the working directory, suppressions included.

A file that is not there ends in exit 2. One that is there and cannot be read,
or an entry of it, is an error of the report, and the exit code is 3.

` + exitHelp
}
