import { createRequire } from 'node:module';
import { join } from 'node:path';
import { peersDirectory } from '../installed.ts';

/** The part of better-sqlite3 that is used here; it is no dependency of the workspace. */
interface Database {
  pragma(text: string): unknown;
  exec(sql: string): unknown;
  prepare(sql: string): Statement;
  close(): void;
}

interface Statement {
  run(...values: readonly unknown[]): unknown;
  get(...values: readonly unknown[]): unknown;
  all(...values: readonly unknown[]): unknown[];
  iterate(...values: readonly unknown[]): Iterable<unknown>;
}

interface Row {
  readonly json: string;
}

const SCHEMA = `
  create table if not exists conversations (id text primary key, json text, processed integer default 0);
  create table if not exists messages (
    conversation_id text, id integer, json text, primary key (conversation_id, id)
  ) without rowid`;

/** Conversations in a SQLite database. */
export class ChatDatabase implements Disposable {
  readonly #database: Database;
  readonly #statements = new Map<string, Statement>();

  constructor(path: string) {
    const load = createRequire(join(peersDirectory, 'package.json'));
    const Database = load('better-sqlite3') as new (path: string) => Database;
    this.#database = new Database(path);
    this.#database.pragma('journal_mode = WAL');
    this.#database.pragma('synchronous = FULL');
    this.#database.exec(SCHEMA);
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  begin(): void {
    this.#prepare('begin immediate').run();
  }

  commit(): void {
    this.#prepare('commit').run();
  }

  putMessage(conversation: string, id: number, json: string): void {
    this.#prepare('insert or replace into messages values (?, ?, ?)').run(conversation, id, json);
  }

  putMetadata(id: string, json: string): void {
    this.#prepare('insert or replace into conversations (id, json) values (?, ?)').run(id, json);
  }

  messages(id: string): Row[] {
    return this.#prepare(MESSAGES).all(id) as Row[];
  }

  eachMessage(id: string): Iterable<Row> {
    return this.#prepare(MESSAGES).iterate(id) as Iterable<Row>;
  }

  lastMessages(id: string, count: number): Row[] {
    return this.#prepare(`${MESSAGES} desc limit ?`).all(id, count) as Row[];
  }

  metadata(id: string): string {
    return (this.#prepare('select json from conversations where id = ?').get(id) as Row).json;
  }

  allMetadata(): Row[] {
    return this.#prepare('select json from conversations').all() as Row[];
  }

  ids(): { readonly id: string }[] {
    return this.#prepare('select id from conversations order by id').all() as { id: string }[];
  }

  markProcessed(id: string): void {
    this.#prepare('update conversations set processed = 1 where id = ?').run(id);
  }

  #prepare(sql: string): Statement {
    const known = this.#statements.get(sql) ?? this.#database.prepare(sql);
    this.#statements.set(sql, known);
    return known;
  }
}

const MESSAGES = 'select json from messages where conversation_id = ? order by id';
