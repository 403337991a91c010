import { describe, expect, test, vi } from 'vitest';
import { judge, type Liveness, type Observer } from '../src/liveness.ts';
import type { ProcessToken } from '../src/process-token.ts';
import { fakeSystem, type Machine, statText } from './support/fake-system.ts';

const OWNER: ProcessToken = {
  machine: 'm1',
  boot: 'b1',
  namespace: 'pid:[1] time:[1]',
  pid: 7,
  start: '100',
  thread: null,
  host: 'alpha',
  directory: '42',
  presence: 'process.aaaaaaaa-bbbbbbbbbbbbbbbb',
};

const STAT = '/proc/7/stat';
const THREAD_STAT = '/proc/7/task/8/stat';
const IN_THREAD = { thread: { id: 8, start: '150' } };
const RUNS: Machine = { pids: { 7: 'ok' }, files: { [STAT]: statText(7) } };

/** Judges the owner as changed, from the machine that it names unless told otherwise. */
async function verdict(
  changes: Partial<ProcessToken>,
  machine: Machine,
  {
    self = {},
    directory = '42',
    ask = 'boot' in changes ? nobodyThere : neverAsked,
  }: Partial<Elsewhere> = {},
): Promise<Liveness> {
  const system = fakeSystem({ host: 'alpha', ...machine });
  return await judge(
    { ...OWNER, ...changes },
    { self: { ...OWNER, pid: 1, ...self }, system, directory, ask },
  );
}

interface Elsewhere {
  readonly self: Partial<ProcessToken>;
  readonly directory: string | null;
  readonly ask: Observer['ask'];
}

async function nobodyThere(): Promise<Liveness> {
  return 'dead';
}

async function neverAsked(): Promise<Liveness> {
  throw new Error('asked without need');
}

describe('a process of the same boot and the same namespaces', () => {
  const CASES: [title: string, Liveness, Partial<ProcessToken>, Machine][] = [
    ['that runs is alive', 'alive', {}, RUNS],
    ['that is no more is dead', 'dead', {}, {}],
    [
      'of another user, which may not be signalled, is alive',
      'alive',
      {},
      { ...RUNS, pids: { 7: 'EPERM' } },
    ],
    [
      'that can be asked only with an unknown error is alive',
      'alive',
      {},
      { ...RUNS, pids: { 7: 'EINVAL' } },
    ],
    ['that is a zombie is dead', 'dead', {}, withStat({ state: 'Z' })],
    ['whose first thread is a zombie is alive', 'alive', {}, withStat({ state: 'Z', threads: 2 })],
    ['that is being removed (X) is dead', 'dead', {}, withStat({ state: 'X' })],
    ['that is being removed (x) is dead', 'dead', {}, withStat({ state: 'x' })],
    ['that is stopped is alive', 'alive', {}, withStat({ state: 'T' })],
    ['that is traced is alive', 'alive', {}, withStat({ state: 't' })],
    ['that sleeps in the disk is alive', 'alive', {}, withStat({ state: 'D' })],
    [
      'whose name looks like a zombie is alive',
      'alive',
      {},
      withStat({ name: 'a) Z 1 (b', state: 'R' }),
    ],
    ['whose pid was given away is dead', 'dead', {}, withStat({ start: '101' })],
    [
      'whose pid was given away to another user is dead',
      'dead',
      {},
      { ...withStat({ start: '101' }), pids: { 7: 'EPERM' } },
    ],
    ['that did not know its start is alive as long as its pid is', 'alive', { start: null }, RUNS],
    [
      'that hidepid hides, and that may not be signalled, is alive',
      'alive',
      {},
      { pids: { 7: 'EPERM' } },
    ],
    ['that hidepid hides, and that answers, is alive', 'alive', {}, { pids: { 7: 'ok' } }],
    [
      'whose /proc entry is cut short is alive',
      'alive',
      {},
      { ...RUNS, files: { [STAT]: '7 (node) S 1' } },
    ],
  ];

  test.each(CASES)('%s', async (_, expected, changes, machine) => {
    expect(await verdict(changes, machine)).toBe(expected);
  });

  test('is judged by its pid even where it shows a presence, and nobody is asked', async () => {
    expect(await verdict({}, {})).toBe('dead');
    expect(await verdict({}, RUNS)).toBe('alive');
  });
});

describe('a worker thread', () => {
  const withThread = (text: string | undefined): Machine => ({
    pids: { 7: 'ok' },
    files: { [STAT]: statText(7), ...(text !== undefined && { [THREAD_STAT]: text }) },
  });

  const CASES: [title: string, Liveness, Machine][] = [
    ['that runs is alive', 'alive', withThread(statText(8, { start: '150' }))],
    ['that has ended in a living process is dead', 'dead', withThread(undefined)],
    ['whose id was given away is dead', 'dead', withThread(statText(8, { start: '151' }))],
    ['of a process that has ended is dead', 'dead', {}],
    [
      'of a process whose pid was given away is dead',
      'dead',
      {
        pids: { 7: 'ok' },
        files: {
          [STAT]: statText(7, { start: '101' }),
          [THREAD_STAT]: statText(8, { start: '150' }),
        },
      },
    ],
    ['of a process that hidepid hides is alive', 'alive', { pids: { 7: 'EPERM' } }],
  ];

  test.each(CASES)('%s', async (_, expected, machine) => {
    expect(await verdict(IN_THREAD, machine)).toBe(expected);
  });
});

