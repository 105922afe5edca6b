/** node:os. */
import { callText } from "../host";

interface Info {
  hostname: string;
  platform: string;
  arch: string;
  release: string;
  version: string;
  machine: string;
  cpus: number;
  model: string;
  totalmem: number;
  freemem: number;
  uptime: number;
  loadavg: [number, number, number];
  tmpdir: string;
  homedir: string;
  user: string;
  uid: number;
  gid: number;
  shell: string;
}
const info = (): Info => JSON.parse(callText("os.info", "")) as Info;

interface Interface {
  name: string;
  address: string;
  netmask: string;
  family: string;
  mac: string;
  internal: boolean;
  cidr: string;
}

const signals = {
  SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGILL: 4, SIGTRAP: 5, SIGABRT: 6, SIGIOT: 6, SIGBUS: 7, SIGFPE: 8, SIGKILL: 9, SIGUSR1: 10,
  SIGSEGV: 11, SIGUSR2: 12, SIGPIPE: 13, SIGALRM: 14, SIGTERM: 15, SIGCHLD: 17, SIGSTKFLT: 16, SIGCONT: 18, SIGSTOP: 19, SIGTSTP: 20,
  SIGTTIN: 21, SIGTTOU: 22, SIGURG: 23, SIGXCPU: 24, SIGXFSZ: 25, SIGVTALRM: 26, SIGPROF: 27, SIGWINCH: 28, SIGIO: 29, SIGPOLL: 29,
  SIGPWR: 30, SIGSYS: 31,
};
const errno = {
  E2BIG: 7, EACCES: 13, EADDRINUSE: 98, EADDRNOTAVAIL: 99, EAGAIN: 11, EALREADY: 114, EBADF: 9, EBUSY: 16, ECANCELED: 125,
  ECONNABORTED: 103, ECONNREFUSED: 111, ECONNRESET: 104, EEXIST: 17, EFAULT: 14, EFBIG: 27, EHOSTUNREACH: 113, EINTR: 4, EINVAL: 22,
  EIO: 5, EISCONN: 106, EISDIR: 21, ELOOP: 40, EMFILE: 24, EMSGSIZE: 90, ENAMETOOLONG: 36, ENETDOWN: 100, ENETUNREACH: 101, ENFILE: 23,
  ENOENT: 2, ENOMEM: 12, ENOSPC: 28, ENOSYS: 38, ENOTCONN: 107, ENOTDIR: 20, ENOTEMPTY: 39, ENOTSUP: 95, EPERM: 1, EPIPE: 32,
  EROFS: 30, ETIMEDOUT: 110, EXDEV: 18,
};
const priority = { PRIORITY_LOW: 19, PRIORITY_BELOW_NORMAL: 10, PRIORITY_NORMAL: 0, PRIORITY_ABOVE_NORMAL: -7, PRIORITY_HIGH: -14, PRIORITY_HIGHEST: -20 };

export const osConstants = { UV_UDP_REUSEADDR: 4, dlopen: { RTLD_LAZY: 1, RTLD_NOW: 2, RTLD_GLOBAL: 256, RTLD_LOCAL: 0, RTLD_DEEPBIND: 8 }, errno, signals, priority };

const types: Record<string, string> = { linux: "Linux", darwin: "Darwin", win32: "Windows_NT", freebsd: "FreeBSD" };

export const osModule = {
  EOL: "\n",
  devNull: "/dev/null",
  constants: osConstants,
  arch: (): string => process.arch,
  platform: (): string => process.platform,
  endianness: (): string => "LE",
  type: (): string => types[process.platform] ?? process.platform,
  hostname: (): string => info().hostname,
  release: (): string => info().release,
  version: (): string => info().version,
  machine: (): string => info().machine,
  homedir: (): string => process.env["HOME"] ?? info().homedir,
  tmpdir(): string {
    const dir = process.env["TMPDIR"] || process.env["TMP"] || process.env["TEMP"] || info().tmpdir;
    return dir.length > 1 && dir.endsWith("/") ? dir.slice(0, -1) : dir;
  },
  totalmem: (): number => info().totalmem,
  freemem: (): number => info().freemem,
  uptime: (): number => info().uptime,
  loadavg: (): number[] => info().loadavg,
  availableParallelism: (): number => info().cpus,
  cpus(): object[] {
    const { cpus, model } = info();
    return Array.from({ length: cpus }, () => ({ model, speed: 0, times: { user: 0, nice: 0, sys: 0, idle: 0, irq: 0 } }));
  },
  userInfo(): object {
    const { uid, gid, user, homedir, shell } = info();
    return { uid, gid, username: user, homedir, shell: shell || null };
  },
  networkInterfaces(): Record<string, object[]> {
    const out: Record<string, object[]> = {};
    for (const { name, ...rest } of JSON.parse(callText("os.interfaces", "")) as Interface[]) {
      (out[name] ??= []).push({ address: rest.address, netmask: rest.netmask, family: rest.family, mac: rest.mac, internal: rest.internal, cidr: rest.cidr });
    }
    return out;
  },
  getPriority: (): number => 0,
  setPriority: (): void => {},
};
