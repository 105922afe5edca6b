package host

import "syscall"

func statTimes(st *syscall.Stat_t) (atime, ctime float64) {
	ms := func(t syscall.Timespec) float64 { return float64(t.Nano()) / 1e6 }
	return ms(st.Atimespec), ms(st.Ctimespec)
}
