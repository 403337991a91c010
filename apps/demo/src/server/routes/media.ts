import type { FileHandle } from 'node:fs/promises';
import { posix } from 'node:path';
import { Readable } from 'node:stream';
import { Hono } from 'hono';
import { type ByteRange, parseRange } from '../byte-range.ts';
import { ExplorerError } from '../errors.ts';
import { mediaTypeOf } from '../media-types.ts';
import type { Services } from '../services.ts';

/** Files of messages, for `<img>` and `<video>`, which can send no header: the key in the address stands for the token. */
export function mediaRoutes({ store, media }: Services): Hono {
  const routes = new Hono();
  routes.get('/:conversation/:message', async ({ req }) => {
    const { conversation, message: id } = req.param();
    if (!media.isKey(req.query('key') ?? '', conversation, id)) {
      throw new ExplorerError(
        'EXPLORER_FORBIDDEN',
        'the key in the address is not good for this file',
      );
    }
    await using file = await store.openConversation(conversation);
    const path = (await file.findMessage(id))?.media_path;
    const handle = path ? await media.open(path) : undefined;
    if (!path || !handle) throw new ExplorerError('EXPLORER_NOT_FOUND', 'the file is not there');
    return await answer(handle, path, req.header('range'), req.method === 'HEAD');
  });
  return routes;
}

async function answer(
  handle: FileHandle,
  path: string,
  asked: string | undefined,
  isHead: boolean,
): Promise<Response> {
  const { size } = await handle.stat();
  const range = parseRange(asked, size);
  const headers = new Headers({
    ...describe(path),
    'Accept-Ranges': 'bytes',
    'Content-Security-Policy': "default-src 'none'; sandbox",
  });
  if (range === 'unsatisfiable') {
    await handle.close();
    headers.set('Content-Range', `bytes */${size}`);
    return new Response(null, { status: 416, headers });
  }
  const { start, end } = range ?? { start: 0, end: size };
  headers.set('Content-Length', String(end - start));
  if (range) headers.set('Content-Range', `bytes ${start}-${end - 1}/${size}`);
  const isEmpty = isHead || start === end;
  if (isEmpty) await handle.close();
  const body = isEmpty ? null : streamOf(handle, { start, end });
  return new Response(body, { status: range ? 206 : 200, headers });
}

function describe(path: string): Record<string, string> {
  const { type, shownAs } = mediaTypeOf(path);
  if (shownAs !== undefined) return { 'Content-Type': type };
  const name = encodeURIComponent(posix.basename(path)).replaceAll("'", '%27');
  return { 'Content-Type': type, 'Content-Disposition': `attachment; filename*=UTF-8''${name}` };
}

/** Closes the file at its end, and when the reader goes away. */
function streamOf(handle: FileHandle, { start, end }: ByteRange): ReadableStream<Uint8Array> {
  const stream = handle.createReadStream({ start, end: end - 1 });
  return Readable.toWeb(stream) as ReadableStream<Uint8Array>;
}
