import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tempDirectory, typeScriptFlags } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { account, chat, toText } from './support/exports.ts';
import { type RunOptions, run } from './support/run.ts';

const node = [...typeScriptFlags, join(import.meta.dirname, '../src/bin.ts')];

interface Line {
  readonly event: string;
  readonly time: string;
  readonly [key: string]: unknown;
}

/** Every line, each of which must be an event with a time; the last one is `end` with this status. */
function readEvents(stderr: string, status: number): Line[] {
  expect(stderr).toMatch(/\n$/);
  const lines = stderr
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  for (const { event, time } of lines) {
    expect(event).toMatch(/^[a-z]+$/);
    expect(new Date(time).toISOString()).toBe(time);
  }
  expect(lines.filter(({ event }) => event === 'end')).toEqual([lines.at(-1)]);
  expect(lines.at(-1)).toMatchObject({ exit_status: status, duration_ms: expect.any(Number) });
  return lines;
}

async function follow(args: readonly string[], options: RunOptions) {
  const { status, stdout, stderr } = await run([...args, '--events', '--store', 's'], options);
  const events = readEvents(stderr, status);
  return { status, stdout, events, names: events.map(({ event }) => event) };
}

const two = toText(account(chat([{ id: 1 }]), chat([{ id: 1 }, { id: 2 }], { id: 200 })));

test('import tells where it begins, how far it is, what became of each, and how it ends', async () => {
  await using dir = await tempDirectory();
  const cwd = dir.path;
  const first = await follow(['import', '-'], { cwd, stdin: two });
  expect(first.names.filter((name) => name !== 'progress')).toEqual([
    'start',
    'note',
    'conversation',
    'conversation',
    'end',
  ]);
  expect(first.events[0]).toMatchObject({ command: 'import', store: join(cwd, 's') });
  const progress = first.events.filter(({ event }) => event === 'progress');
  expect(progress.at(-1)).toMatchObject({ what: 'importing', unit: 'bytes', done: two.length });
  const changes = { status: 'imported', source: 'standard input', is_new: true, edited: 0 };
  const outcomes = first.events.filter(({ event }) => event === 'conversation');
  expect(outcomes).toMatchObject([
    { conversation_id: '100', added: 1, ...changes },
    { conversation_id: '200', added: 2, ...changes },
  ]);
  // what people read is on standard output as always
  expect(first.stdout).toMatch(/^OK {2}2 conversations/m);
  const again = await follow(['import', '-'], { cwd, stdin: two });
  expect(again.events.filter(({ event }) => event === 'conversation')).toMatchObject([
    { status: 'unchanged', is_new: false, added: 0 },
    { status: 'unchanged' },
  ]);
  const dry = await follow(['import', '-', '--dry-run'], { cwd, stdin: two });
  expect(dry.names).not.toContain('conversation');
  expect(dry.events).toContainEqual(
    expect.objectContaining({ event: 'note', message: expect.stringContaining('Dry run') }),
  );
});

test('process tells of each conversation as it happens, and what its command says', async () => {
  await using dir = await tempDirectory();
  const cwd = dir.path;
  await run(['import', '-', '--store', 's'], { cwd, stdin: two });
  const exec =
    'cat > /dev/null; echo result; printf "half\\nof {it\\n\\033[2Jbad" >&2; test $TGSTORE_CONVERSATION_ID = 100';
  const args = ['process', '--concurrency', '1', '--exec', exec];
  const { status, stdout, events } = await follow(args, { cwd });
  expect(status).toBe(3);
  // results of commands are results
  expect(stdout).toMatch(/^result\nresult\nPARTLY /);
  expect(events.filter(({ event }) => event === 'output')).toMatchObject([
    { conversation_id: '100', stream: 'stderr', text: 'half' },
    { conversation_id: '100', text: 'of {it' },
    { conversation_id: '100', text: '\u001b[2Jbad' },
    { conversation_id: '200', text: 'half' },
    { conversation_id: '200' },
    { conversation_id: '200' },
  ]);
  const outcomes = events.filter(({ event }) => event === 'conversation');
  expect(outcomes).toMatchObject([
    { conversation_id: '100', status: 'processed', attempts: 1 },
    {
      conversation_id: '200',
      status: 'failed',
      error: { code: 'COMMAND_FAILED', next: ['tgstore list --failed'] },
    },
  ]);
  expect(events.some(({ event }) => event === 'error')).toBe(false);
  // its last output was told before
  const order = events.map(({ event, conversation_id }) => `${event} ${conversation_id}`);
  expect(order.indexOf('conversation 100')).toBeLessThan(order.indexOf('output 200'));
});

