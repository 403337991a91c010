import { digest, type State, type Texts } from './steps.ts';

/** What all lanes were heard to do with the conversation that they share: they only add to it, in no order that is known. */
export class SharedRecord {
  readonly #before: State | undefined;
  readonly #given: Set<string>;
  #begun: Texts = {};
  #durable: Texts = {};

  constructor(before: State | undefined) {
    this.#before = before;
    this.#given = new Set(before?.status === 'processed' ? [digest(before.texts)] : []);
  }

  begin(texts: Texts): void {
    this.#begun = { ...this.#begun, ...texts };
  }

  done(texts: Texts): void {
    this.#durable = { ...this.#durable, ...texts };
  }

  /** A processor was given this content. */
  given(content: string): void {
    this.#given.add(content);
  }

  /** What can't be. */
  *problems(found: State | undefined): Generator<string> {
    const texts = found?.texts ?? {};
    const must = { ...this.#before?.texts, ...this.#durable };
    const may = { ...must, ...this.#begun };
    for (const key of Object.keys(must)) {
      if (texts[key] === undefined) yield `message ${key} was acknowledged and is lost`;
    }
    for (const [key, text] of Object.entries(texts)) {
      if (may[key] !== text) yield `message ${key} is ${JSON.stringify(text.slice(0, 40))}`;
    }
    if (found?.status === 'processed' && !this.#given.has(digest(texts))) {
      yield 'it is processed, and no processor was given this content';
    }
  }
}
