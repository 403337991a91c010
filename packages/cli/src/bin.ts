#!/usr/bin/env node
import { killChildren } from './child-processes.ts';
import { main } from './main.ts';

// The only file that touches `process`.

const interrupt = new AbortController();
const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    if (stop.signal.aborted) {
      killChildren();
      process.exit(130);
    }
    if (interrupt.signal.aborted) {
      stop.abort();
      return;
    }
    interrupt.abort();
  });
}

// a closed pipe (`tgstore list | head -1`) is no failure
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
  throw error;
});

process.exitCode = await main(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  workingDirectory: process.cwd(),
  signal: interrupt.signal,
  stopSignal: stop.signal,
  onExit: (listener) => process.once('exit', listener),
  onWarning(listener) {
    // instead of what Node writes to standard error itself
    process.removeAllListeners('warning');
    process.on('warning', ({ name, message }) => listener(`${name}: ${message}`));
  },
});
