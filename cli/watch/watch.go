// Package watch tells which files of a project change while it is developed.
package watch
