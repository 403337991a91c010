// Writes the sample export of `pnpm start`: node --import tsx --conditions=@tgstore/source scripts/write-sample.ts DIRECTORY
import { writeSampleExport } from '@tgstore/testkit';

const { bytes, messages, conversations } = await writeSampleExport(
  process.argv[2] ?? 'sample/export',
);
console.log(`${conversations} conversations, ${messages} messages, ${(bytes / 1e6).toFixed(1)} MB`);
