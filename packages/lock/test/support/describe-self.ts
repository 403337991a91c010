import { describeSelf } from '../../src/index.ts';

// Prints its token and stays.

const [directory] = process.argv.slice(2);
const token = await describeSelf({ directory: directory || undefined });
process.stdout.write(JSON.stringify(token));
setInterval(() => {}, 1000);
