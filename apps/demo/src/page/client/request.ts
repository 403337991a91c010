import type { ErrorBody, ShownError } from '../../api/index.ts';
import { takeToken } from './token.ts';

const token = takeToken();

/** Whether this tab was opened by the address with the token. */
export const hasToken = token !== undefined;

/** The server refused a request, or is gone (`UNREACHABLE`). */
export class RequestError extends Error {
  readonly code: string;
  readonly path: string | undefined;

  constructor({ code, message, path }: ShownError) {
    super(message);
    this.name = 'RequestError';
    this.code = code;
    this.path = path;
  }
}

export interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

/** `path` begins with `/api/`. @throws {@link RequestError} */
export async function request(path: string, options: RequestOptions = {}): Promise<Response> {
  const { method = 'GET', body, signal } = options;
  const headers = new Headers({ authorization: `Bearer ${token}` });
  if (body !== undefined) headers.set('content-type', 'application/json');
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new RequestError({
      code: 'UNREACHABLE',
      message: 'tgstore serve does not answer; start it again',
    });
  }
  if (response.ok) return response;
  throw new RequestError(await errorOf(response));
}

export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await (await request(path, { signal })).json()) as T;
}

export async function postJson<T>(path: string, body: unknown = {}): Promise<T> {
  return (await (await request(path, { method: 'POST', body })).json()) as T;
}

/** The documents of an answer with one a line, as they come. */
export async function* getLines<T>(path: string, signal?: AbortSignal): AsyncGenerator<T> {
  const { body } = await request(path, { signal });
  if (!body) return;
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + value).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line) yield JSON.parse(line) as T;
  }
}

async function errorOf(response: Response): Promise<ShownError> {
  try {
    return ((await response.json()) as ErrorBody).error;
  } catch {
    return { code: `HTTP_${response.status}`, message: `the server answered ${response.status}` };
  }
}
