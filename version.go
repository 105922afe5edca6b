package onward

// Version of Onward.
const Version = "0.1.0"

// NextVersion is the release of Next.js whose behaviour this version follows.
const NextVersion = "16.4.6"
