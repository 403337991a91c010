import { mkdir, writeFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { EnhancedFileManager, type Message, type Metadata } from '@tgstore/core';
import { tempDirectory } from '@tgstore/testkit';
import { type ExplorerOptions, startExplorer } from '../../../src/server/index.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface RequestOptions {
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
  /** Without the token. */
  readonly isStranger?: boolean | undefined;
}

export interface TestExplorer extends AsyncDisposable {
  readonly store: EnhancedFileManager;
  readonly directory: string;
  readonly storageDir: string;
  readonly mediaDirectory: string;
  readonly port: number;
  readonly token: string;
  /** Sends the path as it is: `fetch` would tidy it. */
  request(path: string, options?: RequestOptions): Promise<Answer>;
  getJson<T>(path: string): Promise<T>;
  getLines<T>(path: string): Promise<T[]>;
  postJson<T>(path: string, body?: unknown): Promise<T>;
  save(id: string, messages: readonly Message[], metadata?: Partial<Metadata>): Promise<void>;
  close(): Promise<void>;
}

/** An explorer over a new store, with a page of three files and a directory of media beside it. */
export async function testExplorer(options: Partial<ExplorerOptions> = {}): Promise<TestExplorer> {
  const temp = await tempDirectory();
  const directory = temp.path;
  const at = (name: string): string => join(directory, name);
  const page = at('page');
  const mediaDirectory = at('media');
  for (const name of ['page/assets', 'media/photos', 'store']) {
    await mkdir(at(name), { recursive: true });
  }
  await writeFile(join(page, 'index.html'), '<!doctype html><title>page</title>');
  await writeFile(join(page, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  await writeFile(join(page, 'assets', 'index-1a2b.js'), 'export {};');
  await writeFile(at('secret.txt'), 'secret');
  const store = new EnhancedFileManager({ storageDir: at('store'), durability: 'relaxed' });
  const explorer = await startExplorer({
    store,
    pageDirectory: page,
    version: '1.2.3',
    mediaDirectories: [mediaDirectory],
    explainError: explain,
    ...options,
  });
  const { port } = explorer;
  const token = new URLSearchParams(new URL(explorer.address).hash.slice(1)).get('token') ?? '';

  const request = (path: string, { method, headers, body, isStranger }: RequestOptions = {}) =>
    send(port, path, {
      method,
      body,
      headers: {
        ...(!isStranger && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && {
          'content-type': 'application/json',
          'content-length': String(Buffer.byteLength(body)),
        }),
        ...headers,
      },
    });
  const json = async <T>(path: string, init?: RequestOptions): Promise<T> => {
    const { status, text } = await request(path, init);
    if (status !== 200) throw new Error(`${status} ${text}`);
    return JSON.parse(text) as T;
  };
  return {
    store,
    directory,
    storageDir: store.storageDir,
    mediaDirectory,
    port,
    token,
    request,
    getJson: json,
    getLines: async <T>(path: string) => {
      const { status, text } = await request(path);
      if (status !== 200) throw new Error(`${status} ${text}`);
      return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as T]));
    },
    postJson: (path, body = {}) => json(path, { method: 'POST', body: JSON.stringify(body) }),
    save: async (id, messages, metadata = {}) => {
      await store.saveConversation(
        { messages: [...messages], metadata: { ...metadata, conversation_id: id } },
        { force: true },
      );
    },
    close: () => explorer.close(),
    [Symbol.asyncDispose]: async () => {
      await explorer.close();
      await temp[Symbol.asyncDispose]();
    },
  };
}

function send(
  port: number,
  path: string,
  { method = 'GET', headers = {}, body }: RequestOptions,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let text = '';
      response.setEncoding('latin1').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => {
        const { statusCode: status = 0, headers: answered } = response;
        resolve({ status, headers: answered, text: Buffer.from(text, 'latin1').toString() });
      });
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

function explain(error: unknown): { code: string; message: string; path?: string } {
  const { code = 'UNEXPECTED', message, path } = error as Error & { code?: string; path?: string };
  return { code, message, ...(path !== undefined && { path }) };
}

/** Sent so many minutes after noon. */
export function message(id: Message['id'], rest: Partial<Message> = {}): Message {
  const minutes = Number(id) % 1000 || 0;
  const time = new Date(Date.UTC(2024, 0, 1, 12) + minutes * 60_000);
  const date = `${time.toISOString().slice(0, 19)}Z`;
  return { id, sender_id: 'user1', sender_name: 'Mira', text: `text ${id}`, date, ...rest };
}

/** With the ids from 1 up to a number. */
export function messages(count: number): Message[] {
  return Array.from({ length: count }, (_, index) => message(index + 1));
}
