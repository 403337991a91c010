import { cp } from 'node:fs/promises';
import { defineConfig } from 'tsup';
import { base } from '../../tsup.base.ts';

export default defineConfig({
  ...base,
  entry: ['src/bin.ts'],
  dts: false,
  // what only one command needs is loaded by it alone
  splitting: true,
  // the explorer is no package of its own: its server is taken in from source, its page as it was built
  noExternal: ['@tgstore/demo'],
  onSuccess: () => cp('../../apps/demo/dist', 'dist/explorer', { recursive: true }),
});
