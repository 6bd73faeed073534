# blurt in a container of its own, from this source:
#
#   docker build --tag blurt .
#   docker run --rm blurt scan https://staging.example.com/api/
#
# Reports leave it on standard output (--format json), or through a folder that
# the container's user (65532) may write to.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o /blurt ./cmd/blurt

# The authorities of the web, a user that is not root, and nothing else.
FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /blurt /blurt
ENTRYPOINT ["/blurt"]
