/** Stats, Dirent and constants of node:fs. */

export const constants = Object.freeze({
  UV_FS_SYMLINK_DIR: 1, UV_FS_SYMLINK_JUNCTION: 2, O_RDONLY: 0, O_WRONLY: 1, O_RDWR: 2, UV_DIRENT_UNKNOWN: 0,
  UV_DIRENT_FILE: 1, UV_DIRENT_DIR: 2, UV_DIRENT_LINK: 3, UV_DIRENT_FIFO: 4, UV_DIRENT_SOCKET: 5, UV_DIRENT_CHAR: 6,
  UV_DIRENT_BLOCK: 7, S_IFMT: 61440, S_IFREG: 32768, S_IFDIR: 16384, S_IFCHR: 8192, S_IFBLK: 24576, S_IFIFO: 4096,
  S_IFLNK: 40960, S_IFSOCK: 49152, O_CREAT: 64, O_EXCL: 128, UV_FS_O_FILEMAP: 0, O_NOCTTY: 256, O_TRUNC: 512,
  O_APPEND: 1024, O_DIRECTORY: 65536, O_NOATIME: 262144, O_NOFOLLOW: 131072, O_SYNC: 1052672, O_DSYNC: 4096,
  O_DIRECT: 16384, O_NONBLOCK: 2048, S_IRWXU: 448, S_IRUSR: 256, S_IWUSR: 128, S_IXUSR: 64, S_IRWXG: 56, S_IRGRP: 32,
  S_IWGRP: 16, S_IXGRP: 8, S_IRWXO: 7, S_IROTH: 4, S_IWOTH: 2, S_IXOTH: 1, F_OK: 0, R_OK: 4, W_OK: 2, X_OK: 1,
  UV_FS_COPYFILE_EXCL: 1, COPYFILE_EXCL: 1, UV_FS_COPYFILE_FICLONE: 2, COPYFILE_FICLONE: 2,
  UV_FS_COPYFILE_FICLONE_FORCE: 4, COPYFILE_FICLONE_FORCE: 4,
});

/** The answer of the fs.stat operation. */
export interface RawStat {
  mode: number;
  size: number;
  mtime: number;
  atime: number;
  ctime: number;
  dev: number;
  ino: number;
  nlink: number;
  uid: number;
  gid: number;
  rdev: number;
  blocks: number;
}

export class Stats {
  readonly dev: number | bigint;
  readonly mode: number | bigint;
  readonly nlink: number | bigint;
  readonly uid: number | bigint;
  readonly gid: number | bigint;
  readonly rdev: number | bigint;
  readonly blksize: number | bigint;
  readonly ino: number | bigint;
  readonly size: number | bigint;
  readonly blocks: number | bigint;
  readonly atimeMs: number | bigint;
  readonly mtimeMs: number | bigint;
  readonly ctimeMs: number | bigint;
  readonly birthtimeMs: number | bigint;
  readonly atimeNs?: bigint;
  readonly mtimeNs?: bigint;
  readonly ctimeNs?: bigint;
  readonly birthtimeNs?: bigint;
  readonly atime: Date;
  readonly mtime: Date;
  readonly ctime: Date;
  readonly birthtime: Date;

  constructor(raw: RawStat, bigint = false) {
    const n = bigint ? (v: number): bigint => BigInt(Math.floor(v)) : (v: number): number => v;
    this.dev = n(raw.dev);
    this.mode = n(raw.mode);
    this.nlink = n(raw.nlink);
    this.uid = n(raw.uid);
    this.gid = n(raw.gid);
    this.rdev = n(raw.rdev);
    this.blksize = n(4096);
    this.ino = n(raw.ino);
    this.size = n(raw.size);
    this.blocks = n(raw.blocks);
    this.atimeMs = n(raw.atime);
    this.mtimeMs = n(raw.mtime);
    this.ctimeMs = n(raw.ctime);
    this.birthtimeMs = n(raw.ctime);
    if (bigint) {
      const nanos = (v: number): bigint => BigInt(Math.floor(v * 1000)) * 1000n;
      this.atimeNs = nanos(raw.atime);
      this.mtimeNs = nanos(raw.mtime);
      this.ctimeNs = nanos(raw.ctime);
      this.birthtimeNs = nanos(raw.ctime);
    }
    const date = (v: number): Date => new Date(Math.round(v));
    this.atime = date(raw.atime);
    this.mtime = date(raw.mtime);
    this.ctime = date(raw.ctime);
    this.birthtime = date(raw.ctime);
  }
  #is(type: number): boolean { return (Number(this.mode) & constants.S_IFMT) === type; }
  isDirectory(): boolean { return this.#is(constants.S_IFDIR); }
  isFile(): boolean { return this.#is(constants.S_IFREG); }
  isSymbolicLink(): boolean { return this.#is(constants.S_IFLNK); }
  isBlockDevice(): boolean { return this.#is(constants.S_IFBLK); }
  isCharacterDevice(): boolean { return this.#is(constants.S_IFCHR); }
  isFIFO(): boolean { return this.#is(constants.S_IFIFO); }
  isSocket(): boolean { return this.#is(constants.S_IFSOCK); }
}

export class Dirent {
  readonly #kind: string;
  constructor(readonly name: string | Uint8Array, readonly parentPath: string, kind: string) {
    this.#kind = kind;
  }
  get path(): string { return this.parentPath; }
  isFile(): boolean { return this.#kind === "f"; }
  isDirectory(): boolean { return this.#kind === "d"; }
  isSymbolicLink(): boolean { return this.#kind === "l"; }
  isBlockDevice(): boolean { return false; }
  isCharacterDevice(): boolean { return false; }
  isFIFO(): boolean { return false; }
  isSocket(): boolean { return false; }
}
