// One process of lost-updates.ts: appends messages one after the other, when it is told to.
//
//   lost-updates-member.ts <store> <directory> <id of the first message> <how many>

import { once } from 'node:events';
import { stores } from './lost-updates/stores.ts';

const [name = '', directory = '', first, count] = process.argv.slice(2);
const store = stores[name];
if (!store) throw new TypeError(`there is no store ${name}`);

const append = await store.open(directory);
process.send?.('ready');
await once(process, 'message');
for (let id = Number(first); id < Number(first) + Number(count); id += 1) {
  await append({ id, text: `Message ${id}`, date: '2023-11-15T12:30:00Z' });
}
process.disconnect();
