// Runs Turborepo with everything off that would talk to anybody.
import { spawnSync } from 'node:child_process';
import process from 'node:process';

const { status } = spawnSync('turbo', process.argv.slice(2), {
  stdio: 'inherit',
  shell: process.platform === 'win32',
  env: {
    ...process.env,
    TURBO_TELEMETRY_DISABLED: '1',
    TURBO_NO_UPDATE_NOTIFIER: '1',
    DO_NOT_TRACK: '1',
  },
});
process.exitCode = status ?? 1;