describe('a process of another boot', () => {
  test('of this machine is dead, though its pid is in use again', async () => {
    expect(await verdict({ boot: 'b0' }, RUNS)).toBe('dead');
  });

  test('of another machine is unknown, though its pid is not in use here', async () => {
    expect(await verdict({ boot: 'b2', machine: 'm2' }, {})).toBe('unknown');
  });

  test.each([
    ['unknown', null],
    ['dead', '1'],
  ])(
    'of a machine that has no id is %s where the inode is %s: a local disk has one boot at a time',
    async (expected, directory) => {
      const judged = async (machine: string | null, self: string | null) =>
        await verdict(
          { boot: 'b2', machine, directory },
          {},
          { self: { machine: self }, directory },
        );
      expect(await judged(null, 'm1')).toBe(expected);
      expect(await judged('m1', null)).toBe(expected);
      expect(await judged(null, null)).toBe(expected);
    },
  );

  test('that answers is alive, as in a container that has a boot id of its own', async () => {
    const ask = async (): Promise<Liveness> => 'alive';
    expect(await verdict({ boot: 'b2' }, {}, { ask })).toBe('alive');
    expect(await verdict({ boot: 'b2', machine: 'm2' }, {}, { ask })).toBe('alive');
  });

  test('is unknown on a machine of the same host name', async () => {
    expect(await verdict({ boot: 'b2', machine: 'm2', host: 'alpha' }, {})).toBe('unknown');
  });
});

describe('a process in another pid namespace of this boot', () => {
  const THERE = { namespace: 'pid:[2] time:[1]' };

  test.each(['alive', 'dead', 'unknown'] as const)(
    'is %s if its presence says so, whatever its pid means here',
    async (answer) => {
      const ask = vi.fn(async () => answer);
      expect(await verdict(THERE, RUNS, { ask })).toBe(answer);
      expect(await verdict(THERE, {}, { ask })).toBe(answer);
      expect(ask.mock.calls).toEqual([[OWNER.presence], [OWNER.presence]]);
    },
  );

  test('is unknown where it shows no presence, and nobody is asked', async () => {
    expect(await verdict({ ...THERE, presence: null }, {})).toBe('unknown');
  });

  test('is asked also where only the clock of its boot is shifted', async () => {
    const ask = async (): Promise<Liveness> => 'alive';
    expect(await verdict({ namespace: 'pid:[1] time:[2]' }, {}, { ask })).toBe('alive');
  });

  test('is asked where this process does not know its own namespace', async () => {
    const ask = async (): Promise<Liveness> => 'alive';
    expect(await verdict({}, {}, { self: { namespace: null }, ask })).toBe('alive');
  });

  test('is unknown to somebody who is in a chroot without /proc, and the other way round', async () => {
    const chrooted = { boot: null, namespace: null, start: null };
    expect(await verdict(THERE, {}, { self: chrooted })).toBe('unknown');
    expect(await verdict({}, {}, { self: chrooted })).toBe('unknown');
    expect(await verdict(chrooted, {})).toBe('unknown');
    expect(await verdict(chrooted, {}, { self: chrooted })).toBe('unknown');
  });
});

describe('a token in a copied directory', () => {
  test('is void: its inode is another one, and its process is not looked for', async () => {
    expect(await verdict({ directory: '41' }, RUNS)).toBe('dead');
  });

  test('is void also if another machine or namespace wrote it', async () => {
    expect(await verdict({ directory: '41', boot: 'b2', machine: 'm2' }, RUNS)).toBe('dead');
    expect(await verdict({ directory: '41', namespace: 'pid:[2]' }, RUNS)).toBe('dead');
  });

  test('is compared only where both inodes are known', async () => {
    expect(await verdict({ directory: null }, RUNS)).toBe('alive');
    expect(await verdict({ directory: '41' }, RUNS, { directory: null })).toBe('alive');
    expect(await verdict({ directory: null }, {})).toBe('dead');
    expect(await verdict({ directory: '41' }, {}, { directory: null })).toBe('dead');
  });
});

test('a new host name changes nothing on Linux', async () => {
  expect(await verdict({ host: 'before' }, RUNS, { self: { host: 'after' } })).toBe('alive');
  expect(await verdict({ host: 'before' }, {}, { self: { host: 'after' } })).toBe('dead');
  expect(await verdict({ host: 'before', boot: 'b0' }, {}, { self: { host: 'after' } })).toBe(
    'dead',
  );
});

