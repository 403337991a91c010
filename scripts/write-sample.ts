// Writes the sample export of `pnpm start`: node --import tsx --conditions=@tgstore/source scripts/write-sample.ts DIRECTORY
import { writeSampleExport, writeSampleMedia } from '@tgstore/testkit';

const directory = process.argv[2] ?? 'sample/export';
const { bytes, messages, conversations } = await writeSampleExport(directory);
await writeSampleMedia(directory);
console.log(`${conversations} conversations, ${messages} messages, ${(bytes / 1e6).toFixed(1)} MB`);
