// Package dev is the flow of `onward dev`: configuration, routes, a server whose
// pages are compiled when they are asked for, and from each change of a file to
// the browser.
package dev
