import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

/**
 * A directory for images and mount points, and processes that see what is mounted there: a mount namespace of its own. No other program
 * sees the mounts, so none can keep one alive by chance.
 */
export interface Workbench extends AsyncDisposable {
  readonly path: string;
  /** Runs a command in it to its end, and resolves to what it prints; rejects with what it says where it fails. */
  run(command: string, ...args: readonly string[]): Promise<string>;
  /** Starts a command in it, with pipes for its input and output. */
  start(command: string, ...args: readonly string[]): ChildProcess;
}

/**
 * When it is disposed, and when this process ends in whatever way, all that is mounted in it is unmounted and the directory is removed:
 * a process of its own waits for that.
 *
 * @throws where this process may not have a mount namespace
 */
export async function openWorkbench(): Promise<Workbench> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'tgstore-cuts-')));
  const keeper = spawn('unshare', ['--mount', '--propagation', 'private', ...KEEP, path], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
    env: ENVIRONMENT,
  });
  const closed = once(keeper, 'close');
  const isReady = once(keeper.stdout, 'data').then(() => true);
  if (!(await Promise.race([isReady, closed.then(() => false)]))) {
    await rm(path, { recursive: true });
    throw new Error('this process may not have a mount namespace');
  }
  const inside = ['--target', String(keeper.pid), '--mount'];
  return {
    path,
    async run(...command) {
      const { stdout } = await promisify(execFile)('nsenter', [...inside, ...command], {
        env: ENVIRONMENT,
      });
      return stdout.trim();
    },
    start: (...command) =>
      spawn('nsenter', [...inside, ...command], {
        stdio: ['pipe', 'pipe', 'inherit'],
        env: ENVIRONMENT,
      }),
    async [Symbol.asyncDispose]() {
      keeper.stdin.end();
      await closed;
    },
  };
}

// a user's PATH often lacks those of the administrator
const ENVIRONMENT = {
  ...process.env,
  PATH: [process.env.PATH, '/usr/sbin', '/sbin'].join(delimiter),
  LC_ALL: 'C',
};

// Standard input ends with the process that holds its other end, also where that is killed. The newest mount goes first: an
// older one may hold its image.
const KEEPER = `
trap '' HUP INT QUIT TERM
echo ready
cat > /dev/null
cd /
awk '{ print $2 }' /proc/mounts | tac | while read -r mounted; do
  case $mounted in "$1"/*) umount "$mounted" 2> /dev/null || umount -l "$mounted" ;; esac
done
rm -rf --one-file-system "$1"
`;
const KEEP = ['sh', '-c', KEEPER, 'sh'];
