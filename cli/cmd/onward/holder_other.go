//go:build !linux

package main

// portHolder is not found out here.
func portHolder(int) int { return 0 }
