// The code blocks of a Markdown page. A comment before a block, which no reader sees, says what is done with it:
//
//   <!-- run -->                      its commands are run, and must print what stands behind them
//   <!-- run TGSTORE_DIR=chats needs python3 -->   with that in the environment; skipped where a tool is missing
//   <!-- file ingest.py -->           it is written to this file, in the directory where the commands of the page run
//   <!-- not run: it needs a server --> why not

export interface Block {
  readonly language: string;
  readonly text: string;
  /** Where it begins in the page, from 1. */
  readonly line: number;
  readonly purpose: Purpose | undefined;
}

export type Purpose =
  | {
      readonly kind: 'run';
      readonly env: Readonly<Record<string, string>>;
      readonly needs: readonly string[];
    }
  | { readonly kind: 'file'; readonly name: string }
  | { readonly kind: 'not run'; readonly reason: string }
  /** What the program in the block before it prints. */
  | { readonly kind: 'output' };

/** The blocks in order. */
export function readBlocks(markdown: string): Block[] {
  const blocks: Block[] = [];
  const lines = markdown.split('\n');
  let comment = '';
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const [, fence, language = ''] = /^(`{3,})(\w*)/.exec(line) ?? [];
    if (fence !== undefined) {
      const end = lines.indexOf(fence, index + 1);
      if (end < 0) throw new Error(`The block in line ${index + 1} has no end`);
      const text = lines.slice(index + 1, end).join('\n');
      const purpose = readPurpose(comment) ?? outputOf(blocks.at(-1), language);
      blocks.push({ language, text, line: index + 1, purpose });
      index = end;
      comment = '';
    } else if (line.trim() !== '') {
      comment = line;
    }
  }
  return blocks;
}

function readPurpose(comment: string): Purpose | undefined {
  const [, what, rest = ''] = /^<!-- (run|file|not run:)\s*(.*?)\s*-->$/.exec(comment) ?? [];
  if (what === 'file' && rest !== '') return { kind: 'file', name: rest };
  if (what === 'not run:' && rest !== '') return { kind: 'not run', reason: rest };
  if (what !== 'run') return undefined;
  const [settings = '', tools = ''] = rest.split(/\bneeds\b/);
  const env = words(settings).map((word) => /^(\w+)=(.*)$/.exec(word)?.slice(1) ?? []);
  if (env.some(({ length }) => length === 0)) return undefined;
  return { kind: 'run', env: Object.fromEntries(env), needs: words(tools) };
}

function words(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}

function outputOf(before: Block | undefined, language: string): Purpose | undefined {
  const isProgram = before?.purpose?.kind === 'run' && !isSession(before);
  return isProgram && language === 'text' ? { kind: 'output' } : undefined;
}

/** Whether it shows commands, each behind a `$ `, with what they print. */
export function isSession({ text }: Block): boolean {
  return /^\$ /m.test(text);
}

export interface Command {
  readonly command: string;
  /** What stands behind it. */
  readonly said: string;
}

/** The commands of a session: a line that ends in `\` goes on in the next one. */
export function readSession({ text }: Block): Command[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command = ''] = /^(?:.*\\\n)*.*/.exec(part) ?? [];
      return { command, said: part.slice(command.length + 1) };
    });
}
