import { spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { UnprocessedConversation } from '@tgstore/core';
import { trackChild } from './child-processes.ts';
import type { Io, Output } from './io.ts';

/** A command of `process --exec` did not exit with 0. */
export class CommandFailedError extends Error {
  static {
    CommandFailedError.prototype.name = 'CommandFailedError';
  }

  readonly code = 'COMMAND_FAILED';
}

/**
 * Runs a shell command with the file of a conversation on its standard input. It has a process group of its own, so that
 * Ctrl-C, which a terminal sends to everybody, lets it finish. Rejects unless it exits with 0.
 */
export async function runWithConversation(
  command: string,
  { id, path, bytes }: UnprocessedConversation,
  io: Io,
): Promise<void> {
  const child = spawn(command, {
    shell: true,
    detached: process.platform !== 'win32',
    stdio: ['pipe', 'pipe', 'pipe'],
    cwd: io.workingDirectory,
    env: { ...io.env, TGSTORE_CONVERSATION_ID: id, TGSTORE_CONVERSATION_FILE: path },
  });
  trackChild(child);
  let lastWords = '';
  const forward = (stream: Readable, output: Output): void => {
    stream.on('data', (chunk: Buffer) => {
      output.write(chunk);
      if (output === io.stderr) lastWords = (lastWords + chunk.toString()).slice(-1000);
    });
  };
  forward(child.stdout, io.stdout);
  forward(child.stderr, io.stderr);
  const ended = new Promise<number | string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
  const [fed, status] = await Promise.all([feed(bytes(), child.stdin), ended]);
  if (fed instanceof Error) throw fed;
  if (status === 0) return;
  const last = lastWords.trimEnd().split('\n').at(-1);
  const how = typeof status === 'number' ? `exited with ${status}` : `was ended by ${status}`;
  throw new CommandFailedError(`the command ${how}${last ? `: ${last}` : ''}`);
}

/** Resolves to the error of the store, if reading fails; a command need not read all of its input. */
async function feed(
  bytes: AsyncIterable<Uint8Array>,
  input: NodeJS.WritableStream,
): Promise<Error | undefined> {
  try {
    await pipeline(Readable.from(bytes), input);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'EPIPE' || code === 'ERR_STREAM_PREMATURE_CLOSE' ? undefined : (error as Error);
  }
}
