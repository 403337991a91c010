import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

/** A directory that is gone when this process ends: at its end, by an error, by Ctrl-C. */
export function temporaryDirectory(name) {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), `tgstore-${name}-`)));
  process.on('exit', () => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  return directory;
}
