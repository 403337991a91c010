import { deepEqual, equal, match } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanEnvironment, run } from '../run.mjs';

/** The main job of the command line, then the page of the explorer, as a person would. */
export async function useCommandLine(directory, { node, version, store }) {
  const bin = join(directory, 'node_modules/@tgstore/cli/dist/bin.js');
  mkdirSync(join(directory, 'export'), { recursive: true });
  writeFileSync(
    join(directory, 'export/result.json'),
    `{"name":"Ann","type":"personal_chat","id":1,"messages":[
      {"id":5,"type":"message","date":"2023-11-15T12:30:00","date_unixtime":"1700051400","from":"Ann","from_id":"user1","text":"Hi"}]}`,
  );
  const tgstore = (...args) => run(node, [bin, ...args], { cwd: directory });
  equal((await tgstore('--version')).trim(), version);
  match(await tgstore('import', 'export', '--store', store), /1 conversation/);
  const listed = JSON.parse(await tgstore('list', '--json', '--store', store));
  deepEqual(listed.conversations?.length ?? listed.length, 1);
  match(await tgstore('check', '--store', store), /no problems/);
  match(await servedPage(node, [bin, 'serve', '--store', store], directory), /<div id="root">/);
}

async function servedPage(node, args, cwd) {
  const child = spawn(node, args, {
    cwd,
    env: cleanEnvironment(),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(child, 'exit');
  try {
    const address = await Promise.race([
      once(child.stdout, 'data').then(([bytes]) => bytes.toString().trim()),
      ended.then(([status]) => Promise.reject(new Error(`tgstore serve ended with ${status}`))),
    ]);
    return await (await fetch(address)).text();
  } finally {
    child.kill('SIGINT');
    await ended;
  }
}
