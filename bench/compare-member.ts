// One process of compare.ts. Makes ready, says so, does its work when it is told to, and says how long that took; then it
// waits until its figures are read.
//
//   compare-member.ts <module> <action> <options as JSON>

import { once } from 'node:events';
import process from 'node:process';
import type { Options } from './compare/actions.ts';
import { modules } from './compare/modules.ts';
import { quantile } from './quantile.ts';

/** It does not begin again after so long. */
const MAX_SECONDS = 2;

const [module = '', action = '', json = ''] = process.argv.slice(2);
const options = JSON.parse(json) as Options;
const loaded = await modules[module]?.();
const makeReady = loaded?.actions[action];
if (!makeReady) throw new TypeError(`there is no ${action} in ${module}`);

const act = await makeReady(options);
console.log('ready');
await once(process.stdin, 'data');
const all: number[] = [];
const begin = process.hrtime.bigint();
let count = 0;
do {
  const start = process.hrtime.bigint();
  count = await act(all.length);
  all.push(secondsSince(start));
} while (all.length < options.times && secondsSince(begin) < MAX_SECONDS);
console.log(JSON.stringify({ seconds: quantile(all, 0.5), times: all.length, count }));
await once(process.stdin, 'end');

function secondsSince(start: bigint): number {
  return Number(process.hrtime.bigint() - start) / 1e9;
}