test('with --json standard output is one document, whatever commands print', async () => {
  await using dir = await tempDirectory();
  const cwd = dir.path;
  await run(['import', '-', '--store', 's'], { cwd, stdin: two });
  const args = ['process', '--exec', 'echo "not {JSON"', '--json', '--store', 's'];
  const { stdout, stderr } = await run(args, { cwd });
  expect(JSON.parse(stdout)).toMatchObject({ counts: { processed: 2 } });
  const lines = stderr
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toMatchObject([
    { event: 'output', stream: 'stdout', text: 'not {JSON' },
    { event: 'output', stream: 'stdout', text: 'not {JSON' },
  ]);
});

test('failures, wrong arguments and help end with the status, too', async () => {
  await using dir = await tempDirectory();
  const cwd = dir.path;
  const failed = await follow(['show', '7'], { cwd });
  expect(failed.names).toEqual(['start', 'error', 'end']);
  expect(failed.events[1]).toMatchObject({
    code: 'STORE_NOT_A_STORE',
    path: join(cwd, 's'),
    next: ['config', 'init', 'import result.json'].map((next) => `tgstore ${next} --store s`),
  });
  for (const [args, message] of [
    [['improt'], /improt.*import/],
    [['show'], /missing required argument/],
    [['process', '--exec', 'x', '--concurrency', '0'], /at least 1/],
    [[], /a command is missing/],
    [['lock'], /a command is missing/],
  ] as const) {
    const wrong = await follow(args, { cwd });
    expect(wrong.status).toBe(2);
    expect(wrong.names.filter((name) => name !== 'start')).toEqual(['error', 'end']);
    expect(wrong.events.at(-2)).toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(message),
    });
  }
  expect((await follow(['--help'], { cwd })).names).toEqual(['end']);
  await writeFile(join(cwd, 'tgstore.json'), '[');
  const noConfig = await run(['list', '--events'], { cwd });
  expect(readEvents(noConfig.stderr, 1)).toMatchObject([
    { event: 'start', store: null },
    { event: 'error', code: 'STORE_CONFIG_INVALID' },
    { event: 'end' },
  ]);
  // it is an option only before --
  expect((await run(['show', '--store', 's', '--', '--events'], { cwd })).stderr).toMatch(
    /^STORE_/,
  );
});

test('what is left out of an export is told, with --json as well', async () => {
  await using dir = await tempDirectory();
  const cwd = dir.path;
  const stdin = toText(account(chat([{ id: 1 }]), chat([{ id: 2 }], { id: null })));
  for (const more of [[], ['--json']]) {
    const { events } = await follow(['import', '--salvage', '-', ...more], { cwd, stdin });
    expect(events.filter(({ event }) => event === 'error')).toMatchObject([
      { code: 'FORMAT_NO_ID', source: 'standard input', place: 'chats.list[1]' },
    ]);
  }
});

test('--quiet tells no progress and no notes', async () => {
  await using dir = await tempDirectory();
  const cwd = dir.path;
  const { names } = await follow(['import', '-', '--quiet', '-n'], { cwd, stdin: two });
  expect(names).toEqual(['start', 'end']);
});

test('a bundle on standard output has its result told', async () => {
  await using dir = await tempDirectory();
  const cwd = dir.path;
  await run(['import', '-', '--store', 's'], { cwd, stdin: two });
  const { stdout, events } = await follow(['export', '-o', '-'], { cwd });
  expect(Object.keys(JSON.parse(stdout).conversations)).toEqual(['100', '200']);
  expect(events.at(-2)).toMatchObject({ event: 'result', result: { conversations: 2 } });
  expect(events.at(-3)).toMatchObject({ event: 'progress', done: 2, total: 2 });
});

test('an automatic backup that fails is told as a warning, though --quiet', async () => {
  await using dir = await tempDirectory();
  const cwd = dir.path;
  await run(['import', '-', '--store', 's'], { cwd, stdin: two });
  await writeFile(join(cwd, 'tgstore.yaml'), 'ingestors: { telegram: { backup_frequency: 1 } }\n');
  await writeFile(join(cwd, 's', 'backups'), 'no directory');
  const { events, status } = await follow(['mark', '--processed', '100', '-q'], { cwd });
  expect(status).toBe(0);
  expect(events.filter(({ event }) => event === 'warning')).toMatchObject([
    { message: expect.stringMatching(/^the automatic backup failed \(.+\)$/) },
  ]);
});

/** The real process with interrupts, from source. */
function start(cwd: string, ...args: string[]) {
  const child = spawn(process.execPath, [...node, ...args, '--events', '--store', 's'], { cwd });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  return { child, output, closed: once(child, 'close') as Promise<[number]> };
}

