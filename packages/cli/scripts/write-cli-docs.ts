// Writes docs/cli.md. Run it after a change to a command: pnpm --filter @tgstore/cli run docs
import { writeFileSync } from 'node:fs';
import { cliDocs } from './cli-docs.ts';

writeFileSync(new URL('../../../docs/cli.md', import.meta.url), cliDocs());
