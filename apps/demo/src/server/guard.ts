// Who may ask for what. The server listens on this machine alone, but every page in the browser can send requests to it:
// 1. Only requests for our own name are answered, so a name of somebody else that is made to lead here (DNS rebinding) is not.
// 2. Requests of other pages are refused, by `Origin` and `Sec-Fetch-Site` where browsers send them.
// 3. Whatever is read or changed needs the token, which no other page can know, in a header that none can send.

import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { ExplorerError } from './errors.ts';

/** Good for one run. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** For every request; `portOf` is known once the server listens. */
export function onlyFromOurPage(portOf: () => number): MiddlewareHandler {
  return async ({ req }, next) => {
    const hosts = [`127.0.0.1:${portOf()}`, `localhost:${portOf()}`];
    const host = req.header('host');
    if (host === undefined || !hosts.includes(host)) {
      throw new ExplorerError('EXPLORER_WRONG_HOST', `this server answers to ${hosts[0]} only`);
    }
    const origin = req.header('origin');
    if (origin !== undefined && !hosts.some((own) => origin === `http://${own}`)) {
      throw new ExplorerError('EXPLORER_FORBIDDEN', 'requests of other pages are refused');
    }
    const site = req.header('sec-fetch-site');
    const isMedia = req.path.startsWith('/media/');
    // an address that is typed or clicked in another program comes from nowhere
    const isOwn = site === undefined || site === 'same-origin' || (site === 'none' && !isMedia);
    if (!isOwn) {
      throw new ExplorerError('EXPLORER_FORBIDDEN', 'requests of other pages are refused');
    }
    await next();
  };
}

/** For all of `/api/`. */
export function onlyWithToken(token: string): MiddlewareHandler {
  const expected = Buffer.from(`Bearer ${token}`);
  return async ({ req }, next) => {
    if (!isSame(Buffer.from(req.header('authorization') ?? ''), expected)) {
      const message = 'open the page by the whole address that tgstore serve printed';
      throw new ExplorerError('EXPLORER_NO_TOKEN', message);
    }
    await next();
  };
}

/** For every request: what changes nothing is `GET` and `HEAD`, and a body is JSON, which no form can send. */
export function onlyAllowedChanges(isReadOnly: boolean): MiddlewareHandler {
  return async ({ req }, next) => {
    const isRead = req.method === 'GET' || req.method === 'HEAD';
    if (!isRead && isReadOnly) {
      const message =
        'this explorer was started with --read-only; start it without to change something';
      throw new ExplorerError('EXPLORER_READ_ONLY', message);
    }
    const hasBody =
      Number(req.header('content-length') ?? 0) > 0 ||
      req.header('transfer-encoding') !== undefined;
    const type = req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
    if (!isRead && hasBody && type !== 'application/json') {
      throw new ExplorerError('EXPLORER_WRONG_TYPE', 'the body must be application/json');
    }
    await next();
  };
}

/** Takes as long for each text of a length. */
export function isSame(given: Buffer, expected: Buffer): boolean {
  return given.length === expected.length && timingSafeEqual(given, expected);
}
