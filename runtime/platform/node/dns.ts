/** node:dns, over Go's resolver. */
import { awaitText } from "../host";
import { codedError, missing, requireFunction, requireString } from "../errors";

interface Address {
  address: string;
  family: number;
}
interface LookupOptions {
  family?: number | "IPv4" | "IPv6";
  all?: boolean;
}

async function lookup(host: string, options: number | LookupOptions = {}): Promise<Address | Address[]> {
  requireString(host, "hostname");
  const o: LookupOptions = typeof options === "number" ? { family: options } : options;
  const family = o.family === "IPv4" ? 4 : o.family === "IPv6" ? 6 : (o.family ?? 0);
  const list = JSON.parse(await awaitText("dns.lookup", JSON.stringify({ host, family }))) as Address[];
  return o.all ? list : list[0]!;
}

async function resolve(host: string, type = "A"): Promise<unknown> {
  requireString(host, "name");
  if (!["A", "AAAA", "MX", "TXT", "NS", "CNAME", "SRV"].includes(type)) {
    throw codedError("ERR_ONWARD_UNSUPPORTED", `dns.resolve of ${type} records is not available in Onward's V8 engine`);
  }
  return JSON.parse(await awaitText("dns.resolve", JSON.stringify({ host, type }))) as unknown;
}
const reverse = async (ip: string): Promise<unknown> => JSON.parse(await awaitText("dns.resolve", JSON.stringify({ host: ip, type: "PTR" }))) as unknown;

const byType = (type: string) => (host: string): Promise<unknown> => resolve(host, type);
const promises = {
  lookup, resolve, reverse, resolve4: byType("A"), resolve6: byType("AAAA"), resolveMx: byType("MX"), resolveTxt: byType("TXT"),
  resolveNs: byType("NS"), resolveCname: byType("CNAME"), resolveSrv: byType("SRV"),
  getServers: (): string[] => [], setServers: missing("dns.setServers"),
};

type Callback = (error: unknown, ...values: unknown[]) => void;
function callbackForm(fn: (...args: never[]) => Promise<unknown>): (...args: unknown[]) => void {
  return (...args) => {
    const callback = args.pop();
    requireFunction(callback, "callback");
    (fn as unknown as (...a: unknown[]) => Promise<unknown>)(...args).then(
      (value) => (callback as Callback)(null, value),
      (error: unknown) => (callback as Callback)(error),
    );
  };
}

const forms = Object.fromEntries(
  Object.entries(promises).filter(([name]) => /^(resolve|reverse)/.test(name)).map(([name, fn]) => [name, callbackForm(fn as never)]),
);

export const dnsModule = {
  ...forms, promises,
  lookup(host: string, ...rest: unknown[]): void {
    const callback = rest.pop();
    requireFunction(callback, "callback");
    lookup(host, rest[0] as LookupOptions | undefined).then(
      (found) => (Array.isArray(found) ? (callback as Callback)(null, found) : (callback as Callback)(null, found.address, found.family)),
      (error: unknown) => (callback as Callback)(error),
    );
  },
  getServers: (): string[] => [],
  setServers: missing("dns.setServers"),
  getDefaultResultOrder: (): string => "verbatim",
  setDefaultResultOrder: (): void => {},
  Resolver: missing("dns.Resolver"),
  ADDRCONFIG: 32, V4MAPPED: 8, ALL: 16, NODATA: "ENODATA", NOTFOUND: "ENOTFOUND", SERVFAIL: "ESERVFAIL", TIMEOUT: "ETIMEOUT", CONNREFUSED: "ECONNREFUSED",
};
