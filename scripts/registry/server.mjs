// The process of a registry: node server.mjs UPLINK, started by ../registry.mjs.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { runServer } from 'verdaccio';

const directory = mkdtempSync(join(tmpdir(), 'tgstore-registry-'));
process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
// Ctrl-C goes to the whole group; the parent ends, then so does this
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit(0));

// a path that no run had before: caches of npm and pnpm go by address, and hold nothing of an earlier run
const prefix = `/${randomBytes(6).toString('hex')}/`;
const everybody = { access: '$all', publish: '$all', unpublish: '$all' };
const server = await runServer({
  configPath: join(directory, 'config.yaml'),
  storage: join(directory, 'storage'),
  url_prefix: prefix,
  secret: randomBytes(16).toString('hex'),
  auth: { htpasswd: { file: join(directory, 'htpasswd'), max_users: 10 } },
  uplinks: { others: { url: process.argv[2] } },
  packages: { '@tgstore/*': everybody, '**': { access: '$all', proxy: 'others' } },
  web: { enable: false },
  middlewares: {},
  max_body_size: '100mb',
  log: { type: 'stdout', format: 'pretty', level: 'fatal' },
});
// verdaccio writes this path into addresses, and leaves taking it off to a proxy
const [answer] = server.listeners('request');
server.removeAllListeners('request').on('request', (request, response) => {
  if (!request.url.startsWith(prefix)) return response.writeHead(404).end();
  request.url = request.url.slice(prefix.length - 1);
  answer(request, response);
});
server.listen(0, '127.0.0.1', () => {
  process.send({ url: `http://127.0.0.1:${server.address().port}${prefix}` });
});
