package host

import (
	"bufio"
	"net"
	"os"
	"os/user"
	"runtime"
	"strconv"
	"strings"
)

// osOps:
//
//	os.info        → {hostname, platform, arch, release, version, machine, cpus, model, totalmem, freemem, uptime, loadavg, tmpdir, homedir, user, uid, gid, shell}
//	os.interfaces  → [{name, address, netmask, family, mac, internal, cidr}]
//	process.memory → {rss, sys}: resident bytes of the whole program
//	process.info   → {env, cwd, argv0, pid, ppid, platform, arch}
func osOps() map[string]SyncFunc {
	return map[string]SyncFunc{
		"os.info":        osInfo,
		"os.interfaces":  osInterfaces,
		"process.memory": processMemory,
		"process.info":   processInfo,
	}
}

type osFacts struct {
	Hostname string     `json:"hostname"`
	Platform string     `json:"platform"`
	Arch     string     `json:"arch"`
	Release  string     `json:"release"`
	Version  string     `json:"version"`
	Machine  string     `json:"machine"`
	CPUs     int        `json:"cpus"`
	Model    string     `json:"model"`
	TotalMem uint64     `json:"totalmem"`
	FreeMem  uint64     `json:"freemem"`
	Uptime   float64    `json:"uptime"`
	LoadAvg  [3]float64 `json:"loadavg"`
	TmpDir   string     `json:"tmpdir"`
	HomeDir  string     `json:"homedir"`
	User     string     `json:"user"`
	UID      int        `json:"uid"`
	GID      int        `json:"gid"`
	Shell    string     `json:"shell"`
}

// NodePlatform and NodeArch are process.platform and process.arch.
func NodePlatform() string {
	if runtime.GOOS == "windows" {
		return "win32"
	}
	return runtime.GOOS
}

func NodeArch() string {
	switch runtime.GOARCH {
	case "amd64":
		return "x64"
	case "386":
		return "ia32"
	}
	return runtime.GOARCH
}

func osInfo(env *Env, _ string, _ []byte) (Value, error) {
	f := osFacts{Platform: NodePlatform(), Arch: NodeArch(), CPUs: runtime.NumCPU(), UID: os.Getuid(), GID: os.Getgid()}
	f.Hostname, _ = os.Hostname()
	f.TmpDir = strings.TrimRight(os.TempDir(), "/")
	if f.TmpDir == "" {
		f.TmpDir = "/"
	}
	f.HomeDir, _ = os.UserHomeDir()
	if h := env.Vars["HOME"]; h != "" {
		f.HomeDir = h
	}
	f.Shell = env.Vars["SHELL"]
	if u, err := user.Current(); err == nil {
		f.User = u.Username
	}
	f.Machine = map[string]string{"x64": "x86_64", "arm64": "aarch64"}[f.Arch]
	f.Release = firstLine("/proc/sys/kernel/osrelease")
	f.Version = firstLine("/proc/sys/kernel/version")
	if up, _, ok := strings.Cut(firstLine("/proc/uptime"), " "); ok {
		f.Uptime, _ = strconv.ParseFloat(up, 64)
	}
	for i, s := range strings.Fields(firstLine("/proc/loadavg")) {
		if i < 3 {
			f.LoadAvg[i], _ = strconv.ParseFloat(s, 64)
		}
	}
	memory := procFields("/proc/meminfo")
	f.TotalMem, f.FreeMem = memory["MemTotal"]*1024, memory["MemAvailable"]*1024
	if cpu, err := os.Open("/proc/cpuinfo"); err == nil {
		defer cpu.Close()
		for s := bufio.NewScanner(cpu); s.Scan(); {
			if name, value, ok := strings.Cut(s.Text(), ":"); ok && strings.TrimSpace(name) == "model name" {
				f.Model = strings.TrimSpace(value)
				break
			}
		}
	}
	return answer(f)
}

func firstLine(file string) string {
	b, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	line, _, _ := strings.Cut(string(b), "\n")
	return line
}

// procFields reads "Name:  number kB" lines.
func procFields(file string) map[string]uint64 {
	out := map[string]uint64{}
	b, _ := os.ReadFile(file)
	for line := range strings.Lines(string(b)) {
		name, rest, ok := strings.Cut(line, ":")
		if fields := strings.Fields(rest); ok && len(fields) > 0 {
			if n, err := strconv.ParseUint(fields[0], 10, 64); err == nil {
				out[name] = n
			}
		}
	}
	return out
}

func osInterfaces(*Env, string, []byte) (Value, error) {
	type item struct {
		Name     string `json:"name"`
		Address  string `json:"address"`
		Netmask  string `json:"netmask"`
		Family   string `json:"family"`
		Mac      string `json:"mac"`
		Internal bool   `json:"internal"`
		CIDR     string `json:"cidr"`
	}
	list := []item{}
	interfaces, err := net.Interfaces()
	if err != nil {
		return Value{}, failf("ERR_SYSTEM_ERROR", "network interfaces: %v", err)
	}
	for _, i := range interfaces {
		addrs, err := i.Addrs()
		if err != nil || i.Flags&net.FlagUp == 0 {
			continue
		}
		mac := i.HardwareAddr.String()
		if mac == "" {
			mac = "00:00:00:00:00:00"
		}
		for _, a := range addrs {
			n, ok := a.(*net.IPNet)
			if !ok {
				continue
			}
			it := item{Name: i.Name, Address: n.IP.String(), Family: "IPv6", Mac: mac, Internal: i.Flags&net.FlagLoopback != 0, CIDR: n.String()}
			it.Netmask = net.IP(n.Mask).String()
			if n.IP.To4() != nil {
				it.Family = "IPv4"
			}
			list = append(list, it)
		}
	}
	return answer(list)
}

func processMemory(*Env, string, []byte) (Value, error) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	rss := procFields("/proc/self/status")["VmRSS"] * 1024
	if rss == 0 {
		rss = m.Sys
	}
	return answer(map[string]uint64{"rss": rss, "sys": m.Sys})
}

// processInfo is what the platform's process object is made of.
func processInfo(env *Env, _ string, _ []byte) (Value, error) {
	executable, err := os.Executable()
	if err != nil {
		executable = os.Args[0]
	}
	vars := env.Vars
	if vars == nil {
		vars = map[string]string{}
	}
	return answer(map[string]any{
		"env": vars, "cwd": env.Dir, "argv0": executable, "pid": os.Getpid(), "ppid": os.Getppid(),
		"platform": NodePlatform(), "arch": NodeArch(),
	})
}