test('each interrupt is told, and the end is the last line with the status of the process', async () => {
  for (const interrupts of [1, 2, 3]) {
    await using dir = await tempDirectory();
    const cwd = dir.path;
    spawnSync(process.execPath, [...node, 'import', '-', '--store', 's'], { cwd, input: two });
    // one that does not end when it is told to
    const exec = "trap '' TERM; touch began; while [ ! -e go ]; do sleep 0.05; done";
    const { child, output, closed } = start(cwd, 'process', '--concurrency', '1', '--exec', exec);
    await expect.poll(() => existsSync(join(cwd, 'began')), { timeout: 30_000 }).toBe(true);
    const told = () => output.stderr.split('"event":"interrupted"').length - 1;
    child.kill('SIGINT');
    await expect.poll(told, { timeout: 30_000 }).toBe(1);
    if (interrupts > 1) {
      child.kill('SIGINT');
      await expect.poll(told, { timeout: 30_000 }).toBe(2);
    }
    if (interrupts === 3) child.kill('SIGINT');
    else await writeFile(join(cwd, 'go'), '');
    const [status] = await closed;
    expect(status).toBe(130);
    const events = readEvents(output.stderr, 130);
    const stops = ['after what is in hand', 'at once'].slice(0, Math.min(interrupts, 2));
    expect(events.flatMap(({ stops: how }) => how ?? [])).toEqual(stops);
  }
}, 60_000);

test('a pipe that is closed early ends with the status of the process', async () => {
  await using dir = await tempDirectory();
  const cwd = dir.path;
  const messages = Array.from({ length: 20_000 }, (_, index) => ({ id: index + 1 }));
  const input = toText(chat(messages));
  spawnSync(process.execPath, [...node, 'import', '-', '--store', 's'], { cwd, input });
  const { child, output, closed } = start(cwd, 'export', '-o', '-');
  await once(child.stdout, 'data');
  child.stdout.destroy();
  const [status] = await closed;
  expect(status).toBe(0);
  readEvents(output.stderr, 0);
});

test('watch says when it is ready and what comes; on standard output with --json as well', async () => {
  await using dir = await tempDirectory();
  const cwd = dir.path;
  await mkdir(join(cwd, 'drop'));
  const args = ['watch', '--json', '--import', 'drop', '--exec', 'cat > out.json; echo said'];
  const { child, output, closed } = start(cwd, ...args);
  await expect.poll(() => output.stderr, { timeout: 30_000 }).toContain('"event":"ready"');
  await writeFile(join(cwd, 'drop', 'bad.json'), '{"hello":"world"}');
  await writeFile(join(cwd, 'drop', 'a.json'), toText(chat([{ id: 1 }])));
  await expect.poll(() => output.stdout, { timeout: 30_000 }).toMatch(/"event":"imported"/);
  await expect.poll(() => output.stdout, { timeout: 30_000 }).toMatch(/"status":"processed"/);
  await expect.poll(() => output.stderr, { timeout: 30_000 }).toMatch(/FORMAT_UNKNOWN/);
  child.kill('SIGINT');
  const [status] = await closed;
  const events = readEvents(output.stderr, status);
  expect(events[1]).toMatchObject({ watching: [join(cwd, 's'), join(cwd, 'drop')] });
  expect(events.map(({ event }) => event)).toEqual(
    expect.arrayContaining(['imported', 'output', 'conversation', 'error', 'interrupted']),
  );
  for (const text of output.stdout.trimEnd().split('\n')) {
    expect(JSON.parse(text).event).toMatch(/^(imported|conversation)$/);
  }
  expect(JSON.parse(await readFile(join(cwd, 'out.json'), 'utf8')).messages).toBeDefined();
}, 60_000);

test('serve says when it is ready and what its jobs do', async () => {
  await using dir = await tempDirectory();
  const cwd = dir.path;
  await run(['import', '-', '--store', 's'], { cwd, stdin: two });
  await mkdir(join(cwd, 'page'));
  await writeFile(join(cwd, 'page', 'index.html'), 'the page');
  const { child, output, closed } = start(cwd, 'serve', '--page', 'page', '--exec', 'true');
  await expect.poll(() => output.stderr, { timeout: 30_000 }).toContain('"event":"ready"');
  const ready = output.stderr.split('\n').find((line) => line.includes('"ready"')) ?? '';
  const { address } = JSON.parse(ready) as { address: string };
  const token = new URLSearchParams(new URL(address).hash.slice(1)).get('token');
  await fetch(new URL('/api/job', address), {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: '{}',
  });
  await expect
    .poll(() => output.stderr.match(/"status":"processed"/g)?.length, { timeout: 30_000 })
    .toBe(2);
  child.kill('SIGINT');
  const [status] = await closed;
  expect(status).toBe(0);
  readEvents(output.stderr, 0);
}, 60_000);
