import { Buffer } from 'node:buffer';

/** Files as every run makes them, so that a case is the same in the next one: in the place of what is random and of what differs between machines stands something else. */
export class Steady {
  readonly #names = new Map<string, string>();

  text(bytes: Buffer): Buffer {
    const text = bytes
      .toString('utf8')
      .replaceAll(/\b[0-9a-f]{32}\b/g, (id) => this.#other(id))
      .replaceAll(
        /\b([0-9a-f]{8}-)([0-9a-f]{16})\b/g,
        (_, boot: string, id: string) => boot + this.#other(id),
      )
      .replaceAll(/"id":"([0-9a-f]{16})"/g, (_, id: string) => `"id":"${this.#other(id)}"`)
      .replaceAll(/"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"/g, '"2026-01-02T03:04:05.678Z"')
      .replaceAll(/("number":|tail\.)\d{16}/g, '$11795452130315000')
      .replaceAll(/"pid":\d+/g, '"pid":4194000')
      .replaceAll(/"start":"\d+"/g, '"start":"1"')
      .replaceAll(/"directory":"\d+"/g, '"directory":null')
      .replaceAll(/"host":"[^"]*"/g, '"host":"host"')
      .replaceAll(/"namespace":"[^"]*"/g, '"namespace":"pid:[1]"');
    return Buffer.from(text);
  }

  /** The same for the same one, and as long. */
  #other(id: string): string {
    const known = this.#names.get(id) ?? String(this.#names.size + 1).padStart(id.length, 'a0');
    this.#names.set(id, known);
    return known;
  }
}
