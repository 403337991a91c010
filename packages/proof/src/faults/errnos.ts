/** What each system call may fail with, of the errors that are tried; those of `open` where it is not there. */
const ERRNOS: Readonly<Record<string, readonly string[]>> = {
  open: ['EIO', 'ENOSPC', 'EACCES', 'EMFILE', 'EROFS', 'EINTR'],
  read: ['EIO', 'EINTR'],
  pread64: ['EIO', 'EINTR'],
  readv: ['EIO', 'EINTR'],
  preadv: ['EIO', 'EINTR'],
  getdents64: ['EIO'],
  write: ['EIO', 'ENOSPC', 'EINTR'],
  pwrite64: ['EIO', 'ENOSPC', 'EINTR'],
  writev: ['EIO', 'ENOSPC', 'EINTR'],
  pwritev: ['EIO', 'ENOSPC', 'EINTR'],
  copy_file_range: ['EIO', 'ENOSPC'],
  fsync: ['EIO', 'ENOSPC', 'EROFS', 'EINTR'],
  fdatasync: ['EIO', 'ENOSPC', 'EROFS', 'EINTR'],
  ftruncate: ['EIO', 'ENOSPC', 'EINTR'],
  rename: ['EIO', 'ENOSPC', 'EACCES', 'EROFS'],
  link: ['EIO', 'ENOSPC', 'EACCES', 'EROFS'],
  mkdir: ['EIO', 'ENOSPC', 'EACCES', 'EROFS'],
  unlink: ['EIO', 'EACCES', 'EROFS'],
  rmdir: ['EIO', 'EACCES', 'EROFS'],
  chmod: ['EIO', 'EACCES', 'EROFS'],
  fchmod: ['EIO', 'EROFS'],
  utimensat: ['EIO', 'EACCES', 'EROFS'],
  stat: ['EIO', 'EACCES'],
  lstat: ['EIO', 'EACCES'],
  statx: ['EIO', 'EACCES'],
  newfstatat: ['EIO', 'EACCES'],
  fstat: ['EIO'],
  access: ['EIO', 'EACCES', 'EROFS'],
  statfs: ['EIO', 'EACCES', 'EINTR'],
  readlink: ['EIO', 'EACCES'],
  close: ['EIO', 'ENOSPC', 'EINTR'],
  bind: ['EIO', 'ENOSPC', 'EACCES', 'EROFS'],
  connect: ['EACCES', 'EINTR'],
  inotify_add_watch: ['ENOSPC', 'EACCES'],
};

const SAME: Readonly<Record<string, string>> = {
  openat: 'open',
  mkdirat: 'mkdir',
  unlinkat: 'unlink',
  renameat: 'rename',
  renameat2: 'rename',
  linkat: 'link',
  fchmodat: 'chmod',
  faccessat: 'access',
  faccessat2: 'access',
  readlinkat: 'readlink',
};

export function errnosOf(call: string): readonly string[] {
  return ERRNOS[SAME[call] ?? call] ?? [];
}
