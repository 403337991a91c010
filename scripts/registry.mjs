// A registry of our own for the packages of this workspace: verdaccio on a free port of 127.0.0.1, in a temporary directory.
// It ends, and its directory goes, with the process that started it, however that ends.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import process from 'node:process';
import { run } from './run.mjs';

/** @returns its address, what an `.npmrc` says to use it for our packages alone, and `close()` */
export async function startRegistry() {
  const uplink = (await run('npm', ['config', 'get', 'registry'])).trim();
  const child = fork(join(import.meta.dirname, 'registry/server.mjs'), [uplink], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [],
  });
  let errors = '';
  child.stderr.on('data', (bytes) => {
    errors += bytes;
  });
  const ended = once(child, 'exit');
  const url = await Promise.race([
    once(child, 'message').then(([message]) => message.url),
    ended.then(() => Promise.reject(new Error(`verdaccio did not start:\n${errors}`))),
  ]);
  return {
    url,
    npmrc: `@tgstore:registry=${url}\n${url.replace('http:', '')}:_authToken=${await signUp(url)}\n`,
    close: async () => {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}

/** Everybody may publish, but npm wants a token. */
async function signUp(url) {
  const response = await fetch(`${url}-/user/org.couchdb.user:anybody`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'anybody', password: 'none needed' }),
  });
  const { token, error } = await response.json();
  if (!token) throw new Error(`verdaccio gives no token: ${error}`);
  return token;
}

// by hand: node scripts/registry.mjs
if (process.argv[1] === import.meta.filename) {
  const { npmrc } = await startRegistry();
  console.log(`${npmrc}\nThis in an .npmrc gives it our packages. Ctrl-C ends it.`);
}
