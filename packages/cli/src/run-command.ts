import { type ChildProcess, spawn } from 'node:child_process';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { StringDecoder } from 'node:string_decoder';
import type { ConversationInHand, ProcessingContext } from '@tgstore/core';
import { stringifyJson } from '@tgstore/schema';
import { signalGroup, trackChild } from './child-processes.ts';
import type { Io } from './io.ts';

/** A command of `process --exec` did not exit with 0. */
export class CommandFailedError extends Error {
  /** The class, also where a bundler has renamed it. */
  override get name(): 'CommandFailedError' {
    return 'CommandFailedError';
  }

  readonly code = 'COMMAND_FAILED';
}

export interface RunCommandOptions {
  /** Run by the shell. */
  readonly command: string;
  /** Whether the command gets only what changed, one message a line, instead of the whole file. */
  readonly changesOnly?: boolean | undefined;
  readonly io: Io;
}

/**
 * Runs a shell command with a conversation on its standard input. It has a process group of its own, so that Ctrl-C, which a
 * terminal sends to everybody, lets it finish; the group shares the claim before the command begins. Rejects unless it exits
 * with 0.
 */
export async function runWithConversation(
  conversation: ConversationInHand,
  { changes, signal }: ProcessingContext,
  { command, changesOnly = false, io }: RunCommandOptions,
): Promise<void> {
  const child = start(command, {
    cwd: io.workingDirectory,
    env: {
      ...io.env,
      TGSTORE_CONVERSATION_ID: conversation.id,
      TGSTORE_CONVERSATION_FILE: conversation.path,
      TGSTORE_CHANGES: changes.everything ? 'everything' : 'some',
    },
  });
  trackChild(child);
  const lastWords = forwardOutput(child, conversation.id, io);
  const ended = new Promise<number | string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, name) => resolve(code ?? name ?? 'unknown'));
  });
  const end = (): void => signalGroup(child, 'SIGTERM');
  signal.addEventListener('abort', end, { once: true });
  try {
    await letBegin(child, conversation);
    if (signal.aborted) end();
    const input = changesOnly ? changedLines(conversation, changes) : conversation.bytes();
    const [fed, status] = await Promise.all([feed(input, child.stdin), ended]);
    if (fed instanceof Error) throw fed;
    if (status === 0) return;
    const last = lastWords().trimEnd().split('\n').at(-1);
    const how = typeof status === 'number' ? `exited with ${status}` : `was ended by ${status}`;
    throw new CommandFailedError(`the command ${how}${last ? `: ${last}` : ''}`);
  } finally {
    signal.removeEventListener('abort', end);
  }
}

type Child = ChildProcess & {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
};

/** A shell that waits for a word before it runs the command, where there are shells that can. */
function start(command: string, options: { cwd: string; env: NodeJS.ProcessEnv }): Child {
  if (process.platform === 'win32') {
    return spawn(command, { ...options, shell: true, stdio: 'pipe' }) as Child;
  }
  return spawn('/bin/sh', ['-c', WAIT_FOR_WORD, 'sh', command], {
    ...options,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  }) as Child;
}

/** If this process is killed before, the command never begins: nobody could know of it. */
async function letBegin(child: ChildProcess, conversation: ConversationInHand): Promise<void> {
  const word = child.stdio[3] as Writable | undefined;
  // the shell may have been killed
  word?.on('error', () => {});
  try {
    if (child.pid !== undefined) await conversation.shareWith(child.pid);
    word?.write('go\n');
  } finally {
    word?.end();
  }
}

/**
 * What the command says, to our own streams; where these are JSON, as events. Standard output stays as it is unless it has a
 * document of ours.
 */
function forwardOutput({ stdout, stderr }: Child, conversationId: string, io: Io): () => string {
  const { report } = io;
  let lastWords = '';
  const tell = (stream: 'stdout' | 'stderr') => (text: string) =>
    report.tell({ event: 'output', conversation_id: conversationId, stream, text });
  stderr.on('data', (chunk: Buffer) => {
    lastWords = (lastWords + chunk.toString()).slice(-1000);
    if (!report.isForPrograms) report.pass(chunk);
  });
  if (report.isForPrograms) onLine(stderr, tell('stderr'));
  if (report.json) onLine(stdout, tell('stdout'));
  else stdout.on('data', (chunk: Buffer) => io.stdout.write(chunk));
  return () => lastWords;
}

/** Calls back with each line; with pieces of one that is longer than a line should be. */
function onLine(stream: Readable, tell: (text: string) => void): void {
  const decoder = new StringDecoder();
  let rest = '';
  stream.on('data', (chunk: Buffer) => {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const text of lines) tell(text);
    if (rest.length < LONGEST_LINE) return;
    tell(rest);
    rest = '';
  });
  stream.on('end', () => {
    rest += decoder.end();
    if (rest !== '') tell(rest);
  });
}

/** What was added or edited as it is now, then what was deleted as tombstones. */
async function* changedLines(
  conversation: ConversationInHand,
  { deleted }: ProcessingContext['changes'],
): AsyncGenerator<string> {
  for await (const message of conversation.changedMessages()) yield `${stringifyJson(message)}\n`;
  for (const id of deleted) yield `${JSON.stringify({ id, deleted: true })}\n`;
}

/** Resolves to the error of the store, if reading fails; a command need not read all of its input. */
async function feed(
  chunks: AsyncIterable<Uint8Array | string>,
  input: Writable,
): Promise<Error | undefined> {
  try {
    await pipeline(Readable.from(chunks), input);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'EPIPE' || code === 'ERR_STREAM_PREMATURE_CLOSE' ? undefined : (error as Error);
  }
}

const WAIT_FOR_WORD = 'read -r word <&3 || exit 126; exec 3<&-; exec /bin/sh -c "$1"';
const LONGEST_LINE = 65_536;