test.each([-3_600_000, 3_600_000])('a clock that jumps by %d ms changes nothing', async (jump) => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + jump });
  try {
    expect(await verdict({}, RUNS)).toBe('alive');
    expect(await verdict({}, {})).toBe('dead');
    expect(await verdict({ boot: 'b2', machine: 'm2' }, {})).toBe('unknown');
  } finally {
    vi.useRealTimers();
  }
});

describe('on macOS, as shown by a seam', () => {
  const MAC = { namespace: null, start: 'Mon Nov 23 01:45:00 2026' };
  const PS = 'ps -o lstart= -p 7';
  const mac = (started: string | undefined, probe: 'ok' | 'EPERM' = 'ok'): Machine => ({
    platform: 'darwin',
    pids: { 7: probe },
    commands: started === undefined ? {} : { [PS]: started },
  });
  const judgedFromMac = { self: { namespace: null } };

  const CASES: [title: string, Liveness, Partial<ProcessToken>, Machine][] = [
    ['a process that started at that time is alive', 'alive', {}, mac(MAC.start)],
    [
      'a process of another user that started at that time is alive',
      'alive',
      {},
      mac(MAC.start, 'EPERM'),
    ],
    ['a process that started at another time is dead', 'dead', {}, mac('Mon Nov 23 01:45:01 2026')],
    ['a process that ps can not find is alive as long as its pid is', 'alive', {}, mac(undefined)],
    ['a process whose pid is gone is dead', 'dead', {}, { platform: 'darwin' }],
    ['a process of another boot session is dead', 'dead', { boot: 'b0' }, mac(MAC.start)],
    [
      'a process of another Mac is unknown',
      'unknown',
      { boot: 'b2', machine: 'm2' },
      { platform: 'darwin' },
    ],
  ];

  test.each(CASES)('%s', async (_, expected, changes, machine) => {
    expect(await verdict({ ...MAC, ...changes }, machine, judgedFromMac)).toBe(expected);
  });
});

describe('on Windows, as shown by a seam', () => {
  const WINDOWS = { machine: null, boot: null, namespace: null, start: null };
  const here: Machine = { platform: 'win32', pids: { 7: 'ok' } };
  const gone: Machine = { platform: 'win32' };
  const judgedFromWindows = { self: WINDOWS };

  test('a pid that is in use is alive, one that is not is dead', async () => {
    expect(await verdict(WINDOWS, here, judgedFromWindows)).toBe('alive');
    expect(await verdict(WINDOWS, gone, judgedFromWindows)).toBe('dead');
  });

  test('a process on another host is unknown', async () => {
    const beta = { ...WINDOWS, host: 'beta' };
    expect(await verdict(beta, here, judgedFromWindows)).toBe('unknown');
    expect(await verdict(beta, gone, judgedFromWindows)).toBe('unknown');
  });

  test('a process of Linux on a shared disk is unknown, and so is one of Windows there', async () => {
    expect(await verdict({}, gone, judgedFromWindows)).toBe('unknown');
    expect(await verdict(WINDOWS, {})).toBe('unknown');
  });
});

function withStat(fields: Parameters<typeof statText>[1]): Machine {
  return { pids: { 7: 'ok' }, files: { [STAT]: statText(7, fields) } };
}

describe('a process group', () => {
  const GROUP = { group: true, thread: null };
  const member = (state: string) => statText(9, { group: 7, state });
  const CASES: [title: string, Liveness, Machine][] = [
    ['whose leader runs is alive', 'alive', RUNS],
    ['that is no more is dead', 'dead', {}],
    [
      'whose leader is gone while another member runs is alive',
      'alive',
      { pids: { [-7]: 'ok', 9: 'ok' }, files: { '/proc/9/stat': member('S') } },
    ],
    [
      'whose leader is a zombie while another member runs is alive',
      'alive',
      {
        pids: { [-7]: 'ok', 7: 'ok', 9: 'ok' },
        files: { [STAT]: statText(7, { group: 7, state: 'Z' }), '/proc/9/stat': member('S') },
      },
    ],
    [
      'of nothing but zombies is dead',
      'dead',
      {
        pids: { [-7]: 'ok', 7: 'ok', 9: 'ok' },
        files: { [STAT]: statText(7, { group: 7, state: 'Z' }), '/proc/9/stat': member('Z') },
      },
    ],
    [
      'whose leader has a pid that was given away is dead',
      'dead',
      { pids: { [-7]: 'ok', 7: 'ok' }, files: { [STAT]: statText(7, { start: '200', group: 1 }) } },
    ],
    ['whose members are hidden is alive', 'alive', { pids: { [-7]: 'EPERM' } }],
  ];

  test.for(CASES)('%s', async ([, expected, machine]) => {
    const own = { '/proc/self/status': 'NSpid:\t1', ...machine.files };
    expect(await verdict(GROUP, { ...machine, files: own })).toBe(expected);
  });
});
