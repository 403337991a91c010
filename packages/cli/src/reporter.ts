import { toAsciiJson } from './ascii.ts';
import { type ErrorDetails, type Event, type Subject, toLine } from './events.ts';
import { fit, printable, style } from './output.ts';
import type { Screen } from './screen.ts';

export interface ReporterOptions {
  /** Programs are told everything; people nothing. */
  readonly events?: boolean | undefined;
  /** Standard output has one JSON document; what is told is JSON as well. */
  readonly json?: boolean | undefined;
  /** No progress, no notes, no waiting. */
  readonly quiet?: boolean | undefined;
}

/**
 * The only one that writes to standard error. It has two faces: text for people, and JSON lines for programs (docs/events.md). The
 * lines of `--json` are those of `--events` that something is wrong without.
 */
export class Reporter {
  /** Whether standard output is JSON. */
  readonly json: boolean;
  readonly #screen: Screen;
  readonly #events: boolean;
  readonly #quiet: boolean;
  readonly #start = performance.now();
  #complete = (command: string): string => command;
  #isLineShown = false;
  #hasEnded = false;

  constructor(
    screen: Screen,
    { events = false, json = false, quiet = false }: ReporterOptions = {},
  ) {
    this.#screen = screen;
    this.#events = events;
    this.#quiet = quiet;
    this.json = json;
  }

  /** Whether lines are JSON. */
  get isForPrograms(): boolean {
    return this.#events || this.json;
  }

  /** Adds to a command to type next what it needs of the options of this one: ` --store s`. */
  set complete(complete: (command: string) => string) {
    this.#complete = complete;
  }

  /** What programs are told and people see otherwise. */
  tell(event: Event): void {
    if (this.#events || (this.json && !ONLY_EVENTS.has(event.event))) this.#write(toLine(event));
  }

  /** A line that nobody needs who knows the command. */
  hint(text: string): void {
    if (this.#quiet) return;
    if (this.isForPrograms) this.tell({ event: 'note', message: text });
    else this.#write(text);
  }

  note(message: string, subject: Subject = {}): void {
    if (!this.#quiet) this.#say('note', message, subject);
  }

  /** As a note, but `--quiet` does not silence it. */
  warn(message: string, subject: Subject = {}): void {
    this.#say('warning', message, subject);
  }

  /** One line for what went wrong; on a terminal what to type next below it. */
  error({ code, message, path, next = [] }: ErrorDetails, subject: Subject = {}): void {
    const commands = next.map((command) => this.#complete(command));
    if (this.isForPrograms) {
      const details = { code, message, path, next: commands };
      this.tell({ event: 'error', ...details, ...subject });
      return;
    }
    // a fault of ours comes with its stack, which has lines
    const text = code === 'UNEXPECTED' ? message : printable(message);
    this.#write(`${this.style('red', code)}  ${nameSubject(subject, message)}${text}`);
    if (!this.#screen.isTTY) return;
    for (const command of commands) this.#write(this.style('dim', `→ ${printable(command)}`));
  }

  /** That it waits, in words for people. */
  waiting(event: Event & { event: 'waiting' }, text: string): void {
    if (this.#quiet) return;
    if (this.isForPrograms) this.tell(event);
    else this.#write(printable(text));
  }

  /** The result of a command, where standard output has something else. */
  result(result: object, [word, ...parts]: readonly [string, ...string[]]): void {
    if (this.isForPrograms) this.tell({ event: 'result', result });
    else this.#write(`${this.style('green', word)}  ${parts.join(' · ')}`);
  }

  interrupted(stops: (Event & { event: 'interrupted' })['stops']): void {
    if (this.isForPrograms) this.tell({ event: 'interrupted', stops });
    else if (stops === 'at once') this.#write('\nstopping at once');
    else this.#write('\nfinishing what is in hand; once more stops at once');
  }

  /** A piece of text for people as it is: help, or what a command of theirs says. */
  pass(text: string | Uint8Array): void {
    this.hideLine();
    this.#screen.write(text);
  }

  get columns(): number {
    return this.#screen.columns;
  }

  /** Whether `showLine` shows something. */
  get hasLine(): boolean {
    return !this.isForEvents && !this.#quiet && this.#screen.hasCursor;
  }

  get isForEvents(): boolean {
    return this.#events;
  }

  get isQuiet(): boolean {
    return this.#quiet;
  }

  /** Draws a line over the one that was shown before, no wider than the terminal. */
  showLine(text: string): void {
    this.#isLineShown = true;
    this.#screen.write(`\r\x1b[2K${fit(text, this.#screen, this.#screen.columns - 1)}`);
  }

  hideLine(): void {
    if (this.#isLineShown) this.#screen.write('\r\x1b[2K');
    this.#isLineShown = false;
  }

  style(...[name, text]: [name: Parameters<typeof style>[0], text: string]): string {
    return style(name, text, this.#screen);
  }

  /** The last line; nothing is written after it. */
  end(exitStatus: number): void {
    const duration_ms = Math.round(performance.now() - this.#start);
    this.tell({ event: 'end', exit_status: exitStatus, duration_ms });
    this.hideLine();
    this.#hasEnded = true;
  }

  #say(event: 'note' | 'warning', message: string, subject: Subject): void {
    if (this.isForPrograms) this.tell({ event, message, ...subject });
    else {
      const text = nameSubject(subject, message) + printable(message);
      this.#write(`${this.style('yellow', 'note')}  ${text}`);
    }
  }

  #write(text: string): void {
    if (this.#hasEnded) return;
    this.hideLine();
    const isJson = this.isForPrograms && this.#screen.isAscii;
    this.#screen.write(`${isJson ? toAsciiJson(text) : text}\n`);
  }
}

/** `100: `, where the message does not say it itself. */
function nameSubject(
  { conversation_id: id, source, place, backup }: Subject,
  message: string,
): string {
  if (place !== undefined) return `left out ${printable(place)}: `;
  const name = id ?? source ?? backup;
  const says = id === undefined ? [name ?? ''] : [`conversation ${id}`, `/${id} `];
  return says.some((words) => message.includes(words)) ? '' : `${printable(name ?? '')}: `;
}

const ONLY_EVENTS: ReadonlySet<Event['event']> = new Set([
  'start',
  'progress',
  'conversation',
  'imported',
  'ready',
  'end',
]);
