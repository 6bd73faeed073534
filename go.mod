module blurt

go 1.26.0
