package host

import (
	"context"
	"net"
	"time"
)

const lookupTimeout = 30 * time.Second

// lookupOps:
//
//	dns.lookup   text: {host, family: 0|4|6} → [{address, family}]
//	dns.resolve  text: {host, type: "A"|"AAAA"|"MX"|"TXT"|"NS"|"CNAME"|"SRV"|"PTR"} → the records, in Node's shape
func lookupOps() map[string]AsyncFunc {
	return map[string]AsyncFunc{"dns.lookup": dnsLookup, "dns.resolve": dnsResolve}
}

type address struct {
	Address string `json:"address"`
	Family  int    `json:"family"`
}

func dnsLookup(ctx context.Context, _ *Env, call *Call) (Value, error) {
	var a struct {
		Host   string `json:"host"`
		Family int    `json:"family"`
	}
	if err := read(call.Text, &a); err != nil {
		return Value{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, lookupTimeout)
	defer cancel()
	list, err := lookupIPs(ctx, a.Host, a.Family)
	if err != nil {
		return Value{}, networkError(err)
	}
	return answer(list)
}

func lookupIPs(ctx context.Context, name string, family int) ([]address, error) {
	network := map[int]string{0: "ip", 4: "ip4", 6: "ip6"}[family]
	if network == "" {
		return nil, failf("ERR_INVALID_ARG_VALUE", "The argument 'family' must be one of: 0, 4, 6. Received %d", family)
	}
	ips, err := net.DefaultResolver.LookupIP(ctx, network, name)
	if err != nil {
		return nil, err
	}
	list := []address{}
	for _, ip := range ips {
		family := 6
		if ip.To4() != nil {
			family = 4
		}
		list = append(list, address{ip.String(), family})
	}
	if len(list) == 0 {
		return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
	}
	return list, nil
}

func dnsResolve(ctx context.Context, _ *Env, call *Call) (Value, error) {
	var a struct {
		Host string `json:"host"`
		Type string `json:"type"`
	}
	if err := read(call.Text, &a); err != nil {
		return Value{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, lookupTimeout)
	defer cancel()
	records, err := resolve(ctx, a.Host, a.Type)
	if err != nil {
		return Value{}, networkError(err)
	}
	return answer(records)
}

func resolve(ctx context.Context, name, kind string) (any, error) {
	r := net.DefaultResolver
	switch kind {
	case "A", "AAAA":
		list, err := lookupIPs(ctx, name, map[string]int{"A": 4, "AAAA": 6}[kind])
		if err != nil {
			return nil, err
		}
		names := []string{}
		for _, a := range list {
			names = append(names, a.Address)
		}
		return names, nil
	case "MX":
		type record struct {
			Exchange string `json:"exchange"`
			Priority uint16 `json:"priority"`
		}
		list := []record{}
		found, err := r.LookupMX(ctx, name)
		for _, m := range found {
			list = append(list, record{undot(m.Host), m.Pref})
		}
		return list, err
	case "TXT":
		list := [][]string{}
		found, err := r.LookupTXT(ctx, name)
		for _, t := range found {
			list = append(list, []string{t})
		}
		return list, err
	case "NS":
		list := []string{}
		found, err := r.LookupNS(ctx, name)
		for _, n := range found {
			list = append(list, undot(n.Host))
		}
		return list, err
	case "CNAME":
		found, err := r.LookupCNAME(ctx, name)
		return []string{undot(found)}, err
	case "SRV":
		type record struct {
			Name     string `json:"name"`
			Port     uint16 `json:"port"`
			Priority uint16 `json:"priority"`
			Weight   uint16 `json:"weight"`
		}
		list := []record{}
		_, found, err := r.LookupSRV(ctx, "", "", name)
		for _, s := range found {
			list = append(list, record{undot(s.Target), s.Port, s.Priority, s.Weight})
		}
		return list, err
	case "PTR":
		list := []string{}
		found, err := r.LookupAddr(ctx, name)
		for _, n := range found {
			list = append(list, undot(n))
		}
		return list, err
	}
	return nil, failf("ERR_INVALID_ARG_VALUE", "dns: records of type %q cannot be looked up", kind)
}

func undot(name string) string {
	if n := len(name); n > 1 && name[n-1] == '.' {
		return name[:n-1]
	}
	return name
}
